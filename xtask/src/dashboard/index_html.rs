//! The page: its `data-build` marks become the addresses of what was built. The contract is the comment at the top
//! of `frontend/index.html`.

use anyhow::{Context as _, Result, bail};

use super::bundle::Bundle;

/// The meta element whose content is the address of the chart library.
const CHARTS_META: &str = "tickwire-charts";

/// Stands for the link to the stylesheets until all of them are known: no page has this character.
const STYLES: char = '\0';

/// Rewrites the page; comments and emptied lines go. `copy` takes paths of files as the page names them and gives the
/// address of a copy of them, one after the other: stylesheets become one, in the place of the first.
///
/// # Errors
/// When the page does not start the dashboard, does not name the chart library, or `copy` fails.
pub(super) fn rewrite(
    html: &str,
    bundle: &Bundle,
    charts: &str,
    mut copy: impl FnMut(&[&str]) -> Result<String>,
) -> Result<String> {
    let mut page = String::with_capacity(html.len());
    let (mut starts, mut draws) = (false, false);
    let mut styles = Vec::new();
    let mut rest = html;
    while let Some((text, markup)) = rest.split_once('<') {
        page.push_str(text);
        if let Some(comment) = markup.strip_prefix("!--") {
            rest = comment.split_once("-->").context("a comment does not end")?.1;
            continue;
        }
        let (inside, after) = markup.split_once('>').context("a tag does not end")?;
        rest = after;
        match Tag(inside).role() {
            Role::Start => {
                starts = true;
                page.push_str(&start(bundle));
            }
            Role::Charts => {
                draws = true;
                page.push_str(&format!(r#"<meta name="{CHARTS_META}" content="{charts}">"#));
            }
            Role::Style(path) => {
                if styles.is_empty() {
                    page.push(STYLES);
                }
                styles.push(path);
            }
            Role::Script(path) => page.push_str(&format!(r#"<script src="{}">"#, copy(&[path])?)),
            Role::Unknown => {
                bail!("<{inside}>: what is it to become? See the comment at the top of the page")
            }
            Role::Plain => page.push_str(&format!("<{inside}>")),
        }
    }
    page.push_str(rest);
    if !starts {
        bail!(r#"no <link data-build rel="rust">: nothing would start the dashboard"#);
    }
    if !draws {
        bail!(r#"no <meta name="{CHARTS_META}">: the dashboard would not find the chart library"#);
    }
    if !styles.is_empty() {
        page = page.replace(STYLES, &format!(r#"<link rel="stylesheet" href="{}">"#, copy(&styles)?));
    }
    Ok(without_empty_lines(&page))
}

/// The browser fetches script and wasm side by side while it still reads the page, the wasm that comes later last.
fn start(bundle: &Bundle) -> String {
    let soon = |address: &String| {
        format!(
            "<link rel=\"preload\" href=\"{address}\" as=\"fetch\" type=\"application/wasm\" crossorigin \
             fetchpriority=\"low\">\n    "
        )
    };
    let soon: String = bundle.soon.iter().map(soon).collect();
    let Bundle { boot, wasm, .. } = bundle;
    format!(
        r#"<link rel="preload" href="{wasm}" as="fetch" type="application/wasm" crossorigin>
    {soon}<script type="module" src="{boot}"></script>"#
    )
}

fn without_empty_lines(page: &str) -> String {
    let lines = page.lines().filter(|line| !line.trim().is_empty());
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// What a tag is for.
#[derive(Debug, PartialEq)]
enum Role<'a> {
    Start,
    Charts,
    Style(&'a str),
    Script(&'a str),
    Unknown,
    Plain,
}

/// What stands between `<` and `>`; values are in double quotes.
struct Tag<'a>(&'a str);

impl<'a> Tag<'a> {
    fn role(&self) -> Role<'a> {
        let marked = self.0.split_ascii_whitespace().any(|word| word == "data-build");
        match (self.name(), marked, self.value("rel")) {
            ("meta", _, _) if self.value("name") == Some(CHARTS_META) => Role::Charts,
            ("link", true, Some("rust")) => Role::Start,
            ("link", true, Some("css")) => self.value("href").map_or(Role::Unknown, Role::Style),
            ("script", true, _) => self.value("src").map_or(Role::Unknown, Role::Script),
            (_, true, _) => Role::Unknown,
            (_, false, _) => Role::Plain,
        }
    }

    fn name(&self) -> &'a str {
        self.0.split_ascii_whitespace().next().unwrap_or_default()
    }

    fn value(&self, attribute: &str) -> Option<&'a str> {
        let start = self.0.find(&format!(" {attribute}=\""))? + attribute.len() + 3;
        self.0[start..].split('"').next()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHARTS: &str = "/assets/lightweight-charts-9.mjs";

    fn bundle() -> Bundle {
        Bundle {
            boot: "/a/boot.js".into(),
            wasm: "/a/dashboard_bg.wasm".into(),
            soon: vec!["/a/split_first.wasm".into()],
        }
    }

    fn copied(paths: &[&str]) -> Result<String> {
        Ok(format!("/assets/{}", paths.join("+").replace("static/", "")))
    }

    fn check(tag: &str, expected: &str) {
        let needed = r#"<meta name="tickwire-charts" content="/x.mjs" /><link data-build rel="rust" />"#;
        let page = rewrite(&format!("{needed}\n{tag}"), &bundle(), CHARTS, copied).unwrap();
        let expected = format!(
            r#"<meta name="tickwire-charts" content="{CHARTS}">{}{expected}"#,
            start(&bundle()) + "\n"
        );
        assert_eq!(page.trim_end(), expected.trim_end(), "{tag}");
    }

    #[test]
    fn each_mark_becomes_what_the_contract_says() {
        check(
            r#"<link data-build rel="css" href="static/a.css" />"#,
            r#"<link rel="stylesheet" href="/assets/a.css">"#,
        );
        check(
            r#"<link data-build rel="css" href="static/a.css" /><link data-build rel="css" href="static/b.css" />"#,
            r#"<link rel="stylesheet" href="/assets/a.css+b.css">"#,
        );
        check(
            r#"<script data-build src="static/theme.js"></script>"#,
            r#"<script src="/assets/theme.js"></script>"#,
        );
        check("<!-- a comment\n  with <link data-build> in it -->", "");
        check("<body>\n\n  a < b\n</body>", "<body>\n  a < b\n</body>");
        check(
            r#"<meta name="viewport" content="width=device-width" />"#,
            r#"<meta name="viewport" content="width=device-width" />"#,
        );
    }

    #[test]
    fn a_page_that_can_not_work_is_refused() {
        for (html, expected) in [
            (r#"<meta name="tickwire-charts" />"#, "nothing would start the dashboard"),
            (r#"<link data-build rel="rust" />"#, "would not find the chart library"),
            ("<!-- open", "a comment does not end"),
            ("<link ", "a tag does not end"),
            (r#"<link data-build rel="copy-file" href="x.mjs" />"#, "what is it to become?"),
        ] {
            let error = rewrite(html, &bundle(), CHARTS, copied).unwrap_err().to_string();
            assert!(error.contains(expected), "{html}: {error}");
        }
    }

    #[test]
    fn the_real_page_keeps_the_contract() {
        let html = include_str!("../../../frontend/index.html");
        let page = rewrite(html, &bundle(), CHARTS, copied).unwrap();
        assert!(!page.contains("data-build") && !page.contains("<!--"), "{page}");
        for part in [
            "/manifest.webmanifest",
            "/a/boot.js",
            "/a/dashboard_bg.wasm",
            "/a/split_first.wasm",
            CHARTS,
            "stylesheet",
        ] {
            assert!(page.contains(part), "{part} is missing in {page}");
        }
        assert!(
            !page.contains("<style") && !page.contains("<script>"),
            "inline code breaks the security policy"
        );
    }
}
