//! The short highlight of a price that moved: set by the message, faded and ended by the frames that come after it.
//!
//! Not by a CSS animation: hundreds of those at once cost more than all the rest of a frame.

use super::MILLI;

/// In how many steps it fades.
const STEPS: u64 = 3;
/// How long each lasts, in microseconds.
const STEP_MICROS: u64 = 150 * MILLI;
/// How long a price stays highlighted, in microseconds.
pub(crate) const FLASH_MICROS: u64 = STEPS * STEP_MICROS;

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

    /// How much it is highlighted now: 3 after the move, then 2, 1 and 0.
    pub(crate) fn strength(&self, now_us: u64) -> u8 {
        let left = self.until_us.saturating_sub(now_us).div_ceil(STEP_MICROS).min(STEPS);
        u8::try_from(left).unwrap_or_default()
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
        assert_eq!(flash.strength(0), 0);
        flash.start(Direction::Up, 1_000);
        for (after_us, strength) in
            [(0, 3), (STEP_MICROS, 2), (2 * STEP_MICROS, 1), (FLASH_MICROS - 1, 1), (FLASH_MICROS, 0)]
        {
            assert_eq!(flash.strength(1_000 + after_us), strength, "{after_us}");
        }
        assert_eq!(flash.direction(), Direction::Up);
    }
}
