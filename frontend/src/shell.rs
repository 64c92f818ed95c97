//! What surrounds the market: settings, arrangement, dialogs. Signals that the page reads, and their ways to the
//! storage, the address and the root's attributes.

use leptos::prelude::{untrack, window};
use leptos::web_sys::Event;

use crate::dynamic::effect;
use crate::events::listen;
use crate::lasting::Lasting;
use crate::notes;
use crate::screen::put;
use crate::state::action::Dialog;
use crate::state::layout::{Form, Layout};
use crate::state::panel::Panel;
use crate::state::settings::Settings;
use crate::state::view::View;
use crate::{storage, theme};

/// What surrounds the market.
#[derive(Clone, Copy)]
pub(crate) struct Shell {
    /// What the person set.
    pub(crate) settings: Lasting<Settings>,
    /// Which arrangement the window has room for.
    pub(crate) form: Lasting<Form>,
    /// The panel in front on a phone.
    pub(crate) tab: Lasting<Panel>,
    /// What lies over the page.
    pub(crate) dialog: Lasting<Option<Dialog>>,
    /// Another number each time that the page's colours may be others: canvases take them again.
    pub(crate) look: Lasting<u32>,
    /// A newer version of the page is there.
    pub(crate) is_old: Lasting<bool>,
}

impl Shell {
    /// What the storage kept.
    pub(crate) fn new() -> Self {
        Self {
            settings: Lasting::new(storage::load()),
            form: Lasting::new(form()),
            tab: Lasting::new(Panel::default()),
            dialog: Lasting::new(None),
            look: Lasting::new(0),
            is_old: Lasting::new(false),
        }
    }

    /// Follows the window, the system and the settings.
    pub(crate) fn follow(self) {
        listen(&window(), &["resize"], move |_: Event| put(self.form, form()));
        // A service worker has a newer version of the page: see js/install.js.
        listen(&window(), &["tickwire-update"], move |_: Event| self.is_old.set(true));
        theme::on_system_change(move || self.look.update(|look| *look += 1));
        effect(move || self.settings.with(storage::save));
        let mut applied = None;
        effect(move || {
            let look = self.settings.with(Settings::look);
            if applied.replace(look) != Some(look) {
                theme::apply(look);
                self.look.update(|look| *look += 1);
            }
        });
    }

    /// What a link asks for beyond symbol and interval.
    pub(crate) fn look_at(self, view: &View) {
        if let Some(chart) = &view.chart {
            self.settings.update(|settings| settings.set_note(notes::CHART, chart));
        }
        if let Some(panel) = view.panel {
            self.reveal(panel);
        }
    }

    /// Whether the panel is to be seen. Tracks what that depends on.
    pub(crate) fn shows(self, panel: Panel) -> bool {
        match self.form.get() {
            Form::Phone => self.tab.get() == panel,
            form => self.settings.with(|settings| settings.layout(form).shown.has(panel)),
        }
    }

    /// The same without tracking.
    pub(crate) fn shows_untracked(self, panel: Panel) -> bool {
        untrack(|| self.shows(panel))
    }

    /// Shows a panel, or hides it; on a phone it comes to the front.
    pub(crate) fn toggle(self, panel: Panel) {
        if self.form.get_untracked() == Form::Phone {
            self.tab.set(panel);
        } else {
            self.arrange(|layout, _| layout.shown = layout.shown.toggled(panel));
        }
    }

    /// Brings a panel to the front, wherever there is room for it.
    pub(crate) fn reveal(self, panel: Panel) {
        self.tab.set(panel);
        if !self.shows_untracked(panel) {
            self.toggle(panel);
        }
    }

    /// Changes the arrangement of the present form.
    pub(crate) fn arrange(self, change: impl FnOnce(&mut Layout, Form)) {
        let form = self.form.get_untracked();
        self.settings.update(|settings| change(settings.layout_mut(form), form));
    }
}

fn form() -> Form {
    let width = window().inner_width().ok().and_then(|width| width.as_f64()).unwrap_or_default();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a width in whole pixels")]
    Form::of(width as u32)
}
