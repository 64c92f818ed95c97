//! WebSocket frames (RFC 6455, section 5.2) as a load generator needs them: those of a server are read where they lie,
//! those to a server are small. No fragments are put together: what is counted in them is counted all the same.

/// The opcodes that matter here.
pub(crate) const TEXT: u8 = 1;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
const PONG: u8 = 10;

const FIN: u8 = 0x80;
const MASKED: u8 = 0x80;
const OPCODE: u8 = 0x0f;
/// The length that says: the next two bytes are the length.
const LENGTH_16: u8 = 126;

/// A frame, its payload still in the buffer that was read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    pub(crate) opcode: u8,
    pub(crate) payload: &'a [u8],
}

/// A server must not mask its frames.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("a frame of the server is masked: the stream is out of step, or it is no WebSocket")]
pub(crate) struct Masked;

/// The first frame of `bytes` and its length with header; `None` when not all of it is there yet.
pub(crate) fn first(bytes: &[u8]) -> Result<Option<(Frame<'_>, usize)>, Masked> {
    let [start, length, rest @ ..] = bytes else { return Ok(None) };
    if length & MASKED != 0 {
        return Err(Masked);
    }
    let (header, payload): (usize, usize) = match *length {
        0..LENGTH_16 => (2, usize::from(*length)),
        LENGTH_16 => match rest {
            [high, low, ..] => (4, usize::from(u16::from_be_bytes([*high, *low]))),
            _ => return Ok(None),
        },
        _ => match rest.first_chunk::<8>() {
            Some(eight) => (10, usize::try_from(u64::from_be_bytes(*eight)).unwrap_or(usize::MAX)),
            None => return Ok(None),
        },
    };
    let end = header.saturating_add(payload);
    let frame = bytes.get(header..end).map(|payload| Frame { opcode: start & OPCODE, payload });
    Ok(frame.map(|frame| (frame, end)))
}

/// A text frame as a server sends it.
pub(crate) fn text(payload: &[u8]) -> Vec<u8> {
    let mut frame = header(TEXT, payload.len(), 0);
    frame.extend_from_slice(payload);
    frame
}

/// A text frame as a client sends it. The mask is zero, so the payload stands as it is.
pub(crate) fn masked_text(payload: &[u8]) -> Vec<u8> {
    masked(TEXT, payload)
}

/// A client's answer to a ping.
pub(crate) fn masked_pong(payload: &[u8]) -> Vec<u8> {
    masked(PONG, payload)
}

fn masked(opcode: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = header(opcode, payload.len(), MASKED);
    frame.extend([0; 4]);
    frame.extend_from_slice(payload);
    frame
}

fn header(opcode: u8, length: usize, mask: u8) -> Vec<u8> {
    let mut header = vec![FIN | opcode];
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short), _) if short < LENGTH_16 => header.push(mask | short),
        (_, Ok(medium)) => {
            header.push(mask | LENGTH_16);
            header.extend(medium.to_be_bytes());
        }
        _ => {
            header.push(mask | 127);
            header.extend((length as u64).to_be_bytes());
        }
    }
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(length: usize, header: usize) {
        let payload = vec![b'x'; length];
        let mut bytes = text(&payload);
        assert_eq!(bytes.len(), header + length);
        for cut in 0..bytes.len().min(header + 3) {
            if cut < bytes.len() {
                assert_eq!(first(&bytes[..cut]), Ok(None), "{length} cut at {cut}");
            }
        }
        bytes.push(0x81);
        let (frame, used) = first(&bytes).unwrap().unwrap();
        assert_eq!((frame.opcode, frame.payload, used), (TEXT, payload.as_slice(), header + length));
    }

    #[test]
    fn frames_of_all_lengths_are_read_once_they_are_whole() {
        for (length, header) in [(0, 2), (1, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)] {
            check(length, header);
        }
    }

    #[test]
    fn what_a_client_sends_is_masked_and_no_frame_of_a_server() {
        let frame = masked_text(b"{}");
        assert_eq!(frame, [0x81, 0x82, 0, 0, 0, 0, b'{', b'}']);
        assert_eq!(first(&frame), Err(Masked));
        assert_eq!(masked_pong(b"")[0], 0x8a);
    }

    /// No length that a server may claim makes the reader overflow.
    #[test]
    fn a_frame_of_any_claimed_length_is_waited_for() {
        let claim = [[0x82, 127].as_slice(), &[0xff; 8]].concat();
        assert_eq!(first(&claim), Ok(None));
    }
}
