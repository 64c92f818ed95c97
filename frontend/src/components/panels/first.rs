//! The panels that are there from the start: their code comes after the first price.
#![allow(unsafe_code, reason = "#[wasm_split] expands to it")]

use leptos::wasm_split::wasm_split;

use crate::components::chart::ChartPanel;
use crate::components::ladder::LadderPanel;
use crate::components::overview::OverviewPanel;
use crate::components::tape::TapePanel;
use crate::dynamic::{Part, part};
use crate::frame::Paint;
use crate::frame::book::BookPainter;
use crate::frame::chart::ChartPainter;
use crate::frame::overview::OverviewPainter;
use crate::frame::tape::TapePainter;
use crate::later::{LoadedPanels, SplitLoaderError};
use crate::state::panel::Panel;

/// Chart, book, trades and overview.
#[wasm_split(first, wasm_split_path = leptos::wasm_split, fallible)]
pub(super) fn first() -> Result<LoadedPanels, SplitLoaderError> {
    let view = |panel| -> Option<Part> {
        Some(match panel {
            Panel::Chart => part(ChartPanel()),
            Panel::Book => part(LadderPanel()),
            Panel::Trades => part(TapePanel()),
            Panel::Overview => part(OverviewPanel()),
            _ => return None,
        })
    };
    let painters: Vec<Box<dyn Paint>> = vec![
        Box::<ChartPainter>::default(),
        Box::<BookPainter>::default(),
        Box::<TapePainter>::default(),
        Box::<OverviewPainter>::default(),
    ];
    Ok(LoadedPanels { view, painters })
}
