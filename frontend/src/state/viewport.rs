//! Which rows of a long list are in view: only those are in the page, and only those are drawn.

use std::ops::Range;

/// So many rows beyond each edge are in the page, too: the browser scrolls before we hear of it.
const OVERSCAN_ROWS: usize = 3;

/// What is known of the list's box on the screen, in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Viewport {
    /// The height of a row; 0 before it is known.
    pub(crate) row_px: usize,
    /// The height of the box.
    pub(crate) height_px: usize,
    /// How far it is scrolled down.
    pub(crate) scroll_px: usize,
}

impl Viewport {
    /// The rows to draw of a list of `len`.
    pub(crate) fn window(self, len: usize) -> Range<usize> {
        if self.row_px == 0 {
            return 0..0;
        }
        let first = self.scroll_px / self.row_px;
        let end = (self.scroll_px + self.height_px).div_ceil(self.row_px);
        let end = (end + OVERSCAN_ROWS).min(len);
        first.saturating_sub(OVERSCAN_ROWS).min(end)..end
    }

    /// Where to scroll to so that all of the row at `at` is in view; `None` if it is.
    pub(crate) const fn reveal(self, at: usize) -> Option<usize> {
        let (top, bottom) = (at * self.row_px, (at + 1) * self.row_px);
        if top < self.scroll_px {
            Some(top)
        } else if bottom > self.scroll_px + self.height_px {
            Some(bottom.saturating_sub(self.height_px))
        } else {
            None
        }
    }

    /// How many rows a page has.
    pub(crate) fn page(self) -> usize {
        self.height_px.checked_div(self.row_px).unwrap_or(1).max(1)
    }
}

/// Where a key leads in a list of `len` rows from the one at `at`; `None` if it is no key of lists.
pub(crate) fn follow_key(key: &str, at: Option<usize>, len: usize, page: usize) -> Option<usize> {
    let last = len.checked_sub(1)?;
    let target = match (key, at) {
        ("ArrowDown" | "PageDown", None) => 0,
        ("ArrowDown", Some(at)) => at + 1,
        ("PageDown", Some(at)) => at + page,
        ("ArrowUp", at) => at.unwrap_or(0).saturating_sub(1),
        ("PageUp", at) => at.unwrap_or(0).saturating_sub(page),
        ("Home", _) => 0,
        ("End", _) => last,
        _ => return None,
    };
    Some(target.min(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VIEW: Viewport = Viewport { row_px: 20, height_px: 100, scroll_px: 0 };

    #[test]
    fn only_what_is_in_view_is_drawn() {
        for (scroll_px, len, expected) in [
            (0, 1_000, 0..8),
            (19, 1_000, 0..9),
            (60, 1_000, 0..11),
            (10_000, 1_000, 497..508),
            (19_900, 1_000, 992..1_000),
            (0, 3, 0..3),
            (0, 0, 0..0),
            (50_000, 10, 10..10),
        ] {
            assert_eq!(Viewport { scroll_px, ..VIEW }.window(len), expected, "{scroll_px} of {len}");
        }
        assert_eq!(Viewport::default().window(9), 0..0, "nothing is known yet");
    }

    #[test]
    fn a_row_is_brought_into_view_by_the_shortest_way() {
        let view = Viewport { scroll_px: 200, ..VIEW };
        for (at, expected) in [(9, Some(180)), (10, None), (14, None), (15, Some(220)), (0, Some(0))] {
            assert_eq!(view.reveal(at), expected, "{at}");
        }
        assert_eq!((view.page(), Viewport::default().page()), (5, 1));
    }

    #[test]
    fn keys_lead_through_the_list_and_stop_at_its_ends() {
        for (key, at, expected) in [
            ("ArrowDown", None, Some(0)),
            ("ArrowDown", Some(3), Some(4)),
            ("ArrowDown", Some(9), Some(9)),
            ("ArrowUp", Some(0), Some(0)),
            ("PageDown", Some(2), Some(6)),
            ("PageUp", Some(2), Some(0)),
            ("Home", Some(7), Some(0)),
            ("End", None, Some(9)),
            ("x", Some(1), None),
        ] {
            assert_eq!(follow_key(key, at, 10, 4), expected, "{key}");
        }
        assert_eq!(follow_key("End", None, 0, 4), None);
    }
}
