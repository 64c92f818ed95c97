//! The order of the watchlist: search and sort.

use std::cmp::Ordering;

use super::favourites::Favourites;
use super::order::sort;
use super::row::Row;

/// A column to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// The name.
    Symbol,
    /// The last price.
    Last,
    /// The change over 24 hours.
    Change,
    /// The best bid.
    Bid,
    /// The best ask.
    Ask,
    /// The turnover of 24 hours.
    Volume,
    /// The change over the last hour.
    Hour,
}

/// Which rows the person wants to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// A part of the name.
    pub(crate) search: String,
    /// Only those with a star.
    pub(crate) favourites_only: bool,
}

/// How the list is sorted; `None` is the market's own order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sorting {
    /// By what.
    pub(crate) column: Option<Column>,
    /// Largest first.
    pub(crate) descending: bool,
}

impl Sorting {
    /// What a click on a column's head leads to: first its natural direction, then the other, then the market's order.
    pub(crate) fn clicked(self, column: Column) -> Self {
        let first = Self { column: Some(column), descending: column != Column::Symbol };
        match self {
            _ if self.column != Some(column) => first,
            _ if self == first => Self { descending: !first.descending, ..first },
            _ => Self::default(),
        }
    }

    fn apply(self, ordering: Ordering) -> Ordering {
        if self.descending { ordering.reverse() } else { ordering }
    }

    /// Rows without a value come last either way.
    fn compare(self, a: Option<f64>, b: Option<f64>) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) => self.apply(a.total_cmp(&b)),
            (a, b) => b.is_some().cmp(&a.is_some()),
        }
    }

    /// Whether the order changes with the prices.
    pub(crate) fn is_moving(self) -> bool {
        !matches!(self.column, None | Some(Column::Symbol))
    }

    /// `aria-sort` of a column.
    pub(crate) fn aria(self, column: Column) -> &'static str {
        match (self.column == Some(column), self.descending) {
            (false, _) => "none",
            (true, true) => "descending",
            (true, false) => "ascending",
        }
    }
}

/// The rows to show, in order.
pub(crate) fn arrange(
    rows: &[Row],
    filter: &Filter,
    favourites: &Favourites,
    sorting: Sorting,
) -> Vec<usize> {
    let search = filter.search.trim().to_ascii_uppercase();
    let is_wanted = |row: &Row| {
        let symbol = &row.instrument.symbol;
        symbol.contains(&search) && (!filter.favourites_only || favourites.has(symbol))
    };
    let mut order: Vec<usize> = (0..rows.len()).filter(|row| is_wanted(&rows[*row])).collect();
    match sorting.column {
        None => {}
        Some(Column::Symbol) => {
            sort(&mut order, &|a, b| {
                sorting.apply(rows[a].instrument.symbol.cmp(&rows[b].instrument.symbol))
            });
        }
        Some(column) => {
            let values: Vec<Option<f64>> = rows.iter().map(|row| value(row, column)).collect();
            sort(&mut order, &|a, b| sorting.compare(values[a], values[b]));
        }
    }
    order
}

#[allow(clippy::cast_precision_loss, reason = "only compared")]
fn value(row: &Row, column: Column) -> Option<f64> {
    match column {
        Column::Symbol => None,
        Column::Last => row.ticker.last.map(market::Decimal::to_f64),
        Column::Change => row.change_bp().map(|change| change as f64),
        Column::Bid => row.ticker.quote.bid.map(market::Decimal::to_f64),
        Column::Ask => row.ticker.quote.ask.map(market::Decimal::to_f64),
        Column::Volume => row.turnover(),
        Column::Hour => row.spark.change_share(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::named;

    fn rows() -> Vec<Row> {
        [("ETH-USDT", Some("2500.00")), ("BTC-USDT", Some("64000.00")), ("AAPL-USD", None)]
            .map(|(symbol, last)| {
                let mut row = Row::new(named(symbol));
                row.ticker.last = last.map(|last| last.parse().unwrap());
                row
            })
            .to_vec()
    }

    fn shown(search: &str, favourites_only: bool, sorting: Sorting) -> Vec<usize> {
        let filter = Filter { search: search.into(), favourites_only };
        arrange(&rows(), &filter, &Favourites::parse("AAPL-USD,ETH-USDT"), sorting)
    }

    #[test]
    fn columns_sort_and_missing_values_come_last() {
        for (column, descending, expected) in [
            (None, false, [0, 1, 2]),
            (Some(Column::Symbol), false, [2, 1, 0]),
            (Some(Column::Last), true, [1, 0, 2]),
            (Some(Column::Last), false, [0, 1, 2]),
            (Some(Column::Hour), true, [0, 1, 2]),
        ] {
            let sorting = Sorting { column, descending };
            assert_eq!(shown("", false, sorting), expected, "{column:?}");
            assert_eq!(
                sorting.is_moving(),
                matches!(column, Some(Column::Last | Column::Hour)),
                "{column:?}"
            );
        }
    }

    #[test]
    fn search_ignores_case_and_blanks() {
        assert_eq!(shown(" usdt ", false, Sorting::default()), [0, 1]);
        assert!(shown("doge", false, Sorting::default()).is_empty());
    }

    #[test]
    fn favourites_can_stand_alone() {
        assert_eq!(shown("", true, Sorting::default()), [0, 2]);
        assert_eq!(shown("usdt", true, Sorting::default()), [0]);
    }

    #[test]
    fn clicks_go_round() {
        let mut sorting = Sorting::default();
        let mut seen = Vec::new();
        for _ in 0..3 {
            sorting = sorting.clicked(Column::Change);
            seen.push(sorting.aria(Column::Change));
        }
        assert_eq!(seen, ["descending", "ascending", "none"]);
        assert_eq!(sorting.clicked(Column::Symbol).aria(Column::Symbol), "ascending");
    }
}
