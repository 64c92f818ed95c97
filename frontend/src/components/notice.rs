//! A sentence that the person should read: an error, or why the screen shows something else than the link asked for.

use leptos::prelude::*;

use crate::app::App;

/// The notice, if there is one.
#[component]
pub(crate) fn NoticeBar() -> impl IntoView {
    let app = App::get();
    let notice = app.screen.health.notice;
    view! {
        <Show when=move || notice.get().is_some()>
            <div class="notice" role="status" data-testid="notice">
                <p>{move || notice.get()}</p>
                <button type="button" on:click=move |_| app.dismiss_notice()>"Dismiss"</button>
            </div>
        </Show>
    }
}
