//! The handshake of RFC 6455: what a request for a WebSocket must say, and the answer to it.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use protocol::{Encoding, ErrorBody, ErrorCode};
use tungstenite::handshake::derive_accept_key;

/// The only version of the WebSocket protocol (RFC 6455).
const WEBSOCKET_VERSION: &str = "13";
/// A `Sec-WebSocket-Key` is 16 bytes in base64: 22 digits and the padding.
const KEY_CHARS: usize = 24;
const KEY_PADDING: &[u8] = b"==";

/// The `Sec-WebSocket-Key` of a request that is a proper handshake.
pub(super) fn key(headers: &HeaderMap) -> Result<&[u8], ErrorBody> {
    let lists = |name, token: &str| {
        headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .any(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(token)))
    };
    if !lists(header::CONNECTION, "upgrade") || !lists(header::UPGRADE, "websocket") {
        return Err(ErrorCode::BadRequest
            .with("expected a WebSocket handshake: Connection: Upgrade, Upgrade: websocket"));
    }
    if only(headers, &header::HOST).is_none() {
        return Err(ErrorCode::BadRequest.with("expected one Host"));
    }
    if only(headers, &header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != WEBSOCKET_VERSION) {
        return Err(ErrorCode::BadRequest.with("expected Sec-WebSocket-Version: 13"));
    }
    only(headers, &header::SEC_WEBSOCKET_KEY)
        .map(HeaderValue::as_bytes)
        .filter(|key| is_key(key))
        .ok_or_else(|| ErrorCode::BadRequest.with("expected one Sec-WebSocket-Key: 16 bytes in base64"))
}

/// The value of a header that must not come twice.
pub(super) fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

fn is_key(key: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/".contains(byte);
    key.len() == KEY_CHARS && key.strip_suffix(KEY_PADDING).is_some_and(|digits| digits.iter().all(is_digit))
}

/// The first of the sub-protocols offered that this server speaks: none if none was offered, and then it is the default.
pub(super) fn subprotocol(headers: &HeaderMap) -> Result<Option<Encoding>, ErrorBody> {
    let mut offered = headers
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(',').map(str::trim))
        .peekable();
    if offered.peek().is_none() {
        return Ok(None);
    }
    offered.find_map(Encoding::from_subprotocol).map(Some).ok_or_else(|| {
        let names = Encoding::ALL.map(Encoding::subprotocol).join(" or ");
        ErrorCode::BadRequest.with(format!("expected the sub-protocol {names}, or none"))
    })
}

/// The answer that makes a connection a WebSocket.
pub(super) fn accept(key: &[u8], subprotocol: Option<Encoding>) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    let accept = HeaderValue::from_str(&derive_accept_key(key)).expect("base64 is a header value");
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    if let Some(subprotocol) = subprotocol {
        headers.insert(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(subprotocol.subprotocol()));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_sixteen_bytes_in_base64() {
        for (key, expected) in [
            ("dGhlIHNhbXBsZSBub25jZQ==", true),
            ("+/+/+/+/+/+/+/+/+/+/+w==", true),
            ("dGhlIHNhbXBsZSBub25jZQ=", false),
            ("dGhlIHNhbXBsZSBub25jZWQ=", false),
            ("dGhlIHNhbXBsZSBub25jZ===", false),
            ("dGhlIHNhbXBsZSBub25j Q==", false),
            ("", false),
        ] {
            assert_eq!(is_key(key.as_bytes()), expected, "{key}");
        }
    }
}
