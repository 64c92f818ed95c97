//! The symbols that a person marked with a star.

/// So many are remembered: the storage of a page is small.
const FAVOURITES_MAX: usize = 500;

/// The symbols that a person marked with a star, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Favourites(Vec<String>);

impl Favourites {
    /// Reads what [`Favourites::to_text`] wrote.
    pub(crate) fn parse(text: &str) -> Self {
        let mut favourites = Self::default();
        for symbol in text.split(',').filter(|symbol| !symbol.is_empty()) {
            if !favourites.has(symbol) {
                favourites.toggle(symbol);
            }
        }
        favourites
    }

    /// As it is stored. Symbols have no comma.
    pub(crate) fn to_text(&self) -> String {
        self.0.join(",")
    }

    /// Whether the symbol has a star.
    pub(crate) fn has(&self, symbol: &str) -> bool {
        self.find(symbol).is_ok()
    }

    /// Gives the symbol a star, or takes it away.
    pub(crate) fn toggle(&mut self, symbol: &str) {
        match self.find(symbol) {
            Ok(place) => drop(self.0.remove(place)),
            Err(place) if self.0.len() < FAVOURITES_MAX => self.0.insert(place, symbol.to_owned()),
            Err(_) => {}
        }
    }

    /// Where it is, or would be.
    fn find(&self, symbol: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|star| star.as_str().cmp(symbol))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_are_remembered() {
        let mut favourites = Favourites::default();
        for symbol in ["ETH-USDT", "BTC-USDT", "ETH-USDT", "BRK.B-USD"] {
            favourites.toggle(symbol);
        }
        let text = favourites.to_text();
        assert_eq!(text, "BRK.B-USD,BTC-USDT");
        assert_eq!(Favourites::parse(&text), favourites);
        assert!(favourites.has("BTC-USDT") && !favourites.has("ETH-USDT"));
        assert_eq!(Favourites::parse(""), Favourites::default());
    }

    #[test]
    fn they_are_bounded() {
        let many: Vec<String> = (0..2 * FAVOURITES_MAX).map(|n| format!("S{n}")).collect();
        let mut favourites = Favourites::parse(&many.join(","));
        favourites.toggle("ONE-MORE");
        assert_eq!((favourites.0.len(), favourites.has("ONE-MORE")), (FAVOURITES_MAX, false));
    }
}
