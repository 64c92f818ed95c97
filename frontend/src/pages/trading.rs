//! The trading page: a head, the panels, a line of health; over them what is asked for.

use leptos::prelude::*;

use crate::app::App;
use crate::components::dialogs::Dialogs;
use crate::components::headline::HeadlineBar;
use crate::components::health_line::HealthLine;
use crate::components::notice::NoticeBar;
use crate::components::panels::Panels;
use crate::components::tab_bar::TabBar;
use crate::components::toolbar::Toolbar;
use crate::dynamic::truth;

/// The page.
#[component]
pub(crate) fn Trading() -> impl IntoView {
    let app = App::start();
    let is_stale = move || app.screen.health.view.with(|view| view.stale);
    if let Some(boot) = document().get_element_by_id("boot") {
        boot.remove();
    }
    view! {
        <a class="skip" href="#panels">"Skip to the panels"</a>
        <div class="page" data-stale=truth(is_stale)>
            <header class="top">
                <h1 class="brand">"Tickwire"</h1>
                <HeadlineBar />
                <Toolbar />
            </header>
            <NoticeBar />
            <Panels />
            <HealthLine />
            <TabBar />
        </div>
        <Dialogs />
    }
}
