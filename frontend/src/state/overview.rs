//! The market at a glance: how many rise and fall, who most, and where the money goes.

use super::order::sort;
use super::row::Row;
use super::treemap::{Rect, squarify};

/// How many symbols each list of movers has.
pub(crate) const MOVERS: usize = 5;
/// How many tiles the map has: more could not be read.
pub(crate) const TILES_MAX: usize = 40;
/// The least share that a tile gets, of the largest one: a name should fit.
const TILE_SHARE_MIN: f64 = 0.06;
/// Changes from which on a tile is coloured more, in hundredths of a percent.
const HEAT_BP: [i64; 3] = [5, 100, 300];

/// A symbol among the movers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mover {
    /// Its row.
    pub(crate) row: usize,
    /// Its name.
    pub(crate) symbol: String,
    /// The change over 24 hours in hundredths of a percent.
    pub(crate) change_bp: i64,
    /// The turnover of 24 hours.
    pub(crate) turnover: f64,
}

/// A tile of the map.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tile {
    /// Whose.
    pub(crate) mover: Mover,
    /// Where.
    pub(crate) rect: Rect,
}

/// The market at a glance.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Overview {
    /// How many rise.
    pub(crate) up: usize,
    /// How many fall.
    pub(crate) down: usize,
    /// How many do neither.
    pub(crate) flat: usize,
    /// Those that rise most.
    pub(crate) gainers: Vec<Mover>,
    /// Those that fall most.
    pub(crate) losers: Vec<Mover>,
    /// Those with the largest turnover, as a map.
    pub(crate) tiles: Vec<Tile>,
}

impl Overview {
    /// That of these symbols, its map as wide as `aspect` times its height.
    pub(crate) fn of(rows: &[Row], aspect: f64) -> Self {
        let movers: Vec<Mover> = rows.iter().enumerate().filter_map(mover).collect();
        let count = |sign: i64| movers.iter().filter(|mover| mover.change_bp.signum() == sign).count();
        let (up, down, flat) = (count(1), count(-1), count(0));
        let mut places: Vec<usize> = (0..movers.len()).collect();
        sort(&mut places, &|a, b| movers[b].change_bp.cmp(&movers[a].change_bp));
        let at = |place: &usize| movers[*place].clone();
        let gainers = places.iter().take(up.min(MOVERS)).map(at).collect();
        let losers = places.iter().rev().take(down.min(MOVERS)).map(at).collect();
        sort(&mut places, &|a, b| movers[b].turnover.total_cmp(&movers[a].turnover));
        let largest = places.iter().take(TILES_MAX).map(at).collect();
        Self { up, down, flat, gainers, losers, tiles: map(largest, aspect) }
    }
}

fn mover((at, row): (usize, &Row)) -> Option<Mover> {
    let symbol = row.instrument.symbol.clone();
    Some(Mover { row: at, symbol, change_bp: row.change_bp()?, turnover: row.turnover()? })
}

/// Areas are as the square root of the turnover: it spans many powers of ten, and small markets should be seen.
fn map(movers: Vec<Mover>, aspect: f64) -> Vec<Tile> {
    let largest = movers.first().map_or(0.0, |mover| mover.turnover).max(0.0).sqrt();
    let weight = |mover: &Mover| mover.turnover.max(0.0).sqrt().max(largest * TILE_SHARE_MIN);
    let weights: Vec<f64> = movers.iter().map(weight).collect();
    movers.into_iter().zip(squarify(&weights, aspect)).map(|(mover, rect)| Tile { mover, rect }).collect()
}

/// How much a change is coloured, as a class: `up3` to `down3`, or nothing.
pub(crate) fn heat(change_bp: i64) -> &'static str {
    let step = HEAT_BP.iter().filter(|from| change_bp.abs() >= **from).count();
    match (change_bp.signum(), step) {
        (1, 1) => "up1",
        (1, 2) => "up2",
        (1, 3) => "up3",
        (-1, 1) => "down1",
        (-1, 2) => "down2",
        (-1, 3) => "down3",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use market::Decimal;
    use protocol::{Stats, Ticker};

    use super::*;
    use crate::state::fixture::instrument;

    fn row(symbol: &str, open: i128, last: i128, turnover: i128) -> Row {
        let price = |ticks| Decimal::new(ticks, 2);
        let mut instrument = instrument();
        instrument.symbol = symbol.into();
        let mut row = Row::new(instrument);
        row.ticker = Ticker { last: Some(price(last)), ..Ticker::default() };
        row.stats = Some(Stats {
            open: price(open),
            high: price(open),
            low: price(open),
            last: price(last),
            change: price(0),
            change_percent: price(0),
            volume: price(1),
            quote_volume: price(turnover),
            trades: 1,
            modelled: false,
        });
        row
    }

    #[test]
    fn movers_are_sorted_and_counted() {
        let mut rows = vec![
            row("A", 1_000, 1_010, 900),
            row("B", 1_000, 1_100, 400),
            row("C", 1_000, 1_000, 100),
            row("D", 1_000, 950, 1_600),
        ];
        rows.push(Row::new(instrument()));
        let overview = Overview::of(&rows, 1.0);
        assert_eq!(
            (overview.up, overview.down, overview.flat),
            (2, 1, 1),
            "the one without a price counts not"
        );
        let names = |movers: &[Mover]| movers.iter().map(|mover| mover.symbol.clone()).collect::<String>();
        assert_eq!((names(&overview.gainers), names(&overview.losers)), ("BA".into(), "D".into()));
        let tiles: String = overview.tiles.iter().map(|tile| tile.mover.symbol.clone()).collect();
        assert_eq!(tiles, "DABC", "by turnover");
        let area = |at: usize| overview.tiles[at].rect.width * overview.tiles[at].rect.height;
        assert!((area(0) / area(3) - 4.0).abs() < 1e-9, "16 times the turnover, 4 times the area");
    }

    #[test]
    fn an_empty_market_has_an_empty_overview() {
        assert_eq!(Overview::of(&[], 2.0), Overview::default());
    }

    #[test]
    fn colours_come_in_steps() {
        for (change_bp, class) in [
            (0, ""),
            (4, ""),
            (5, "up1"),
            (-5, "down1"),
            (250, "up2"),
            (-99, "down1"),
            (900, "up3"),
            (-301, "down3"),
        ] {
            assert_eq!(heat(change_bp), class, "{change_bp}");
        }
    }
}
