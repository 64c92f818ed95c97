//! What is asked of Prometheus: the expressions of the dashboard, and what the rules record.

use std::fmt;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// What Grafana puts in for its variables, in a world of one gateway that is scraped every second.
const VARIABLES: [(&str, &str); 2] = [("$__rate_interval", "10s"), ("$instance", ".*")];

/// One of them, and who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    asker: String,
    pub(super) expression: String,
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.asker, self.expression)
    }
}

/// Of every panel.
pub(super) fn of_dashboard(path: &Path) -> Result<Vec<Question>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let dashboard: Value = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    let panels = dashboard["panels"].as_array().map_or(&[][..], Vec::as_slice);
    let questions: Vec<Question> = panels.iter().flat_map(of_panel).collect();
    ensure!(!questions.is_empty(), "{} asks nothing", path.display());
    Ok(questions)
}

fn of_panel(panel: &Value) -> Vec<Question> {
    let asker = format!("panel {}", panel["title"]);
    let targets = panel["targets"].as_array().map_or(&[][..], Vec::as_slice);
    let expressions = targets.iter().filter_map(|target| target["expr"].as_str());
    expressions.map(|text| Question { asker: asker.clone(), expression: filled_in(text) }).collect()
}

fn filled_in(expression: &str) -> String {
    VARIABLES.iter().fold(expression.to_owned(), |text, (name, value)| text.replace(name, value))
}

/// Of every recording rule: its name. An alert has no answer while all is well; `promtool test rules` asks those.
pub(super) fn of_rules(path: &Path) -> Result<Vec<Question>> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let names = text.lines().filter_map(|line| line.trim().strip_prefix("- record: "));
    let question = |name: &str| Question { asker: "recording rule".into(), expression: name.into() };
    let questions: Vec<Question> = names.map(question).collect();
    ensure!(!questions.is_empty(), "{} records nothing", path.display());
    Ok(questions)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in() {
        let panel = serde_json::json!({
            "title": "Bytes",
            "targets": [{"expr": "rate(bytes_total{instance=~\"$instance\"}[$__rate_interval])"}, {"refId": "B"}],
        });
        let expected = Question {
            asker: "panel \"Bytes\"".into(),
            expression: "rate(bytes_total{instance=~\".*\"}[10s])".into(),
        };
        assert_eq!(of_panel(&panel), [expected]);
        assert_eq!(of_panel(&serde_json::json!({"type": "row"})), []);
    }
}
