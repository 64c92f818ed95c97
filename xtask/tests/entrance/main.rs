//! The entrance: the configuration of infra/nginx in a real Nginx, before the real gateway.
//!
//! `cargo xtask test` builds what is needed and says where it is: `XTASK_GATEWAY`, `XTASK_DASHBOARD`, `XTASK_NGINX`.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod files;
mod gateway;
mod hostile;
mod limits;
mod names;
mod nginx;
mod passing;
mod replicas;
