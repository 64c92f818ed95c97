//! Draws the candles, and the legend of the one under the cursor.

use super::Pace;
use crate::app::App;
use crate::screen::chart::{ChartSignals, ChartView, Legend};
use crate::screen::put;
use crate::state::candles::Redraw;
use crate::state::flash::Direction;
use crate::state::store::Store;
use crate::state::{MILLI, format};

/// Attributes that nobody reads 60 times a second, in microseconds.
const SLOW_MICROS: u64 = 250 * MILLI;

/// What the chart's frames remember of each other.
#[derive(Default)]
pub(super) struct ChartPainter {
    hovered: Option<u64>,
    slow: Pace,
}

impl ChartPainter {
    /// Shows the candles that changed.
    pub(super) fn draw(&mut self, store: &mut Store, app: App, now_us: u64) {
        self.draw_candles(store, app);
        if self.slow.is_due(SLOW_MICROS, now_us) {
            draw_view(store, app.screen.chart);
        }
    }

    fn draw_candles(&mut self, store: &mut Store, app: App) {
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
                put(app.screen.chart.legend, legend(store, hovered));
            }
        });
    }
}

fn draw_view(store: &Store, signals: ChartSignals) {
    let candles = &store.focus.candles;
    let view = candles.last().map_or_else(ChartView::default, |last| ChartView {
        last_time: last.open_ts,
        last_close: last.close.to_string(),
        candles: candles.iter().len(),
    });
    put(signals.view, view);
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
