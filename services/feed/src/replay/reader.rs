//! Lines out of a file, gzipped or not, whatever bytes it holds.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

use flate2::bufread::MultiGzDecoder;

use super::{Damage, LINE_BYTES_MAX};

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

type Input<R> = BufReader<Chain<Cursor<Vec<u8>>, R>>;

enum Text<R: Read> {
    Plain(Input<R>),
    Gzip(Box<BufReader<MultiGzDecoder<Input<R>>>>),
}

/// Reads lines, counts them, and takes the checksum of their text.
pub(super) struct Lines<R: Read> {
    text: Text<R>,
    line: Vec<u8>,
    crc: crc32fast::Hasher,
    /// Bytes of plain text so far.
    pub(super) bytes: u64,
}

impl<R: Read> Lines<R> {
    /// Looks at the first bytes to tell gzip from plain text.
    pub(super) fn new(mut file: R) -> io::Result<Self> {
        let mut magic = Vec::with_capacity(GZIP_MAGIC.len());
        file.by_ref().take(GZIP_MAGIC.len() as u64).read_to_end(&mut magic)?;
        let gzipped = magic == GZIP_MAGIC;
        let input = BufReader::new(Cursor::new(magic).chain(file));
        let text = if gzipped {
            Text::Gzip(Box::new(BufReader::new(MultiGzDecoder::new(input))))
        } else {
            Text::Plain(input)
        };
        Ok(Self { text, line: Vec::new(), crc: crc32fast::Hasher::new(), bytes: 0 })
    }

    /// The next line without its end, `None` after the last.
    pub(super) fn next(&mut self) -> Result<Option<&[u8]>, Damage> {
        self.line.clear();
        let limit = LINE_BYTES_MAX as u64 + 1;
        let read = match &mut self.text {
            Text::Plain(text) => text.take(limit).read_until(b'\n', &mut self.line),
            Text::Gzip(text) => text.take(limit).read_until(b'\n', &mut self.line),
        };
        let read = read.map_err(|error| Damage::Unreadable { cause: error.to_string() })?;
        self.crc.update(&self.line);
        self.bytes += read as u64;
        if self.line.last() == Some(&b'\n') {
            self.line.pop();
        } else if read > LINE_BYTES_MAX {
            return Err(Damage::TooLong);
        }
        Ok((read > 0).then_some(self.line.as_slice()))
    }

    /// The checksum of all lines so far.
    pub(super) fn crc(&self) -> u32 {
        self.crc.clone().finalize()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn read(bytes: &[u8]) -> (Vec<String>, Option<Damage>) {
        let mut lines = Lines::new(bytes).unwrap();
        let mut found = Vec::new();
        loop {
            match lines.next() {
                Ok(Some(line)) => found.push(String::from_utf8_lossy(line).into_owned()),
                Ok(None) => return (found, None),
                Err(damage) => return (found, Some(damage)),
            }
        }
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn plain_and_gzipped_lines_are_the_same() {
        for text in ["one\ntwo\n", "one\ntwo"] {
            assert_eq!(read(text.as_bytes()), (vec!["one".into(), "two".into()], None));
            assert_eq!(read(&gzip(text.as_bytes())), read(text.as_bytes()));
        }
        assert_eq!(
            read(&[gzip(b"one\n"), gzip(b"two\n")].concat()).0,
            ["one", "two"],
            "gzip files may be joined"
        );
        assert_eq!(read(b""), (vec![], None));
        assert_eq!(read(b"1"), (vec!["1".into()], None));
    }

    #[test]
    fn the_longest_line_fits() {
        let fits = "x".repeat(LINE_BYTES_MAX);
        assert_eq!(read(format!("{fits}\ny").as_bytes()), (vec![fits.clone(), "y".into()], None));
        assert_eq!(read(format!("a\n{fits}x\nb").as_bytes()), (vec!["a".into()], Some(Damage::TooLong)));
    }

    #[test]
    fn a_broken_gzip_stream_gives_its_lines_first() {
        let text: String = (0..50_000).map(|n| format!("{}\n", n * 7919)).collect();
        let mut file = gzip(text.as_bytes());
        file.truncate(file.len() / 2);
        let (lines, damage) = read(&file);
        assert!(lines.len() > 1_000, "{}", lines.len());
        assert!(matches!(damage, Some(Damage::Unreadable { .. })), "{damage:?}");
    }
}
