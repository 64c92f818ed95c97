//! The command palette's list: symbols and actions, the best fit first.

use super::action::Action;
use super::fuzzy;
use super::order::sort;

/// How many entries are listed.
const LISTED_MAX: usize = 40;
/// How many symbols before anything is typed: the other actions should be seen, too.
const SYMBOLS_UNASKED_MAX: usize = 6;

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What a person reads.
    pub(crate) label: String,
    /// What it does.
    pub(crate) action: Action,
}

/// All entries: the symbols in the market's order, then everything else.
pub(crate) fn all(symbols: impl Iterator<Item = String>) -> Vec<Entry> {
    let symbols = symbols.enumerate().map(|(row, label)| Entry { label, action: Action::Symbol(row) });
    let commands = Action::commands().into_iter().map(|action| Entry { label: action.label(), action });
    symbols.chain(commands).collect()
}

/// Those that fit what was typed.
pub(crate) fn find(entries: &[Entry], query: &str) -> Vec<Entry> {
    let found: Vec<(i32, &Entry)> = entries
        .iter()
        .filter(|entry| {
            let unasked = matches!(entry.action, Action::Symbol(row) if row >= SYMBOLS_UNASKED_MAX);
            !(query.is_empty() && unasked)
        })
        .filter_map(|entry| Some((fuzzy::score(query, &entry.label)?, entry)))
        .collect();
    let mut places: Vec<usize> = (0..found.len()).collect();
    sort(&mut places, &|a, b| found[b].0.cmp(&found[a].0));
    places.into_iter().take(LISTED_MAX).map(|place| found[place].1.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::choice::Theme;

    #[test]
    fn symbols_and_actions_are_found() {
        let entries = all((0..3_000).map(|n| format!("SYM{n}-USD")).chain(["BTC-USDT".into()]));
        let first = |query: &str| find(&entries, query).first().map(|entry| entry.action);
        assert_eq!(first("btc"), Some(Action::Symbol(3_000)));
        assert_eq!(first("theme li"), Some(Action::Theme(Theme::Light)));
        assert_eq!(first("~"), None);
        assert_eq!(find(&entries, "sym").len(), LISTED_MAX);
        let unasked = find(&entries, "");
        assert_eq!(unasked[SYMBOLS_UNASKED_MAX].action, Action::commands()[0]);
    }
}
