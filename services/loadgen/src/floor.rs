//! The floor: one thread that writes the same bytes to the same number of sockets at the same interval, and does nothing
//! else. No subscriptions, no back-pressure, no reads: what the kernel alone charges.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

/// Serve recorded frames with nothing but write(2).
#[derive(Args)]
pub(crate) struct Floor {
    /// Where to listen.
    #[arg(long)]
    listen: String,
    /// How many clients to wait for before the first write.
    #[arg(long)]
    clients: usize,
    /// Milliseconds between two writes.
    #[arg(long, default_value_t = 10)]
    flush_ms: u64,
    /// The frames, as recorded by `drive --record`; played again and again.
    #[arg(long)]
    frames: PathBuf,
}

impl Floor {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let texts: Vec<String> = serde_json::from_slice(&std::fs::read(&self.frames)?)?;
        anyhow::ensure!(!texts.is_empty(), "no frames were recorded");
        let frames: Vec<Vec<u8>> = texts.iter().map(|text| frame(text.as_bytes())).collect();
        let listener = TcpListener::bind(&self.listen).with_context(|| self.listen.clone())?;
        let mut clients = Vec::new();
        while clients.len() < self.clients {
            let (mut socket, _) = listener.accept()?;
            // Who only looked whether the port is open has left again.
            if greet(&mut socket).is_ok() {
                clients.push(socket);
            }
        }
        let interval = Duration::from_millis(self.flush_ms);
        let mut due = Instant::now();
        for bytes in frames.iter().cycle() {
            due += interval;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            clients.retain_mut(|client| match client.write(bytes) {
                // A part of a frame would break all that follow: such a client is cut, and the run shows it as lost.
                Ok(written) => written == bytes.len(),
                Err(_) => false,
            });
            if clients.is_empty() {
                break;
            }
        }
        Ok(())
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

/// A text frame (RFC 6455, section 5.2).
fn frame(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x81];
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short), _) if short < 126 => frame.push(short),
        (_, Ok(medium)) => {
            frame.push(126);
            frame.extend(medium.to_be_bytes());
        }
        _ => {
            frame.push(127);
            frame.extend((payload.len() as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    frame
}
