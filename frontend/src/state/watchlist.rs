//! The order of the watchlist: search and sort.

use std::cmp::Ordering;

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

    /// `aria-sort` of a column.
    pub(crate) fn aria(self, column: Column) -> &'static str {
        match (self.column == Some(column), self.descending) {
            (false, _) => "none",
            (true, true) => "descending",
            (true, false) => "ascending",
        }
    }
}

/// The rows to show, in order: those whose name contains `search`.
pub(crate) fn arrange(rows: &[Row], search: &str, sorting: Sorting) -> Vec<usize> {
    let search = search.trim().to_ascii_uppercase();
    let mut order: Vec<usize> =
        (0..rows.len()).filter(|row| rows[*row].instrument.symbol.contains(&search)).collect();
    if let Some(column) = sorting.column {
        order.sort_by(|a, b| {
            let (first, second) = (&rows[*a], &rows[*b]);
            compare(first, second, column, sorting.descending)
        });
    }
    order
}

/// Rows without a value come last either way.
fn compare(a: &Row, b: &Row, column: Column, descending: bool) -> Ordering {
    let ordered = |ordering: Ordering| if descending { ordering.reverse() } else { ordering };
    if column == Column::Symbol {
        return ordered(a.instrument.symbol.cmp(&b.instrument.symbol));
    }
    match (value(a, column), value(b, column)) {
        (Some(a), Some(b)) => ordered(a.total_cmp(&b)),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
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

    #[test]
    fn columns_sort_and_missing_values_come_last() {
        for (column, descending, expected) in [
            (None, false, [0, 1, 2]),
            (Some(Column::Symbol), false, [2, 1, 0]),
            (Some(Column::Last), true, [1, 0, 2]),
            (Some(Column::Last), false, [0, 1, 2]),
        ] {
            assert_eq!(arrange(&rows(), "", Sorting { column, descending }), expected, "{column:?}");
        }
    }

    #[test]
    fn search_ignores_case_and_blanks() {
        assert_eq!(arrange(&rows(), " usdt ", Sorting::default()), [0, 1]);
        assert!(arrange(&rows(), "doge", Sorting::default()).is_empty());
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
