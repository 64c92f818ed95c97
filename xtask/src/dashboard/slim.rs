//! What wasm-bindgen and wasm-split leave in a wasm file that a browser does without.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow};
use walrus::{ModuleConfig, passes};

use super::locals::renumber;
use super::order::order;

/// Classes that Leptos brings for streams of server functions. JavaScript could make them, and so they are exported; there
/// are no server functions, and nobody does.
const UNUSED: &str = "intounderlying";
/// The module that stands for wasm-bindgen's glue.
const GLUE: &str = "./dashboard_bg.js";

/// Tells the wasm that JavaScript forgot an object. The glue makes one for each class.
const REGISTRY: &str = "new FinalizationRegistry";

/// The functions of the glue by their long names, each with its short one.
pub(super) type Names = BTreeMap<String, String>;

/// A wasm file with the same functions in an order that compresses better, without names for people, without what nobody
/// can reach, and with the glue's functions by short names.
///
/// # Errors
/// When it is not wasm.
pub(super) fn slim(wasm: &[u8]) -> Result<(Vec<u8>, Names)> {
    let mut config = ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    let mut module = config.parse(wasm).map_err(|error| anyhow!("not wasm: {error:#}"))?;
    let unused = module.exports.iter().filter(|export| export.name.contains(UNUSED));
    for export in unused.map(walrus::Export::id).collect::<Vec<_>>() {
        module.exports.delete(export);
    }
    passes::gc::run(&mut module);
    let mut names = Names::new();
    for import in module.imports.iter_mut().filter(|import| import.module == GLUE) {
        let short = format!("_{}", names.len());
        names.insert(std::mem::replace(&mut import.name, short.clone()), short);
    }
    Ok((order(&renumber(&module.emit_wasm())?)?, names))
}

/// The glue with the short names, and for esbuild: what is made for a class that nobody uses need not be made.
pub(super) fn slim_glue(glue: &str, names: &Names) -> String {
    rename(glue, names).replace(REGISTRY, &format!("/* @__PURE__ */ {REGISTRY}"))
}

fn rename(glue: &str, names: &Names) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let mut renamed = String::with_capacity(glue.len());
    let mut rest = glue;
    while let Some(start) = rest.find(is_word) {
        let (between, words) = rest.split_at(start);
        let (word, after) = words.split_at(words.find(|c| !is_word(c)).unwrap_or(words.len()));
        renamed.push_str(between);
        renamed.push_str(names.get(word).map_or(word, String::as_str));
        rest = after;
    }
    renamed + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_that_nobody_uses_need_not_be_made() {
        let glue = "const A = new FinalizationRegistry(free);";
        assert_eq!(
            slim_glue(glue, &Names::new()),
            "const A = /* @__PURE__ */ new FinalizationRegistry(free);"
        );
    }

    #[test]
    fn whole_names_are_replaced() {
        let names = Names::from([("__wbg_get_1".to_owned(), "_0".to_owned())]);
        assert_eq!(
            rename("({ __wbg_get_1: () => 0, __wbg_get_12: $__wbg_get_1 })", &names),
            "({ _0: () => 0, __wbg_get_12: $__wbg_get_1 })",
        );
    }
}
