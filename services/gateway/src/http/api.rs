//! The REST interface: the state of the hub, asked of the engine.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use market::Ts;
use protocol::rest::{
    BookQuery, CandlesQuery, DEPTH_DEFAULT, NoQuery, ROWS_DEFAULT, TickerQuery, TradesQuery,
};
use protocol::{ErrorCode, rest};

use super::App;
use super::error::ApiError;

type Asked<T> = Result<Query<T>, QueryRejection>;
type Answer<T> = Result<Json<T>, ApiError>;

pub(super) async fn instruments(State(app): State<App>, asked: Asked<NoQuery>) -> Answer<rest::Instruments> {
    asked?;
    Ok(Json(rest::Instruments {
        epoch: app.hello.epoch.clone(),
        feed: app.hello.feed.clone(),
        instruments: app.directory.instruments().iter().map(Into::into).collect(),
    }))
}

pub(super) async fn ticker(
    State(app): State<App>,
    asked: Asked<TickerQuery>,
) -> Answer<Vec<rest::TickerRow>> {
    let Query(TickerQuery { symbol }) = asked?;
    Ok(Json(app.engine.ask(move |hub| hub.tickers(symbol.as_deref())).await??))
}

pub(super) async fn trades(State(app): State<App>, asked: Asked<TradesQuery>) -> Answer<rest::Trades> {
    let Query(TradesQuery { symbol, limit }) = asked?;
    let limit = rows(&app, "limit", limit, ROWS_DEFAULT)?;
    Ok(Json(app.engine.ask(move |hub| hub.trades(&symbol, limit)).await??))
}

pub(super) async fn book(State(app): State<App>, asked: Asked<BookQuery>) -> Answer<rest::BookView> {
    let Query(BookQuery { symbol, depth }) = asked?;
    let depth = rows(&app, "depth", depth, DEPTH_DEFAULT)?;
    Ok(Json(app.engine.ask(move |hub| hub.book(&symbol, depth)).await??))
}

pub(super) async fn candles(State(app): State<App>, asked: Asked<CandlesQuery>) -> Answer<rest::Candles> {
    let Query(CandlesQuery { symbol, interval, limit, end_ts }) = asked?;
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
