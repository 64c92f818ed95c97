//! The floor: one thread that writes recorded bytes to as many sockets at the recorded pace, and does nothing else. No
//! subscriptions, no back-pressure, no reads: what the kernel alone charges for these writes.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::frames;
use crate::recording::{Recording, Turn};
use crate::stamps::{Stamp, Stamps, now_micros, restamp};

/// Serve recorded frames with nothing but write(2).
#[derive(Args)]
pub(crate) struct Floor {
    /// Where to listen.
    #[arg(long)]
    listen: String,
    /// How many clients to wait for before the first write.
    #[arg(long)]
    clients: usize,
    /// Milliseconds between two flushes of the gateway.
    #[arg(long, default_value_t = 10)]
    flush_ms: u64,
    /// The frames, as recorded by `drive --record`; played again and again.
    #[arg(long)]
    frames: PathBuf,
}

/// What is written to the clients of one script.
struct Line {
    script: usize,
    frame: Vec<u8>,
    stamps: Vec<Stamp>,
}

/// A client, until a write fails.
type Client = Option<TcpStream>;

impl Floor {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let recording = Recording::read(&self.frames)?;
        let mut turns: Vec<(u64, Vec<Line>)> =
            recording.turns(self.flush_ms * 1_000).into_iter().map(|turn| (turn.at, lines(turn))).collect();
        // The clients of a script lie together: which one a client is, is of no account.
        let mut casts: Vec<Vec<Client>> = Vec::new();
        casts.resize_with(recording.scripts.len(), Vec::new);
        for (at, client) in self.welcome()?.into_iter().enumerate() {
            casts[at % recording.scripts.len()].push(Some(client));
        }
        let mut start = now_micros();
        loop {
            for (at, lines) in &mut turns {
                play(start + *at, lines, &mut casts);
            }
            start += recording.micros;
            if casts.iter().flatten().all(Option::is_none) {
                return Ok(());
            }
        }
    }

    fn welcome(&self) -> anyhow::Result<Vec<TcpStream>> {
        let listener = TcpListener::bind(&self.listen).with_context(|| self.listen.clone())?;
        let mut clients = Vec::new();
        while clients.len() < self.clients {
            let (mut socket, _) = listener.accept()?;
            // Who only looked whether the port is open has left again.
            if greet(&mut socket).is_ok() {
                clients.push(socket);
            }
        }
        Ok(clients)
    }
}

fn lines(turn: Turn<'_>) -> Vec<Line> {
    let stamps = Stamps::new();
    let line = |(script, payload): (usize, &str)| {
        let frame = frames::text(payload.as_bytes());
        let stamps = stamps.of(&frame).collect();
        Line { script, frame, stamps }
    };
    turn.frames.into_iter().map(line).collect()
}

/// Waits until `due`, and writes. The last event of a frame is stamped with the very moment that it is due: what its age
/// shows beyond zero is the kernel's, and that of the clients before it.
fn play(due: u64, lines: &mut [Line], casts: &mut [Vec<Client>]) {
    std::thread::sleep(Duration::from_micros(due.saturating_sub(now_micros())));
    for line in lines {
        restamp(&mut line.frame, &line.stamps, due);
        for client in &mut casts[line.script] {
            let written = client.as_mut().map(|socket| socket.write(&line.frame));
            // A part of a frame would break all that follow: such a client is cut, and the run shows it as lost.
            if !matches!(written, Some(Ok(written)) if written == line.frame.len()) {
                *client = None;
            }
        }
    }
}

/// The WebSocket handshake, without a check of anything.
fn greet(socket: &mut TcpStream) -> anyhow::Result<()> {
    socket.set_nodelay(true)?;
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        match socket.read(&mut byte) {
            Ok(0) => anyhow::bail!("a client left during its handshake"),
            Ok(_) => head.push(byte[0]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    let text = String::from_utf8_lossy(&head);
    let key = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("sec-websocket-key"))
        .context("a client sent no Sec-WebSocket-Key")?
        .1
        .trim();
    let accept = derive_accept_key(key.as_bytes());
    write!(
        socket,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    )?;
    socket.set_nonblocking(true)?;
    Ok(())
}
