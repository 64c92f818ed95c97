//! Fuzzing on stable Rust, for a bounded time, as an ordinary test: first each file of the corpus, then what comes of
//! changing them. Also compiled into the fuzz test of `feed`.
//!
//! An input whose outcome was not seen before is kept and changed further. That stands in for the coverage that a stable
//! compiler does not give: `docs/ARCHITECTURE.md` says how to fuzz longer, with coverage.
//!
//! Knows nothing of what is tested.

use std::collections::HashSet;
use std::fs;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use rand::{Rng as _, RngExt as _, SeedableRng as _};
use rand_xoshiro::Xoshiro256PlusPlus;

/// How long each target is fuzzed after its corpus, unless `FUZZ_MILLIS` says otherwise; 0 is the corpus alone.
const MILLIS: u64 = 3_000;

/// The longest input made, in bytes. Files of the corpus may be longer.
const INPUT_BYTES_MAX: usize = 16 << 10;

/// The most inputs kept because their outcome was new.
const KEPT_MAX: usize = 4_096;

/// The most changes that make one input.
const CHANGES_MAX: usize = 5;

/// How much of an outcome, and of an input that fails, is shown.
const OUTCOME_CHARS_MAX: usize = 240;
const SHOWN_BYTES_MAX: usize = 1_000;

/// Finds pieces of an input that can stand in each other's place.
pub(crate) type Pieces = fn(&[u8]) -> Vec<Range<usize>>;

/// What is fuzzed.
pub(crate) struct Target {
    /// Its name, and that of its folder in `tests/fuzz/corpus`.
    pub(crate) name: &'static str,
    /// More inputs to begin with.
    pub(crate) seeds: Vec<Vec<u8>>,
    /// The pieces that an input is made of.
    pub(crate) pieces: &'static [Pieces],
    /// Pieces worth trying.
    pub(crate) words: &'static [&'static [u8]],
    /// Panics when something is wrong; otherwise describes the outcome.
    pub(crate) check: fn(&[u8]) -> String,
}

impl Target {
    /// Checks the corpus, then changed inputs until the time is over.
    pub(crate) fn run(&self) {
        let corpus = files(&folder(self.name), |_| true);
        assert!(!corpus.is_empty(), "the corpus of {} is checked in", self.name);
        let inputs = corpus.into_iter().chain(self.seeds.iter().cloned());
        let mut kept: Vec<Vec<u8>> = inputs.collect();
        let mut outcomes: HashSet<String> = kept.iter().map(|input| self.outcome(input)).collect();
        let (begun, files, seed) = (Instant::now(), kept.len(), seed());
        let (mut rng, mut inputs) = (Xoshiro256PlusPlus::seed_from_u64(seed), 0_u64);
        while begun.elapsed() < time() {
            let input = self.change(&kept, &mut rng);
            if outcomes.insert(self.outcome(&input)) && kept.len() < KEPT_MAX {
                kept.push(input);
            }
            inputs += 1;
        }
        println!(
            "{}: {files} files and {inputs} inputs, {} outcomes, FUZZ_SEED={seed}",
            self.name,
            outcomes.len()
        );
    }

    fn outcome(&self, input: &[u8]) -> String {
        match catch_unwind(AssertUnwindSafe(|| (self.check)(input))) {
            Ok(outcome) => shape(&outcome),
            Err(panic) => {
                let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}.failed", self.name));
                let saved = match fs::write(&file, input) {
                    Ok(()) => format!("saved as {}: put it into the corpus", file.display()),
                    Err(error) => format!("not saved as {}: {error}", file.display()),
                };
                let shown = input[..input.len().min(SHOWN_BYTES_MAX)].escape_ascii();
                println!("{} fails with these {} bytes ({saved}):\n{shown}", self.name, input.len());
                resume_unwind(panic)
            }
        }
    }

    fn change(&self, kept: &[Vec<u8>], rng: &mut Xoshiro256PlusPlus) -> Vec<u8> {
        let mut input = any(kept, rng).clone();
        for _ in 0..rng.random_range(1..=CHANGES_MAX) {
            let pieces = any(self.pieces, rng);
            match rng.random_range(0..10) {
                0..3 => change_bytes(&mut input, rng),
                3..5 => put(&mut input, *pieces, any::<&[u8]>(self.words, rng), rng),
                5 => {
                    let number = number(rng);
                    put(&mut input, *pieces, number.as_bytes(), rng);
                }
                6..8 => {
                    let other = any(kept, rng);
                    let piece = piece(other, *pieces, rng);
                    put(&mut input, *pieces, &other[piece], rng);
                }
                8 => repeat(&mut input, *pieces, rng),
                _ => drop(input.drain(piece(&input, *pieces, rng))),
            }
            input.truncate(INPUT_BYTES_MAX);
        }
        input
    }
}

