//! Ports, origins, proxies, the dashboard.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::proxies::TrustedProxies;
use super::reader::{Input, Reader, quoted};

/// Ports, origins, proxies, the dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Http {
    /// The public port. `TICKWIRE_HTTP__LISTEN`, default `"127.0.0.1:8000"`; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The private port. `TICKWIRE_HTTP__ADMIN_LISTEN`, default `"127.0.0.1:9000"`.
    pub admin_listen: SocketAddr,
    /// The built dashboard, served at `/`. `TICKWIRE_HTTP__DASHBOARD`, not set by default; an existing directory.
    pub dashboard: Option<PathBuf>,
    /// Whose pages may open a socket. `TICKWIRE_HTTP__ALLOWED_ORIGINS`, default `[]`; `https://host[:port],...` or `*`.
    pub allowed_origins: AllowedOrigins,
    /// Whose `X-Forwarded-For` is believed. `TICKWIRE_HTTP__TRUSTED_PROXIES`, default `[]`; `10.0.0.0/8,fd00::/8,...`.
    pub trusted_proxies: TrustedProxies,
    /// Connections at the same time. `TICKWIRE_HTTP__CONNECTIONS_MAX`, default `20000`; 1 to 1000000.
    pub connections_max: usize,
    /// Connections at the same time from one address; behind a proxy that is not trusted all come from there.
    /// `TICKWIRE_HTTP__CONNECTIONS_PER_ADDRESS_MAX`, default `20000`; 1 to 1000000.
    pub connections_per_address_max: usize,
}

/// Whose pages may open a socket. Programs send no `Origin` and always may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowedOrigins {
    /// All.
    Any,
    /// Those of the host that is asked, and these.
    Listed(Vec<String>),
}

impl Http {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            listen: address(reader, "http.listen"),
            admin_listen: address(reader, "http.admin_listen"),
            dashboard: existing(reader, "http.dashboard", "an existing directory", |path| path.is_dir()),
            allowed_origins: reader.required(
                "http.allowed_origins",
                "a list of origins such as https://desk.example or http://localhost:3000, or * alone",
                |input| AllowedOrigins::parse(input.list()?),
                AllowedOrigins::shown,
            ),
            trusted_proxies: reader.required(
                "http.trusted_proxies",
                "a list of addresses and networks such as 10.0.0.0/8 or fd00::/8",
                |input| TrustedProxies::parse(&input.list()?),
                TrustedProxies::shown,
            ),
            connections_max: reader.integer("http.connections_max", 1..=1_000_000),
            connections_per_address_max: reader.integer("http.connections_per_address_max", 1..=1_000_000),
        }
    }

    pub(super) fn check(&self, reader: &mut Reader<'_>) {
        if self.listen == self.admin_listen && self.listen.port() != 0 {
            let problem = format!("found {}, expected another port than http.listen", self.admin_listen);
            reader.mistake("http.admin_listen", problem);
        }
    }
}

impl AllowedOrigins {
    fn parse(list: Vec<String>) -> Option<Self> {
        match list.as_slice() {
            [any] if any == "*" => Some(Self::Any),
            listed => listed.iter().all(|origin| is_origin(origin)).then_some(Self::Listed(list)),
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::Any => "[\"*\"]".to_owned(),
            Self::Listed(list) => format!("[{}]", list.iter().map(quoted).collect::<Vec<_>>().join(", ")),
        }
    }

    /// Whether a request with these headers may open a socket.
    #[must_use]
    pub fn allows(&self, origin: Option<&str>, host: Option<&str>) -> bool {
        let (Self::Listed(list), Some(origin)) = (self, origin) else { return true };
        let of_host = authority(origin).zip(host).is_some_and(|(ours, host)| ours.eq_ignore_ascii_case(host));
        of_host || list.iter().any(|listed| listed.eq_ignore_ascii_case(origin))
    }
}

/// What stands after `https://` in an origin.
fn authority(origin: &str) -> Option<&str> {
    origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"))
}

fn is_origin(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']' | '_');
    authority(text).is_some_and(|authority| !authority.is_empty() && authority.chars().all(allowed))
}

fn address(reader: &mut Reader<'_>, key: &'static str) -> SocketAddr {
    let expected = "an address and port such as 127.0.0.1:8000 or [::]:8000";
    reader.parsed(key, expected, |text| text.parse().ok(), SocketAddr::to_string)
}

/// A path that must be there.
pub(super) fn existing(
    reader: &mut Reader<'_>,
    key: &'static str,
    expected: &str,
    is_there: impl Fn(&PathBuf) -> bool,
) -> Option<PathBuf> {
    let parse = |input: &Input<'_>| input.text().map(PathBuf::from).filter(&is_there);
    reader.optional(key, expected, parse, |path| quoted(&path.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_checked() {
        let listed = |list: &[&str]| AllowedOrigins::Listed(list.iter().map(ToString::to_string).collect());
        let host = Some("localhost:8000");
        for (allowed, origin, expected) in [
            (listed(&[]), None, true),
            (listed(&[]), Some("http://localhost:8000"), true),
            (listed(&[]), Some("http://LocalHost:8000"), true),
            (listed(&[]), Some("http://localhost:3000"), false),
            (listed(&[]), Some("null"), false),
            (listed(&["https://desk.example"]), Some("https://desk.example"), true),
            (listed(&["https://desk.example"]), Some("http://localhost:8000"), true),
            (listed(&["https://desk.example"]), Some("https://desk.example.evil.example"), false),
            (AllowedOrigins::Any, Some("https://anybody.example"), true),
        ] {
            assert_eq!(allowed.allows(origin, host), expected, "{allowed:?} {origin:?}");
        }
        assert!(!listed(&[]).allows(Some("http://localhost:8000"), None));
    }
}
