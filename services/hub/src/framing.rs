//! Frames: what stands round a message on its way to a client.

use bytes::{BufMut, Bytes, BytesMut};
use protocol::Encoding;

/// How messages to a client are framed, and written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framing {
    /// A text or binary frame of RFC 6455, unmasked.
    WebSocket(Encoding),
    /// `data: ...` and an empty line, of Server-Sent Events. Messages are JSON and hold no line breaks: it escapes them.
    ServerSentEvents,
}

/// Room kept in front of a message: the longest header of a server's WebSocket frame, in bytes.
const HEADER_BYTES_MAX: usize = 10;
/// Room kept in front of the elements of a MessagePack array: its longest header, in bytes.
const ARRAY_BYTES_MAX: usize = 5;
/// FIN and the opcode of a text frame.
const TEXT_FRAME: u8 = 0x81;
/// FIN and the opcode of a binary frame.
const BINARY_FRAME: u8 = 0x82;
/// FIN and the opcode of a close frame.
const CLOSE_FRAME: u8 = 0x88;
/// The longest reason of a close frame: its payload is at most 125 bytes, two of them the code.
const CLOSE_TEXT_BYTES_MAX: usize = 123;

impl Framing {
    /// How messages are written.
    #[must_use]
    pub const fn encoding(self) -> Encoding {
        match self {
            Self::WebSocket(encoding) => encoding,
            Self::ServerSentEvents => Encoding::Json,
        }
    }
}

/// An array that grows element by element, with room for headers in front, so that framing it copies nothing.
#[derive(Debug)]
pub(crate) struct FrameBuilder {
    framing: Framing,
    elements: u32,
    bytes: BytesMut,
}

impl FrameBuilder {
    pub(crate) fn new(framing: Framing) -> Self {
        Self { framing, elements: 0, bytes: BytesMut::new() }
    }

    /// How messages are written.
    pub(crate) const fn encoding(&self) -> Encoding {
        self.framing.encoding()
    }

    /// Whether no element was pushed since the last frame.
    pub(crate) const fn is_empty(&self) -> bool {
        self.elements == 0
    }

    /// Appends an encoded element to the array that is the message.
    pub(crate) fn push_element(&mut self, text: &[u8]) {
        let is_first = self.is_empty();
        self.elements += 1;
        if is_first {
            self.start(text.len() + ARRAY_BYTES_MAX);
        }
        match (self.encoding(), is_first) {
            (Encoding::Json, true) => self.bytes.put_u8(b'['),
            (Encoding::Json, false) => self.bytes.put_u8(b','),
            (Encoding::MessagePack, true) => self.bytes.put_bytes(0, ARRAY_BYTES_MAX),
            (Encoding::MessagePack, false) => {}
        }
        self.bytes.put_slice(text);
    }

    /// The frame of the elements pushed so far; the builder is empty again.
    pub(crate) fn finish_array(&mut self) -> Bytes {
        let elements = std::mem::take(&mut self.elements);
        let skipped = match self.encoding() {
            Encoding::Json => {
                self.bytes.put_u8(b']');
                0
            }
            Encoding::MessagePack => {
                let room = &mut self.bytes[HEADER_BYTES_MAX..][..ARRAY_BYTES_MAX];
                write_array_header(room.try_into().expect("the room is as long"), elements)
            }
        };
        self.finish(skipped)
    }

    fn start(&mut self, bytes_expected: usize) {
        self.bytes.reserve(HEADER_BYTES_MAX + bytes_expected);
        match self.framing {
            Framing::WebSocket(_) => self.bytes.put_bytes(0, HEADER_BYTES_MAX),
            Framing::ServerSentEvents => self.bytes.put_slice(b"data: "),
        }
    }

    /// The frame of what stands behind the room for headers and `skipped` more bytes.
    fn finish(&mut self, skipped: usize) -> Bytes {
        match self.framing {
            Framing::WebSocket(encoding) => {
                let opcode = if encoding.is_text() { TEXT_FRAME } else { BINARY_FRAME };
                let message = HEADER_BYTES_MAX + skipped;
                let mut header = [opcode; HEADER_BYTES_MAX];
                let used = write_length(&mut header, self.bytes.len() - message);
                let start = message - used;
                self.bytes[start..message].copy_from_slice(&header[..used]);
                let frame = self.bytes.split().freeze();
                frame.slice(start..)
            }
            Framing::ServerSentEvents => {
                self.bytes.put_slice(b"\n\n");
                self.bytes.split().freeze()
            }
        }
    }
}

