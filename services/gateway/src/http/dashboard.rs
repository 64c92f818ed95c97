//! The built dashboard from a directory: for development. In production Nginx serves it.

use std::path::Path;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use tower_http::services::{ServeDir, ServeFile};

use super::App;

/// The same policy as behind Nginx (a test compares them): what breaks it is found in development. Not every browser takes
/// `'self'` for the WebSocket of the same host, so that is named too.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     img-src 'self' data:; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; connect-src 'self'";
/// Names under `/assets` hold a hash of their content.
const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ALWAYS_ASK: HeaderValue = HeaderValue::from_static("no-cache");

/// Serves `directory` at `/`; paths that name no file are pages of the application.
pub(super) fn add(router: Router<App>, directory: &Path) -> Router<App> {
    let page = ServeFile::new(directory.join("index.html")).precompressed_br().precompressed_gzip();
    let files = ServeDir::new(directory).precompressed_br().precompressed_gzip().fallback(page);
    router.merge(Router::new().fallback_service(files).layer(middleware::from_fn(headers)))
}

async fn headers(request: Request, next: Next) -> Response {
    let is_asset = request.uri().path().starts_with("/assets/");
    let policy = policy(request.headers().get(header::HOST));
    let mut response = next.run(request).await;
    let is_html = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
    let caching = if is_asset && !is_html { IMMUTABLE } else { ALWAYS_ASK };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, caching);
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

fn policy(host: Option<&HeaderValue>) -> HeaderValue {
    host.and_then(|host| host.to_str().ok())
        .filter(|host| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte)))
        .and_then(|host| format!("{CONTENT_SECURITY_POLICY} ws://{host} wss://{host}").parse().ok())
        .unwrap_or(HeaderValue::from_static(CONTENT_SECURITY_POLICY))
}