/// The files of a folder that have a `wanted` name, in the order of the names.
pub(crate) fn files(folder: &Path, wanted: impl Fn(&str) -> bool) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let named = |path: &&PathBuf| path.file_name().and_then(|name| name.to_str()).is_some_and(&wanted);
    paths.iter().filter(named).map(|path| fs::read(path).unwrap()).collect()
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(name)
}

fn time() -> Duration {
    Duration::from_millis(variable("FUZZ_MILLIS").unwrap_or(MILLIS))
}

/// Another one in each run; `FUZZ_SEED` takes a run's inputs up again.
fn seed() -> u64 {
    let now = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |now| now.as_secs() ^ u64::from(now.subsec_nanos()));
    variable("FUZZ_SEED").unwrap_or(now)
}

fn variable(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is `{text}`; expected a whole number")))
}

/// What two outcomes of the same kind have in common: without numbers, and without what is quoted.
fn shape(outcome: &str) -> String {
    let mut quoted = false;
    let open = outcome.chars().filter(|c| {
        quoted ^= matches!(c, '`' | '"');
        !quoted && !c.is_ascii_digit()
    });
    open.take(OUTCOME_CHARS_MAX).collect()
}

fn any<'a, T>(of: &'a [T], rng: &mut Xoshiro256PlusPlus) -> &'a T {
    &of[rng.random_range(0..of.len())]
}

fn piece(input: &[u8], pieces: Pieces, rng: &mut Xoshiro256PlusPlus) -> Range<usize> {
    let found = pieces(input);
    if found.is_empty() { range(input, rng) } else { any(&found, rng).clone() }
}

fn range(input: &[u8], rng: &mut Xoshiro256PlusPlus) -> Range<usize> {
    let from = rng.random_range(0..=input.len());
    from..input.len().min(from + rng.random_range(0..32))
}

fn put(input: &mut Vec<u8>, pieces: Pieces, what: &[u8], rng: &mut Xoshiro256PlusPlus) {
    let piece = piece(input, pieces, rng);
    input.splice(piece, what.iter().copied());
}

/// A piece once more, after itself and what follows it: a comma, the end of a line.
fn repeat(input: &mut Vec<u8>, pieces: Pieces, rng: &mut Xoshiro256PlusPlus) {
    let piece = piece(input, pieces, rng);
    let mut copy: Vec<u8> =
        input.get(piece.end).filter(|next| !next.is_ascii_alphanumeric()).copied().into_iter().collect();
    copy.extend_from_slice(&input[piece.clone()]);
    input.splice(piece.end..piece.end, copy);
}

fn change_bytes(input: &mut Vec<u8>, rng: &mut Xoshiro256PlusPlus) {
    let range = range(input, rng);
    let at = range.start;
    match rng.random_range(0..7) {
        0 => input.truncate(at),
        1 => drop(input.drain(range)),
        2 => {
            let copy = input[range].to_vec();
            input.splice(at..at, copy);
        }
        3 => input.insert(at, rng.random()),
        _ if at == input.len() => {}
        4 => input[at] = rng.random(),
        5 => input[at] ^= 1 << rng.random_range(0..8),
        _ => input[at] = input[at].wrapping_add(any(&[1, u8::MAX], rng).to_owned()),
    }
}

/// A number near a limit of some type.
fn number(rng: &mut Xoshiro256PlusPlus) -> String {
    let bits = *any(&[0, 3, 7, 8, 15, 16, 31, 32, 53, 63, 64, 126, 127], rng);
    let limit = (1_u128 << bits).saturating_add_signed(rng.random_range(-2..=2));
    let sign = if rng.next_u32().is_multiple_of(4) { "-" } else { "" };
    match rng.random_range(0..8) {
        0 => format!("{sign}{limit}.{}", rng.random_range(0..100)),
        1 => format!("\"{sign}{limit}\""),
        2 => format!("\"{sign}0.{limit}\""),
        3 => format!("{sign}{limit}e{}", rng.random_range(-400..400)),
        _ => format!("{sign}{limit}"),
    }
}
