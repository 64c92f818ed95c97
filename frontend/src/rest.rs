//! REST: the instruments and the candles of the past.

use leptos::prelude::window;
use leptos::web_sys::Response;
use market::Interval;
use protocol::read_json;
use protocol::rest::{Candles, Instruments};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::dynamic::spawn;

/// The candles of a sparkline: an hour of minutes.
pub(crate) const HOUR_CANDLES: usize = 60;

/// All instruments.
///
/// # Errors
/// A sentence for the console.
pub(crate) async fn instruments() -> Result<Instruments, String> {
    let text = get("/api/v1/instruments").await?;
    read_json(&text).map_err(|error| error.to_string())
}

/// Fetches the latest `limit` candles, oldest first, with `end_ts` those that start before it, in microseconds since 1970.
/// Hands them to `take`, or a sentence for the console.
pub(crate) fn candles(
    symbol: &str,
    interval: Interval,
    limit: usize,
    end_ts: Option<u64>,
    take: impl FnOnce(Result<Candles, String>) + 'static,
) {
    let end = end_ts.map_or_else(String::new, |end_ts| format!("&end_ts={end_ts}"));
    let path = format!("/api/v1/candles?symbol={symbol}&interval={interval}&limit={limit}{end}");
    fetch_candles(path, Box::new(take));
}

fn fetch_candles(path: String, take: Box<dyn FnOnce(Result<Candles, String>)>) {
    spawn(async move {
        let text = get(&path).await;
        take(text.and_then(|text| read_json(&text).map_err(|error| error.to_string())));
    });
}

async fn get(path: &str) -> Result<String, String> {
    let failed = |error: JsValue| format!("{path}: {error:?}");
    let answer = JsFuture::from(window().fetch_with_str(path)).await.map_err(failed)?;
    let response: Response = answer.dyn_into().map_err(failed)?;
    if !response.ok() {
        return Err(format!("{path}: status {}", response.status()));
    }
    let text = JsFuture::from(response.text().map_err(failed)?).await.map_err(failed)?;
    text.as_string().ok_or_else(|| format!("{path}: no text"))
}
