//! What a block has in store for an instrument: its regimes, and now and then a flash crash with a halt.

use super::Blueprint;
use crate::fundamental::MINUTE_DEPTH;
use crate::random::{mix, unit};
use crate::{Block, Regime, Status, Ts};

/// A minute with this many times the average variance is volatile: about one in twenty.
const VOLATILE_INTENSITY: f64 = 3.0;

/// Part of the crashes that stop trading.
const HALT_CHANCE: f64 = 0.4;

/// Names the hash that a block's crash is drawn from.
const CRASH_TAG: u64 = 0x6372_6173_6800;

/// Blocks of a day.
const DAY_BLOCKS: f64 = 288.0;

/// A fast fall of what traders think fair, and a slow way back, all inside one block.
#[derive(Clone, Copy, Debug)]
struct Crash {
    start: Ts,
    /// The fall ends here, and the halt, if any, starts.
    bottom: Ts,
    /// The halt ends here; without one it is `bottom`.
    rebound: Ts,
    end: Ts,
    /// How far the price falls: 0.01 is 1 %.
    depth: f64,
}

/// The plan of one block.
#[derive(Clone, Debug)]
pub(super) struct Calendar {
    /// The regime of the minute before the block.
    pub(super) before: Regime,
    /// From the opening on.
    pub(super) opening: Status,
    /// In order of time, the next one last.
    changes: Vec<(Ts, Status)>,
    crash: Option<Crash>,
}

impl Calendar {
    pub(super) fn of(blueprint: &Blueprint, block: Block) -> Self {
        let minutes = minutes(blueprint, block);
        let crash = Crash::of(blueprint, block);
        let status = |ts: Ts| match crash {
            Some(crash) if (crash.start..crash.rebound).contains(&ts) => {
                Status { halted: ts >= crash.bottom, regime: Regime::Crash }
            }
            Some(crash) if (crash.rebound..crash.end).contains(&ts) => {
                Status { halted: false, regime: Regime::Volatile }
            }
            _ => Status { halted: false, regime: minutes[1 + (ts.since(block.start()) / MINUTE) as usize] },
        };
        let mut moments: Vec<Ts> = (1..5).map(|minute| block.start().plus(minute * MINUTE)).collect();
        moments.extend(crash.iter().flat_map(|crash| [crash.start, crash.bottom, crash.rebound, crash.end]));
        moments.sort_unstable();
        let opening = status(block.start());
        let mut changes: Vec<(Ts, Status)> = moments.into_iter().map(|ts| (ts, status(ts))).collect();
        let mut last = opening;
        changes.retain(|(_, status)| std::mem::replace(&mut last, *status) != *status);
        changes.reverse();
        Self { before: minutes[0], opening, changes, crash }
    }

    /// When the status changes next.
    pub(super) fn next_ts(&self) -> Ts {
        self.changes.last().map_or(Ts(u64::MAX), |(ts, _)| *ts)
    }

    /// Takes the next change.
    pub(super) fn next(&mut self) -> Option<Status> {
        self.changes.pop().map(|(_, status)| status)
    }

    /// What panic makes of a fair price, relative to it: 1 but in a crash.
    pub(super) fn panic(&self, ts: Ts) -> f64 {
        self.crash.map_or(1.0, |crash| 1.0 - crash.depth * crash.shape(ts))
    }
}

const MINUTE: u64 = 60 * Ts::SECOND;

/// The regimes of the minute before the block and of its five.
fn minutes(blueprint: &Blueprint, block: Block) -> [Regime; 6] {
    let first = (block.start().0 / MINUTE).saturating_sub(1);
    let mut path = blueprint.fundamental.walk(MINUTE_DEPTH, first);
    std::array::from_fn(|minute| {
        path.seek(first + minute as u64);
        if path.intensity(MINUTE_DEPTH) > VOLATILE_INTENSITY { Regime::Volatile } else { Regime::Calm }
    })
}

impl Crash {
    /// The crash of a block, if it has one: over in time for its end, so that no block needs to know the one before.
    fn of(blueprint: &Blueprint, block: Block) -> Option<Self> {
        let key = mix(mix(blueprint.key, CRASH_TAG), block.0);
        let draw = |n: u64, from: f64, to: f64| from + (to - from) * unit(mix(key, n));
        if draw(0, 0.0, 1.0) >= blueprint.crashes_per_day / DAY_BLOCKS {
            return None;
        }
        let after = |ts: Ts, seconds: f64| ts.plus(micros(seconds));
        let start = after(block.start(), draw(1, 20.0, 110.0));
        let bottom = after(start, draw(2, 5.0, 14.0));
        let halts = draw(3, 0.0, 1.0) < HALT_CHANCE;
        let rebound = if halts { after(bottom, draw(4, 15.0, 30.0)) } else { bottom };
        let end = after(rebound, draw(5, 60.0, 120.0));
        Some(Self { start, bottom, rebound, end, depth: blueprint.scale.minute_sd * draw(6, 6.0, 14.0) })
    }

    /// How much of the depth is reached: straight down, then back ever more slowly.
    fn shape(&self, ts: Ts) -> f64 {
        if ts <= self.start || ts >= self.end {
            0.0
        } else if ts < self.bottom {
            ts.since(self.start) as f64 / self.bottom.since(self.start) as f64
        } else if ts < self.rebound {
            1.0
        } else {
            let left = 1.0 - ts.since(self.rebound) as f64 / self.end.since(self.rebound) as f64;
            left * left
        }
    }
}

#[allow(clippy::cast_sign_loss, reason = "drawn from ranges above 0")]
const fn micros(seconds: f64) -> u64 {
    (seconds * 1e6) as u64
}
