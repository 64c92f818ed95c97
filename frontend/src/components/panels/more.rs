//! The panels that are there when somebody asks for them.
#![allow(unsafe_code, reason = "#[wasm_split] expands to it")]

use leptos::wasm_split::wasm_split;

use crate::components::depth::DepthPanel;
use crate::components::health_panel::HealthPanel;
use crate::components::messages::MessagesPanel;
use crate::dynamic::{Part, part};
use crate::frame::Paint;
use crate::frame::depth::DepthPainter;
use crate::frame::messages::MessagesPainter;
use crate::later::{LoadedPanels, SplitLoaderError};
use crate::state::panel::Panel;

/// Depth, health and messages.
#[wasm_split(more, wasm_split_path = leptos::wasm_split, fallible)]
pub(super) fn more() -> Result<LoadedPanels, SplitLoaderError> {
    let view = |panel| -> Option<Part> {
        Some(match panel {
            Panel::Depth => part(DepthPanel()),
            Panel::Health => part(HealthPanel()),
            Panel::Messages => part(MessagesPanel()),
            _ => return None,
        })
    };
    let painters: Vec<Box<dyn Paint>> =
        vec![Box::<DepthPainter>::default(), Box::<MessagesPainter>::default()];
    Ok(LoadedPanels { view, painters })
}
