//! Signals: the first SIGTERM or SIGINT asks for a drain, the second ends the process at once.

use tokio::signal::unix::{SignalKind, signal};

/// The exit code of a process ended by SIGINT, as shells show it.
const EXIT_INTERRUPTED: i32 = 130;

/// Resolves at the first signal. Listening begins with this call, not with the first poll.
///
/// # Panics
/// When the machine can't deliver signals.
pub fn shutdown() -> impl Future<Output = ()> {
    let mut terminate = signal(SignalKind::terminate()).expect("the machine delivers signals");
    let mut interrupt = signal(SignalKind::interrupt()).expect("the machine delivers signals");
    async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        tracing::info!(signal = name, "asked to stop: once more ends at once");
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            std::process::exit(EXIT_INTERRUPTED);
        });
    }
}
