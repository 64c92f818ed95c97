//! The report: a section a workload, with its figures, and each target with what was found.

use std::fmt::Write as _;

/// What a workload has shown.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) about: String,
    pub(super) header: Vec<&'static str>,
    pub(super) rows: Vec<Vec<String>>,
    pub(super) verdicts: Vec<Verdict>,
    pub(super) remarks: Vec<String>,
}

/// A target, and whether it was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    pub(super) what: String,
    pub(super) target: String,
    pub(super) found: String,
    /// `None`: the figure is worth nothing, and the remarks say why.
    pub(super) met: Option<bool>,
}

impl Verdict {
    pub(super) fn shown(&self) -> &'static str {
        match self.met {
            Some(true) => "met",
            Some(false) => "**missed**",
            None => "not judged",
        }
    }
}

impl Section {
    pub(super) fn markdown(&self) -> String {
        let mut text = format!("## {}\n\n{}\n\n{}", self.title, self.about, table(&self.header, &self.rows));
        if !self.verdicts.is_empty() {
            let rows: Vec<Vec<String>> = self
                .verdicts
                .iter()
                .map(|verdict| {
                    vec![
                        verdict.what.clone(),
                        verdict.target.clone(),
                        verdict.found.clone(),
                        verdict.shown().to_owned(),
                    ]
                })
                .collect();
            let _ = write!(text, "\n{}", table(&["target", "", "found", ""], &rows));
        }
        if !self.remarks.is_empty() {
            text.push('\n');
        }
        for remark in &self.remarks {
            let _ = writeln!(text, "- {remark}");
        }
        text
    }
}

fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
    let mut text = line(header.to_vec());
    text.push_str(&format!("|{}\n", "---|".repeat(header.len())));
    for row in rows {
        text.push_str(&line(row.iter().map(String::as_str).collect()));
    }
    text
}

/// The head of the file: what is what, and all targets at a glance.
pub(super) fn opening(machine: &str, sections: &[Section]) -> String {
    let rows: Vec<Vec<String>> = sections
        .iter()
        .flat_map(|section| section.verdicts.iter().map(move |verdict| (section, verdict)))
        .map(|(section, verdict)| {
            let Verdict { what, target, found, .. } = verdict;
            vec![
                section.title.clone(),
                what.clone(),
                target.clone(),
                found.clone(),
                verdict.shown().to_owned(),
            ]
        })
        .collect();
    format!(
        "{}\n{machine}{}\n",
        include_str!("opening.md"),
        table(&["workload", "figure", "target", "found", ""], &rows)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section() -> Section {
        Section {
            title: "broadcast".to_owned(),
            about: "All to all.".to_owned(),
            header: vec!["server", "us"],
            rows: vec![vec!["tickwire".to_owned(), "1.10".to_owned()]],
            verdicts: vec![Verdict {
                what: "CPU to the floor".to_owned(),
                target: "<= 1.2".to_owned(),
                found: "1.30".to_owned(),
                met: Some(false),
            }],
            remarks: vec!["noisy".to_owned()],
        }
    }

    #[test]
    fn a_section_is_a_table_its_targets_and_its_remarks() {
        let expected = "## broadcast\n\nAll to all.\n\n| server | us |\n|---|---|\n| tickwire | 1.10 |\n\n\
                        | target |  | found |  |\n|---|---|---|---|\n\
                        | CPU to the floor | <= 1.2 | 1.30 | **missed** |\n\n- noisy\n";
        assert_eq!(section().markdown(), expected);
    }

    #[test]
    fn the_opening_lists_all_targets() {
        let text = opening("", &[section()]);
        assert!(text.starts_with("# "), "{text}");
        assert!(
            text.ends_with("| broadcast | CPU to the floor | <= 1.2 | 1.30 | **missed** |\n\n"),
            "{text}"
        );
    }
}
