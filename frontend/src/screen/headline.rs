//! The figures of the chosen symbol.

use crate::state::row::RowView;

/// The figures of the chosen symbol.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Headline {
    /// As in its row.
    pub(crate) row: RowView,
    /// The highest price of 24 hours.
    pub(crate) high: String,
    /// The lowest price of 24 hours.
    pub(crate) low: String,
}
