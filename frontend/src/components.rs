//! The panels: each shows signals of the screen and passes on what the person does. No state of the market here.
#![allow(unreachable_pub, reason = "#[component] makes the items it adds public")]

pub(crate) mod chart;
pub(crate) mod depth;
pub(crate) mod dialogs;
pub(crate) mod headline;
pub(crate) mod health_line;
pub(crate) mod health_panel;
pub(crate) mod ladder;
pub(crate) mod messages;
pub(crate) mod notice;
pub(crate) mod overview;
pub(crate) mod panels;
pub(crate) mod tab_bar;
pub(crate) mod tape;
pub(crate) mod toolbar;
pub(crate) mod twin;
pub(crate) mod watchlist;
