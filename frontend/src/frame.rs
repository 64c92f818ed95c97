//! Draws once per animation frame what the messages since the last one changed.
//!
//! The browser calls no frames in a hidden tab: messages are still taken into the (bounded) state, and the first frame
//! after the return shows how things are then.

use leptos::prelude::{ReadUntracked, document, request_animation_frame};

use crate::app::App;
use crate::clock;
use crate::screen::{ChartView, Headline, Legend, ProofView, Screen, put};
use crate::state::candles::Redraw;
use crate::state::flash::Direction;
use crate::state::store::Store;
use crate::state::{MILLI, SECOND, format};

/// Book and tape, in microseconds: nobody reads them faster, and each time most of their cells are painted anew, which is
/// what a frame costs. Prices and candles are drawn with every frame.
const BOOK_MICROS: u64 = 50 * MILLI;
/// See [`BOOK_MICROS`].
const TAPE_MICROS: u64 = 100 * MILLI;
/// Counters and attributes that nobody reads 60 times a second, in microseconds.
const SLOW_MICROS: u64 = 250 * MILLI;
/// Sparklines and the order of the rows: what moves under the eye must not do so often.
const CALM_MICROS: u64 = SECOND;

/// What the frames remember of each other.
#[derive(Default)]
struct Painter {
    rows: Vec<usize>,
    lit: Vec<usize>,
    next_book_us: u64,
    next_tape_us: u64,
    next_slow_us: u64,
    next_calm_us: u64,
    hovered: Option<u64>,
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
        app.with_store(|store| {
            store.health.frames.add(1, now_us);
            self.draw_rows(store, app.screen, now_us);
            self.draw_chart(store, app);
            if is_due(&mut self.next_book_us, BOOK_MICROS, now_us) {
                draw_book(store, app.screen);
            }
            if is_due(&mut self.next_tape_us, TAPE_MICROS, now_us) {
                draw_tape(store, app.screen);
            }
            if is_due(&mut self.next_slow_us, SLOW_MICROS, now_us) {
                draw_slow(store, app.screen, now_us);
            }
            if is_due(&mut self.next_calm_us, CALM_MICROS, now_us) {
                draw_calm(store, app.screen);
            }
        });
    }

    fn draw_rows(&mut self, store: &mut Store, screen: Screen, now_us: u64) {
        for row in self.lit.drain(..) {
            if store.rows.get(row).is_some_and(|row| !row.flash.is_lit(now_us)) {
                store.dirty.mark(row);
            }
        }
        store.dirty.drain_rows(&mut self.rows);
        let signals = screen.rows.read_untracked();
        for at in &self.rows {
            let (Some(row), Some(signals)) = (store.rows.get(*at), signals.get(*at)) else { continue };
            let view = row.view(now_us);
            if store.focus.row == Some(*at) {
                let figure = |pick: fn(&protocol::Stats) -> market::Decimal| {
                    format::optional(row.stats.as_ref().map(pick))
                };
                let (high, low) = (figure(|stats| stats.high), figure(|stats| stats.low));
                put(screen.headline, Headline { row: view.clone(), high, low });
            }
            signals.draw(view);
        }
        self.lit.extend((0..store.rows.len()).filter(|row| store.rows[*row].flash.is_lit(now_us)));
    }

    fn draw_chart(&mut self, store: &mut Store, app: App) {
        app.with_chart(|chart| {
            let Some(chart) = chart else { return };
            let redraw = store.focus.candles.redraw();
            let hovered = chart.hovered();
            let moved = std::mem::replace(&mut self.hovered, hovered) != hovered;
            match &redraw {
                Redraw::None => {}
                Redraw::Update(candles) => chart.update(candles),
                Redraw::All => {
                    let tick = store.focused().map(|row| row.instrument.tick_size);
                    chart.show(store.focus.candles.iter(), store.focus.interval, tick);
                }
            }
            if moved || redraw != Redraw::None {
                put(app.screen.legend, legend(store, hovered));
            }
        });
    }
}

fn is_due(next_us: &mut u64, period_us: u64, now_us: u64) -> bool {
    let due = now_us >= *next_us;
    if due {
        *next_us = now_us + period_us;
    }
    due
}

fn draw_book(store: &mut Store, screen: Screen) {
    if !std::mem::take(&mut store.dirty.book) {
        return;
    }
    let Some(row) = store.focused() else { return };
    let ladder = store.focus.book.ladder(crate::screen::LADDER_DEPTH, &row.instrument);
    Screen::set_rungs(screen.bids, ladder.bids);
    Screen::set_rungs(screen.asks, ladder.asks);
    put(screen.touch, ladder.touch);
    let book = &store.focus.book;
    put(screen.proof, ProofView { word: book.proof().word(), verified: book.verified() });
}

fn draw_tape(store: &mut Store, screen: Screen) {
    if std::mem::take(&mut store.dirty.tape) {
        screen.set_tape(store.focus.tape.newest());
    }
}

fn draw_slow(store: &mut Store, screen: Screen, now_us: u64) {
    put(screen.health, store.health.view(now_us));
    put(screen.notice, store.health.notice.clone());
    let candles = &store.focus.candles;
    let view = candles.last().map_or_else(ChartView::default, |last| ChartView {
        last_time: last.open_ts,
        last_close: last.close.to_string(),
        candles: candles.iter().len(),
    });
    put(screen.chart, view);
}

fn draw_calm(store: &mut Store, screen: Screen) {
    screen.arrange(store);
    let signals = screen.rows.read_untracked();
    for (row, signals) in store.rows.iter_mut().zip(signals.iter()) {
        if std::mem::take(&mut row.spark_dirty) {
            let direction =
                row.spark.change().map_or(Direction::None, |change| Direction::between(0.0, change));
            put(signals.spark, (row.spark.svg_points(), direction));
        }
    }
}

fn legend(store: &Store, hovered: Option<u64>) -> Option<Legend> {
    let candles = &store.focus.candles;
    let candle = hovered.and_then(|open_ts| candles.at(open_ts)).or_else(|| candles.last())?;
    let prices = [candle.open, candle.high, candle.low, candle.close, candle.volume];
    Some(Legend {
        time: format::date_time(candle.open_ts),
        values: prices.map(format::decimal),
        direction: Direction::between(candle.open.to_f64(), candle.close.to_f64()),
        modelled: candle.modelled,
    })
}
