//! Pages: how panels are laid out.
#![allow(unreachable_pub, reason = "#[component] makes the items it adds public")]

pub(crate) mod trading;
