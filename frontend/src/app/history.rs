//! Loads the past that somebody looks at.

use market::Interval;

use super::App;
use crate::state::indicators::{SESSION_INTERVAL, Session};
use crate::state::store::history::OLDER_CANDLES;
use crate::{clock, console, rest};

impl App {
    /// The candles before `end_ts`.
    pub(super) async fn load_older(self, symbol: String, interval: Interval, end_ts: u64) {
        match rest::candles(&symbol, interval, OLDER_CANDLES, Some(end_ts)).await {
            Ok(answer) => self.with_store(|store| store.join_older(&answer, end_ts)),
            Err(cause) => {
                self.with_store(|store| {
                    store.older_failed(clock::now_us());
                    store.tell(format!("Older candles of {symbol} could not be loaded."));
                });
                console::report("older candles", &cause.into());
            }
        }
    }

    /// What was traded in the session before `until`. Without it a line is missing; it is asked for again.
    pub(super) async fn load_session(self, symbol: String, until: u64) {
        let count = Session::candles_before(until);
        match rest::candles(&symbol, SESSION_INTERVAL, count, Some(until)).await {
            Ok(answer) => self.with_store(|store| store.join_session(&answer, until)),
            Err(cause) => console::report("session", &cause.into()),
        }
    }
}
