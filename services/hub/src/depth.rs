//! Books of limited depth: which changes of a full book show in its top levels.

use market::{Book, BookDelta, LevelChange, Qty};

/// What the top `depth` levels of a book show of the changes since it was last taken.
#[derive(Debug)]
pub(crate) struct View {
    depth: usize,
    pub(crate) shown: BookDelta,
}

impl View {
    pub(crate) fn new(depth: usize) -> Self {
        Self { depth, shown: BookDelta::default() }
    }
}

/// Applies `change` to the full book, and notes in each view what it changes there: the level itself, and the one that
/// it pushes out of view or lets in.
pub(crate) fn apply(book: &mut Book, change: LevelChange, views: &mut [View]) {
    let side = change.side;
    let (rank, exists) = book.rank(side, change.price);
    let removes = change.qty.is_zero();
    if !exists && !removes {
        for view in views.iter_mut().filter(|view| rank < view.depth) {
            if let Some(pushed_out) = book.level(side, view.depth - 1) {
                set(&mut view.shown, LevelChange { side, price: pushed_out.price, qty: Qty::ZERO });
            }
        }
    }
    book.set(change);
    if exists || !removes {
        for view in views.iter_mut().filter(|view| rank < view.depth) {
            set(&mut view.shown, change);
            if removes && let Some(let_in) = book.level(side, view.depth - 1) {
                set(&mut view.shown, LevelChange { side, price: let_in.price, qty: let_in.qty });
            }
        }
    }
}

/// Puts a level into a delta, in place of what it says of that level.
fn set(shown: &mut BookDelta, change: LevelChange) {
    let same = |old: &&mut LevelChange| old.side == change.side && old.price == change.price;
    match shown.levels.iter_mut().find(same) {
        Some(old) => *old = change,
        None => shown.levels.push(change),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use market::{Price, Side};
    use proptest::prelude::*;

    /// The top `depth` levels of a book as a book of its own.
    fn top(book: &Book, depth: usize) -> Book {
        let mut top = Book::default();
        for side in [Side::Buy, Side::Sell] {
            for level in book.side(side).take(depth) {
                top.set(LevelChange { side, price: level.price, qty: level.qty });
            }
        }
        top
    }

    proptest! {
        #[test]
        fn a_reader_of_the_view_sees_the_top(
            changes in prop::collection::vec((any::<bool>(), 0..12_i64, 0..4_u64), 0..200),
            steps in 1..5_usize,
        ) {
            let (mut book, mut reader, mut views) = (Book::default(), Book::default(), [View::new(3), View::new(9)]);
            for step in changes.chunks(steps) {
                for (buy, price, qty) in step {
                    let side = if *buy { Side::Buy } else { Side::Sell };
                    apply(&mut book, LevelChange { side, price: Price(*price), qty: Qty(*qty) }, &mut views);
                }
                reader.apply(&std::mem::take(&mut views[0].shown));
                prop_assert_eq!(&reader, &top(&book, 3));
            }
        }
    }
}
