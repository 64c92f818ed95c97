//! What panels keep in their own words: options, filters, steps.

use crate::app::App;

/// Lines and scale of the chart.
pub(crate) const CHART: &str = "chart";
/// The symbols with a star.
pub(crate) const FAVOURITES: &str = "favourites";
/// How the tape is read.
pub(crate) const TAPE: &str = "tape";
/// How far the depth chart reaches.
pub(crate) const DEPTH: &str = "depth";

/// In which step the book of a symbol is grouped.
pub(crate) fn book(symbol: &str) -> String {
    format!("book.{symbol}")
}

/// The note of this name; empty if there is none. Tracks the settings.
pub(crate) fn get(app: App, name: &str) -> String {
    app.shell.settings.with(|settings| settings.note(name).to_owned())
}

/// Keeps a note.
pub(crate) fn set(app: App, name: &str, text: &str) {
    app.shell.settings.update(|settings| settings.set_note(name, text));
}
