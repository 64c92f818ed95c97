//! Reads `values.yaml`: its keys, their defaults as they stand there, and the comment above each.
//!
//! It knows the part of YAML that this file is written in: block maps, indented by two spaces, with values of one line.

use std::fmt::Write as _;
use std::iter::Peekable;
use std::str::Lines;

use anyhow::{Context as _, Result, ensure};

/// A key of the file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Value {
    /// Its full name, such as `backend.image.tag`.
    pub(crate) path: String,
    /// The comment above it, in one line.
    pub(crate) comment: String,
    /// Empty where it has keys of its own.
    pub(crate) default: String,
    pub(crate) keys: Vec<Value>,
}

impl Value {
    /// Whether keys in it are explained one by one.
    fn is_section(&self) -> bool {
        self.keys.iter().any(|key| !key.comment.is_empty() || key.is_section())
    }

    /// Its default in one line, as YAML has it in flow style.
    fn flow(&self) -> String {
        if self.keys.is_empty() {
            return self.default.clone();
        }
        let name = |key: &Self| key.path[self.path.len() + 1..].to_owned();
        let keys: Vec<_> = self.keys.iter().map(|key| format!("{}: {}", name(key), key.flow())).collect();
        format!("{{{}}}", keys.join(", "))
    }

    /// This one and all keys in it that have a row of their own.
    fn rows<'a>(&'a self, rows: &mut Vec<&'a Self>) {
        rows.push(self);
        if self.is_section() {
            self.keys.iter().for_each(|key| key.rows(rows));
        }
    }
}

/// The values of a file, in order.
///
/// # Errors
/// At the first line that is written in another way.
pub(crate) fn parse(text: &str) -> Result<Vec<Value>> {
    let mut lines = text.lines().peekable();
    // The comment before the first empty line is about the file.
    while lines.next_if(|line| !line.is_empty()).is_some() {}
    let values = keys(&mut lines, "", 0)?;
    match lines.next() {
        Some(line) => anyhow::bail!("values.yaml: not understood: {line}"),
        None => Ok(values),
    }
}

fn keys(lines: &mut Peekable<Lines<'_>>, parent: &str, indent: usize) -> Result<Vec<Value>> {
    let (mut found, mut comment) = (Vec::new(), Vec::new());
    while let Some(line) = lines.next_if(|line| line.is_empty() || depth(line) >= indent) {
        let text = line.trim_start();
        if let Some(words) = text.strip_prefix('#') {
            comment.push(words.trim());
        } else if !text.is_empty() {
            ensure!(depth(line) == indent, "values.yaml: unexpected indent: {line}");
            let (name, default) =
                text.split_once(':').with_context(|| format!("values.yaml: no key: {line}"))?;
            let path = if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") };
            let keys = if default.is_empty() { keys(lines, &path, indent + 2)? } else { Vec::new() };
            let comment = std::mem::take(&mut comment).join(" ");
            found.push(Value { path, comment, default: default.trim().to_owned(), keys });
        }
    }
    Ok(found)
}

fn depth(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// A row for each value.
pub(crate) fn table(values: &[Value]) -> String {
    let mut rows = Vec::new();
    values.iter().for_each(|value| value.rows(&mut rows));
    let mut table = String::from("| value | default | meaning |\n|---|---|---|\n");
    for row in rows {
        let (path, comment) = (&row.path, row.comment.replace('|', "\\|"));
        let _ = match row.is_section() {
            true => writeln!(table, "| **`{path}`** | | {comment} |"),
            false => writeln!(table, "| `{path}` | `{}` | {comment} |", row.flow()),
        };
    }
    table
}

/// Every key without keys of its own: its full name.
#[cfg(test)]
pub(crate) fn leaves(values: &[Value]) -> Vec<String> {
    let leaf =
        |value: &Value| if value.keys.is_empty() { vec![value.path.clone()] } else { leaves(&value.keys) };
    values.iter().flat_map(leaf).collect()
}

/// Those that nothing explains: neither a comment of their own nor one of what they are part of.
#[cfg(test)]
pub(crate) fn unexplained(values: &[Value]) -> Vec<String> {
    let mut rows = Vec::new();
    values.iter().for_each(|value| value.rows(&mut rows));
    let bare = rows.into_iter().filter(|row| row.comment.is_empty() && !row.is_section());
    bare.map(|row| row.path.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# About the file.\n\n# A name.\nname: \"\"\nserver:\n  # How many\n  # of them.\n  replicas: 2\n\n  # What it | takes.\n  resources:\n    cpu: 1\n    memory: 5Mi\n";

    #[test]
    fn comments_make_a_table() {
        let values = parse(FILE).unwrap();
        let expected = "| value | default | meaning |\n|---|---|---|\n\
             | `name` | `\"\"` | A name. |\n\
             | **`server`** | |  |\n\
             | `server.replicas` | `2` | How many of them. |\n\
             | `server.resources` | `{cpu: 1, memory: 5Mi}` | What it \\| takes. |\n";
        assert_eq!(table(&values), expected);
        let expected = ["name", "server.replicas", "server.resources.cpu", "server.resources.memory"];
        assert_eq!(leaves(&values), expected);
        assert!(unexplained(&values).is_empty());
    }

    #[test]
    fn what_is_written_in_another_way_is_refused() {
        for text in ["\na:\n    b: 1\n", "\na: 1\n  b: 2\n", "\nnonsense\n"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_nothing_explains_is_found() {
        assert_eq!(unexplained(&parse("\na: 1\n# B.\nb:\n  c: 1\n").unwrap()), ["a"]);
    }
}
