//! The market at a glance, as signals: a fixed number of places, so that the focus stays where it is.

use super::put;
use crate::lasting::Lasting;
use crate::state::overview::{MOVERS, Mover, Overview, TILES_MAX, Tile};

/// Places for movers or tiles.
pub(crate) type Places<T> = &'static [Lasting<Option<T>>];

/// The market at a glance.
#[derive(Clone, Copy)]
pub(crate) struct OverviewSignals {
    /// How many rise, fall, do neither.
    pub(crate) breadth: Lasting<[usize; 3]>,
    /// Those that rise most.
    pub(crate) gainers: Places<Mover>,
    /// Those that fall most.
    pub(crate) losers: Places<Mover>,
    /// The map, the largest first.
    pub(crate) tiles: Places<Tile>,
    /// Whether the table is shown in place of the map.
    pub(crate) as_table: Lasting<bool>,
}

impl OverviewSignals {
    /// Nothing is known yet.
    pub(super) fn new() -> Self {
        Self {
            breadth: Lasting::new([0; 3]),
            gainers: Lasting::row(MOVERS, || None),
            losers: Lasting::row(MOVERS, || None),
            tiles: Lasting::row(TILES_MAX, || None),
            as_table: Lasting::new(false),
        }
    }

    /// Shows the market as it is now.
    pub(crate) fn draw(self, overview: Overview) {
        put(self.breadth, [overview.up, overview.down, overview.flat]);
        fill(self.gainers, overview.gainers);
        fill(self.losers, overview.losers);
        fill(self.tiles, overview.tiles);
    }
}

fn fill<T: PartialEq>(places: Places<T>, values: Vec<T>) {
    let mut values = values.into_iter();
    for place in places {
        put(*place, values.next());
    }
}
