//! The chart by keyboard. What a key led to is also said.

use leptos::ev::KeyboardEvent;

use crate::app::App;
use crate::chart::Chart;
use crate::state::summary;

/// A page of candles.
const PAGE: isize = 20;
/// Farther than any candle that is held.
const FAR: isize = 1_000_000;
/// What a step of zoom makes of a candle's width.
const ZOOM: f64 = 1.25;

/// A key was pressed on the chart; one that does something here does nothing else.
pub(super) fn press(app: App, event: &KeyboardEvent) {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    match event.key().as_str() {
        "ArrowLeft" => step(app, -1),
        "ArrowRight" => step(app, 1),
        "PageUp" => step(app, -PAGE),
        "PageDown" => step(app, PAGE),
        "Home" => step(app, -FAR),
        "End" => to_live(app),
        "+" | "=" => with(app, |chart| chart.zoom(ZOOM)),
        "-" => with(app, |chart| chart.zoom(1.0 / ZOOM)),
        "Escape" => with(app, Chart::unpoint),
        "s" | "S" => speak(app),
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

/// Back to the newest candle.
pub(super) fn to_live(app: App) {
    with(app, Chart::to_live);
}

/// Moves the cross by so many candles, from the newest one if it was nowhere.
fn step(app: App, by: isize) {
    app.with_chart(|chart| {
        let Some(chart) = chart else { return };
        app.with_store(|store| {
            let candles = &store.focus.candles;
            if let Some(candle) = candles.step(chart.hovered(), by)
                && let Some(index) = candles.index(candle.open_ts)
            {
                chart.point(candle, index);
                app.screen.chart.spoken.set(summary::of_candle(candle));
            }
        });
    });
}

/// Says what the picture shows.
fn speak(app: App) {
    let sentence = app.with_store(|store| {
        let symbol = store.focused().map_or("", |row| row.instrument.symbol.as_str());
        summary::of_candles(symbol, &store.focus.candles)
    });
    app.screen.chart.spoken.set(sentence);
}

fn with(app: App, act: impl FnOnce(&Chart)) {
    app.with_chart(|chart| {
        if let Some(chart) = chart {
            act(chart);
        }
    });
}
