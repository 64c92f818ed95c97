//! How the stream does, in one line. The kind of data (simulated, replayed) is always there.

use leptos::prelude::*;

use crate::app::App;
use crate::dynamic::{Text, attribute, handler, text, when};
use crate::screen::Screen;
use crate::state::connection::Connection;
use crate::state::format;
use crate::state::health::HealthView;

/// The health line.
#[component]
pub(crate) fn HealthLine() -> impl IntoView {
    let screen = App::get().screen;
    let health = screen.health.view;
    let pick = move |part: fn(&HealthView) -> String| text(move || health.with(part));
    let said = move |part: fn(&HealthView) -> String| attribute(move || health.with(part));
    view! {
        <footer
            class="health"
            aria-label="Stream health"
            data-testid="health"
            data-state=said(|view| view.connection.word().into())
            data-gaps=said(|view| view.gaps.to_string())
            data-resyncs=said(|view| view.resyncs.to_string())
            data-resumes=said(|view| view.resumes.to_string())
            data-discontinuities=said(|view| view.discontinuities.to_string())
            data-checksum-failures=said(|view| view.checksum_failures.to_string())
        >
            <ConnectionState />
            <span class="cut" data-testid="cut" title="From here on events were missing">
                {pick(|view| view.cut.clone().unwrap_or_default())}
            </span>
            <span class="badge" data-testid="feed-badge">{pick(|view| view.badge.into())}</span>
            <span class="feed wide">{pick(|view| view.feed.clone())}</span>
            <Gauge name="latency p50" value=pick(|view| view.p50.clone()) />
            <Gauge name="p99" value=pick(|view| view.p99.clone()) />
            <span class="wide gauges">
                <Gauge name="round trip" value=pick(|view| view.round_trip.clone()) />
                <Gauge name="updates/s" value=pick(|view| format::count(view.updates.into())) />
                <FrameRate screen=screen />
                <Gauge name="gaps" value=pick(|view| format::count(view.gaps)) />
                <Gauge name="resyncs" value=pick(|view| format::count(view.resyncs)) />
                <Gauge name="conflated" value=pick(|view| format::count(view.conflated + view.skipped)) />
                <Gauge name="checksums" value=pick(checksums) />
                <Gauge name="epoch" value=pick(|view| view.epoch.chars().take(12).collect()) />
            </span>
        </footer>
    }
}

fn checksums(view: &HealthView) -> String {
    let right = format::count(view.verified);
    match view.checksum_failures {
        0 => format!("{right} right"),
        wrong => format!("{right} right, {} wrong", format::count(wrong)),
    }
}

/// The only thing that a screen reader hears by itself.
#[component]
fn ConnectionState() -> impl IntoView {
    let app = App::get();
    let health = app.screen.health.view;
    let is_closed = move || health.with(|view| matches!(view.connection, Connection::Closed { .. }));
    let sentence = move || health.with(|view| view.connection.sentence());
    let reconnect = move || {
        view! { <button type="button" on:click=handler(move |_| app.reconnect())>"Reconnect"</button> }
    };
    view! {
        <span class="connection" data-testid="connection" role="status" aria-live="polite">
            <span class="dot" aria-hidden="true"></span>
            {text(sentence)}
        </span>
        {when(is_closed, reconnect)}
    }
}

#[component]
fn FrameRate(screen: Screen) -> impl IntoView {
    let frames = move || screen.health.view.with(|view| view.frames.to_string());
    view! {
        <span data-testid="fps" data-fps=attribute(frames)>
            <Gauge name="frames/s" value=text(frames) />
        </span>
    }
}

#[component]
fn Gauge(name: &'static str, value: Text) -> impl IntoView {
    view! {
        <span class="gauge">
            <span class="name">{name}</span>
            <span class="value">{value}</span>
        </span>
    }
}
