//! The running dashboard: the state, the socket, the chart and the screen, and what a person can do to them.

mod history;

use std::time::Duration;

use leptos::prelude::{document, expect_context, provide_context, set_interval, untrack};
use market::Interval;
use send_wrapper::SendWrapper;

use crate::chart::Chart;
use crate::dynamic::{effect, spawn};
use crate::frame::Paint;
use crate::lasting::Lasting;
use crate::screen::Screen;
use crate::shell::Shell;
use crate::socket::{self, Socket};
use crate::state::favourites::Favourites;
use crate::state::layout::Form;
use crate::state::store::{Command, Store};
use crate::state::view::{DEFAULT_INTERVAL, View};
use crate::state::wiretap::{Way, Wiretap};
use crate::{address, clock, console, frame, keyboard, notes, rest};

/// A handle to the running dashboard.
#[derive(Clone, Copy)]
pub(crate) struct App {
    store: Lasting<Store>,
    // JavaScript's objects stay in their thread, which is the only one.
    socket: Lasting<SendWrapper<Socket>>,
    chart: Lasting<SendWrapper<Option<Chart>>>,
    painters: Lasting<SendWrapper<Vec<Box<dyn Paint>>>>,
    /// The symbol that the link named.
    wanted: Lasting<Option<String>>,
    wiretap: Lasting<Wiretap>,
    /// What is shown.
    pub(crate) screen: Screen,
    /// What surrounds it.
    pub(crate) shell: Shell,
}

impl App {
    /// Starts everything and offers itself as context.
    pub(crate) fn start() -> Self {
        let view = address::view();
        let interval = view.interval.unwrap_or(DEFAULT_INTERVAL);
        let app = Self {
            store: Lasting::new(Store::new(interval)),
            socket: Lasting::new(SendWrapper::new(Socket::default())),
            chart: Lasting::new(SendWrapper::new(None)),
            painters: Lasting::new(SendWrapper::new(Vec::new())),
            wanted: Lasting::new(view.symbol.clone()),
            wiretap: Lasting::new(Wiretap::default()),
            screen: Screen::new(interval),
            shell: Shell::new(),
        };
        provide_context(app);
        app.shell.look_at(&view);
        app.shell.follow();
        app.follow_address();
        keyboard::listen(app);
        effect(move || {
            app.shell.look.get();
            app.with_chart(|chart| chart.as_ref().map(Chart::apply_theme));
            app.with_store(|store| store.focus.candles.redraw_all());
        });
        app.screen
            .watchlist
            .favourites
            .set(Favourites::parse(&untrack(|| notes::get(app, notes::FAVOURITES))));
        socket::connect(app);
        socket::watch(app);
        frame::run(app);
        set_interval(move || app.act(|store, now_us, out| store.tick(now_us, out)), Duration::from_secs(1));
        app
    }

    /// The running dashboard, inside a component.
    pub(crate) fn get() -> Self {
        expect_context()
    }

    /// Reads or changes the state. Must not be nested.
    pub(crate) fn with_store<T>(self, change: impl FnOnce(&mut Store) -> T) -> T {
        change(&mut self.store.write_untracked())
    }

    /// The same of the socket.
    pub(crate) fn with_socket<T>(self, change: impl FnOnce(&mut Socket) -> T) -> T {
        change(&mut self.socket.write_untracked())
    }

    /// The same of the chart, which is `None` until its library is loaded.
    pub(crate) fn with_chart<T>(self, change: impl FnOnce(&mut Option<Chart>) -> T) -> T {
        change(&mut self.chart.write_untracked())
    }

    /// The same of what draws the panels that are loaded. Must not be called while they draw.
    pub(crate) fn with_painters<T>(self, change: impl FnOnce(&mut Vec<Box<dyn Paint>>) -> T) -> T {
        change(&mut self.painters.write_untracked())
    }

    /// Changes the state, and does what it asks for.
    pub(crate) fn act(self, change: impl FnOnce(&mut Store, u64, &mut Vec<Command>)) {
        let mut commands = Vec::new();
        let now_us = clock::now_us();
        self.with_store(|store| change(store, now_us, &mut commands));
        for command in commands {
            self.obey(command);
        }
    }

