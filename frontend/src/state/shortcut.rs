//! The one table of keys. Panels have keys of their own only where the focus is inside them.

use super::action::{Action, Dialog};
use super::panel::Panel;

/// A key and what it does.
pub(crate) struct Shortcut {
    /// The key as browsers name it.
    key: &'static str,
    /// Whether it wants Ctrl, or Cmd on a Mac.
    command: bool,
    /// The key as a person reads it.
    pub(crate) shown: &'static str,
    /// What it does.
    pub(crate) action: Action,
}

const fn key(key: &'static str, action: Action) -> Shortcut {
    Shortcut { key, command: false, shown: key, action }
}

/// All of them.
pub(crate) const SHORTCUTS: &[Shortcut] = &[
    Shortcut { key: "k", command: true, shown: "Ctrl K", action: Action::Open(Dialog::Commands) },
    key("/", Action::Search),
    key("j", Action::StepSymbol(1)),
    key("k", Action::StepSymbol(-1)),
    key("[", Action::StepInterval(-1)),
    key("]", Action::StepInterval(1)),
    key("1", Action::Panel(Panel::Watchlist)),
    key("2", Action::Panel(Panel::Chart)),
    key("3", Action::Panel(Panel::Book)),
    key("4", Action::Panel(Panel::Depth)),
    key("5", Action::Panel(Panel::Trades)),
    key("6", Action::Panel(Panel::Overview)),
    key("7", Action::Panel(Panel::Health)),
    key("8", Action::Panel(Panel::Messages)),
    key("F6", Action::NextPanel),
    key("t", Action::OtherTheme),
    key("c", Action::CopyLink),
    key(",", Action::Open(Dialog::Settings)),
    key("?", Action::Open(Dialog::Shortcuts)),
];

/// What a key does. `command`: with Ctrl or Cmd. `single`: whether keys without them do anything; those that type
/// nothing always do.
pub(crate) fn find(key: &str, command: bool, single: bool) -> Option<Action> {
    let is_free = |key: &str| single || key.len() > 1;
    let found = SHORTCUTS.iter().find(|shortcut| {
        shortcut.command == command && shortcut.key == key && (command || is_free(shortcut.key))
    });
    found.map(|shortcut| shortcut.action)
}

/// The key of an action, for those who look for it elsewhere.
pub(crate) fn of(action: Action) -> &'static str {
    SHORTCUTS.iter().find(|shortcut| shortcut.action == action).map_or("", |shortcut| shortcut.shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_given_twice() {
        for (at, shortcut) in SHORTCUTS.iter().enumerate() {
            let same = |other: &&Shortcut| other.key == shortcut.key && other.command == shortcut.command;
            assert_eq!(SHORTCUTS.iter().position(|other| same(&other)), Some(at), "{}", shortcut.shown);
        }
    }

    #[test]
    fn single_keys_can_be_turned_off() {
        for (key, command, single, expected) in [
            ("k", true, true, Some(Action::Open(Dialog::Commands))),
            ("k", true, false, Some(Action::Open(Dialog::Commands))),
            ("k", false, true, Some(Action::StepSymbol(-1))),
            ("k", false, false, None),
            ("F6", false, false, Some(Action::NextPanel)),
            ("x", false, true, None),
        ] {
            assert_eq!(find(key, command, single), expected, "{key} {command} {single}");
        }
    }

    #[test]
    fn actions_know_their_key() {
        assert_eq!(of(Action::Panel(Panel::Book)), "3");
        assert_eq!(of(Action::Reconnect), "");
    }
}
