//! Draws the figures of the chosen symbol.

use crate::screen::headline::Headline;
use crate::screen::{Screen, put};
use crate::state::format;
use crate::state::store::Store;

/// Shows them, if the chosen row is among those that changed.
pub(super) fn draw(store: &Store, changed: &[usize], screen: Screen, now_us: u64) {
    let Some(row) = store.focused().filter(|_| changed.iter().any(|row| store.focus.row == Some(*row)))
    else {
        return;
    };
    let figure =
        |pick: fn(&protocol::Stats) -> market::Decimal| format::optional(row.stats.as_ref().map(pick));
    let (high, low) = (figure(|stats| stats.high), figure(|stats| stats.low));
    put(screen.headline, Headline { row: row.view(now_us), high, low });
}
