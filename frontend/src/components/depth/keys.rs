//! The depth chart by keyboard. What a key led to is also said.

use leptos::ev::KeyboardEvent;

use crate::app::App;
use crate::notes;
use crate::state::depth::{REACHES_BP, WIDTH, sentence, sentences, table};

/// What an arrow key moves the cursor by.
const STEP: i64 = WIDTH / 100;

/// A key was pressed on the picture; one that does something here does nothing else.
pub(super) fn press(app: App, event: &KeyboardEvent) {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    match event.key().as_str() {
        "ArrowLeft" => step(app, -STEP),
        "ArrowRight" => step(app, STEP),
        "Home" => step(app, -WIDTH),
        "End" => step(app, WIDTH),
        "+" | "=" => reach(app, -1),
        "-" => reach(app, 1),
        "Escape" => app.screen.depth.cursor.set(None),
        "s" | "S" => speak(app),
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

/// Moves the cursor, from the middle if it was nowhere, and says what it reads.
fn step(app: App, by: i64) {
    let depth = app.screen.depth;
    let x = (depth.cursor.get_untracked().unwrap_or(WIDTH / 2) + by).clamp(0, WIDTH);
    depth.cursor.set(Some(x));
    let reading = app.with_store(|store| {
        let curves = store.focus.book.depth(depth.reach_bp.get_untracked())?;
        curves.read(x, &store.focused()?.instrument)
    });
    if let Some(reading) = reading {
        depth.spoken.set(sentence(&reading));
    }
}

/// Reaches so many choices further.
fn reach(app: App, by: isize) {
    let present = app.screen.depth.reach_bp.get_untracked();
    let at = REACHES_BP.iter().position(|reach| *reach == present).unwrap_or(0);
    let next = REACHES_BP[at.saturating_add_signed(by).min(REACHES_BP.len() - 1)];
    notes::set(app, notes::DEPTH, &next.to_string());
}

fn speak(app: App) {
    let words = app
        .with_store(|store| store.focused().map(|row| sentences(&table(&store.focus.book, &row.instrument))));
    app.screen.depth.spoken.set(words.unwrap_or_default());
}
