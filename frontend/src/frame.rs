//! Draws in an animation frame what the messages since the last one changed, a file a panel: in the next one if it is the
//! first change for a while; while changes come all the time, in every other one, or in fewer, so that drawing takes a
//! third of the main thread and no more (`state/pacing.rs`). What a person does is drawn soon, and so is the first price.
//!
//! The browser calls no frames in a hidden tab: messages are still taken into the (bounded) state, and the first frame
//! after the return shows how things are then.

pub(crate) mod book;
pub(crate) mod chart;
mod cost;
pub(crate) mod depth;
mod hand;
mod headline;
mod health;
pub(crate) mod messages;
pub(crate) mod overview;
mod room;
pub(crate) mod tape;
mod watchlist;

use leptos::prelude::{document, request_animation_frame};

use self::cost::Cost;
use self::hand::Hand;
use self::health::HealthPainter;
use self::watchlist::WatchlistPainter;
use crate::app::App;
use crate::clock;
use crate::screen::Screen;
use crate::state::store::Store;

/// Draws a panel whose code comes later.
pub(crate) trait Paint {
    /// Looks how much room there is. Before anything is drawn: afterwards each look would have the page laid out anew.
    fn measure(&mut self, _screen: Screen, _now_us: u64) {}

    /// Shows what changed.
    fn draw(&mut self, store: &mut Store, app: App, now_us: u64);

    /// Asks for what was missing.
    fn follow_up(&mut self, _app: App) {}
}

/// What the frames remember of each other.
#[derive(Default)]
struct Painter {
    pace: Pace,
    cost: Cost,
    hand: Hand,
    /// The rows that changed, by their place in the market.
    rows: Vec<usize>,
    watchlist: WatchlistPainter,
    health: HealthPainter,
}

/// Draws from now on.
pub(crate) fn run(app: App) {
    schedule(app, Painter::default());
}

fn schedule(app: App, mut painter: Painter) {
    request_animation_frame(move || {
        if !document().hidden() {
            painter.draw(app, clock::now_us());
        }
        schedule(app, painter);
    });
}

impl Painter {
    fn draw(&mut self, app: App, now_us: u64) {
        let screen = app.screen;
        app.with_store(|store| {
            store.health.frames.add(1, now_us);
            store.health.frame_times.add(now_us);
        });
        let is_first = screen.headline.with_untracked(|headline| !headline.row.has_price());
        let period_us = self.cost.pacing().period_us(is_first || self.hand.has_moved());
        if !self.pace.is_due(period_us, now_us) {
            return;
        }
        self.hand.seen();
        app.with_painters(|panels| {
            panels.iter_mut().for_each(|panel| panel.measure(screen, now_us));
            app.with_store(|store| {
                store.dirty.drain_rows(&mut self.rows);
                self.watchlist.draw(store, &self.rows, app, now_us);
                headline::draw(store, &self.rows, screen, now_us);
                self.health.draw(store, screen.health, now_us);
                panels.iter_mut().for_each(|panel| panel.draw(store, app, now_us));
            });
            panels.iter_mut().for_each(|panel| panel.follow_up(app));
        });
        self.cost.drawn(now_us);
    }
}

/// Something that is drawn less often than with every frame.
#[derive(Default)]
struct Pace {
    last_us: u64,
}

impl Pace {
    /// Whether `period_us` have passed since it last was due.
    const fn is_due(&mut self, period_us: u64, now_us: u64) -> bool {
        let due = now_us >= self.last_us + period_us;
        if due {
            self.last_us = now_us;
        }
        due
    }
}
