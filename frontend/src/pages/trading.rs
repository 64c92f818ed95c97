//! The trading page: all panels at once on a wide screen, one at a time on a phone.

use leptos::prelude::*;

use crate::app::App;
use crate::components::chart::ChartPanel;
use crate::components::headline::HeadlineBar;
use crate::components::health_line::HealthLine;
use crate::components::ladder::LadderPanel;
use crate::components::notice::NoticeBar;
use crate::components::tape::TapePanel;
use crate::components::theme_toggle::ThemeToggle;
use crate::components::watchlist::WatchlistPanel;

/// What a phone shows one at a time: the value of `data-tab`, and its name.
const TABS: [(&str, &str); 4] =
    [("markets", "Markets"), ("chart", "Chart"), ("book", "Book"), ("trades", "Trades")];

/// The page.
#[component]
pub(crate) fn Trading() -> impl IntoView {
    let app = App::start();
    let tab = RwSignal::new("chart");
    let stale = move || if app.screen.health.view.get().connection.is_fresh() { "false" } else { "true" };
    if let Some(boot) = document().get_element_by_id("boot") {
        boot.remove();
    }
    view! {
        <div class="page" data-tab=move || tab.get() data-stale=stale>
            <header class="top">
                <h1 class="brand">"Tickwire"</h1>
                <HeadlineBar />
                <ThemeToggle />
            </header>
            <NoticeBar />
            <main class="panels">
                <WatchlistPanel on_choice=move || tab.set("chart") />
                <ChartPanel />
                <LadderPanel />
                <TapePanel />
            </main>
            <HealthLine />
            <TabBar tab=tab />
        </div>
    }
}

#[component]
fn TabBar(tab: RwSignal<&'static str>) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label="Panels">
            <For each=|| TABS key=|(name, _)| *name let:((name, label))>
                <button
                    type="button"
                    aria-current=move || (tab.get() == name).then_some("true")
                    on:click=move |_| tab.set(name)
                >
                    {label}
                </button>
            </For>
        </nav>
    }
}
