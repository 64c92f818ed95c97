//! Dark or light.

use leptos::prelude::*;

use crate::app::App;
use crate::theme::Theme;

/// Shows the theme that a click leads to.
#[component]
pub(crate) fn ThemeToggle() -> impl IntoView {
    let app = App::get();
    let theme = RwSignal::new(Theme::current());
    let toggle = move |_| {
        let next = theme.get().other();
        next.apply();
        theme.set(next);
        app.with_chart(|chart| {
            if let Some(chart) = chart {
                chart.apply_theme();
            }
        });
    };
    view! {
        <button type="button" class="theme" data-testid="theme" on:click=toggle>
            {move || if theme.get() == Theme::Dark { "Light theme" } else { "Dark theme" }}
        </button>
    }
}
