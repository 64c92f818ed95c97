//! Cross-origin reading: pages that may open a socket may read the REST interface and the event stream, too.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::App;

/// Names the origin of the page in the answer, if it is an allowed one. Only `GET` is served, so nothing is preflighted.
pub(super) async fn allow(State(app): State<App>, request: Request, next: Next) -> Response {
    let allowed = allowed_origin(&app, request.headers());
    let mut response = next.run(request).await;
    if let Some(origin) = allowed {
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    response
}

fn allowed_origin(app: &App, headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(header::ORIGIN)?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let is_allowed = app.http.allowed_origins.allows(Some(origin.to_str().ok()?), host);
    is_allowed.then(|| origin.clone())
}
