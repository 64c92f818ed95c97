//! The browser's clock: microseconds since 1970 that never run backwards.

/// Now. Resolution is what the browser grants, 5 to 100 microseconds.
pub(crate) fn now_us() -> u64 {
    let millis = leptos::prelude::window()
        .performance()
        .map_or_else(js_sys::Date::now, |performance| performance.time_origin() + performance.now());
    #[allow(clippy::cast_sign_loss, reason = "after 1970")]
    let micros = (millis * 1_000.0) as u64;
    micros
}
