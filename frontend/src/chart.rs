//! The candle chart: TradingView's lightweight-charts behind `js/chart.js`, loaded when the panel is first there.
#![allow(unsafe_code, reason = "wasm-bindgen's imports expand to it")]

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::document;
use leptos::web_sys::{HtmlElement, HtmlMetaElement};
use market::{Decimal, Interval};
use protocol::Candle;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::{Closure, JsValue, wasm_bindgen};

use crate::state::SECOND;

#[wasm_bindgen(module = "/js/chart.js")]
extern "C" {
    type CandleChart;

    #[wasm_bindgen(js_name = loadLibrary)]
    fn load_library(url: &str);

    #[wasm_bindgen(catch, js_name = openChart)]
    async fn open_chart(
        url: &str,
        container: &HtmlElement,
        on_hover: &Closure<dyn FnMut(Option<f64>)>,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method)]
    fn show(this: &CandleChart, rows: &[f64], precision: u8, min_move: f64, seconds: bool, fresh: bool);

    #[wasm_bindgen(method)]
    fn update(this: &CandleChart, rows: &[f64]);

    #[wasm_bindgen(method, js_name = showLine)]
    fn show_line(this: &CandleChart, name: &str, points: &[f64]);

    #[wasm_bindgen(method, js_name = updateLine)]
    fn update_line(this: &CandleChart, name: &str, points: &[f64]);

    #[wasm_bindgen(method, js_name = setLogarithmic)]
    fn set_logarithmic(this: &CandleChart, on: bool);

    #[wasm_bindgen(method, js_name = hiddenLeft)]
    fn hidden_left(this: &CandleChart) -> f64;

    #[wasm_bindgen(method, js_name = isVisible)]
    fn is_visible(this: &CandleChart) -> bool;

    #[wasm_bindgen(method)]
    fn close(this: &CandleChart);

    #[wasm_bindgen(method, js_name = isLive)]
    fn is_live(this: &CandleChart) -> bool;

    #[wasm_bindgen(method, js_name = toLive)]
    fn to_live(this: &CandleChart);

    #[wasm_bindgen(method)]
    fn point(this: &CandleChart, time: f64, price: f64, index: f64);

    #[wasm_bindgen(method, js_name = keepPointing)]
    fn keep_pointing(this: &CandleChart);

    #[wasm_bindgen(method)]
    fn unpoint(this: &CandleChart);

    #[wasm_bindgen(method)]
    fn zoom(this: &CandleChart, factor: f64);

    #[wasm_bindgen(method, js_name = applyTheme)]
    fn apply_theme(this: &CandleChart);
}

thread_local! {
    static OPENED: Cell<u32> = const { Cell::new(0) };
}

/// An open chart.
pub(crate) struct Chart {
    /// Which one since the page was opened, from 1: a new one shows nothing yet.
    pub(crate) number: u32,
    chart: CandleChart,
    /// The start of the candle under the cursor in microseconds since 1970.
    hovered: Rc<Cell<Option<u64>>>,
    _on_hover: Closure<dyn FnMut(Option<f64>)>,
}

impl Chart {
    /// Begins to load the library.
    pub(crate) fn load() {
        if let Some(url) = library() {
            load_library(&url);
        }
    }

    /// Opens a chart in `container` once the library is loaded.
    ///
    /// # Errors
    /// A sentence for the console.
    pub(crate) async fn open(container: &HtmlElement) -> Result<Self, String> {
        let hovered = Rc::new(Cell::new(None));
        let cell = Rc::clone(&hovered);
        let on_hover = Closure::new(move |seconds: Option<f64>| cell.set(seconds.map(micros)));
        let url = library().ok_or("the page names no chart library")?;
        let chart =
            open_chart(&url, container, &on_hover).await.map_err(|error| format!("{url}: {error:?}"))?;
        let number = OPENED.get() + 1;
        OPENED.set(number);
        Ok(Self { number, chart: chart.unchecked_into(), hovered, _on_hover: on_hover })
    }

