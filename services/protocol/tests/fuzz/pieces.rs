//! The values of JSON and MessagePack in bytes that may be neither: what a change puts in each other's place. Also
//! compiled into the fuzz test of `feed`.

use std::ops::Range;

/// How deep values of MessagePack are looked for.
const DEPTH_MAX: usize = 64;

/// Texts, numbers, words, arrays and objects, by their looks alone.
pub(crate) fn of_json(input: &[u8]) -> Vec<Range<usize>> {
    let (mut found, mut open, mut at) = (Vec::new(), Vec::new(), 0);
    while at < input.len() {
        let from = at;
        at += 1;
        match input[from] {
            b'"' => {
                at = text_end(input, at);
                found.push(from..at);
            }
            b'{' | b'[' => open.push(from),
            b'}' | b']' => found.extend(open.pop().map(|from| from..at)),
            byte if is_word(byte) => {
                at += input[at..].iter().take_while(|byte| is_word(**byte)).count();
                found.push(from..at);
            }
            _ => {}
        }
    }
    found
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}

fn text_end(input: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(byte) = input.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    input.len()
}

/// Lines with their ends.
pub(crate) fn of_lines(input: &[u8]) -> Vec<Range<usize>> {
    let mut from = 0;
    let lines = input.split_inclusive(|byte| *byte == b'\n');
    lines.map(|line| (from, from += line.len()).0..from).collect()
}

/// Values of MessagePack, the inner ones before those that hold them. (github.com/msgpack/msgpack/blob/master/spec.md)
#[allow(dead_code, reason = "recordings hold none")]
pub(crate) fn of_msgpack(input: &[u8]) -> Vec<Range<usize>> {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(end) = value_end(input, at, DEPTH_MAX, &mut found) {
        at = end;
    }
    found
}

/// Where the value that begins `at` ends, if it does.
fn value_end(input: &[u8], at: usize, depth: usize, found: &mut Vec<Range<usize>>) -> Option<usize> {
    let marker = *input.get(at)?;
    let after = at + 1;
    let (from, bytes, values) = match marker {
        0x00..=0x7f | 0xc0..=0xc3 | 0xe0..=0xff => (after, 0, 0),
        0x80..=0x8f => (after, 0, 2 * usize::from(marker & 15)),
        0x90..=0x9f => (after, 0, usize::from(marker & 15)),
        0xa0..=0xbf => (after, usize::from(marker & 31), 0),
        0xc4 | 0xd9 => (after + 1, number(input, after, 1)?, 0),
        0xc5 | 0xda => (after + 2, number(input, after, 2)?, 0),
        0xc6 | 0xdb => (after + 4, number(input, after, 4)?, 0),
        0xc7..=0xc9 => (after, usize::MAX, 0),
        0xca..=0xd3 => (after, [4, 8, 1, 2, 4, 8, 1, 2, 4, 8][usize::from(marker - 0xca)], 0),
        0xd4..=0xd8 => (after, 1 + (1 << (marker - 0xd4)), 0),
        0xdc => (after + 2, 0, number(input, after, 2)?),
        0xdd => (after + 4, 0, number(input, after, 4)?),
        0xde => (after + 2, 0, 2 * number(input, after, 2)?),
        0xdf => (after + 4, 0, 2 * number(input, after, 4)?),
    };
    let mut end = from.checked_add(bytes).filter(|end| *end <= input.len())?;
    let depth = depth.checked_sub(1)?;
    for _ in 0..values {
        end = value_end(input, end, depth, found)?;
    }
    found.push(at..end);
    Some(end)
}

/// The number of `bytes` bytes, the highest first.
fn number(input: &[u8], at: usize, bytes: usize) -> Option<usize> {
    let digits = input.get(at..at + bytes)?;
    Some(digits.iter().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}
