//! Lists what goes over the wire, while somebody looks.

use super::{Pace, Paint};
use crate::app::App;
use crate::state::MILLI;
use crate::state::store::Store;

/// Nobody reads faster, in microseconds.
const SLOW_MICROS: u64 = 250 * MILLI;

/// What the list's frames remember of each other.
#[derive(Default)]
pub(crate) struct MessagesPainter {
    slow: Pace,
}

impl Paint for MessagesPainter {
    /// Shows the latest frames, if there are new ones.
    fn draw(&mut self, _: &mut Store, app: App, now_us: u64) {
        if !self.slow.is_due(SLOW_MICROS, now_us) {
            return;
        }
        let messages = app.screen.messages;
        let lines = app.with_wiretap(|tap| {
            tap.take_changed().then(|| messages.filter.with_untracked(|words| tap.lines(words)))
        });
        if let Some(lines) = lines {
            messages.lines.set(lines);
        }
    }
}
