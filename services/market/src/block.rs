//! Blocks: the pieces of 5 minutes into which market time is cut. A block's opening state needs no earlier block.

use std::fmt;

use crate::{Interval, Ts};

/// The number of a block: 5-minute pieces since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block(pub u64);

impl Block {
    /// The length of a block in microseconds: one [`Interval::M5`] candle.
    pub const MICROS: u64 = Interval::M5.micros();

    /// The block that holds `ts`.
    #[must_use]
    pub const fn of(ts: Ts) -> Self {
        Self(ts.0 / Self::MICROS)
    }

    /// Its first moment.
    #[must_use]
    pub const fn start(self) -> Ts {
        Ts(self.0.saturating_mul(Self::MICROS))
    }

    /// The first moment of the block after it.
    #[must_use]
    pub const fn end(self) -> Ts {
        self.next().start()
    }

    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The one before it; the first has none and is its own.
    #[must_use]
    pub const fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_tile_time() {
        let block = Block::of(Ts(1_700_000_000 * Ts::SECOND));
        assert!(
            block.start() <= Ts(1_700_000_000 * Ts::SECOND) && Ts(1_700_000_000 * Ts::SECOND) < block.end()
        );
        assert_eq!(Block::of(block.end()), block.next());
        assert_eq!(Block::of(Ts(block.start().0 - 1)), block.previous());
        assert_eq!(block.start(), Interval::M5.floor(block.start()));
    }
}
