//! Frames: what stands round a message on its way to a client.

use bytes::{BufMut, Bytes, BytesMut};

/// How messages to a client are framed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framing {
    /// A text frame of RFC 6455, unmasked.
    WebSocket,
    /// `data: ...` and an empty line, of Server-Sent Events. Messages hold no line breaks: JSON escapes them.
    ServerSentEvents,
}

/// Room kept in front of a message: the longest header of a server's WebSocket frame, in bytes.
const HEADER_BYTES_MAX: usize = 10;
/// FIN and the opcode of a text frame.
const TEXT_FRAME: u8 = 0x81;
/// FIN and the opcode of a close frame.
const CLOSE_FRAME: u8 = 0x88;
/// The longest reason of a close frame: its payload is at most 125 bytes, two of them the code.
const CLOSE_TEXT_BYTES_MAX: usize = 123;

/// A message that grows piece by piece, with room for its header in front, so that framing it copies nothing.
#[derive(Debug)]
pub(crate) struct FrameBuilder {
    framing: Framing,
    bytes: BytesMut,
}

impl FrameBuilder {
    pub(crate) fn new(framing: Framing) -> Self {
        Self { framing, bytes: BytesMut::new() }
    }

    /// Appends an element to the array that is the message.
    pub(crate) fn push_element(&mut self, json: &[u8]) {
        if self.bytes.is_empty() {
            self.start(json.len() + 2);
            self.bytes.put_u8(b'[');
        } else {
            self.bytes.put_u8(b',');
        }
        self.bytes.put_slice(json);
    }

    /// The frame of the elements pushed so far; the builder is empty again.
    pub(crate) fn finish_array(&mut self) -> Bytes {
        self.bytes.put_u8(b']');
        self.finish()
    }

    fn start(&mut self, bytes_expected: usize) {
        self.bytes.reserve(HEADER_BYTES_MAX + bytes_expected);
        match self.framing {
            Framing::WebSocket => self.bytes.put_bytes(0, HEADER_BYTES_MAX),
            Framing::ServerSentEvents => self.bytes.put_slice(b"data: "),
        }
    }

    fn finish(&mut self) -> Bytes {
        match self.framing {
            Framing::WebSocket => {
                let mut header = [0; HEADER_BYTES_MAX];
                let used = write_header(&mut header, self.bytes.len() - HEADER_BYTES_MAX);
                let start = HEADER_BYTES_MAX - used;
                self.bytes[start..HEADER_BYTES_MAX].copy_from_slice(&header[..used]);
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
        builder.finish()
    }

    /// The frame that ends a connection; none where a stream just ends.
    #[must_use]
    pub fn close_frame(self, code: u16, text: &str) -> Option<Bytes> {
        match self {
            Self::WebSocket => {
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

/// Writes the header of a text frame (RFC 6455, section 5.2), and tells its length.
fn write_header(header: &mut [u8; HEADER_BYTES_MAX], payload_bytes: usize) -> usize {
    header[0] = TEXT_FRAME;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(payload_bytes: usize, header: &[u8]) {
        let frame = Framing::WebSocket.frame(&vec![b'x'; payload_bytes]);
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
