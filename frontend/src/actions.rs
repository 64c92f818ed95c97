//! Does what a person asked for, by whichever way: see `state/action.rs`.

use leptos::prelude::{document, window};
use leptos::web_sys::{HtmlElement, ScrollIntoViewOptions, ScrollLogicalPosition};
use market::Interval;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::app::App;
use crate::dynamic::spawn;
use crate::state::action::Action;
use crate::state::layout::Layout;
use crate::state::panel::Panel;
use crate::state::settings::Settings;
use crate::theme;

impl App {
    /// Does it.
    pub(crate) fn perform(self, action: Action) {
        let shell = self.shell;
        let set = |change: &dyn Fn(&mut Settings)| shell.settings.update(|settings| change(settings));
        match action {
            Action::Symbol(row) => self.choose_symbol(row),
            Action::Interval(interval) => self.choose_interval(interval),
            Action::StepSymbol(by) => self.step_symbol(by),
            Action::StepInterval(by) => self.step_interval(by),
            Action::Panel(panel) => shell.toggle(panel),
            Action::NextPanel => next_panel(),
            Action::Search => {
                shell.reveal(Panel::Watchlist);
                leptos::prelude::request_animation_frame(|| focus(".markets input"));
            }
            Action::OtherTheme => set(&|settings| settings.theme = theme::other(settings.theme)),
            Action::Theme(theme) => set(&|settings| settings.theme = theme),
            Action::Palette(palette) => set(&|settings| settings.palette = palette),
            Action::Density(density) => set(&|settings| settings.density = density),
            Action::Motion(motion) => set(&|settings| settings.motion = motion),
            Action::Keys(keys) => set(&|settings| settings.keys = keys),
            Action::ResetLayout => shell.arrange(|layout, form| *layout = Layout::new(form)),
            Action::ResetSettings => shell.settings.set(Settings::default()),
            Action::CopyLink => {
                let link = window().location().href().unwrap_or_default();
                self.copy(&link, "A link to this view is in the clipboard.");
            }
            Action::Reconnect => self.reconnect(),
            Action::Open(dialog) => shell.dialog.set(Some(dialog)),
        }
    }

    /// Puts a text into the clipboard, and says so.
    pub(crate) fn copy(self, text: &str, done: &'static str) {
        let copied = window().navigator().clipboard().write_text(text);
        spawn(async move {
            let sentence = match JsFuture::from(copied).await {
                Ok(_) => done,
                Err(_) => "The browser does not let this page use the clipboard.",
            };
            self.with_store(|store| store.tell(sentence));
        });
    }

    fn step_symbol(self, by: isize) {
        let order = self.screen.watchlist.order.read_untracked();
        let chosen = self.screen.chosen.with_untracked(|chosen| chosen.row);
        let at = order.iter().position(|row| Some(*row) == chosen);
        let next = at.and_then(|at| at.checked_add_signed(by)).and_then(|at| order.get(at).copied());
        drop(order);
        if let Some(row) = next {
            self.choose_symbol(row);
        }
    }

    fn step_interval(self, by: isize) {
        let present = self.screen.chosen.with_untracked(|chosen| chosen.interval);
        let next = present.index().checked_add_signed(by).and_then(|at| Interval::ALL.get(at).copied());
        if let Some(interval) = next {
            self.choose_interval(interval);
        }
    }
}

/// The focus goes to the panel behind the one that has it, in reading order; behind the last one comes the first.
fn next_panel() {
    let Ok(panels) = document().query_selector_all(".panel") else { return };
    let panels: Vec<HtmlElement> =
        (0..panels.length()).filter_map(|at| panels.get(at)?.dyn_into().ok()).collect();
    let visible = || panels.iter().filter(|panel| panel.offset_width() > 0);
    let active = document().active_element();
    let has_focus = |panel: &&HtmlElement| panel.contains(active.as_deref());
    let mut behind = visible().skip_while(|panel| !has_focus(panel)).skip(1);
    if let Some(panel) = behind.next().or_else(|| visible().next()) {
        let _ = panel.set_attribute("tabindex", "-1");
        let _ = panel.focus();
    }
}

/// Scrolls the element with this `id` into view, no further than it must.
pub(crate) fn scroll_near(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        let nearest = ScrollIntoViewOptions::new();
        nearest.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&nearest);
    }
}

/// The first element of this kind.
pub(crate) fn find<T: JsCast>(selector: &str) -> Option<T> {
    document().query_selector(selector).ok()??.dyn_into().ok()
}

/// Moves the focus, if there is such an element.
pub(crate) fn focus(selector: &str) {
    if let Some(element) = find::<HtmlElement>(selector) {
        let _ = element.focus();
    }
}
