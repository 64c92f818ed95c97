//! What a person can do, wherever it is done: by key, in the command palette, in the settings.

use market::Interval;

use super::choice::{Density, Keys, Motion, Palette, Theme};
use super::panel::Panel;

/// What a person can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Show the symbol of this row.
    Symbol(usize),
    /// Show candles of this length.
    Interval(Interval),
    /// The symbol so many rows further down.
    StepSymbol(isize),
    /// The interval so many places longer.
    StepInterval(isize),
    /// Show the panel, or hide it; on a phone: bring it to the front.
    Panel(Panel),
    /// Go to the next panel.
    NextPanel,
    /// Go to the search of symbols.
    Search,
    /// Dark if it is light, and the other way round.
    OtherTheme,
    /// See [`Theme`].
    Theme(Theme),
    /// See [`Palette`].
    Palette(Palette),
    /// See [`Density`].
    Density(Density),
    /// See [`Motion`].
    Motion(Motion),
    /// See [`Keys`].
    Keys(Keys),
    /// All panels where and as large as at first.
    ResetLayout,
    /// All settings as at first.
    ResetSettings,
    /// The address into the clipboard.
    CopyLink,
    /// Leave the connection and make another.
    Reconnect,
    /// Open this dialog.
    Open(Dialog),
}

/// What can lie over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialog {
    /// The command palette.
    Commands,
    /// The settings.
    Settings,
    /// The list of keys.
    Shortcuts,
}

impl Action {
    /// What it does, as the command palette says it.
    pub(crate) fn label(self) -> String {
        let of = |name: &str, value: &str| format!("{name}: {value}");
        match self {
            Self::Symbol(_) => String::new(), // its name, which the state knows
            Self::Interval(interval) => of("Interval", interval.name()),
            Self::StepSymbol(1..) => "Next symbol".into(),
            Self::StepSymbol(_) => "Previous symbol".into(),
            Self::StepInterval(1..) => "Longer interval".into(),
            Self::StepInterval(_) => "Shorter interval".into(),
            Self::Panel(panel) => of("Panel", panel.label()),
            Self::NextPanel => "Go to the next panel".into(),
            Self::Search => "Search symbols".into(),
            Self::OtherTheme => "Dark or light".into(),
            Self::Theme(theme) => of("Theme", theme.label()),
            Self::Palette(palette) => of("Colours", palette.label()),
            Self::Density(density) => of("Density", density.label()),
            Self::Motion(motion) => of("Motion", motion.label()),
            Self::Keys(keys) => of("Single keys", keys.label()),
            Self::ResetLayout => "Reset the layout".into(),
            Self::ResetSettings => "Reset all settings".into(),
            Self::CopyLink => "Copy a link to this view".into(),
            Self::Reconnect => "Connect again".into(),
            Self::Open(Dialog::Commands) => "Search or command".into(),
            Self::Open(Dialog::Settings) => "Settings".into(),
            Self::Open(Dialog::Shortcuts) => "Keyboard shortcuts".into(),
        }
    }

    /// All that the command palette offers besides symbols.
    pub(crate) fn commands() -> Vec<Self> {
        let mut all: Vec<Self> = Interval::ALL.into_iter().map(Self::Interval).collect();
        all.extend(Panel::ALL.iter().copied().map(Self::Panel));
        all.extend(Theme::ALL.iter().copied().map(Self::Theme));
        all.extend(Palette::ALL.iter().copied().map(Self::Palette));
        all.extend(Density::ALL.iter().copied().map(Self::Density));
        all.extend(Motion::ALL.iter().copied().map(Self::Motion));
        all.extend(Keys::ALL.iter().copied().map(Self::Keys));
        all.extend([Self::Open(Dialog::Settings), Self::Open(Dialog::Shortcuts), Self::ResetLayout]);
        all.extend([Self::ResetSettings, Self::CopyLink, Self::Reconnect]);
        all
    }
}
