//! Many clients on one thread: each reads all it gets, and counts it. Open loop: the server sets the pace.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Context;
use clap::Args;
use futures_util::{SinkExt, StreamExt};
use serde::{Deserialize, Serialize};
use tokio::task::LocalSet;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::cpu;

/// What stands once in each event.
const EVENT_MARK: &[u8] = b"\"prev_seq\":";
/// What stands before an event's time stamp.
const TS_MARK: &[u8] = b"\"ts\":";
/// One age in so many frames is kept: enough for a percentile, cheap enough not to be the bottleneck.
const AGE_SAMPLING: u64 = 16;
/// Read buffer of a client, in bytes.
const READ_BUFFER_BYTES: usize = 16 * 1_024;

/// Connect many clients and count what they get.
#[derive(Args)]
pub(crate) struct Drive {
    /// The server, with what to subscribe: `ws://127.0.0.1:8000/ws?subscribe=ticker:*`.
    #[arg(long)]
    pub(crate) url: String,
    /// How many clients.
    #[arg(long)]
    pub(crate) clients: usize,
    /// Seconds before counting begins.
    #[arg(long, default_value_t = 2)]
    pub(crate) warm_up: u64,
    /// Seconds of counting.
    #[arg(long, default_value_t = 5)]
    pub(crate) seconds: u64,
    /// The server's process, to read its CPU time.
    #[arg(long)]
    pub(crate) pid: Option<u32>,
    /// Keep the frames that the first client gets while counting.
    #[arg(long)]
    pub(crate) record: Option<PathBuf>,
}

/// What a run has measured.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Measured {
    /// Events received by all clients.
    pub(crate) events: u64,
    /// Frames received by all clients.
    pub(crate) frames: u64,
    /// Bytes of their payload.
    pub(crate) bytes: u64,
    /// Clients that were cut off.
    pub(crate) lost_clients: usize,
    /// Seconds of counting, as measured.
    pub(crate) seconds: f64,
    /// CPU time of the server meanwhile, in nanoseconds.
    pub(crate) server_nanos: u64,
    /// CPU time of this process meanwhile, in nanoseconds: near the whole time, it is the bottleneck.
    pub(crate) own_nanos: u64,
    /// Half of the events were at most so old when read, in microseconds.
    pub(crate) age_p50_micros: u64,
    /// All but one of a hundred were.
    pub(crate) age_p99_micros: u64,
}

#[derive(Default)]
struct Tally {
    counting: bool,
    events: u64,
    frames: u64,
    bytes: u64,
    lost: usize,
    ages: Vec<u64>,
    recorded: Vec<String>,
}

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

impl Drive {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let measured = LocalSet::new().block_on(&runtime, self.measure())?;
        println!("{}", serde_json::to_string(&measured)?);
        Ok(())
    }

    async fn measure(&self) -> anyhow::Result<Measured> {
        let tally = Rc::new(RefCell::new(Tally::default()));
        for client in 0..self.clients {
            let config = WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES);
            let (socket, _) = tokio_tungstenite::connect_async_with_config(&self.url, Some(config), true)
                .await
                .with_context(|| format!("client {client} of {}", self.clients))?;
            let keeps = client == 0 && self.record.is_some();
            tokio::task::spawn_local(read(socket, Rc::clone(&tally), keeps));
        }
        tokio::time::sleep(Duration::from_secs(self.warm_up)).await;
        let before = self.spent()?;
        let started = Instant::now();
        tally.borrow_mut().counting = true;
        tokio::time::sleep(Duration::from_secs(self.seconds)).await;
        tally.borrow_mut().counting = false;
        let (after, seconds) = (self.spent()?, started.elapsed().as_secs_f64());
        let mut tally = tally.borrow_mut();
        if let Some(path) = &self.record {
            std::fs::write(path, serde_json::to_vec(&tally.recorded)?)?;
        }
        tally.ages.sort_unstable();
        Ok(Measured {
            events: tally.events,
            frames: tally.frames,
            bytes: tally.bytes,
            lost_clients: tally.lost,
            seconds,
            server_nanos: after.0 - before.0,
            own_nanos: after.1 - before.1,
            age_p50_micros: percentile(&tally.ages, 50),
            age_p99_micros: percentile(&tally.ages, 99),
        })
    }

    fn spent(&self) -> anyhow::Result<(u64, u64)> {
        let server = self.pid.map_or(Ok(0), cpu::spent_nanos)?;
        Ok((server, cpu::spent_nanos(std::process::id())?))
    }
}

async fn read(mut socket: Socket, tally: Rc<RefCell<Tally>>, keeps: bool) {
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Text(text) => tally.borrow_mut().take(&text, keeps),
            Message::Ping(payload) => drop(socket.send(Message::Pong(payload)).await),
            _ => {}
        }
    }
    tally.borrow_mut().lost += 1;
}

impl Tally {
    fn take(&mut self, text: &str, keeps: bool) {
        if !self.counting || !text.starts_with('[') {
            return;
        }
        self.frames += 1;
        self.bytes += text.len() as u64;
        self.events += count(text.as_bytes(), EVENT_MARK);
        if self.frames.is_multiple_of(AGE_SAMPLING)
            && let Some(ts) = last_ts(text)
        {
            self.ages.push(now_micros().saturating_sub(ts));
        }
        if keeps {
            self.recorded.push(text.to_owned());
        }
    }
}

fn count(text: &[u8], mark: &[u8]) -> u64 {
    let starts = text.iter().enumerate().filter(|(_, byte)| **byte == mark[1]);
    starts.filter(|(at, _)| *at > 0 && text[at - 1..].starts_with(mark)).count() as u64
}

/// The time stamp of the last event of a frame.
fn last_ts(text: &str) -> Option<u64> {
    let mark = std::str::from_utf8(TS_MARK).ok()?;
    let digits = &text[text.rfind(mark)? + mark.len()..];
    digits[..digits.find(|c: char| !c.is_ascii_digit())?].parse().ok()
}

fn now_micros() -> u64 {
    let micros = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_micros());
    u64::try_from(micros).unwrap_or(u64::MAX)
}

fn percentile(sorted: &[u64], percent: usize) -> u64 {
    sorted.get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1))).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counted_by_their_mark() {
        let frame = r#"[{"ch":"ticker","prev_seq":1,"ts":5},{"ch":"ticker","prev_seq":2,"ts":17}]"#;
        assert_eq!(count(frame.as_bytes(), EVENT_MARK), 2);
        assert_eq!(last_ts(frame), Some(17));
        assert_eq!(last_ts("[]"), None);
    }

    #[test]
    fn percentiles_are_of_the_sorted() {
        assert_eq!(percentile(&[1, 2, 3, 4], 50), 3);
        assert_eq!(percentile(&[1, 2, 3, 4], 99), 4);
        assert_eq!(percentile(&[], 50), 0);
    }
}
