//! What a person set, and how the browser's storage keeps it: a line a setting, only those that differ from the default.
//!
//! ```text
//! tickwire 1
//! theme=dark
//! desk.shown=markets chart book
//! desk.sizes=290 500 210 0 600 700 600 300 400 400 300 300
//! note.chart=ma25 vwap
//! note.favourites=BTC-USDT ETH-USDT
//! ```
//!
//! What can't be read is left out, another version is no settings at all: a page that starts is worth more than a
//! setting. `static/theme.js` reads the first lines, too.

use super::action::Action;
use super::choice::{Density, Keys, Motion, Palette, Theme};
use super::layout::{Form, Layout};
use super::panel::Panels;

/// The first line. Another number is another format.
const HEAD: &str = "tickwire 1";
/// How many characters of a line are read: more was not written here.
const LINE_CHARS_MAX: usize = 16_384;

/// What a person set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// Dark or light.
    pub(crate) theme: Theme,
    /// The colours of up and down.
    pub(crate) palette: Palette,
    /// How much stands in a panel.
    pub(crate) density: Density,
    /// Whether prices flash.
    pub(crate) motion: Motion,
    /// Whether single keys do something.
    pub(crate) keys: Keys,
    /// The arrangements, in the order of [`Form::ARRANGED`].
    layouts: [Layout; Form::ARRANGED.len()],
    /// What panels keep in their own words.
    notes: Vec<(String, String)>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            palette: Palette::default(),
            density: Density::default(),
            motion: Motion::default(),
            keys: Keys::default(),
            layouts: Form::ARRANGED.map(Layout::new),
            notes: Vec::new(),
        }
    }
}

impl Settings {
    /// The words of theme, palette, density and motion.
    pub(crate) const fn look(&self) -> [&'static str; 4] {
        [self.theme.word(), self.palette.word(), self.density.word(), self.motion.word()]
    }

    /// Whether an action would change nothing, because it is so already.
    pub(crate) fn is_set(&self, action: Action, form: Form) -> bool {
        match action {
            Action::Theme(theme) => self.theme == theme,
            Action::Palette(palette) => self.palette == palette,
            Action::Density(density) => self.density == density,
            Action::Motion(motion) => self.motion == motion,
            Action::Keys(keys) => self.keys == keys,
            Action::Panel(panel) => self.layout(form).shown.has(panel),
            _ => false,
        }
    }

    /// What a panel keeps under this name; empty if nothing.
    pub(crate) fn note(&self, name: &str) -> &str {
        self.notes.iter().find(|(of, _)| of == name).map_or("", |(_, text)| text)
    }

    /// Keeps a text of one line under this name: letters, digits and `-`. Nothing is kept of an empty text.
    pub(crate) fn set_note(&mut self, name: &str, text: &str) {
        self.notes.retain(|(of, _)| of != name);
        if !text.is_empty() {
            self.notes.push((name.into(), text.into()));
        }
    }

    /// The arrangement of a form; a phone has that of a tablet, of which it shows one panel at a time.
    pub(crate) const fn layout(&self, form: Form) -> &Layout {
        &self.layouts[place(form)]
    }

    /// The same, to be changed.
    pub(crate) const fn layout_mut(&mut self, form: Form) -> &mut Layout {
        &mut self.layouts[place(form)]
    }

    /// As the storage keeps it.
    pub(crate) fn to_text(&self) -> String {
        let default = Self::default();
        let mut text = String::from(HEAD);
        let mut line = |name: &str, value: &str, default: &str| {
            if value != default {
                text.extend(["\n", name, "=", value]);
            }
        };
        line("theme", self.theme.word(), default.theme.word());
        line("palette", self.palette.word(), default.palette.word());
        line("density", self.density.word(), default.density.word());
        line("motion", self.motion.word(), default.motion.word());
        line("keys", self.keys.word(), default.keys.word());
        for form in Form::ARRANGED {
            let (layout, default) = (self.layout(form), default.layout(form));
            line(&[form.word(), ".shown"].concat(), &layout.shown.words(), &default.shown.words());
            line(&[form.word(), ".sizes"].concat(), &layout.sizes(), &default.sizes());
        }
        for (name, note) in &self.notes {
            line(&["note.", name].concat(), note, "");
        }
        text
    }