    /// Shows these candles and no others; `fresh` ones are of another symbol or interval, otherwise the view stays.
    pub(crate) fn show<'a>(
        &self,
        candles: impl Iterator<Item = &'a Candle>,
        interval: Interval,
        tick: Decimal,
        fresh: bool,
    ) {
        let rows: Vec<f64> = candles.flat_map(row).collect();
        self.chart.show(&rows, tick.scale, tick.to_f64(), interval == Interval::S1, fresh);
        self.chart.keep_pointing();
    }

    /// Adds or replaces candles.
    pub(crate) fn update(&self, candles: &[Candle]) {
        let rows: Vec<f64> = candles.iter().flat_map(row).collect();
        self.chart.update(&rows);
        self.chart.keep_pointing();
    }

    /// A line over the candles in the colour `--line-NUMBER`, as pairs of seconds and value; none: it goes away.
    pub(crate) fn show_line(&self, number: usize, points: &[f64]) {
        self.chart.show_line(&format!("line-{number}"), points);
    }

    /// Adds or replaces the last points of a line that is shown.
    pub(crate) fn update_line(&self, number: usize, points: &[f64]) {
        self.chart.update_line(&format!("line-{number}"), points);
    }

    /// Equal ratios are equally high, or equal differences.
    pub(crate) fn set_logarithmic(&self, on: bool) {
        self.chart.set_logarithmic(on);
    }

    /// Whether it has room to be seen.
    pub(crate) fn is_visible(&self) -> bool {
        self.chart.is_visible()
    }

    /// How many candles are left of what is seen, if the chart is visible; below 0 there is room before the first.
    pub(crate) fn hidden_left(&self) -> Option<f64> {
        Some(self.chart.hidden_left()).filter(|left| !left.is_nan())
    }

    /// Whether the newest candle is seen.
    pub(crate) fn is_live(&self) -> bool {
        self.chart.is_live()
    }

    /// Goes back to the newest candle.
    pub(crate) fn to_live(&self) {
        self.chart.to_live();
    }

    /// Puts the cross on a candle, which is the `index`th from the oldest.
    #[allow(clippy::cast_precision_loss, reason = "as many as are held")]
    pub(crate) fn point(&self, candle: &Candle, index: usize) {
        self.chart.point(seconds(candle.open_ts), candle.close.to_f64(), index as f64);
    }

    /// Takes the cross away.
    pub(crate) fn unpoint(&self) {
        self.chart.unpoint();
    }

    /// Makes candles so many times as wide.
    pub(crate) fn zoom(&self, factor: f64) {
        self.chart.zoom(factor);
    }

    /// Takes the page's colours again; then all candles are to be shown anew.
    pub(crate) fn apply_theme(&self) {
        self.chart.apply_theme();
    }

    /// The start of the candle under the cursor.
    pub(crate) fn hovered(&self) -> Option<u64> {
        self.hovered.get()
    }
}

impl Drop for Chart {
    fn drop(&mut self) {
        self.chart.close();
    }
}

/// A candle as `js/chart.js` reads it: time, open, high, low, close, volume, whether it is modelled.
fn row(candle: &Candle) -> [f64; 7] {
    let [open, high, low, close, volume] =
        [candle.open, candle.high, candle.low, candle.close, candle.volume].map(Decimal::to_f64);
    [seconds(candle.open_ts), open, high, low, close, volume, candle.modelled.into()]
}

/// As the chart counts time.
#[allow(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^53")]
pub(crate) fn seconds(ts: u64) -> f64 {
    (ts / SECOND) as f64
}

#[allow(clippy::cast_sign_loss, reason = "the chart only knows times that we gave it")]
fn micros(seconds: f64) -> u64 {
    seconds as u64 * SECOND
}

/// Where the library is: the build writes its hashed address into the page.
fn library() -> Option<String> {
    let element = document().query_selector("meta[name=tickwire-charts]").ok()??;
    element.dyn_into::<HtmlMetaElement>().ok().map(|meta| meta.content())
}
