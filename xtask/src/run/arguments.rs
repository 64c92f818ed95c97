//! What `tickwire serve` is told: the user's words, and ours where the user has said nothing.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use anyhow::{Result, bail};

/// An address to listen on: the flag and the variable of tickwire that set it, and what we set if nobody does.
struct Listen {
    flag: &'static str,
    variable: &'static str,
    /// Only this machine can reach it.
    default: &'static str,
}

const PUBLIC: Listen =
    Listen { flag: "--listen", variable: "TICKWIRE_HTTP__LISTEN", default: "127.0.0.1:3000" };
const ADMIN: Listen =
    Listen { flag: "--admin-listen", variable: "TICKWIRE_HTTP__ADMIN_LISTEN", default: "127.0.0.1:9000" };

/// The arguments of tickwire, and the addresses that will be in force (unless a file has them).
pub(super) struct Arguments {
    all: Vec<String>,
    public: Option<String>,
    admin: Option<String>,
}

impl Arguments {
    /// `variable` reads the environment.
    pub(super) fn new(user: &[String], variable: impl Fn(&str) -> Option<String>, dashboard: &Path) -> Self {
        let has_file = value(user, "--config").is_some() || variable("TICKWIRE_CONFIG").is_some();
        let mut all = vec!["serve".to_owned()];
        let mut listen = |listen: Listen| {
            let said = value(user, listen.flag).or_else(|| variable(listen.variable));
            if said.is_none() && !has_file {
                all.extend([listen.flag.to_owned(), listen.default.to_owned()]);
                return Some(listen.default.to_owned());
            }
            said
        };
        let (public, admin) = (listen(PUBLIC), listen(ADMIN));
        if value(user, "--dashboard").is_none() {
            all.extend(["--dashboard".to_owned(), dashboard.display().to_string()]);
        }
        all.extend_from_slice(user);
        Self { all, public, admin }
    }

    pub(super) fn all(&self) -> &[String] {
        &self.all
    }

    /// Where a browser on this machine finds the dashboard.
    pub(super) fn address(&self) -> String {
        match &self.public {
            Some(address) => format!("http://{}", reachable(address)),
            None => "the address that the configuration file says".to_owned(),
        }
    }

    /// Says before minutes of building, not after, that a port is taken.
    pub(super) fn check_ports(&self) -> Result<()> {
        for (listen, address) in [(PUBLIC, &self.public), (ADMIN, &self.admin)] {
            let Some(address) = address else { continue };
            if let Err(error) = TcpListener::bind(address) {
                let flag = listen.flag;
                bail!(
                    "can't listen on {address}: {error}. Another address: cargo xtask run -- {flag} ADDRESS"
                );
            }
        }
        Ok(())
    }
}

/// The value of `--flag VALUE` or `--flag=VALUE`.
fn value(arguments: &[String], flag: &str) -> Option<String> {
    let position = arguments.iter().position(|argument| argument.split('=').next() == Some(flag))?;
    match arguments[position].split_once('=') {
        Some((_, value)) => Some(value.to_owned()),
        None => arguments.get(position + 1).cloned(),
    }
}

fn reachable(address: &str) -> String {
    match address.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_unspecified() || address.ip().is_loopback() => {
            format!("localhost:{}", address.port())
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(user: &[&str], variable: &str) -> Arguments {
        let user: Vec<String> = user.iter().map(ToString::to_string).collect();
        let set = |asked: &str| (asked == variable).then(|| "[::]:80".to_owned());
        Arguments::new(&user, set, Path::new("d"))
    }

    #[test]
    fn the_users_words_win() {
        for (user, variable, expected) in [
            (&[][..], "", "serve --listen 127.0.0.1:3000 --admin-listen 127.0.0.1:9000 --dashboard d"),
            (
                &["--listen", "[::]:80"],
                "",
                "serve --admin-listen 127.0.0.1:9000 --dashboard d --listen [::]:80",
            ),
            (&["--listen=[::]:80"], "", "serve --admin-listen 127.0.0.1:9000 --dashboard d --listen=[::]:80"),
            (&[], "TICKWIRE_HTTP__LISTEN", "serve --admin-listen 127.0.0.1:9000 --dashboard d"),
            (&["--config", "t.toml"], "", "serve --dashboard d --config t.toml"),
            (&["--dashboard", "e"], "TICKWIRE_CONFIG", "serve --dashboard e"),
        ] {
            assert_eq!(arguments(user, variable).all().join(" "), expected);
        }
    }

    #[test]
    fn the_address_shown_can_be_opened() {
        for (listen, expected) in [
            ("127.0.0.1:3000", "http://localhost:3000"),
            ("0.0.0.0:80", "http://localhost:80"),
            ("[::]:80", "http://localhost:80"),
            ("10.0.0.7:3000", "http://10.0.0.7:3000"),
            ("example.org:80", "http://example.org:80"),
        ] {
            assert_eq!(arguments(&["--listen", listen], "").address(), expected);
        }
        assert_eq!(arguments(&[], "TICKWIRE_HTTP__LISTEN").address(), "http://localhost:80");
        assert_eq!(
            arguments(&[], "TICKWIRE_CONFIG").address(),
            "the address that the configuration file says"
        );
    }

    #[test]
    fn a_taken_port_is_named() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let error = arguments(&["--listen", &address], "").check_ports().unwrap_err().to_string();
        assert!(error.contains(&address) && error.contains("-- --listen ADDRESS"), "{error}");
    }
}
