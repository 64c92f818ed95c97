//! The short highlight of a price that moved: set by the message, ended by the frame that comes after its time.

use super::MILLI;

/// How long a price stays highlighted, in microseconds.
pub(crate) const FLASH_MICROS: u64 = 400 * MILLI;

/// Where a price went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Direction {
    /// It has not moved yet.
    #[default]
    None,
    /// Up.
    Up,
    /// Down.
    Down,
}

impl Direction {
    /// From one price to the next.
    pub(crate) fn between<T: PartialOrd + Copy>(from: T, to: T) -> Self {
        match from.partial_cmp(&to) {
            Some(std::cmp::Ordering::Less) => Self::Up,
            Some(std::cmp::Ordering::Greater) => Self::Down,
            _ => Self::None,
        }
    }

    /// The sign of a change.
    pub(crate) fn of(change: i64) -> Self {
        Self::between(0, change)
    }

    /// Its class in the style sheet.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Up => "up",
            Self::Down => "down",
        }
    }

    /// An arrow, so that colour is never the only sign.
    pub(crate) const fn arrow(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Up => "\u{25b2}",
            Self::Down => "\u{25bc}",
        }
    }
}

/// The last move of a price, and until when it is highlighted.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flash {
    direction: Direction,
    until_us: u64,
}

impl Flash {
    /// The price moved.
    pub(crate) const fn start(&mut self, direction: Direction, now_us: u64) {
        self.direction = direction;
        self.until_us = now_us + FLASH_MICROS;
    }

    /// The last move, highlighted or not.
    pub(crate) const fn direction(&self) -> Direction {
        self.direction
    }

    /// Whether it is highlighted now.
    pub(crate) const fn is_lit(&self, now_us: u64) -> bool {
        now_us < self.until_us
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions() {
        for (from, to, expected) in [(1, 2, Direction::Up), (2, 1, Direction::Down), (2, 2, Direction::None)]
        {
            assert_eq!(Direction::between(from, to), expected);
        }
        assert_eq!(Direction::of(-3), Direction::Down);
    }

    #[test]
    fn a_flash_ends_but_its_direction_stays() {
        let mut flash = Flash::default();
        assert!(!flash.is_lit(0));
        flash.start(Direction::Up, 1_000);
        assert!(flash.is_lit(1_000 + FLASH_MICROS - 1));
        assert!(!flash.is_lit(1_000 + FLASH_MICROS));
        assert_eq!(flash.direction(), Direction::Up);
    }
}
