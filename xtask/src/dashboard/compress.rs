//! Smaller twins of a file, made once here so that no server compresses at each request.

use std::io::Write as _;

use anyhow::Result;
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Quality 11 of 11: it is done once and downloaded often.
const BROTLI_QUALITY: i32 = 11;

/// log2 of the bytes that brotli looks back: 4 MiB, more than any file here.
const BROTLI_WINDOW: i32 = 22;

/// Files below this many bytes fit a packet or two in any case.
const WORTH_IT_FROM_BYTES: usize = 256;

/// The kinds of file that are text or wasm; pictures and fonts are compressed already.
const KINDS: &[&str] = &["css", "html", "js", "json", "mjs", "svg", "txt", "wasm", "webmanifest"];

/// Whether a file of this name and size is worth a smaller twin.
pub(super) fn worth_it(name: &str, data: &[u8]) -> bool {
    let kind = name.rsplit_once('.').map_or("", |(_, kind)| kind);
    KINDS.contains(&kind) && data.len() >= WORTH_IT_FROM_BYTES
}

pub(super) fn brotli(data: &[u8]) -> Result<Vec<u8>> {
    let params = BrotliEncoderParams {
        quality: BROTLI_QUALITY,
        lgwin: BROTLI_WINDOW,
        size_hint: data.len(),
        ..BrotliEncoderParams::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &data[..], &mut compressed, &params)?;
    Ok(compressed)
}

pub(super) fn gzip(data: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data)?;
    Ok(encoder.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn twins_unpack_to_the_same_bytes() {
        let data = b"body { color: #eee }\n".repeat(100);
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut brotli(&data).unwrap().as_slice(), &mut unpacked).unwrap();
        assert_eq!(unpacked, data);
        unpacked.clear();
        flate2::read::GzDecoder::new(gzip(&data).unwrap().as_slice()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, data);
    }

    #[test]
    fn only_what_shrinks_has_twins() {
        for (name, bytes, expected) in
            [("a.css", 1000, true), ("a.css", 10, false), ("a.png", 1000, false), ("a", 1000, false)]
        {
            assert_eq!(worth_it(name, &vec![b' '; bytes]), expected, "{name} of {bytes} bytes");
        }
    }
}
