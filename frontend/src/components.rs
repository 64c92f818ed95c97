//! The panels: each shows signals of the screen and passes on what the person does. No state of the market here.
#![allow(unreachable_pub, reason = "#[component] makes the items it adds public")]

pub(crate) mod chart;
pub(crate) mod headline;
pub(crate) mod health_line;
pub(crate) mod ladder;
pub(crate) mod notice;
pub(crate) mod tape;
pub(crate) mod theme_toggle;
pub(crate) mod watchlist;
