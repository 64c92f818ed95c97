//! Errors as clients see them: the one table, as JSON. What is our fault is logged, not shown.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use protocol::{ErrorBody, ErrorCode};

use crate::engine::EngineStopped;

/// A refusal.
#[derive(Debug)]
pub(super) struct ApiError(pub(super) ErrorBody);

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.0.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, Json(self.0)).into_response()
    }
}

impl From<ErrorBody> for ApiError {
    fn from(error: ErrorBody) -> Self {
        Self(error)
    }
}

impl From<EngineStopped> for ApiError {
    fn from(error: EngineStopped) -> Self {
        Self(ErrorCode::Unavailable.with(error.to_string()))
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self(ErrorCode::BadRequest.with(rejection.body_text()))
    }
}

pub(super) async fn not_found() -> ApiError {
    ErrorCode::NotFound
        .with(
            "no such page: expected /ws, /api/v1/stream or /api/v1/{instruments,ticker,candles,trades,book}",
        )
        .into()
}
