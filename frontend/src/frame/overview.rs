//! Draws the market at a glance, calmly, and only while it is seen.

use leptos::prelude::document;

use super::{Pace, Paint};
use crate::app::App;
use crate::state::SECOND;
use crate::state::overview::Overview;
use crate::state::panel::Panel;
use crate::state::store::Store;

/// What moves under the eye must not do so often, in microseconds.
const CALM_MICROS: u64 = SECOND;
/// The map as long as nobody sees it.
const ASPECT: f64 = 1.5;

/// What the overview's frames remember of each other.
#[derive(Default)]
pub(crate) struct OverviewPainter {
    calm: Pace,
}

impl Paint for OverviewPainter {
    /// Shows movers and map.
    fn draw(&mut self, store: &mut Store, app: App, now_us: u64) {
        if app.shell.shows_untracked(Panel::Overview) && self.calm.is_due(CALM_MICROS, now_us) {
            app.screen.overview.draw(Overview::of(&store.rows, aspect()));
        }
    }
}

/// The map's width divided by its height: once a second the browser may be asked for it.
fn aspect() -> f64 {
    let map = document().query_selector(".map").ok().flatten();
    let size = map.map(|map| (map.client_width(), map.client_height()));
    size.filter(|(_, height)| *height > 0)
        .map_or(ASPECT, |(width, height)| f64::from(width) / f64::from(height))
}
