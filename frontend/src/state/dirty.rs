//! What changed since the last frame: each row at most once, however many messages touched it.

/// Rows by index, and the panels of the chosen symbol.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dirty {
    marked: Vec<bool>,
    rows: Vec<usize>,
    /// The order book.
    pub(crate) book: bool,
    /// The trades.
    pub(crate) tape: bool,
    /// The connection, its counters, or a notice.
    pub(crate) health: bool,
}

impl Dirty {
    /// Forgets everything and makes room for `count` rows, all of them changed.
    pub(crate) fn reset(&mut self, count: usize) {
        self.marked = vec![true; count];
        self.rows = (0..count).collect();
        (self.book, self.tape, self.health) = (true, true, true);
    }

    /// A row changed.
    pub(crate) fn mark(&mut self, row: usize) {
        if let Some(marked) = self.marked.get_mut(row)
            && !std::mem::replace(marked, true)
        {
            self.rows.push(row);
        }
    }

    /// All rows that changed, into `rows`; afterwards none did.
    pub(crate) fn drain_rows(&mut self, rows: &mut Vec<usize>) {
        rows.clear();
        for row in self.rows.drain(..) {
            self.marked[row] = false;
            rows.push(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_drawn_once_a_frame() {
        let (mut dirty, mut rows) = (Dirty::default(), Vec::new());
        dirty.reset(3);
        dirty.drain_rows(&mut rows);
        assert_eq!(rows, [0, 1, 2], "at first everything is new");
        for row in [2, 0, 2, 2, 9] {
            dirty.mark(row);
        }
        dirty.drain_rows(&mut rows);
        assert_eq!(rows, [2, 0]);
        dirty.drain_rows(&mut rows);
        assert!(rows.is_empty());
    }
}
