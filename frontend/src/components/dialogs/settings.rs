//! The settings: every choice is an action that the command palette has, too.

use leptos::prelude::*;

use crate::app::App;
use crate::dynamic::{handler, truth};
use crate::state::action::Action;
use crate::state::choice::{Density, Keys, Motion, Palette, Theme};
use crate::state::panel::Panel;

/// All settings.
#[component]
pub(crate) fn SettingsList() -> impl IntoView {
    let app = App::get();
    let group =
        |legend, actions: Vec<(Action, &'static str)>| view! { <Choices legend=legend actions=actions /> };
    view! {
        <div class="settings">
            {group("Theme", Theme::ALL.iter().map(|it| (Action::Theme(*it), it.label())).collect())}
            {group("Up and down", Palette::ALL.iter().map(|it| (Action::Palette(*it), it.label())).collect())}
            {group("Density", Density::ALL.iter().map(|it| (Action::Density(*it), it.label())).collect())}
            {group("Motion", Motion::ALL.iter().map(|it| (Action::Motion(*it), it.label())).collect())}
            {group("Single-letter keys", Keys::ALL.iter().map(|it| (Action::Keys(*it), it.label())).collect())}
            {group("Panels", Panel::ALL.iter().map(|it| (Action::Panel(*it), it.label())).collect())}
            <p class="row">
                <button type="button" on:click=handler(move |_| app.perform(Action::ResetLayout))>"Reset the layout"</button>
                <button type="button" on:click=handler(move |_| app.perform(Action::ResetSettings))>"Reset everything"</button>
            </p>
            <p class="hint">"Kept in this browser only."</p>
        </div>
    }
}

#[component]
fn Choices(legend: &'static str, actions: Vec<(Action, &'static str)>) -> impl IntoView {
    let app = App::get();
    let shell = app.shell;
    let choice = move |(action, label): (Action, &'static str)| {
        let is_set = move || shell.settings.with(|settings| settings.is_set(action, shell.form.get()));
        view! {
            <button type="button" aria-pressed=truth(is_set) on:click=handler(move |_| app.perform(action))>
                {label}
            </button>
        }
    };
    view! {
        <div class="choices" role="group" aria-label=legend>
            <span class="which" aria-hidden="true">{legend}</span>
            <span class="buttons">{actions.into_iter().map(choice).collect::<Vec<_>>()}</span>
        </div>
    }
}
