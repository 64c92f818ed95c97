//! Who asks for the page all the time, and counts the failures.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Result;

use super::entrance::Entrance;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(50);

/// What became of the requests.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Seen {
    pub(super) pages: u64,
    pub(super) pages_failed: u64,
    pub(super) answers: u64,
    pub(super) answers_failed: u64,
}

/// Does something, and asks meanwhile, by turns, for the page and for what the backend answers; each on a new connection.
pub(super) fn during<T>(entrance: &Entrance, work: impl FnOnce() -> Result<T>) -> Result<(T, Seen)> {
    let is_done = AtomicBool::new(false);
    let counts: [AtomicU64; 4] = Default::default();
    let count = |at: usize, by: bool| counts[at].fetch_add(u64::from(by), Ordering::Relaxed);
    let done = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                for (at, answer) in [(0, entrance.page()), (2, entrance.api())] {
                    count(at, true);
                    count(at + 1, answer.is_err());
                    if let Err(error) = answer {
                        println!("      {error:#}");
                    }
                    std::thread::sleep(LOOK);
                }
            }
        });
        let done = work();
        is_done.store(true, Ordering::Relaxed);
        done
    })?;
    let [pages, pages_failed, answers, answers_failed] = counts.map(AtomicU64::into_inner);
    Ok((done, Seen { pages, pages_failed, answers, answers_failed }))
}