    /// What can be read of it.
    pub(crate) fn parse(text: &str) -> Self {
        let mut settings = Self::default();
        let mut lines = text.lines().filter(|line| line.len() <= LINE_CHARS_MAX);
        if lines.next() == Some(HEAD) {
            for (name, value) in lines.filter_map(|line| line.split_once('=')) {
                settings.take(name, value);
            }
        }
        settings
    }

    fn take(&mut self, name: &str, value: &str) {
        match name {
            "theme" => self.theme = Theme::of(value).unwrap_or_default(),
            "palette" => self.palette = Palette::of(value).unwrap_or_default(),
            "density" => self.density = Density::of(value).unwrap_or_default(),
            "motion" => self.motion = Motion::of(value).unwrap_or_default(),
            "keys" => self.keys = Keys::of(value).unwrap_or_default(),
            _ => match name.split_once('.') {
                Some(("note", name)) => self.set_note(name, value),
                Some((form, what)) => self.arrange(form, what, value),
                None => {}
            },
        }
    }

    fn arrange(&mut self, form: &str, what: &str, value: &str) {
        let Some(form) = Form::ARRANGED.into_iter().find(|known| known.word() == form) else { return };
        let layout = self.layout_mut(form);
        match what {
            "shown" => layout.shown = Panels::parse(value).unwrap_or(layout.shown),
            "sizes" => layout.set_sizes(value),
            _ => {}
        }
    }
}

/// Where the arrangement of a form is.
const fn place(form: Form) -> usize {
    match form {
        Form::Phone | Form::Tablet => 0,
        Form::Desk => 1,
        Form::Wide => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::layout::Edge;
    use crate::state::panel::Panel;

    #[test]
    fn settings_lead_back() {
        let mut settings = Settings { theme: Theme::Light, palette: Palette::Blue, ..Settings::default() };
        settings.set_note("favourites", "BTC-USDT ETH-USDT");
        settings.set_note("chart", "sma20 vwap");
        let desk = settings.layout_mut(Form::Desk);
        desk.shown = desk.shown.toggled(Panel::Depth);
        desk.place(Form::Desk, Edge::Column(0), 333);
        assert_eq!(Settings::parse(&settings.to_text()), settings);
    }

    #[test]
    fn only_what_a_person_changed_is_kept() {
        assert_eq!(Settings::default().to_text(), "tickwire 1");
        let mut settings = Settings { density: Density::Compact, ..Settings::default() };
        settings.set_note("chart", "log");
        settings.set_note("chart", "");
        assert_eq!(settings.to_text(), "tickwire 1\ndensity=compact");
    }

    #[test]
    fn what_is_set_is_known() {
        let settings = Settings { theme: Theme::Dark, ..Settings::default() };
        for (action, set) in [
            (Action::Theme(Theme::Dark), true),
            (Action::Theme(Theme::Light), false),
            (Action::Panel(Panel::Chart), true),
            (Action::Panel(Panel::Messages), false),
            (Action::CopyLink, false),
        ] {
            assert_eq!(settings.is_set(action, Form::Desk), set, "{action:?}");
        }
    }

    #[test]
    fn garbage_is_left_out() {
        for text in [
            "",
            "tickwire 2\ntheme=dark",
            "theme=dark",
            "tickwire 1\ntheme=purple\nshape=round\n=\n\u{0}\nwide.shown=\ndesk.sizes=1 2",
        ] {
            assert_eq!(Settings::parse(text), Settings::default(), "{text:?}");
        }
        let long = format!("tickwire 1\nnote.chart={}\nkeys=off", "x".repeat(LINE_CHARS_MAX));
        assert_eq!(Settings::parse(&long).to_text(), "tickwire 1\nkeys=off");
    }
}
