//! A look at a frame before it is read: that it is one whole MessagePack value, not nested too deeply. After it each
//! length is known to be true, so that reading may allocate by it, and recurse.

use super::token::{CUT_OFF, Token};

/// How deep values may be nested. Messages go to 4; the rest is for fields of later versions.
const DEPTH_MAX: usize = 16;

/// Looks at a whole frame.
///
/// # Errors
/// What is wrong with it.
pub(super) fn scan(frame: &[u8]) -> Result<(), &'static str> {
    let mut rest = frame;
    scan_value(&mut rest, DEPTH_MAX)?;
    if rest.is_empty() { Ok(()) } else { Err("bytes follow after the end of the message") }
}

fn scan_value(rest: &mut &[u8], depth_left: usize) -> Result<(), &'static str> {
    let values = match Token::take(rest)? {
        Token::Array(count) => count,
        Token::Map(count) => count.saturating_mul(2),
        _ => 0,
    };
    // Each value is at least a byte.
    if values > rest.len() {
        return Err(CUT_OFF);
    }
    if values > 0 && depth_left == 0 {
        return Err("nested too deeply");
    }
    (0..values).try_for_each(|_| scan_value(rest, depth_left - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(frame: &[u8], expected: Result<(), &str>) {
        assert_eq!(scan(frame), expected, "{frame:02x?}");
    }

    #[test]
    fn a_frame_is_one_whole_value() {
        check(&[0x82, 0x00, 0x92, 0x01, 0x02, 0xa1, b'a', 0xc0], Ok(()));
        check(&[0x82, 0x00, 0x92, 0x01, 0x02, 0xa1, b'a'], Err(CUT_OFF));
        check(&[0xc0, 0xc0], Err("bytes follow after the end of the message"));
        check(&[], Err(CUT_OFF));
        check(&[0x91, 0xc1], Err("0xc1 is not MessagePack"));
    }

    #[test]
    fn lengths_are_not_believed() {
        check(&[0xdf, 0xff, 0xff, 0xff, 0xff, 0, 0], Err(CUT_OFF));
        check(&[0xdd, 0xff, 0xff, 0xff, 0xff, 0, 0], Err(CUT_OFF));
        check(&[0xdb, 0xff, 0xff, 0xff, 0xff, 0], Err(CUT_OFF));
        check(&[0xc9, 0xff, 0xff, 0xff, 0xff, 0], Err(CUT_OFF));
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = |depth: usize| [vec![0x91; depth], vec![0]].concat();
        check(&nested(DEPTH_MAX), Ok(()));
        check(&nested(DEPTH_MAX + 1), Err("nested too deeply"));
        check(&nested(1_000_000), Err("nested too deeply"));
    }
}
