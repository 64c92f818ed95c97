//! The test vectors of the book's checksum, as docs/protocol.md gives them to people who write clients.

use std::path::Path;

use market::{Book, CHECKSUM_DEPTH, Decimal, Instrument, InstrumentKind, LevelChange, Side};

const HEADING: &str = "| Case | `tick_size` | `lot_size` | Bids | Asks | Checksum |";

/// The rows of the table of vectors, cell by cell.
fn vectors() -> Vec<Vec<String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/protocol.md");
    let page = std::fs::read_to_string(path).expect("the page is there");
    page.lines()
        .skip_while(|line| *line != HEADING)
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('|').map(|cell| cell.trim().to_owned()).skip(1).take(6).collect())
        .collect()
}

fn levels(cell: &str) -> Vec<(Decimal, Decimal)> {
    let number = |text: &str| text.parse().expect("a decimal");
    let levels = cell.split(',').filter(|level| !level.is_empty());
    levels
        .map(|level| level.split_once(':').expect("price:qty"))
        .map(|(p, q)| (number(p), number(q)))
        .collect()
}

/// The text that the page says the checksum is taken of.
fn text_of(bids: &str, asks: &str) -> String {
    let side = |cell: &str| cell.split(',').take(CHECKSUM_DEPTH).collect::<Vec<_>>().join(",");
    format!("{}|{}", side(bids), side(asks))
}

fn check(case: &str, instrument: &Instrument, (bids, asks): (&str, &str), checksum: u32) {
    let mut book = Book::default();
    for (side, cell) in [(Side::Buy, bids), (Side::Sell, asks)] {
        // Worst first: the order in which levels come makes no difference.
        for (price, qty) in levels(cell).into_iter().rev() {
            let price = instrument.parse_price(price).expect("a multiple of the tick");
            let qty = instrument.parse_qty(qty).expect("a multiple of the lot");
            book.set(LevelChange { side, price, qty });
        }
    }
    assert_eq!(book.checksum_text(instrument), text_of(bids, asks).as_bytes(), "{case}");
    assert_eq!(book.checksum(instrument), checksum, "{case}");
}

#[test]
fn the_vectors_of_the_page_are_right() {
    let vectors = vectors();
    assert!(vectors.len() >= 4, "the table is found");
    for row in &vectors {
        let [case, tick_size, lot_size, bids, asks, checksum] = row.as_slice() else { panic!("{row:?}") };
        let instrument = Instrument {
            symbol: "TEST".into(),
            kind: InstrumentKind::Crypto,
            tick_size: tick_size.parse().unwrap(),
            lot_size: lot_size.parse().unwrap(),
        };
        check(case, &instrument, (bids, asks), checksum.parse().unwrap());
    }
}

#[test]
fn the_vectors_cover_full_partial_and_empty_sides() {
    let mut depths: Vec<_> =
        vectors().iter().map(|row| (levels(&row[3]).len(), levels(&row[4]).len())).collect();
    depths.sort_unstable();
    assert_eq!(depths, [(0, 0), (0, 2), (0, 12), (2, 0), (2, 1), (10, 10)]);
}
