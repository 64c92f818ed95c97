//! Tokens of MessagePack: the one place that knows the formats.
//!
//! <https://github.com/msgpack/msgpack/blob/master/spec.md>

/// A value, or the head of one that has others inside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Token<'a> {
    Nil,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    /// Not looked at yet: may not be UTF-8.
    Text(&'a [u8]),
    /// Binary, or of an extension.
    Bytes(&'a [u8]),
    /// So many values follow.
    Array(usize),
    /// So many keys, each with its value, follow.
    Map(usize),
}

/// The frame ends inside a value.
pub(super) const CUT_OFF: &str = "the message is cut off";

impl<'a> Token<'a> {
    /// Takes the next token off the front.
    #[inline(never)]
    pub(super) fn take(rest: &mut &'a [u8]) -> Result<Self, &'static str> {
        let first = take(rest, 1)?[0];
        let low = |mask| usize::from(first & mask);
        Ok(match first {
            0x00..=0x7f => Self::Unsigned(first.into()),
            0x80..=0x8f => Self::Map(low(0x0f)),
            0x90..=0x9f => Self::Array(low(0x0f)),
            0xa0..=0xbf => Self::Text(take(rest, low(0x1f))?),
            0xc0 => Self::Nil,
            0xc1 => return Err("0xc1 is not MessagePack"),
            0xc2 | 0xc3 => Self::Bool(first == 0xc3),
            0xc4..=0xc6 => Self::Bytes(take_counted(rest, 1 << (first - 0xc4), 0)?),
            0xc7..=0xc9 => Self::Bytes(take_counted(rest, 1 << (first - 0xc7), 1)?),
            0xca => Self::Float(f32::from_bits(number(rest, 4)? as u32).into()),
            0xcb => Self::Float(f64::from_bits(number(rest, 8)?)),
            0xcc..=0xcf => Self::Unsigned(number(rest, 1 << (first - 0xcc))?),
            0xd0..=0xd3 => Self::Signed(signed(rest, 1 << (first - 0xd0))?),
            0xd4..=0xd8 => Self::Bytes(take(rest, 1 + (1 << (first - 0xd4)))?),
            0xd9..=0xdb => Self::Text(take_counted(rest, 1 << (first - 0xd9), 0)?),
            0xdc | 0xdd => Self::Array(length(rest, 2 << (first - 0xdc))?),
            0xde | 0xdf => Self::Map(length(rest, 2 << (first - 0xde))?),
            0xe0..=0xff => Self::Signed(i8::from_be_bytes([first]).into()),
        })
    }
}

fn take<'a>(rest: &mut &'a [u8], bytes: usize) -> Result<&'a [u8], &'static str> {
    let (taken, left) = rest.split_at_checked(bytes).ok_or(CUT_OFF)?;
    *rest = left;
    Ok(taken)
}

/// Takes as many bytes as a length of `length_bytes` says, and `more`.
fn take_counted<'a>(rest: &mut &'a [u8], length_bytes: usize, more: usize) -> Result<&'a [u8], &'static str> {
    let bytes = length(rest, length_bytes)?;
    take(rest, bytes.saturating_add(more))
}

/// Takes an unsigned integer of so many bytes, at most 8.
fn number(rest: &mut &[u8], bytes: usize) -> Result<u64, &'static str> {
    Ok(take(rest, bytes)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// Takes a signed integer of so many bytes, at most 8.
fn signed(rest: &mut &[u8], bytes: usize) -> Result<i64, &'static str> {
    let unused_bits = 64 - 8 * bytes;
    Ok((number(rest, bytes)? << unused_bits).cast_signed() >> unused_bits)
}

/// Takes a length of so many bytes, at most 4.
fn length(rest: &mut &[u8], bytes: usize) -> Result<usize, &'static str> {
    usize::try_from(number(rest, bytes)?).map_err(|_| CUT_OFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(frame: &[u8], expected: Token<'_>) {
        let mut rest = frame;
        assert_eq!(Token::take(&mut rest), Ok(expected), "{frame:02x?}");
        assert!(rest.is_empty(), "{frame:02x?}");
        for end in 0..frame.len() {
            assert_eq!(Token::take(&mut &frame[..end]), Err(CUT_OFF), "{frame:02x?} until {end}");
        }
    }

    #[test]
    fn each_format_is_read() {
        check(&[0x7f], Token::Unsigned(127));
        check(&[0xe0], Token::Signed(-32));
        check(&[0xff], Token::Signed(-1));
        check(&[0x8f], Token::Map(15));
        check(&[0x9f], Token::Array(15));
        check(&[0xa2, b'h', b'i'], Token::Text(b"hi"));
        check(&[0xc0], Token::Nil);
        check(&[0xc2], Token::Bool(false));
        check(&[0xc3], Token::Bool(true));
        check(&[0xca, 0x3f, 0xc0, 0, 0], Token::Float(1.5));
        check(&[0xcb, 0xbf, 0xf8, 0, 0, 0, 0, 0, 0], Token::Float(-1.5));
        check(&[0xcc, 0xff], Token::Unsigned(255));
        check(&[0xcd, 1, 0], Token::Unsigned(256));
        check(&[0xce, 0xff, 0, 0, 1], Token::Unsigned(0xff00_0001));
        check(&[0xcf, 0xff, 0, 0, 0, 0, 0, 0, 1], Token::Unsigned(0xff00_0000_0000_0001));
        check(&[0xd0, 0x80], Token::Signed(-128));
        check(&[0xd1, 0xff, 0], Token::Signed(-256));
        check(&[0xd2, 0x7f, 0, 0, 0], Token::Signed(0x7f00_0000));
        check(&[0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0], Token::Signed(i64::MIN));
        check(&[0xdc, 1, 0], Token::Array(256));
        check(&[0xdd, 0, 1, 0, 0], Token::Array(65_536));
        check(&[0xde, 1, 0], Token::Map(256));
        check(&[0xdf, 0, 1, 0, 0], Token::Map(65_536));
    }

    #[test]
    fn each_format_of_bytes_has_its_length() {
        let with = |head: &[u8], bytes: usize| [head, &vec![7; bytes]].concat();
        for (head, bytes) in [(&[0xd9, 2][..], 2), (&[0xda, 1, 0], 256), (&[0xdb, 0, 1, 0, 0], 65_536)] {
            check(&with(head, bytes), Token::Text(&vec![7; bytes]));
        }
        for (head, bytes) in [(&[0xc4, 2][..], 2), (&[0xc5, 1, 0], 256), (&[0xc6, 0, 0, 1, 0], 256)] {
            check(&with(head, bytes), Token::Bytes(&vec![7; bytes]));
        }
        for (head, bytes) in [(&[0xc7, 2][..], 3), (&[0xc8, 1, 0], 257), (&[0xc9, 0, 0, 0, 0], 1)] {
            check(&with(head, bytes), Token::Bytes(&vec![7; bytes]));
        }
        for (format, bytes) in [(0xd4, 2), (0xd5, 3), (0xd6, 5), (0xd7, 9), (0xd8, 17)] {
            check(&with(&[format], bytes), Token::Bytes(&vec![7; bytes]));
        }
    }
}
