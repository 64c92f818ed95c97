//! What a competent developer writes in a day: axum, a `tokio::sync::broadcast` channel, one task a client, one message
//! and one flush an update. It tells the same as the gateway does with `infra/bench/broadcast.toml`, in as many bytes.

use std::time::Duration;

use axum::Router;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use axum::extract::{State, WebSocketUpgrade};
use axum::routing::get;
use axum::serve::ListenerExt as _;
use clap::Args;
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::stamps::now_micros;

/// Updates that wait for a client; the oldest are dropped, and nobody is told.
const WAITING_MAX: usize = 4_096;

/// Serve the updates of `infra/bench/broadcast.toml` with axum and a broadcast channel.
#[derive(Args)]
pub(crate) struct Naive {
    /// Where to listen.
    #[arg(long)]
    listen: String,
    /// How many symbols.
    #[arg(long, default_value_t = 50)]
    symbols: u64,
    /// Updates in a second, of all symbols together.
    #[arg(long, default_value_t = 1_000)]
    updates_per_second: u64,
}

impl Naive {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(self.serve())
    }

    async fn serve(&self) -> anyhow::Result<()> {
        let (updates, _) = broadcast::channel(WAITING_MAX);
        tokio::spawn(tell(updates.clone(), self.symbols, 1_000_000 / self.updates_per_second.max(1)));
        let app = Router::new().route("/ws", get(welcome)).with_state(updates);
        let listener = TcpListener::bind(&self.listen).await?.tap_io(|socket| {
            let _ = socket.set_nodelay(true);
        });
        Ok(axum::serve(listener, app).await?)
    }
}

async fn welcome(
    State(updates): State<broadcast::Sender<Utf8Bytes>>,
    upgrade: WebSocketUpgrade,
) -> axum::response::Response {
    upgrade.on_upgrade(move |socket| pass_on(socket, updates.subscribe()))
}

async fn pass_on(mut socket: WebSocket, mut updates: broadcast::Receiver<Utf8Bytes>) {
    loop {
        match updates.recv().await {
            Ok(update) => {
                if socket.send(Message::Text(update)).await.is_err() {
                    return;
                }
            }
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}

/// Update `number` is due at `number` periods since 1970, and says so: whoever is late shows it.
async fn tell(updates: broadcast::Sender<Utf8Bytes>, symbols: u64, period_micros: u64) {
    let mut number = now_micros() / period_micros;
    let mut clock = tokio::time::interval(Duration::from_millis(1));
    loop {
        clock.tick().await;
        while number * period_micros <= now_micros() {
            // No receivers: nobody is there yet.
            let _ = updates.send(update(number, symbols, number * period_micros).into());
            number += 1;
        }
    }
}

fn update(number: u64, symbols: u64, ts: u64) -> String {
    let (symbol, round) = (number % symbols, number / symbols);
    let price = 100 + 10 * symbol;
    let cents = 10 + round % 32;
    format!(
        r#"[{{"ch":"ticker","sym":"SYM{symbol:03}-USD","seq":{},"prev_seq":{},"ts":{ts},"last":"{price}.{cents}","last_qty":"0.00{}","bid":"{price}.{cents}","bid_qty":"0.{}","ask":"{price}.{}","ask_qty":"0.{}"}}]"#,
        ts * 2,
        ts * 2 - symbols,
        1 + round % 9,
        100 + number * 37 % 900,
        cents + 2,
        100 + number * 73 % 900,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stamps::Stamps;

    #[test]
    fn an_update_is_an_event_of_the_gateways_size() {
        let text = update(51, 50, 1_795_418_952_480_963);
        let stamps: Vec<_> = Stamps::new().of(text.as_bytes()).map(|stamp| stamp.micros).collect();
        assert_eq!(stamps, [1_795_418_952_480_963]);
        assert!(text.starts_with(r#"[{"ch":"ticker","sym":"SYM001-USD","seq":"#), "{text}");
        assert!((190..215).contains(&text.len()), "{} bytes: {text}", text.len());
    }
}
