//! The last hour of a price as one small line: points every 30 seconds, out of history first, then live.

use std::collections::VecDeque;

use super::{SECOND, format};

/// The time between two points, in microseconds.
const STEP_MICROS: u64 = 30 * SECOND;
/// An hour, and the point it starts from.
const POINTS_MAX: usize = 121;
/// The drawing's size in units of its `viewBox`.
pub(crate) const WIDTH: u32 = 100;
/// Its height in the same units.
pub(crate) const HEIGHT: u32 = 24;
/// Keeps the stroke inside the box.
const MARGIN: f64 = 2.0;

#[derive(Clone, Copy, Debug, PartialEq)]
struct Point {
    /// When, in steps since 1970.
    step: u64,
    price: f64,
}

/// The last hour of a price, in time order.
#[derive(Clone, Debug)]
pub(crate) struct Sparkline {
    points: VecDeque<Point>,
}

/// Has room for an hour from the start: five hundred that grow leave holes in memory that is never given back.
impl Default for Sparkline {
    fn default() -> Self {
        Self { points: VecDeque::with_capacity(POINTS_MAX + 1) }
    }
}

impl Sparkline {
    /// The price at `ts` (microseconds since 1970); whether the line changed.
    pub(crate) fn push(&mut self, ts: u64, price: f64) -> bool {
        let step = ts / STEP_MICROS;
        match self.points.back_mut() {
            Some(last) if step < last.step => return false,
            Some(last) if step == last.step => {
                return std::mem::replace(&mut last.price, price).to_bits() != price.to_bits();
            }
            _ => self.points.push_back(Point { step, price }),
        }
        while self.points.front().is_some_and(|first| self.is_old(first.step)) {
            self.points.pop_front();
        }
        true
    }

    /// Puts closes of the past (oldest first) before what was seen live.
    pub(crate) fn prepend(&mut self, closes: impl DoubleEndedIterator<Item = (u64, f64)>) {
        for (ts, price) in closes.rev() {
            let step = ts / STEP_MICROS;
            if self.points.front().is_none_or(|first| step < first.step) && !self.is_old(step) {
                self.points.push_front(Point { step, price });
            }
        }
    }

    /// The `points` of an SVG polyline: time from left to right, the range from bottom to top.
    pub(crate) fn svg_points(&self) -> String {
        let (Some(first), Some(last)) = (self.points.front(), self.points.back()) else {
            return String::new();
        };
        let (low, high) =
            self.points.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), point| {
                (low.min(point.price), high.max(point.price))
            });
        let steps = last.step - first.step;
        let mut out = String::with_capacity(self.points.len() * 10);
        for point in &self.points {
            let x = share((point.step - first.step) as f64, steps as f64) * f64::from(WIDTH);
            let y = f64::from(HEIGHT)
                - MARGIN
                - share(point.price - low, high - low) * (f64::from(HEIGHT) - 2.0 * MARGIN);
            format::push_tenths(&mut out, x);
            out.push(',');
            format::push_tenths(&mut out, y);
            out.push(' ');
        }
        out
    }

    /// From the first point to the last.
    pub(crate) fn change(&self) -> Option<f64> {
        Some(self.points.back()?.price - self.points.front()?.price)
    }

    /// The same as a share of the first point.
    pub(crate) fn change_share(&self) -> Option<f64> {
        let first = self.points.front()?.price;
        (first > 0.0).then_some(self.change()? / first)
    }

    /// More than an hour before the last point.
    fn is_old(&self, step: u64) -> bool {
        self.points.back().is_some_and(|last| step + POINTS_MAX as u64 <= last.step)
    }
}

/// `part` of `whole`; the middle when there is no range.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.5 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_and_live_prices_make_one_line() {
        let mut line = Sparkline::default();
        assert!(line.push(90 * SECOND, 12.0));
        assert!(!line.push(91 * SECOND, 12.0), "the same price in the same step changes nothing");
        assert!(line.push(92 * SECOND, 14.0));
        assert!(!line.push(0, 99.0), "the past is not rewritten");
        line.prepend([(0, 10.0), (60 * SECOND, 11.0), (90 * SECOND, 99.0)].into_iter());
        assert_eq!(line.svg_points(), "0.0,22.0 66.7,17.0 100.0,2.0 ");
        assert_eq!(line.change(), Some(4.0));
        assert_eq!(line.change_share(), Some(0.4));
    }

    #[test]
    fn it_holds_an_hour() {
        let mut line = Sparkline::default();
        for step in 0..500 {
            line.push(step * STEP_MICROS, 1.0);
        }
        assert_eq!(line.points.len(), POINTS_MAX);
        line.prepend([(0, 5.0)].into_iter());
        assert_eq!(line.points.len(), POINTS_MAX, "what is older than an hour is not taken");
        assert_eq!(line.points.capacity(), Sparkline::default().points.capacity(), "it had room for all");
        line.push(10_000 * STEP_MICROS, 1.0);
        assert_eq!(line.points.len(), 1);
    }

    #[test]
    fn a_flat_or_empty_line_is_drawn() {
        let mut line = Sparkline::default();
        assert_eq!(line.svg_points(), "");
        line.push(0, 3.0);
        assert_eq!(line.svg_points(), "50.0,12.0 ");
    }
}
