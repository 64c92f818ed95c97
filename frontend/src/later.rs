//! Code that comes when it is first needed.
//!
//! `cargo xtask dashboard` splits the compiled dashboard at each function with `#[wasm_split]`: what only that function
//! reaches goes to a wasm file of its own, which the browser fetches at the first call.

use std::cell::Cell;
use std::rc::Rc;

pub(crate) use leptos::wasm_split::SplitLoaderError;

use crate::app::App;
use crate::console;
use crate::dynamic::{Choice, Part, effect, memo, spawn};
use crate::frame::Paint;
use crate::lasting::Lasting;
use crate::state::panel::Panel;

/// Said when code could not be loaded.
const FAILED: &str =
    "A part of the page could not be loaded: show it again, or reload the page for its newest version.";

/// Panels whose code comes in one file.
pub(crate) struct LoadedPanels {
    pub(crate) view: PanelView,
    pub(crate) painters: Vec<Box<dyn Paint>>,
}

/// The view of a panel, if it is one of these.
pub(crate) type PanelView = fn(Panel) -> Option<Part>;

/// Code that is there or not.
pub(crate) type Later<T> = Lasting<Option<T>>;

/// Loads code once `is_needed`; `None` until it is there. If that fails the person is told, and it is tried again when
/// the code is needed anew.
pub(crate) fn later<T: 'static, L>(
    app: App,
    is_needed: impl Fn() -> bool + Send + Sync + 'static,
    load: impl Fn() -> L + 'static,
) -> Later<T>
where
    L: Future<Output = Result<T, SplitLoaderError>> + 'static,
{
    let code = Lasting::new(None);
    let is_needed = memo(is_needed);
    let is_loading = Rc::new(Cell::new(false));
    effect(move || {
        if !is_needed() || code.with_untracked(Option::is_some) || is_loading.replace(true) {
            return;
        }
        let (loading, is_loading) = (load(), Rc::clone(&is_loading));
        spawn(async move {
            match loading.await {
                Ok(loaded) => code.set(Some(loaded)),
                Err(error) => {
                    app.with_store(|store| store.tell(FAILED));
                    console::report("code", &error.to_string().into());
                }
            }
            is_loading.set(false);
        });
    });
    code
}

/// The same for panels; what draws them begins to.
pub(crate) fn later_panels<L>(
    app: App,
    is_needed: impl Fn() -> bool + Send + Sync + 'static,
    load: impl Fn() -> L + 'static,
) -> Later<PanelView>
where
    L: Future<Output = Result<LoadedPanels, SplitLoaderError>> + 'static,
{
    later(app, is_needed, move || {
        let loading = load();
        async move {
            let LoadedPanels { view, painters } = loading.await?;
            app.with_painters(|all| all.extend(painters));
            Ok(view)
        }
    })
}

/// The panel, once its code is there and as long as `is_shown`.
pub(crate) fn panel(
    code: Later<PanelView>,
    panel: Panel,
    is_shown: impl Fn() -> bool + Send + Sync + 'static,
) -> Choice {
    let is_shown = memo(is_shown);
    Box::new(move || if is_shown() { code.get().and_then(|view| view(panel)) } else { None })
}
