//! The ways in: the ingress, and the Gateway.

use std::net::{SocketAddr, ToSocketAddrs as _};

use anyhow::{Context as _, Result, ensure};

use super::Options;
use super::release::ROUTE_HOST;
use super::report::Report;
use crate::e2e::http::{self, Answer};

/// Asked through Nginx, and answered by the backend.
const API: &str = "/api/v1/instruments";

pub(super) struct Entrance {
    ingress: SocketAddr,
    gateway: Option<SocketAddr>,
}

impl Entrance {
    pub(super) fn new(options: &Options) -> Result<Self> {
        let gateway = options.gateway_address.as_deref().map(resolved).transpose()?;
        Ok(Self { ingress: resolved(&options.ingress)?, gateway })
    }

    pub(super) fn websocket(&self) -> String {
        format!("ws://{}/ws", self.ingress)
    }

    /// The page through the ingress.
    pub(super) fn page(&self) -> Result<Answer> {
        asked(self.ingress, &self.ingress.to_string(), "/")
    }

    /// What only the backend knows, through the ingress.
    pub(super) fn api(&self) -> Result<Answer> {
        asked(self.ingress, &self.ingress.to_string(), API)
    }

    /// The dashboard, the same by both ways, and a backend behind it.
    pub(super) fn serves_the_page(&self, report: &mut Report) -> Result<()> {
        let page = self.page()?;
        ensure!(page.text().contains("<html"), "the ingress serves another page");
        self.api()?;
        let Some(gateway) = self.gateway else {
            report.left_out("the same page through the HTTPRoute", "no --gateway");
            return Ok(());
        };
        ensure!(asked(gateway, ROUTE_HOST, "/")?.body == page.body, "the HTTPRoute serves another page");
        asked(gateway, ROUTE_HOST, API)?;
        let upgrade = http::upgrade(gateway, ROUTE_HOST, "/ws")?;
        ensure!(upgrade == 101, "a WebSocket through the HTTPRoute is answered with {upgrade}");
        report.fact("the same page through the HTTPRoute, and a WebSocket", "yes");
        Ok(())
    }
}

fn asked(address: SocketAddr, host: &str, path: &str) -> Result<Answer> {
    let answer = http::get(address, host, path)?;
    ensure!(answer.status == 200, "GET {path} of {host} at {address}: {}", answer.status);
    Ok(answer)
}

fn resolved(address: &str) -> Result<SocketAddr> {
    let mut found = address.to_socket_addrs().with_context(|| format!("{address} is no address"))?;
    found.next().with_context(|| format!("{address} is no address"))
}
