//! The names of event streams that `market` does not name.

use market::Epoch;

/// The CRC-32 (ISO-HDLC) of what is played, and that of how it is played.
pub(crate) fn epoch(content_crc: u32, how: &[u8]) -> String {
    Epoch(u64::from(content_crc) << 32 | u64::from(crc32fast::hash(how))).to_string()
}
