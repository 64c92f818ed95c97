//! The REST interface: the state of the hub, asked of the engine.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use market::{Interval, Ts};
use protocol::{ErrorCode, rest};
use serde::Deserialize;

use super::App;
use super::error::ApiError;

/// Rows of an answer when `limit` is absent.
const ROWS_DEFAULT: usize = 500;
/// Levels of a book when `depth` is absent.
const DEPTH_DEFAULT: usize = 100;

type Asked<T> = Result<Query<T>, QueryRejection>;
type Answer<T> = Result<Json<T>, ApiError>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MaybeSymbol {
    symbol: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TradesOf {
    symbol: String,
    limit: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BookOf {
    symbol: String,
    depth: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CandlesOf {
    symbol: String,
    interval: String,
    limit: Option<usize>,
    /// Candles that open before this, in microseconds since 1970.
    end_ts: Option<u64>,
}

pub(super) async fn instruments(State(app): State<App>, asked: Asked<Nothing>) -> Answer<rest::Instruments> {
    asked?;
    Ok(Json(rest::Instruments {
        epoch: app.hello.epoch.clone(),
        feed: app.hello.feed.clone(),
        instruments: app.directory.instruments().iter().map(Into::into).collect(),
    }))
}

pub(super) async fn ticker(
    State(app): State<App>,
    asked: Asked<MaybeSymbol>,
) -> Answer<Vec<rest::TickerRow>> {
    let Query(MaybeSymbol { symbol }) = asked?;
    Ok(Json(app.engine.ask(move |hub| hub.tickers(symbol.as_deref())).await??))
}

pub(super) async fn trades(State(app): State<App>, asked: Asked<TradesOf>) -> Answer<rest::Trades> {
    let Query(TradesOf { symbol, limit }) = asked?;
    let limit = rows(&app, "limit", limit, ROWS_DEFAULT)?;
    Ok(Json(app.engine.ask(move |hub| hub.trades(&symbol, limit)).await??))
}

pub(super) async fn book(State(app): State<App>, asked: Asked<BookOf>) -> Answer<rest::BookView> {
    let Query(BookOf { symbol, depth }) = asked?;
    let depth = rows(&app, "depth", depth, DEPTH_DEFAULT)?;
    Ok(Json(app.engine.ask(move |hub| hub.book(&symbol, depth)).await??))
}

pub(super) async fn candles(State(app): State<App>, asked: Asked<CandlesOf>) -> Answer<rest::Candles> {
    let Query(CandlesOf { symbol, interval, limit, end_ts }) = asked?;
    let interval: Interval = interval
        .parse()
        .map_err(|error: market::ParseIntervalError| ErrorCode::BadRequest.with(error.to_string()))?;
    let limit = rows(&app, "limit", limit, ROWS_DEFAULT)?;
    Ok(Json(app.engine.ask(move |hub| hub.candles(&symbol, interval, end_ts.map(Ts), limit)).await??))
}

fn rows(app: &App, name: &str, asked: Option<usize>, default: usize) -> Result<usize, ApiError> {
    let max = app.rest_rows_max;
    match asked {
        None => Ok(default.min(max)),
        Some(rows) if (1..=max).contains(&rows) => Ok(rows),
        Some(rows) => {
            Err(ErrorCode::BadRequest.with(format!("{name}: found {rows}, expected 1 to {max}")).into())
        }
    }
}