impl Framing {
    /// A frame of one message.
    #[must_use]
    pub fn frame(self, message: &[u8]) -> Bytes {
        let mut builder = FrameBuilder::new(self);
        builder.start(message.len());
        builder.bytes.put_slice(message);
        builder.finish(0)
    }

    /// The frame that ends a connection; none where a stream just ends.
    #[must_use]
    pub fn close_frame(self, code: u16, text: &str) -> Option<Bytes> {
        match self {
            Self::WebSocket(_) => {
                let text = &text.as_bytes()[..text.len().min(CLOSE_TEXT_BYTES_MAX)];
                let mut frame = BytesMut::with_capacity(4 + text.len());
                frame.put_u8(CLOSE_FRAME);
                frame.put_u8(u8::try_from(2 + text.len()).expect("at most 125"));
                frame.put_u16(code);
                frame.put_slice(text);
                Some(frame.freeze())
            }
            Self::ServerSentEvents => None,
        }
    }
}

/// Writes the length of a frame behind its first byte (RFC 6455, section 5.2), and tells the length of the header.
fn write_length(header: &mut [u8; HEADER_BYTES_MAX], payload_bytes: usize) -> usize {
    if let Ok(short) = u8::try_from(payload_bytes)
        && short < 126
    {
        header[1] = short;
        2
    } else if let Ok(medium) = u16::try_from(payload_bytes) {
        header[1] = 126;
        header[2..4].copy_from_slice(&medium.to_be_bytes());
        4
    } else {
        header[1] = 127;
        header[2..10].copy_from_slice(&(payload_bytes as u64).to_be_bytes());
        10
    }
}

/// Writes the shortest header of a MessagePack array against the end of `room`, and tells how much stays unused before it.
fn write_array_header(room: &mut [u8; ARRAY_BYTES_MAX], elements: u32) -> usize {
    let [_, long @ ..] = elements.to_be_bytes();
    match elements {
        0..16 => {
            room[4] = 0x90 | long[2];
            4
        }
        16..65_536 => {
            room[2..].copy_from_slice(&[0xdc, long[1], long[2]]);
            2
        }
        _ => {
            room[0] = 0xdd;
            room[1..].copy_from_slice(&elements.to_be_bytes());
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(payload_bytes: usize, header: &[u8]) {
        let frame = Framing::WebSocket(Encoding::Json).frame(&vec![b'x'; payload_bytes]);
        assert_eq!(&frame[..header.len()], header);
        assert_eq!(frame.len(), header.len() + payload_bytes);
    }

    #[test]
    fn headers_are_those_of_rfc_6455() {
        check(0, &[0x81, 0]);
        check(125, &[0x81, 125]);
        check(126, &[0x81, 126, 0, 126]);
        check(65_535, &[0x81, 126, 0xff, 0xff]);
        check(65_536, &[0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }

    fn check_array(elements: u32, header: &[u8]) {
        let mut builder = FrameBuilder::new(Framing::WebSocket(Encoding::MessagePack));
        (0..elements).for_each(|_| builder.push_element(&[0x01]));
        let frame = builder.finish_array();
        assert_eq!(&frame[..header.len()], header, "{elements}");
        assert_eq!(frame.len(), header.len() + elements as usize);
        assert!(builder.is_empty());
    }

    #[test]
    fn headers_of_arrays_are_those_of_messagepack() {
        check_array(1, &[0x82, 2, 0x91]);
        check_array(15, &[0x82, 16, 0x9f]);
        check_array(16, &[0x82, 19, 0xdc, 0, 16]);
        check_array(65_535, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 2, 0xdc, 0xff, 0xff]);
        check_array(65_536, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 5, 0xdd, 0, 1, 0, 0]);
    }

    #[test]
    fn elements_become_an_array() {
        let mut builder = FrameBuilder::new(Framing::ServerSentEvents);
        builder.push_element(b"1");
        builder.push_element(b"2");
        assert_eq!(builder.finish_array(), "data: [1,2]\n\n");
        builder.push_element(b"3");
        assert_eq!(builder.finish_array(), "data: [3]\n\n");
    }
}
