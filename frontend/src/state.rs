//! What the dashboard knows, as plain Rust: no signal, no DOM, no clock. Time and randomness come in as arguments.

pub(crate) mod action;
pub(crate) mod aggregation;
pub(crate) mod backoff;
pub(crate) mod book;
pub(crate) mod candles;
pub(crate) mod chart_options;
pub(crate) mod choice;
pub(crate) mod commands;
pub(crate) mod connection;
pub(crate) mod crc;
pub(crate) mod depth;
pub(crate) mod dirty;
pub(crate) mod discontinuity;
pub(crate) mod favourites;
pub(crate) mod flash;
pub(crate) mod focus;
pub(crate) mod format;
pub(crate) mod frame_times;
pub(crate) mod fuzzy;
pub(crate) mod grouping;
pub(crate) mod health;
pub(crate) mod indicators;
pub(crate) mod latency;
pub(crate) mod layout;
pub(crate) mod meter;
pub(crate) mod order;
pub(crate) mod overview;
pub(crate) mod pacing;
pub(crate) mod panel;
pub(crate) mod report;
pub(crate) mod request;
pub(crate) mod row;
pub(crate) mod settings;
pub(crate) mod shortcut;
pub(crate) mod sparkline;
pub(crate) mod store;
pub(crate) mod summary;
pub(crate) mod tape;
pub(crate) mod treemap;
pub(crate) mod view;
pub(crate) mod viewport;
pub(crate) mod watchlist;
pub(crate) mod wiretap;

#[cfg(test)]
mod fixture;

/// Microseconds in a millisecond.
pub(crate) const MILLI: u64 = 1_000;
/// Microseconds in a second.
pub(crate) const SECOND: u64 = 1_000_000;
