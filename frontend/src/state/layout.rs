//! Where the panels are: columns of panels, sizes as shares, as a CSS grid. Nothing here measures a window: it is told.

use super::order::sorted;
use super::panel::{Panel, Panels};

/// The most columns of a form.
const COLUMNS_MAX: usize = 4;
/// All shares of a direction together.
const WHOLE: u16 = 1_000;
/// What a panel keeps when its neighbours are dragged over it, in thousandths.
const SHARE_MIN: u16 = 80;
/// What an arrow key moves an edge by, in thousandths.
const STEP: u16 = 20;
/// Widths from which on there is another form, in CSS pixels; `static/style.css` has the first one, too.
const TABLET_FROM: u32 = 761;
const DESK_FROM: u32 = 1_100;
const WIDE_FROM: u32 = 1_800;

/// Which arrangement a window has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// One panel at a time.
    Phone,
    /// Two columns.
    Tablet,
    /// Three.
    Desk,
    /// Four.
    Wide,
}

impl Form {
    /// Those that have an arrangement.
    pub(crate) const ARRANGED: [Self; 3] = [Self::Tablet, Self::Desk, Self::Wide];

    /// Its name in the settings.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Tablet => "tablet",
            Self::Desk => "desk",
            Self::Wide => "wide",
        }
    }

    /// That of a window of this width in CSS pixels.
    pub(crate) const fn of(width: u32) -> Self {
        match width {
            WIDE_FROM.. => Self::Wide,
            DESK_FROM.. => Self::Desk,
            TABLET_FROM.. => Self::Tablet,
            _ => Self::Phone,
        }
    }

    /// Which panels a column has, from left to right, from top to bottom.
    const fn columns(self) -> &'static [&'static [Panel]] {
        use Panel::{Book, Chart, Depth, Health, Messages, Overview, Trades, Watchlist};
        match self {
            Self::Phone => &[],
            Self::Tablet => &[&[Chart, Trades, Depth, Messages], &[Watchlist, Book, Overview, Health]],
            Self::Desk => &[&[Watchlist, Overview], &[Chart, Depth, Messages], &[Book, Trades, Health]],
            Self::Wide => &[&[Watchlist, Overview], &[Chart, Messages], &[Book, Depth], &[Trades, Health]],
        }
    }
}

/// What a person did to a form: which panels are there, and how large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// The panels that are there.
    pub(crate) shown: Panels,
    /// The columns' weights.
    columns: [u16; COLUMNS_MAX],
    /// The panels' weights within their columns.
    panels: [u16; Panel::COUNT],
}

impl Layout {
    /// Before a person touched it.
    pub(crate) const fn new(form: Form) -> Self {
        use Panel::{Book, Chart, Overview, Trades, Watchlist};
        // In the order of Panel::ALL: markets, chart, book, depth, trades, overview, stream, messages.
        let panels = [600, 700, 600, 300, 400, 400, 300, 300];
        match form {
            Form::Phone | Form::Tablet => Self {
                shown: Panels::of(&[Watchlist, Chart, Book, Trades]),
                columns: [620, 380, 0, 0],
                panels,
            },
            Form::Desk => Self {
                shown: Panels::of(&[Watchlist, Chart, Book, Trades, Overview]),
                columns: [290, 500, 210, 0],
                panels,
            },
            Form::Wide => Self {
                shown: Panels::of(Panel::ALL),
                columns: [215, 505, 145, 135],
                panels: [480, 700, 680, 320, 580, 520, 420, 300],
            },
        }
    }

    /// Its sizes as words: those of the columns, then those of the panels.
    pub(crate) fn sizes(&self) -> String {
        let words: Vec<String> = self.columns.iter().chain(&self.panels).map(u16::to_string).collect();
        words.join(" ")
    }

    /// Takes sizes as [`Layout::sizes`] wrote them; anything else changes nothing.
    pub(crate) fn set_sizes(&mut self, words: &str) {
        let sizes: Vec<u16> = words.split(' ').filter_map(|word| word.parse().ok()).collect();
        let fits = sizes.len() == COLUMNS_MAX + Panel::COUNT && sizes.iter().all(|size| *size <= WHOLE);
        if fits {
            let (columns, panels) = sizes.split_at(COLUMNS_MAX);
            self.columns.copy_from_slice(columns);
            self.panels.copy_from_slice(panels);
        }
    }

    /// Moves an edge to `at` thousandths of the whole, as far as its neighbours allow.
    pub(crate) fn place(&mut self, form: Form, edge: Edge, at: u16) {
        match edge {
            Edge::Column(before) => {
                let columns = self.filled(form);
                let places: Vec<usize> = columns.iter().map(|(place, _)| *place).collect();
                resize(&mut self.columns, &places, before, at);
            }
            Edge::Row(before) => {
                let column = self.filled(form).into_iter().find(|(_, panels)| panels.contains(&before));
                let places: Vec<usize> =
                    column.iter().flat_map(|(_, panels)| panels).map(|panel| panel.index()).collect();
                resize(&mut self.panels, &places, before.index(), at);
            }
        }
    }

    /// The columns that have a panel to show, by their place.
    fn filled(&self, form: Form) -> Vec<(usize, Vec<Panel>)> {
        let shown = |panels: &&[Panel]| -> Vec<Panel> {
            panels.iter().copied().filter(|panel| self.shown.has(*panel)).collect()
        };
        let columns = form.columns().iter().map(shown).enumerate();
        columns.filter(|(_, panels)| !panels.is_empty()).collect()
    }

