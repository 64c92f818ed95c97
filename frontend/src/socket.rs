//! The one WebSocket: opens it, hands its frames to the state, and opens it again when it is lost.

use std::cell::RefCell;
use std::time::Duration;

use leptos::prelude::{document, set_timeout, window};
use leptos::web_sys::{CloseEvent, Event, MessageEvent, WebSocket};
use protocol::Encoding;
use wasm_bindgen::JsCast;

use crate::app::App;
use crate::events::{Listener, listen, listener};
use crate::state::wiretap::Way;
use crate::text::Room;
use crate::{address, clock};

/// What a browser reports when a connection ends without a close frame (RFC 6455, 7.1.5).
const ABNORMAL: u16 = 1006;

/// The connection, if there is one.
#[derive(Default)]
pub(crate) struct Socket {
    wire: Option<Wire>,
    /// Counts connections, so that a late callback of an old one is known as such.
    generation: u32,
    /// It is lost, and another is made after a pause.
    is_waiting: bool,
    /// When a draining server wants to be left, on our clock in microseconds.
    leave_at_us: Option<u64>,
}

struct Wire {
    socket: WebSocket,
    _on_message: Listener,
    _on_close: Listener,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // Closing what is closed already is no error that matters.
        let _ = self.socket.close();
    }
}

impl Socket {
    /// Sends a text frame; without a connection it is dropped, as the next one subscribes anew.
    pub(crate) fn send(&self, text: &str) {
        if let Some(wire) = &self.wire
            && wire.socket.ready_state() == WebSocket::OPEN
        {
            let _ = wire.socket.send_with_str(text);
        }
    }
}

/// From now on a tab that is looked at again, or a network that is back, makes the connection prove that it lives, and
/// makes one at once if there is none.
///
/// A phone that slept has a socket that says OPEN, and timers that come late or not at all.
pub(crate) fn watch(app: App) {
    let wake = move |_: Event| {
        if !document().hidden() {
            app.act(|store, now_us, out| store.wake(now_us, out));
            hasten(app);
        }
    };
    listen(&document(), &["visibilitychange"], wake);
    listen(&window(), &["online", "pageshow"], wake);
}

/// There is a wait before the next attempt: it is over.
fn hasten(app: App) {
    let waits = app.with_socket(|socket| std::mem::take(&mut socket.is_waiting));
    if waits {
        connect(app);
    }
}

/// Makes a connection.
pub(crate) fn connect(app: App) {
    let generation = app.with_socket(|socket| {
        *socket = Socket { generation: socket.generation + 1, ..Socket::default() };
        socket.generation
    });
    app.act(|store, now_us, out| store.connecting(now_us, out));
    match open(app, generation) {
        Some(wire) => app.with_socket(|socket| socket.wire = Some(wire)),
        None => lost(app, generation, ABNORMAL),
    }
}

fn open(app: App, generation: u32) -> Option<Wire> {
    let socket = WebSocket::new_with_str(&address::socket(), Encoding::Json.subprotocol()).ok()?;
    let room = RefCell::new(Room::default());
    let on_message = listener(move |message: MessageEvent| {
        if let Some(text) = room.borrow_mut().take(&message.data()) {
            app.tap(Way::In, text);
            app.act(|store, now_us, out| store.on_text(text, now_us, out));
        }
    });
    let on_close = listener(move |close: CloseEvent| lost(app, generation, close.code()));
    socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
    Some(Wire { socket, _on_message: on_message, _on_close: on_close })
}

/// The present connection is given up.
pub(crate) fn reconnect(app: App) {
    let generation = app.with_socket(|socket| socket.generation);
    lost(app, generation, ABNORMAL);
}

/// The present connection is left in `wait_ms`, and another made at once.
pub(crate) fn move_after(app: App, wait_ms: u64) {
    let generation = app.with_socket(|socket| {
        socket.leave_at_us = Some(clock::now_us() + wait_ms * 1_000);
        socket.generation
    });
    let leave = move || {
        if app.with_socket(|socket| socket.generation == generation && socket.wire.is_some()) {
            lost(app, generation, ABNORMAL);
        }
    };
    set_timeout(leave, Duration::from_millis(wait_ms));
}

/// A connection ended: the state says when the next one is made.
fn lost(app: App, generation: u32, code: u16) {
    let Some(leave_at_us) = app.with_socket(|socket| {
        let is_present = socket.generation == generation;
        is_present.then(|| {
            socket.wire = None;
            socket.generation += 1;
            socket.leave_at_us.take()
        })
    }) else {
        return;
    };
    let left_ms = leave_at_us.map(|at| at.saturating_sub(clock::now_us()) / 1_000);
    let wait_ms = app.with_store(|store| store.disconnected(code, js_sys::Math::random(), left_ms));
    if let Some(wait_ms) = wait_ms {
        let generation = app.with_socket(|socket| {
            socket.is_waiting = true;
            socket.generation
        });
        let again = move || {
            if app.with_socket(|socket| socket.generation == generation) {
                connect(app);
            }
        };
        set_timeout(again, Duration::from_millis(wait_ms));
    }
}
