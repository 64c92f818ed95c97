//! What the kernel is told of a client's socket: how much it may hold for a peer that does not read, and for how long.

use std::io;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};

/// A peer that answers nothing at all for so long is gone (its machine was switched off).
const PEER_SILENCE_MAX: Duration = Duration::from_secs(30);
/// How much longer than `limits.stall_ms_max` the kernel waits at least: until the fan-out has closed, its last words
/// have had their time, and a while more. The kernel counts a receive window that stays full as silence, and would end
/// the connection without a word where the fan-out says why.
const PEER_SILENCE_MARGIN: Duration = Duration::from_secs(15);

/// Bounds what the peer can cost by not reading.
pub(crate) fn limit(socket: &SockRef<'_>, send_buffer_bytes: usize, stall_ms_max: u64) -> io::Result<()> {
    socket.set_send_buffer_size(send_buffer_bytes)?;
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(PEER_SILENCE_MAX))?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(silence_max(stall_ms_max)))?;
    Ok(())
}

/// How long what was sent may stay unacknowledged, or wait for a receive window that is full.
fn silence_max(stall_ms_max: u64) -> Duration {
    PEER_SILENCE_MAX.max(Duration::from_millis(stall_ms_max) + PEER_SILENCE_MARGIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever does not read is closed by the fan-out, which says why; the kernel must not be first.
    #[test]
    fn the_kernel_waits_longer_than_the_fan_out() {
        for (stall_ms_max, seconds) in [(1_000, 30), (30_000, 45), (600_000, 615)] {
            assert_eq!(silence_max(stall_ms_max), Duration::from_secs(seconds));
        }
    }
}
