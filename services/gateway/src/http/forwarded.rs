//! Who asks, when a proxy passes the question on: `X-Forwarded-For`, and how much of it may be believed.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

use crate::config::TrustedProxies;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The client's address: the peer's own, unless the peer is a trusted proxy. Each proxy appends whom it was asked by, so
/// the list is read from its end: the first address there that is no trusted proxy is the client, and what stands before
/// it the client may have made up. What is no address ends the list.
pub(super) fn client(peer: IpAddr, headers: &HeaderMap, trusted: &TrustedProxies) -> IpAddr {
    let mut client = peer;
    let mut named = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .rev()
        .flat_map(|value| value.to_str().unwrap_or_default().rsplit(','))
        .map(address);
    while trusted.contains(client) {
        match named.next().flatten() {
            Some(address) => client = address,
            None => break,
        }
    }
    client
}

/// Whether a proxy says that somebody else asks.
pub(super) fn is_forwarded(headers: &HeaderMap) -> bool {
    [FORWARDED_FOR, "forwarded", "x-real-ip", "via"].iter().any(|name| headers.contains_key(*name))
}

/// An address; some proxies add the port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse().ok().map(|address: SocketAddr| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::load;

    fn check(peer: &str, forwarded_for: &[&str], expected: &str) {
        let environment = [("TICKWIRE_HTTP__TRUSTED_PROXIES", "10.0.0.0/8,fd00::/8")];
        let trusted = load(&Default::default(), environment).unwrap().config.http.trusted_proxies;
        let mut headers = HeaderMap::new();
        for value in forwarded_for {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        let found = client(peer.parse().unwrap(), &headers, &trusted);
        assert_eq!(found, expected.parse::<IpAddr>().unwrap(), "{peer} {forwarded_for:?}");
    }

    #[test]
    fn a_client_is_the_last_that_is_no_proxy() {
        check("10.0.0.1", &["192.0.2.7"], "192.0.2.7");
        check("10.0.0.1", &["192.0.2.7, 10.0.0.2"], "192.0.2.7");
        check("10.0.0.1", &["192.0.2.7", "10.0.0.2, 10.0.0.3"], "192.0.2.7");
        check("::ffff:10.0.0.1", &["2001:db8::1"], "2001:db8::1");
        check("fd00::1", &["[2001:db8::1]:4711"], "2001:db8::1");
        check("10.0.0.1", &["192.0.2.7:4711"], "192.0.2.7");
    }

    #[test]
    fn what_a_client_says_of_itself_is_not_believed() {
        check("192.0.2.7", &["203.0.113.1"], "192.0.2.7");
        check("10.0.0.1", &["203.0.113.1, 192.0.2.7"], "192.0.2.7");
        check("10.0.0.1", &["203.0.113.1", "192.0.2.7"], "192.0.2.7");
        check("10.0.0.1", &["10.0.0.9, 192.0.2.7"], "192.0.2.7");
    }

    #[test]
    fn a_list_that_ends_early_names_the_last_proxy() {
        check("10.0.0.1", &[], "10.0.0.1");
        check("10.0.0.1", &["unknown"], "10.0.0.1");
        check("10.0.0.1", &["192.0.2.7, _hidden, 10.0.0.2"], "10.0.0.2");
        check("10.0.0.1", &["10.0.0.3, 10.0.0.2"], "10.0.0.3");
        check("10.0.0.1", &[""], "10.0.0.1");
    }
}
