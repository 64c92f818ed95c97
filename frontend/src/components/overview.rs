//! The market at a glance: breadth, movers, and a map of where the money goes, which a table says as well.

use leptos::prelude::*;

use crate::app::App;
use crate::dynamic::{attribute, either, flag, handler, text, truth};
use crate::lasting::Lasting;
use crate::screen::overview::Places;
use crate::state::format;
use crate::state::overview::{Mover, Tile, heat};

/// The overview.
#[component]
pub(crate) fn OverviewPanel() -> impl IntoView {
    let overview = App::get().screen.overview;
    view! {
        <section class="panel overview" aria-labelledby="overview-title" data-testid="overview">
            <header class="panel-head">
                <h3 id="overview-title">"Overview"</h3>
                <span class="hint">"24 h"</span>
                <button
                    type="button"
                    aria-pressed=truth(move || overview.as_table.get())
                    on:click=handler(move |_| overview.as_table.update(|table| *table = !*table))
                >
                    "As a table"
                </button>
            </header>
            <Breadth breadth=overview.breadth />
            {either(
                move || overview.as_table.get(),
                move || view! { <HeatTable tiles=overview.tiles /> },
                move || view! { <HeatMap tiles=overview.tiles /> },
            )}
            <div class="movers">
                <Movers name="Gainers" movers=overview.gainers />
                <Movers name="Losers" movers=overview.losers />
            </div>
        </section>
    }
}

/// How many rise and fall, as words and as a bar.
#[component]
fn Breadth(breadth: Lasting<[usize; 3]>) -> impl IntoView {
    let count = move |at: usize| text(move || breadth.get()[at].to_string());
    let share = move |at: usize| attribute(move || breadth.get()[at].to_string());
    view! {
        <p class="breadth" data-testid="breadth">
            <span class="up">"\u{25b4} " {count(0)} " up"</span>
            <span class="bar" aria-hidden="true">
                <i class="rise" style:flex-grow=share(0)></i>
                <i class="rest" style:flex-grow=share(2)></i>
                <i class="fall" style:flex-grow=share(1)></i>
            </span>
            <span class="down">"\u{25be} " {count(1)} " down"</span>
        </p>
    }
}

#[component]
fn HeatMap(tiles: Places<Tile>) -> impl IntoView {
    let tiles = tiles.iter().map(|tile| view! { <HeatTile tile=*tile /> }).collect::<Vec<_>>();
    view! {
        <div class="map" role="group" aria-label="Symbols by turnover, coloured by change" data-testid="map">
            {tiles}
        </div>
    }
}

#[component]
fn HeatTile(tile: Lasting<Option<Tile>>) -> impl IntoView {
    let app = App::get();
    let share = move |part: fn(&Tile) -> f64| {
        attribute(move || {
            tile.with(|tile| tile.as_ref().map(|tile| format::fixed(part(tile) * 100.0, 2) + "%"))
        })
    };
    let class =
        move || tile.with(|tile| format!("tile {}", tile.as_ref().map_or("", |it| heat(it.mover.change_bp))));
    let choose = move |_| {
        if let Some(row) = tile.with_untracked(|tile| tile.as_ref().map(|tile| tile.mover.row)) {
            app.choose_symbol(row);
        }
    };
    let of = move |part: fn(&Mover) -> String| {
        text(move || tile.with(|tile| tile.as_ref().map(|tile| part(&tile.mover)).unwrap_or_default()))
    };
    view! {
        <button
            type="button"
            class=text(class)
            hidden=flag(move || tile.with(Option::is_none))
            style:left=share(|tile| tile.rect.x)
            style:top=share(|tile| tile.rect.y)
            style:width=share(|tile| tile.rect.width)
            style:height=share(|tile| tile.rect.height)
            on:click=handler(choose)
        >
            <span class="symbol">
                {of(|mover| pair(&mover.symbol).0.into())}
                <span class="quote">{of(|mover| pair(&mover.symbol).1.into())}</span>
            </span>
            <span class="change">{of(|mover| format::percent(mover.change_bp))}</span>
        </button>
    }
}

/// `BTC-USDT` as `BTC` and `-USDT`: a small tile has room for the first alone.
fn pair(symbol: &str) -> (&str, &str) {
    symbol.split_at(symbol.find('-').unwrap_or(symbol.len()))
}

/// The map for those who read rather than look.
#[component]
fn HeatTable(tiles: Places<Tile>) -> impl IntoView {
    let row = |tile: &Lasting<Option<Tile>>| {
        let tile = *tile;
        let of = move |part: fn(&Mover) -> String| {
            text(move || tile.with(|tile| tile.as_ref().map(|tile| part(&tile.mover)).unwrap_or_default()))
        };
        view! {
            <tr hidden=flag(move || tile.with(Option::is_none))>
                <th scope="row">{of(|mover| mover.symbol.clone())}</th>
                <td>{of(|mover| format::percent(mover.change_bp))}</td>
                <td>{of(|mover| format::compact(mover.turnover))}</td>
            </tr>
        }
    };
    view! {
        <div class="heat-table" tabindex="0" role="region" aria-label="Symbols by turnover">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Symbol"</th>
                        <th scope="col">"24h change"</th>
                        <th scope="col">"Turnover"</th>
                    </tr>
                </thead>
                <tbody>{tiles.iter().map(row).collect::<Vec<_>>()}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Movers(name: &'static str, movers: Places<Mover>) -> impl IntoView {
    let app = App::get();
    let line = move |mover: &Lasting<Option<Mover>>| {
        let mover = *mover;
        let of = move |part: fn(&Mover) -> String| {
            text(move || mover.with(|mover| mover.as_ref().map(part).unwrap_or_default()))
        };
        let tone = move || {
            mover.with(|mover| mover.as_ref().map_or("", |it| if it.change_bp > 0 { "up" } else { "down" }))
        };
        let choose = move |_| {
            if let Some(row) = mover.with_untracked(|mover| mover.as_ref().map(|mover| mover.row)) {
                app.choose_symbol(row);
            }
        };
        view! {
            <li hidden=flag(move || mover.with(Option::is_none))>
                <button type="button" on:click=handler(choose)>
                    <span class="symbol">{of(|mover| mover.symbol.clone())}</span>
                    <span class=text(tone)>{of(|mover| format::percent(mover.change_bp))}</span>
                </button>
            </li>
        }
    };
    view! {
        <div>
            <h4>{name}</h4>
            <ol>{movers.iter().map(line).collect::<Vec<_>>()}</ol>
        </div>
    }
}
