//! The panels: their names, and sets of them.

use super::choice::choice;

choice! {
    /// A panel. Its word is its class, its place in links, and its name in settings.
    Panel {
        /// All symbols.
        Watchlist = "markets", "Markets";
        /// Candles.
        #[default] Chart = "chart", "Chart";
        /// The ladder.
        Book = "book", "Book";
        /// Cumulative depth.
        Depth = "depth", "Depth";
        /// The tape.
        Trades = "trades", "Trades";
        /// Movers, breadth, heat map.
        Overview = "overview", "Overview";
        /// How the stream does.
        Health = "stream", "Health";
        /// What goes over the wire.
        Messages = "messages", "Messages";
    }
}

impl Panel {
    /// How many there are.
    pub(crate) const COUNT: usize = Self::ALL.len();

    /// Its place in [`Panel::ALL`].
    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

/// A set of panels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Panels(u8);

impl Panels {
    /// These.
    pub(crate) const fn of(panels: &[Panel]) -> Self {
        let (mut bits, mut at) = (0, 0);
        while at < panels.len() {
            bits |= 1 << panels[at] as u8;
            at += 1;
        }
        Self(bits)
    }

    /// Whether this one is among them.
    pub(crate) const fn has(self, panel: Panel) -> bool {
        self.0 & (1 << panel as u8) != 0
    }

    /// With this one if it was not among them, without it if it was. One is always left.
    pub(crate) const fn toggled(self, panel: Panel) -> Self {
        let toggled = self.0 ^ (1 << panel as u8);
        if toggled == 0 { self } else { Self(toggled) }
    }

    /// Their words: `markets chart`.
    pub(crate) fn words(self) -> String {
        let words: Vec<&str> =
            Panel::ALL.iter().filter(|panel| self.has(**panel)).map(|panel| panel.word()).collect();
        words.join(" ")
    }

    /// Those of the words that are panels; `None` if none is.
    pub(crate) fn parse(words: &str) -> Option<Self> {
        let panels: Vec<Panel> = words.split_ascii_whitespace().filter_map(Panel::of).collect();
        (!panels.is_empty()).then(|| Self::of(&panels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_words() {
        let panels = Panels::of(&[Panel::Chart, Panel::Watchlist]);
        assert_eq!(panels.words(), "markets chart");
        assert_eq!(Panels::parse("chart nonsense markets"), Some(panels));
        assert_eq!(Panels::parse("nonsense"), None);
    }

    #[test]
    fn the_last_panel_stays() {
        let panels = Panels::of(&[Panel::Chart]);
        assert_eq!(panels.toggled(Panel::Chart), panels);
        assert_eq!(panels.toggled(Panel::Book).toggled(Panel::Chart), Panels::of(&[Panel::Book]));
    }

    #[test]
    fn indices_are_places() {
        for (at, panel) in Panel::ALL.iter().enumerate() {
            assert_eq!(panel.index(), at);
        }
    }
}
