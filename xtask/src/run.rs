//! `cargo xtask run`: from a fresh checkout to a market in the browser.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::command::{self, cargo};
use crate::steps::{self, Step};
use crate::workspace::{Profile, Workspace};
use crate::{dashboard, install};

/// Only this machine can reach them; an argument says otherwise.
const LISTEN: &str = "127.0.0.1:3000";
const ADMIN_LISTEN: &str = "127.0.0.1:9000";

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Quick to build, slow to run
    #[arg(long)]
    dev: bool,
    /// Given to `tickwire serve` as they are
    #[arg(last = true)]
    args: Vec<String>,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let profile = if options.dev { Profile::Dev } else { Profile::Release };
    let args = serve_args(&options.args, &workspace.dashboard());
    port_is_free(&args)?;
    let gateway =
        Step::new("building the gateway (a minute or two the first time)", move |workspace: &Workspace| {
            build_gateway(workspace, profile)
        });
    let address = value(&args, "--listen").map(str::to_owned);
    let serving = match &address {
        Some(address) => format!("starting the market on http://{} (Ctrl-C ends it)", reachable(address)),
        None => "starting the market where the configuration says (Ctrl-C ends it)".to_owned(),
    };
    let serve = Step::new(serving, |workspace: &Workspace| serve(workspace, profile, &args));
    let steps = [install::for_building(), vec![gateway], dashboard::steps(profile), vec![serve]];
    steps::in_order(workspace, steps.into_iter().flatten().collect())
}

pub(crate) fn build_gateway(workspace: &Workspace, profile: Profile) -> Result<()> {
    let what = ["build", "--package", "gateway", "--bin", "tickwire", "--profile", profile.native()];
    command::run(cargo(workspace).args(what))
}

/// Becomes the gateway: signals, exit code and terminal are its own from here.
#[cfg(unix)]
fn serve(workspace: &Workspace, profile: Profile, args: &[String]) -> Result<()> {
    use std::os::unix::process::CommandExt as _;

    let gateway = workspace.gateway(profile);
    let error = Command::new(&gateway).args(args).exec();
    Err(error).with_context(|| format!("{} could not be started", gateway.display()))
}

/// Runs the gateway and ends as it ends.
#[cfg(not(unix))]
fn serve(workspace: &Workspace, profile: Profile, args: &[String]) -> Result<()> {
    let gateway = workspace.gateway(profile);
    let status = Command::new(&gateway).args(args).status();
    let status = status.with_context(|| format!("{} could not be started", gateway.display()))?;
    std::process::exit(status.code().unwrap_or(1));
}

/// The arguments of tickwire: ours, unless the user's or the user's configuration file say the same thing otherwise.
fn serve_args(user: &[String], dashboard: &Path) -> Vec<String> {
    let dashboard = dashboard.display().to_string();
    let ours = [("--listen", LISTEN), ("--admin-listen", ADMIN_LISTEN), ("--dashboard", dashboard.as_str())];
    let configured = value(user, "--config").is_some();
    let mut args = vec!["serve".to_owned()];
    for (flag, default) in ours {
        let left_to_file = configured && flag != "--dashboard";
        if value(user, flag).is_none() && !left_to_file {
            args.extend([flag.to_owned(), default.to_owned()]);
        }
    }
    args.extend_from_slice(user);
    args
}

/// The value of `--flag VALUE` or `--flag=VALUE`.
fn value<'a>(args: &'a [String], flag: &str) -> Option<&'a str> {
    let position = args.iter().position(|arg| arg.split('=').next() == Some(flag))?;
    match args[position].split_once('=') {
        Some((_, value)) => Some(value),
        None => args.get(position + 1).map(String::as_str),
    }
}

/// The address as a browser on this machine takes it.
fn reachable(address: &str) -> String {
    match address.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_unspecified() || address.ip().is_loopback() => {
            format!("localhost:{}", address.port())
        }
        _ => address.to_owned(),
    }
}

/// Said before minutes of building, not after.
fn port_is_free(args: &[String]) -> Result<()> {
    for flag in ["--listen", "--admin-listen"] {
        let Some(address) = value(args, flag) else { continue };
        if let Err(error) = TcpListener::bind(address) {
            bail!(
                "can't listen on {address}: {error}. Choose another address with: cargo xtask run -- {flag} ADDRESS"
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(user: &[&str], expected: &str) {
        let user: Vec<String> = user.iter().map(ToString::to_string).collect();
        assert_eq!(serve_args(&user, Path::new("d")).join(" "), expected);
    }

    #[test]
    fn the_users_arguments_win() {
        check(&[], "serve --listen 127.0.0.1:3000 --admin-listen 127.0.0.1:9000 --dashboard d");
        check(
            &["--seed", "7"],
            "serve --listen 127.0.0.1:3000 --admin-listen 127.0.0.1:9000 --dashboard d --seed 7",
        );
        check(&["--listen", "[::]:80"], "serve --admin-listen 127.0.0.1:9000 --dashboard d --listen [::]:80");
        check(&["--listen=[::]:80"], "serve --admin-listen 127.0.0.1:9000 --dashboard d --listen=[::]:80");
        check(&["--config", "t.toml"], "serve --dashboard d --config t.toml");
        check(
            &["--dashboard", "e"],
            "serve --listen 127.0.0.1:3000 --admin-listen 127.0.0.1:9000 --dashboard e",
        );
    }

    #[test]
    fn the_address_shown_can_be_opened() {
        for (address, expected) in [
            ("127.0.0.1:3000", "localhost:3000"),
            ("0.0.0.0:80", "localhost:80"),
            ("[::]:80", "localhost:80"),
            ("10.0.0.7:3000", "10.0.0.7:3000"),
            ("example.org:80", "example.org:80"),
        ] {
            assert_eq!(reachable(address), expected);
        }
    }

    #[test]
    fn a_taken_port_is_named() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let error = port_is_free(&["--listen".to_owned(), address.clone()]).unwrap_err().to_string();
        assert!(error.contains(&address) && error.contains("-- --listen ADDRESS"), "{error}");
    }
}
