//! The chosen symbol and its figures, above everything else.

use leptos::prelude::*;

use crate::app::App;
use crate::dynamic::{Text, text};
use crate::screen::headline::Headline;

/// The chosen symbol and its figures.
#[component]
pub(crate) fn HeadlineBar() -> impl IntoView {
    let screen = App::get().screen;
    let headline = screen.headline;
    let pick = move |part: fn(&Headline) -> String| text(move || headline.with(part));
    let symbol = text(move || screen.chosen.with(|chosen| chosen.symbol.clone()));
    let arrow = pick(|head| head.row.direction.arrow().into());
    let tone = pick(|head| format!("price {}", head.row.direction.class()));
    let change_tone = pick(|head| format!("figure {}", head.row.change_direction.class()));
    view! {
        <section class="headline" aria-label="Chosen symbol" data-testid="headline">
            <h2 class="symbol">{symbol}</h2>
            <p class=tone>
                <span>{pick(|head| head.row.last.clone())}</span>
                <span class="arrow" aria-hidden="true">{arrow}</span>
            </p>
            <dl class="figures">
                <div class=change_tone>
                    <dt>"24h change"</dt>
                    <dd>{pick(|head| head.row.change.clone())}</dd>
                </div>
                <Figure name="24h high" value=pick(|head| head.high.clone()) />
                <Figure name="24h low" value=pick(|head| head.low.clone()) />
                <Figure name="24h volume" value=pick(|head| head.row.volume.clone()) />
                <Figure name="Market" value=pick(|head| mood(head.row.mood)) />
            </dl>
        </section>
    }
}

fn mood(word: &str) -> String {
    if word.is_empty() { "calm".into() } else { word.into() }
}

#[component]
fn Figure(name: &'static str, value: Text) -> impl IntoView {
    view! {
        <div class="figure">
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}
