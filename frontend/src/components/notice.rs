//! Sentences that the person should read: an error, why the screen shows something else than the link asked for, a newer
//! version of the page.

use leptos::prelude::*;

use crate::app::App;
use crate::dynamic::{handler, text, when};

/// The notice, if there is one.
#[component]
pub(crate) fn NoticeBar() -> impl IntoView {
    let app = App::get();
    let notice = app.screen.health.notice;
    let is_old = app.shell.is_old;
    let reload = |_| {
        // A page that can't be loaded again stays as it is.
        let _ = window().location().reload();
    };
    let told = move || {
        view! {
            <div class="notice" role="status" data-testid="notice">
                <p>{text(move || notice.get().unwrap_or_default())}</p>
                <button type="button" on:click=handler(move |_| app.dismiss_notice())>"Dismiss"</button>
            </div>
        }
    };
    let old = move || {
        view! {
            <div class="notice" role="status">
                <p>"A newer version of this page is there."</p>
                <button type="button" on:click=handler(reload)>"Reload"</button>
            </div>
        }
    };
    view! {
        {when(move || notice.get().is_some(), told)}
        {when(move || is_old.get() && notice.get().is_none(), old)}
    }
}
