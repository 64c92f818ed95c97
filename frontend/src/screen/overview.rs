//! The market at a glance, as signals: a fixed number of places, so that the focus stays where it is.

use leptos::prelude::{RwSignal, StoredValue, WithValue};

use super::put;
use crate::state::overview::{MOVERS, Mover, Overview, TILES_MAX, Tile};

/// Places for movers or tiles.
pub(crate) type Places<T> = StoredValue<Vec<RwSignal<Option<T>>>>;

/// The market at a glance.
#[derive(Clone, Copy)]
pub(crate) struct OverviewSignals {
    /// How many rise, fall, do neither.
    pub(crate) breadth: RwSignal<[usize; 3]>,
    /// Those that rise most.
    pub(crate) gainers: Places<Mover>,
    /// Those that fall most.
    pub(crate) losers: Places<Mover>,
    /// The map, the largest first.
    pub(crate) tiles: Places<Tile>,
}

impl OverviewSignals {
    /// Nothing is known yet.
    pub(super) fn new() -> Self {
        Self {
            breadth: RwSignal::new([0; 3]),
            gainers: places(MOVERS),
            losers: places(MOVERS),
            tiles: places(TILES_MAX),
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

fn places<T: Send + Sync + 'static>(count: usize) -> Places<T> {
    StoredValue::new((0..count).map(|_| RwSignal::new(None)).collect())
}

fn fill<T: PartialEq + Send + Sync + 'static>(places: Places<T>, values: Vec<T>) {
    let mut values = values.into_iter();
    places.with_value(|places| {
        for place in places {
            put(*place, values.next());
        }
    });
}