    /// The grid that shows it.
    pub(crate) fn grid(&self, form: Form) -> Grid {
        let columns = self.filled(form);
        let places: Vec<usize> = columns.iter().map(|(place, _)| *place).collect();
        let widths = shares(&self.columns, &places);
        let ends: Vec<Vec<u16>> = columns
            .iter()
            .map(|(_, panels)| {
                let places: Vec<usize> = panels.iter().map(|panel| panel.index()).collect();
                sums(&shares(&self.panels, &places))
            })
            .collect();
        let ends_and_top: Vec<u16> = ends.iter().flatten().copied().chain([0]).collect();
        let mut lines = sorted(&ends_and_top);
        lines.dedup();
        let line = |at: u16| lines.iter().position(|line| *line == at).map_or(1, |place| place + 1);
        let mut grid = Grid {
            columns: tracks(&widths, "200px"),
            rows: tracks(&lines.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>(), "0"),
            ..Grid::default()
        };
        let rights = sums(&widths);
        for (nth, ((place, panels), ends)) in columns.iter().zip(&ends).enumerate() {
            let column = nth + 1;
            let mut top = 0;
            for (panel, end) in panels.iter().zip(ends) {
                grid.areas[panel.index()] =
                    format!("{} / {column} / {} / {}", line(top), line(*end), column + 1);
                if *end < WHOLE {
                    let area = format!("{} / {column}", line(*end));
                    grid.splitters.push(Splitter { edge: Edge::Row(*panel), area, at: *end });
                }
                top = *end;
            }
            if column < columns.len() {
                let area = format!("1 / {} / -1", column + 1);
                grid.splitters.push(Splitter { edge: Edge::Column(*place), area, at: rights[nth] });
            }
        }
        grid
    }
}

/// An edge that can be dragged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Edge {
    /// At the right of this column.
    Column(usize),
    /// Below this panel.
    Row(Panel),
}

impl Edge {
    /// Another number for each edge.
    pub(crate) const fn number(self) -> u64 {
        match self {
            Self::Column(place) => place as u64,
            Self::Row(panel) => u64::MAX - panel.index() as u64,
        }
    }

    /// Where a key moves an edge that is at `at`; `None` if that key moves nothing.
    pub(crate) fn moved(self, at: u16, key: &str) -> Option<u16> {
        match (self, key) {
            (Self::Column(_), "ArrowLeft") | (Self::Row(_), "ArrowUp") => Some(at.saturating_sub(STEP)),
            (Self::Column(_), "ArrowRight") | (Self::Row(_), "ArrowDown") => Some(at + STEP),
            (_, "Home") => Some(0),
            (_, "End") => Some(WHOLE),
            _ => None,
        }
    }
}

/// An edge that can be dragged, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Splitter {
    /// Which.
    pub(crate) edge: Edge,
    /// Its `grid-area`.
    pub(crate) area: String,
    /// Its distance from the left or the top, in thousandths.
    pub(crate) at: u16,
}

/// A CSS grid.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Grid {
    /// `grid-template-columns`.
    pub(crate) columns: String,
    /// `grid-template-rows`: the lines of all columns together.
    pub(crate) rows: String,
    /// The `grid-area` of each panel; empty if it is not shown.
    pub(crate) areas: [String; Panel::COUNT],
    /// The edges.
    pub(crate) splitters: Vec<Splitter>,
}

/// The weights of these places as shares of the whole; the last one gets what rounding leaves.
fn shares(weights: &[u16], places: &[usize]) -> Vec<u16> {
    let weight = |place: &usize| u32::from(weights[*place].max(1));
    let total: u32 = places.iter().map(weight).sum();
    let mut left = WHOLE;
    let last = places.len().saturating_sub(1);
    let share = |(nth, place): (usize, &usize)| {
        let share = if nth == last { left } else { narrow(weight(place) * u32::from(WHOLE) / total) };
        left -= share;
        share
    };
    places.iter().enumerate().map(share).collect()
}

/// Shares are at most [`WHOLE`].
fn narrow(share: u32) -> u16 {
    u16::try_from(share).unwrap_or(WHOLE)
}

fn sums(shares: &[u16]) -> Vec<u16> {
    shares
        .iter()
        .scan(0, |sum, share| {
            *sum += share;
            Some(*sum)
        })
        .collect()
}

/// Makes the shares of these places their weights, but for the one before the edge and the one behind it: the edge is
/// now at `at`.
fn resize(weights: &mut [u16], places: &[usize], before: usize, at: u16) {
    let Some(nth) = places.iter().position(|place| *place == before) else { return };
    let mut shares = shares(weights, places);
    let Some(both) = shares.get(nth + 1).map(|behind| shares[nth] + behind) else { return };
    let start: u16 = shares[..nth].iter().sum();
    let least = SHARE_MIN.min(both / 2);
    shares[nth] = at.saturating_sub(start).clamp(least, both - least);
    shares[nth + 1] = both - shares[nth];
    for (place, share) in places.iter().zip(shares) {
        weights[*place] = share;
    }
}

fn tracks(shares: &[u16], least: &str) -> String {
    let tracks: Vec<String> = shares.iter().map(|share| format!("minmax({least}, {share}fr)")).collect();
    tracks.join(" ")
}

#[cfg(test)]
mod tests;