    fn obey(self, command: Command) {
        match command {
            Command::Send(text) => {
                self.tap(Way::Out, &text);
                self.with_socket(|socket| socket.send(&text));
            }
            Command::FetchInstruments => spawn(self.load_instruments()),
            Command::FetchCandles { symbol, interval, count, end_ts } => {
                self.load_candles(symbol, interval, count, end_ts);
            }
            Command::FetchOlder { symbol, interval, end_ts } => {
                self.load_older(symbol, interval, end_ts);
            }
            Command::FetchSession { symbol, until } => self.load_session(&symbol, until),
            Command::Reconnect => socket::reconnect(self),
            Command::MoveAfter { wait_ms } => socket::move_after(self, wait_ms),
            Command::Report { kind, detail } => console::report(kind, &detail),
        }
    }

    /// Shows another symbol.
    pub(crate) fn choose_symbol(self, row: usize) {
        self.choose(|_| row, |interval| interval);
    }

    /// Shows candles of another length.
    pub(crate) fn choose_interval(self, interval: Interval) {
        self.choose(|row| row, |_| interval);
    }

    fn choose(self, row: impl FnOnce(usize) -> usize, interval: impl FnOnce(Interval) -> Interval) {
        self.act(|store, _, out| {
            if let Some(present) = store.focus.row {
                store.choose(row(present), interval(store.focus.interval), out);
            }
        });
        self.show_choice();
    }

    /// Connects again after the server ended the connection for good.
    pub(crate) fn reconnect(self) {
        socket::connect(self);
    }

    /// The person has read the notice.
    pub(crate) fn dismiss_notice(self) {
        self.with_store(|store| {
            store.health.notice = None;
            store.dirty.health = true;
        });
    }

    fn show_choice(self) {
        self.with_store(|store| self.screen.set_chosen(store));
    }

    /// The address follows what is shown, and "back" and "forward" lead there again.
    fn follow_address(self) {
        effect(move || {
            let chosen = self.screen.chosen.get();
            if chosen.row.is_some() {
                document().set_title(&format!("{} \u{b7} Tickwire", chosen.symbol));
                let is_phone = self.shell.form.get() == Form::Phone;
                let chart = self.shell.settings.with(|settings| settings.note(notes::CHART).to_owned());
                address::set_view(&View {
                    symbol: Some(chosen.symbol),
                    interval: Some(chosen.interval),
                    panel: is_phone.then(|| self.shell.tab.get()),
                    chart: (!chart.is_empty()).then_some(chart),
                });
            }
        });
        address::on_travel(move |view| {
            self.shell.look_at(&view);
            self.act(|store, _, out| {
                let named =
                    |symbol: &String| store.rows.iter().position(|row| row.instrument.symbol == *symbol);
                let row = view.symbol.as_ref().and_then(named).or(store.focus.row);
                if let Some(row) = row {
                    store.choose(row, view.interval.unwrap_or(store.focus.interval), out);
                }
            });
            self.show_choice();
        });
    }

    /// A frame goes over the wire: shown to who looks.
    pub(crate) fn tap(self, way: Way, text: &str) {
        self.with_wiretap(|tap| tap.take(way, text, clock::now_us));
    }

    /// Reads or changes what is shown of the wire.
    pub(crate) fn with_wiretap<T>(self, change: impl FnOnce(&mut Wiretap) -> T) -> T {
        change(&mut self.wiretap.write_untracked())
    }

    async fn load_instruments(self) {
        let answer = match rest::instruments().await {
            Ok(answer) => answer,
            Err(cause) => {
                console::report("instruments", &cause.into());
                self.with_store(Store::instruments_failed);
                return;
            }
        };
        let wanted = self.wanted.write_untracked().take();
        self.act(|store, _, out| {
            let present = store.focused().map(|row| row.instrument.symbol.clone());
            store.set_instruments(answer, wanted.or(present).as_deref(), out);
            self.screen.watchlist.set_symbols(store);
        });
        self.show_choice();
    }

    /// Gives a symbol a star, or takes it away, and remembers that.
    pub(crate) fn toggle_favourite(self, symbol: &str) {
        let watchlist = self.screen.watchlist;
        watchlist.favourites.update(|favourites| favourites.toggle(symbol));
        notes::set(self, notes::FAVOURITES, &watchlist.favourites.with_untracked(Favourites::to_text));
        self.with_store(|store| watchlist.arrange(store));
    }
}
