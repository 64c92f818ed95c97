//! CRC-32 (ISO-HDLC, as in zip and PNG), small: the server's way to compute it has tables of 16 kB, which no compression
//! makes smaller, and a book's checksum is of a few hundred bytes.

/// What four bits add, for each of their values.
const TABLE: [u32; 16] = table();

/// The checksum of `bytes`.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| (crc >> 4) ^ TABLE[(crc & 15) as usize];
    !bytes.iter().fold(!0, |crc, byte| step(step(crc ^ u32::from(*byte))))
}

const fn table() -> [u32; 16] {
    let mut table = [0; 16];
    let mut value: u32 = 0;
    while value < 16 {
        let mut crc = value;
        let mut bit = 0;
        while bit < 4 {
            crc = (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg());
            bit += 1;
        }
        table[value as usize] = crc;
        value += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check value of the catalogue of CRCs: <https://reveng.sourceforge.io/crc-catalogue/17plus.htm#crc.cat.crc-32-iso-hdlc>
    #[test]
    fn it_is_that_of_the_catalogue() {
        for (text, expected) in [("123456789", 0xcbf4_3926), ("", 0), ("a", 0xe8b7_be43)] {
            assert_eq!(crc32(text.as_bytes()), expected, "{text}");
        }
    }
}
