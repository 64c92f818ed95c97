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

    #[wasm_bindgen(catch, js_name = openChart)]
    async fn open_chart(
        url: &str,
        container: &HtmlElement,
        on_hover: &Closure<dyn FnMut(Option<f64>)>,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method)]
    fn show(this: &CandleChart, rows: &[f64], precision: u8, min_move: f64, seconds: bool);

    #[wasm_bindgen(method)]
    fn update(this: &CandleChart, rows: &[f64]);

    #[wasm_bindgen(method, js_name = applyTheme)]
    fn apply_theme(this: &CandleChart);
}

/// An open chart.
pub(crate) struct Chart {
    chart: CandleChart,
    /// The start of the candle under the cursor in microseconds since 1970.
    hovered: Rc<Cell<Option<u64>>>,
    _on_hover: Closure<dyn FnMut(Option<f64>)>,
}

impl Chart {
    /// Loads the library and opens a chart in `container`.
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
        Ok(Self { chart: chart.unchecked_into(), hovered, _on_hover: on_hover })
    }

    /// Shows these candles and no others.
    pub(crate) fn show<'a>(
        &self,
        candles: impl Iterator<Item = &'a Candle>,
        interval: Interval,
        tick: Option<Decimal>,
    ) {
        let tick = tick.unwrap_or(Decimal::new(1, 2));
        let rows: Vec<f64> = candles.flat_map(row).collect();
        self.chart.show(&rows, tick.scale, tick.to_f64(), interval == Interval::S1);
    }

    /// Adds or replaces candles.
    pub(crate) fn update(&self, candles: &[Candle]) {
        let rows: Vec<f64> = candles.iter().flat_map(row).collect();
        self.chart.update(&rows);
    }

    /// Takes the page's colours again.
    pub(crate) fn apply_theme(&self) {
        self.chart.apply_theme();
    }

    /// The start of the candle under the cursor.
    pub(crate) fn hovered(&self) -> Option<u64> {
        self.hovered.get()
    }
}

/// A candle as `js/chart.js` reads it: time in seconds, open, high, low, close, volume.
#[allow(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^53")]
fn row(candle: &Candle) -> [f64; 6] {
    let [open, high, low, close, volume] =
        [candle.open, candle.high, candle.low, candle.close, candle.volume].map(Decimal::to_f64);
    [(candle.open_ts / SECOND) as f64, open, high, low, close, volume]
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
