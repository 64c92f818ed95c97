//! The one place that reads the wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use market::Ts;

/// Now, in microseconds since 1970.
#[must_use]
pub(crate) fn now() -> Ts {
    let micros = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
    Ts(u64::try_from(micros).unwrap_or(u64::MAX))
}
