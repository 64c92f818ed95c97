//! The dashboard of Tickwire: Leptos, rendered in the browser.
//!
//! `state` is plain Rust and knows nothing of browsers. `socket` and `rest` feed it, `frame` draws what changed into
//! `screen`'s signals once per animation frame, and `components` show those. `app` ties them together.

mod actions;
mod address;
mod app;
mod chart;
mod clock;
mod components;
mod console;
mod dynamic;
mod events;
mod frame;
mod keyboard;
mod lasting;
mod later;
mod notes;
mod pages;
mod rest;
mod screen;
mod shell;
mod socket;
mod state;
mod storage;
mod text;
mod theme;

/// Starts the dashboard in the page's body.
pub fn mount() {
    leptos::mount::mount_to_body(pages::trading::Trading);
}
