//! Loads the past that somebody looks at.

use market::Interval;

use super::App;
use crate::state::indicators::{SESSION_INTERVAL, Session};
use crate::state::store::history::OLDER_CANDLES;
use crate::{clock, console, rest};

impl App {
    /// The latest candles, without which there is no chart; or those before `end_ts`, which will be asked for again.
    pub(super) fn load_candles(self, symbol: String, interval: Interval, count: usize, end_ts: Option<u64>) {
        rest::candles(&symbol.clone(), interval, count, end_ts, move |answer| match answer {
            Ok(answer) => self.with_store(|store| store.join_history(&answer)),
            Err(cause) => {
                if end_ts.is_none() {
                    self.with_store(|store| store.tell(format!("The past of {symbol} could not be loaded.")));
                }
                console::report("candles", &cause.into());
            }
        });
    }

    /// The candles before `end_ts`.
    pub(super) fn load_older(self, symbol: String, interval: Interval, end_ts: u64) {
        rest::candles(&symbol.clone(), interval, OLDER_CANDLES, Some(end_ts), move |answer| match answer {
            Ok(answer) => self.with_store(|store| store.join_older(&answer, end_ts)),
            Err(cause) => {
                self.with_store(|store| {
                    store.older_failed(clock::now_us());
                    store.tell(format!("Older candles of {symbol} could not be loaded."));
                });
                console::report("older candles", &cause.into());
            }
        });
    }

    /// What was traded in the session before `until`. Without it a line is missing; it is asked for again.
    pub(super) fn load_session(self, symbol: &str, until: u64) {
        let count = Session::candles_before(until);
        rest::candles(symbol, SESSION_INTERVAL, count, Some(until), move |answer| match answer {
            Ok(answer) => self.with_store(|store| store.join_session(&answer, until)),
            Err(cause) => console::report("session", &cause.into()),
        });
    }

    /// The last hour of a symbol, for its sparkline.
    pub(crate) fn load_hour(self, symbol: String) {
        rest::candles(&symbol.clone(), Interval::M1, rest::HOUR_CANDLES, None, move |answer| {
            self.with_store(|store| store.join_hour(&symbol, answer.as_ref().ok(), clock::now_us()));
            if let Err(cause) = answer {
                console::report("sparklines", &cause.into());
            }
        });
    }
}
