//! Draws the candles, the lines over them, and the legend of the one under the cursor.

use market::{Decimal, Interval};

use super::{Pace, Paint};
use crate::app::App;
use crate::chart::{Chart, seconds};
use crate::screen::chart::{ChartSignals, ChartView, Legend};
use crate::screen::put;
use crate::state::candles::{CandleSeries, Past, Redraw};
use crate::state::chart_options::ChartOptions;
use crate::state::indicators::Indicator;
use crate::state::store::Store;
use crate::state::{MILLI, SECOND, format};

/// What is around the candles, in microseconds: nobody reads it 60 times a second.
const SLOW_MICROS: u64 = 250 * MILLI;
/// The table, in microseconds: who reads it does not want it to move.
const TABLE_MICROS: u64 = SECOND;
/// How many candles the table has.
const TABLE_ROWS: usize = 60;

/// What the chart's frames remember of each other.
#[derive(Default)]
pub(crate) struct ChartPainter {
    /// Which chart it was: a new one, after the panel was closed, shows nothing yet.
    chart: u32,
    /// Which candles it has: row and interval.
    shown: Option<(usize, Interval)>,
    options: Option<ChartOptions>,
    hovered: Option<u64>,
    /// The lines that are on, by their places, and their values at each candle.
    lines: Vec<(usize, Vec<f64>)>,
    slow: Pace,
    table: Pace,
}

impl Paint for ChartPainter {
    /// Shows the candles that changed.
    fn draw(&mut self, store: &mut Store, app: App, now_us: u64) {
        let signals = app.screen.chart;
        let is_live = app.with_chart(|chart| {
            let chart = chart.as_ref().filter(|chart| chart.is_visible())?;
            self.draw_candles(store, chart, signals);
            Some(chart.is_live())
        });
        if let Some(is_live) = is_live
            && self.slow.is_due(SLOW_MICROS, now_us)
        {
            put(signals.view, view(&store.focus.candles, is_live));
        }
        if signals.as_table.get_untracked() && self.table.is_due(TABLE_MICROS, now_us) {
            signals.table.set(store.focus.candles.iter().rev().take(TABLE_ROWS).copied().collect());
        }
    }

    /// Older candles are asked for where the chart shows that somebody looks.
    fn follow_up(&mut self, app: App) {
        let hidden_left = app.with_chart(|chart| chart.as_ref().and_then(Chart::hidden_left));
        if let Some(hidden_left) = hidden_left {
            app.act(|store, now_us, out| store.look_back(hidden_left, now_us, out));
        }
    }
}

impl ChartPainter {
    fn draw_candles(&mut self, store: &mut Store, chart: &Chart, signals: ChartSignals) {
        if self.chart != chart.number {
            *self = Self { chart: chart.number, ..Self::default() };
            store.focus.candles.redraw_all();
        }
        let options = signals.options.get_untracked();
        if self.options.replace(options) != Some(options) {
            chart.set_logarithmic(options.log);
            store.session_shown = options.lines().any(|(_, line)| line == Indicator::Vwap);
            store.focus.candles.redraw_all();
        }
        let redraw = store.focus.candles.redraw();
        match &redraw {
            Redraw::None => {}
            Redraw::Update(candles) => {
                chart.update(candles);
                self.draw_lines(store, chart, options, Some(candles.len()));
            }
            Redraw::All => {
                self.show(store, chart);
                self.draw_lines(store, chart, options, None);
            }
        }
        let hovered = chart.hovered();
        let moved = std::mem::replace(&mut self.hovered, hovered) != hovered;
        if moved || redraw != Redraw::None {
            put(signals.legend, self.legend(store, hovered));
        }
    }

    fn show(&mut self, store: &Store, chart: &Chart) {
        let (candles, interval) = (&store.focus.candles, store.focus.interval);
        let now = store.focus.row.map(|row| (row, interval));
        let fresh = std::mem::replace(&mut self.shown, now) != now;
        chart.show(candles.iter(), interval, tick(store), fresh);
    }

    /// All lines: their last `changed` points, or all of them.
    fn draw_lines(&mut self, store: &Store, chart: &Chart, options: ChartOptions, changed: Option<usize>) {
        let candles = &store.focus.candles;
        self.lines.clear();
        for (at, line) in Indicator::ALL.into_iter().enumerate() {
            if !options.has(at) {
                if changed.is_none() {
                    chart.show_line(at, &[]);
                }
                continue;
            }
            let values = line.line(candles, store.focus.session.as_ref());
            let from = changed.map_or(0, |changed| values.len().saturating_sub(changed));
            let pairs = candles.iter().zip(&values).skip(from);
            let points: Vec<f64> =
                pairs.flat_map(|(candle, value)| [seconds(candle.open_ts), *value]).collect();
            match changed {
                Some(_) => chart.update_line(at, &points),
                None => chart.show_line(at, &points),
            }
            self.lines.push((at, values));
        }
    }

    fn legend(&self, store: &Store, hovered: Option<u64>) -> Option<Legend> {
        let candles = &store.focus.candles;
        let candle = hovered.and_then(|open_ts| candles.at(open_ts)).or_else(|| candles.last())?;
        let index = candles.index(candle.open_ts)?;
        let value =
            |values: &Vec<f64>| format::computed(values.get(index).copied().unwrap_or(f64::NAN), tick(store));
        let lines = self.lines.iter().map(|(at, values)| (*at, value(values))).collect();
        Some(Legend { candle: *candle, lines })
    }
}

fn tick(store: &Store) -> Decimal {
    store.focused().map_or(Decimal::new(1, 2), |row| row.instrument.tick_size)
}

fn view(candles: &CandleSeries, is_live: bool) -> ChartView {
    let (Some(first), Some(last)) = (candles.first(), candles.last()) else { return ChartView::default() };
    let past = match candles.past() {
        Past::Loading => "Loading older candles",
        Past::Complete if candles.is_start_seen() => "The server has no older candles",
        Past::Open { .. } if candles.is_start_seen() && candles.is_full() => {
            "A longer interval reaches further back"
        }
        _ => "",
    };
    ChartView {
        interval: candles.interval().to_string(),
        first_time: first.open_ts,
        last_time: last.open_ts,
        last_close: last.close.to_string(),
        candles: candles.iter().len(),
        is_live,
        past,
    }
}
