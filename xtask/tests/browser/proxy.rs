//! What stands between a browser and its gateway: a network that fails as networks do, when a test says so.
//!
//! It knows nothing of WebSockets. Frames from the server are not masked and not compressed, so that what is looked for
//! in their text stands in the bytes as it is.

use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Result;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Bytes that are passed on at once.
const CHUNK_BYTES: usize = 64 * 1024;

pub(crate) struct Proxy {
    port: u16,
    line: Arc<Line>,
    accepting: JoinHandle<()>,
}

/// What all connections have in common.
struct Line {
    upstream: AtomicU16,
    /// Ends the present connections.
    cut: RwLock<CancellationToken>,
    /// Leaves the present connections open, but passes nothing on any more.
    hung: RwLock<CancellationToken>,
    corrupts: AtomicBool,
    snapshots: AtomicU64,
}

impl Proxy {
    /// Takes connections from now on, and leads them to a port of this machine.
    pub(crate) async fn start(upstream: u16) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let line = Arc::new(Line {
            upstream: upstream.into(),
            cut: RwLock::default(),
            hung: RwLock::default(),
            corrupts: AtomicBool::new(false),
            snapshots: AtomicU64::new(0),
        });
        let accepting = tokio::spawn(accept(listener, Arc::clone(&line)));
        Ok(Self { port, line, accepting })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Later connections are led to another port.
    pub(crate) fn lead_to(&self, upstream: u16) {
        self.line.upstream.store(upstream, Ordering::SeqCst);
    }

    /// Ends all connections, without a goodbye.
    pub(crate) fn cut(&self) {
        replace(&self.line.cut).cancel();
    }

    /// All connections stay open, but nothing comes through any more: what a phone finds when it wakes up.
    pub(crate) fn hang(&self) {
        replace(&self.line.hung).cancel();
    }

    /// The next checksum that comes through is a wrong one.
    pub(crate) fn corrupt_a_checksum(&self) {
        self.line.corrupts.store(true, Ordering::SeqCst);
    }

    /// How many snapshots came through since the last call.
    pub(crate) fn snapshots(&self) -> u64 {
        self.line.snapshots.swap(0, Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

fn replace(token: &RwLock<CancellationToken>) -> CancellationToken {
    std::mem::take(&mut *token.write().unwrap_or_else(PoisonError::into_inner))
}

fn present(token: &RwLock<CancellationToken>) -> CancellationToken {
    token.read().unwrap_or_else(PoisonError::into_inner).clone()
}

async fn accept(listener: TcpListener, line: Arc<Line>) {
    while let Ok((client, _)) = listener.accept().await {
        tokio::spawn(relay(client, Arc::clone(&line)));
    }
}

/// Until one side ends, or the test does.
async fn relay(client: TcpStream, line: Arc<Line>) {
    let (cut, hung) = (present(&line.cut), present(&line.hung));
    let Ok(server) = TcpStream::connect(("127.0.0.1", line.upstream.load(Ordering::SeqCst))).await else {
        return; // the browser finds that nobody is there
    };
    let (mut from_client, to_client) = client.into_split();
    let (from_server, mut to_server) = server.into_split();
    let both = async {
        tokio::select! {
            _ = tokio::io::copy(&mut from_client, &mut to_server) => {}
            _ = answer(from_server, to_client, &line) => {}
            () = hung.cancelled() => cut.cancelled().await,
        }
    };
    tokio::select! {
        () = both => {}
        () = cut.cancelled() => {}
    }
}

async fn answer(mut server: OwnedReadHalf, mut client: OwnedWriteHalf, line: &Line) -> std::io::Result<()> {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let count = server.read(&mut chunk).await?;
        if count == 0 {
            return Ok(());
        }
        line.look_at(&mut chunk[..count]);
        client.write_all(&chunk[..count]).await?;
    }
}

impl Line {
    /// A pattern that is cut in two by the end of a chunk is missed: tests look for what comes often, or for none.
    fn look_at(&self, chunk: &mut [u8]) {
        let found = places(chunk, br#""snapshot":true"#).count() as u64;
        self.snapshots.fetch_add(found, Ordering::SeqCst);
        let checksum = br#""checksum":"#;
        let digit = places(chunk, checksum).map(|at| at + checksum.len()).find(|at| *at < chunk.len());
        if let Some(at) = digit.filter(|_| self.corrupts.swap(false, Ordering::SeqCst)) {
            // Another digit of the same length; the first of a number is never 0.
            chunk[at] = if chunk[at] == b'1' { b'2' } else { b'1' };
        }
    }
}

fn places(bytes: &[u8], pattern: &[u8]) -> impl Iterator<Item = usize> {
    bytes.windows(pattern.len()).enumerate().filter_map(move |(at, window)| (window == pattern).then_some(at))
}
