//! Frames of a client as bytes, right or wrong.

pub(super) const TEXT: u8 = 0x1;
pub(super) const BINARY: u8 = 0x2;
pub(super) const CLOSE: u8 = 0x8;
pub(super) const PING: u8 = 0x9;
pub(super) const PONG: u8 = 0xa;
pub(super) const FIN: u8 = 0x80;
const MASKED: u8 = 0x80;
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// How a frame says its length.
#[derive(Clone, Copy)]
pub(super) enum Width {
    Bits7,
    Bits16,
    Bits64,
}

impl Width {
    /// The shortest that holds it, as RFC 6455 wants.
    pub(super) fn of(length: u64) -> Self {
        match length {
            0..=125 => Self::Bits7,
            126..=0xffff => Self::Bits16,
            _ => Self::Bits64,
        }
    }
}

/// The head of a frame: `first` is FIN, reserved bits and opcode.
pub(super) fn head(first: u8, length: u64, width: Width, is_masked: bool) -> Vec<u8> {
    let bytes = length.to_be_bytes();
    let (code, tail) = match width {
        Width::Bits7 => (bytes[7], &bytes[8..]),
        Width::Bits16 => (126, &bytes[6..]),
        Width::Bits64 => (127, &bytes[..]),
    };
    let mut head = vec![first, code | if is_masked { MASKED } else { 0 }];
    head.extend_from_slice(tail);
    if is_masked {
        head.extend_from_slice(&MASK);
    }
    head
}

/// A masked frame with the shortest head.
pub(super) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = payload.len() as u64;
    with_payload(head(first, length, Width::of(length), true), payload)
}

pub(super) fn with_payload(mut head: Vec<u8>, payload: &[u8]) -> Vec<u8> {
    head.extend(payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
    head
}

/// A message in fragments.
pub(super) fn fragments<'a>(opcode: u8, parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut parts = parts.into_iter().peekable();
    let (mut frames, mut first) = (Vec::new(), opcode);
    while let Some(part) = parts.next() {
        let fin = if parts.peek().is_none() { FIN } else { 0 };
        frames.extend(frame(fin | first, part));
        first = 0;
    }
    frames
}

/// A close frame.
pub(super) fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    frame(FIN | CLOSE, &[&code.to_be_bytes(), reason].concat())
}
