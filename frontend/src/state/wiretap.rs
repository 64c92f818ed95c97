//! What goes over the wire, for those who want to see it: the latest frames, while somebody looks.

use std::collections::VecDeque;

use super::format;

/// How many frames are kept.
const FRAMES_MAX: usize = 400;
/// How many bytes of a frame are kept: the start says what it is.
const FRAME_BYTES_MAX: usize = 4_096;
/// How many frames are listed.
pub(crate) const LISTED_MAX: usize = 60;
/// How many characters of a frame a line shows.
const LINE_CHARS_MAX: usize = 400;

/// Where a frame went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// To us.
    In,
    /// To the server.
    Out,
}

/// A frame.
#[derive(Clone, Debug)]
struct Tapped {
    nth: u64,
    at_us: u64,
    way: Way,
    bytes: usize,
    text: String,
}

/// A frame as a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Counts frames.
    pub(crate) nth: u64,
    /// When it came or went, UTC.
    pub(crate) time: String,
    /// Where it went.
    pub(crate) way: Way,
    /// Its size in bytes.
    pub(crate) bytes: usize,
    /// Its start.
    pub(crate) text: String,
}

/// The latest frames, while somebody looks. Closed, it costs a comparison a frame and no memory.
#[derive(Debug, Default)]
pub(crate) struct Wiretap {
    frames: VecDeque<Tapped>,
    nth: u64,
    open: bool,
    paused: bool,
    changed: bool,
}

impl Wiretap {
    /// Somebody looks, or no more: then everything is forgotten.
    pub(crate) fn set_open(&mut self, open: bool) {
        *self = Self { open, nth: self.nth, changed: true, ..Self::default() };
    }

    /// Keeps what it has, and takes nothing more.
    pub(crate) fn set_paused(&mut self, paused: bool) {
        self.paused = paused;
    }

    /// The list is another one now, though nothing came.
    pub(crate) const fn list_again(&mut self) {
        self.changed = true;
    }

    /// Forgets what it has.
    pub(crate) fn clear(&mut self) {
        self.frames.clear();
        self.changed = true;
    }

    /// A frame came or went.
    pub(crate) fn take(&mut self, way: Way, text: &str, now_us: impl FnOnce() -> u64) {
        if !self.open || self.paused {
            return;
        }
        let now_us = now_us();
        if self.frames.len() == FRAMES_MAX {
            self.frames.pop_front();
        }
        self.nth += 1;
        self.changed = true;
        let kept = text[..text.floor_char_boundary(FRAME_BYTES_MAX)].into();
        self.frames.push_back(Tapped { nth: self.nth, at_us: now_us, way, bytes: text.len(), text: kept });
    }

    /// Whether there is something new since this was asked.
    pub(crate) const fn take_changed(&mut self) -> bool {
        std::mem::replace(&mut self.changed, false)
    }

    /// The frames that have all the words, newest first.
    pub(crate) fn lines(&self, words: &str) -> Vec<Line> {
        let line = |frame: &Tapped| Line {
            nth: frame.nth,
            time: format::time_of_day(frame.at_us),
            way: frame.way,
            bytes: frame.bytes,
            text: frame.text.chars().take(LINE_CHARS_MAX).collect(),
        };
        self.matching(words).rev().take(LISTED_MAX).map(line).collect()
    }

    /// The same with all that is kept of them, oldest first, one a line.
    pub(crate) fn copy(&self, words: &str) -> String {
        self.matching(words).flat_map(|frame| [frame.text.as_str(), "\n"]).collect()
    }

    fn matching<'a>(&'a self, words: &'a str) -> impl DoubleEndedIterator<Item = &'a Tapped> {
        let fits =
            move |frame: &&Tapped| words.split_ascii_whitespace().all(|word| frame.text.contains(word));
        self.frames.iter().filter(fits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tap(frames: &[&str]) -> Wiretap {
        let mut tap = Wiretap::default();
        tap.set_open(true);
        for frame in frames {
            tap.take(Way::In, frame, || 0);
        }
        tap
    }

    #[test]
    fn nothing_is_kept_while_nobody_looks() {
        let mut tap = Wiretap::default();
        tap.take(Way::In, "a", || 0);
        assert!(tap.lines("").is_empty());
        tap.set_open(true);
        tap.take(Way::Out, "b", || 1_000_000);
        let line = Line { nth: 1, time: "00:00:01".into(), way: Way::Out, bytes: 1, text: "b".into() };
        assert_eq!(tap.lines(""), [line]);
        tap.set_open(false);
        assert!(tap.lines("").is_empty());
    }

    #[test]
    fn words_choose_and_the_newest_comes_first() {
        let tap = tap(&["ticker BTC", "book BTC", "book ETH"]);
        let texts = |words: &str| tap.lines(words).into_iter().map(|line| line.text).collect::<Vec<_>>();
        assert_eq!(texts("book"), ["book ETH", "book BTC"]);
        assert_eq!(texts("BTC book"), ["book BTC"]);
        assert_eq!(tap.copy("BTC"), "ticker BTC\nbook BTC\n");
    }

    #[test]
    fn a_pause_keeps_what_is_there() {
        let mut tap = tap(&["a"]);
        assert!(tap.take_changed() && !tap.take_changed());
        tap.set_paused(true);
        tap.take(Way::In, "b", || 0);
        assert_eq!((tap.copy("").as_str(), tap.take_changed()), ("a\n", false));
        tap.clear();
        assert_eq!((tap.copy("").as_str(), tap.take_changed()), ("", true));
    }

    #[test]
    fn memory_is_bounded() {
        let mut tap = Wiretap::default();
        tap.set_open(true);
        let large = "\u{e9}".repeat(FRAME_BYTES_MAX);
        for _ in 0..=FRAMES_MAX {
            tap.take(Way::In, &large, || 0);
        }
        assert_eq!(tap.frames.len(), FRAMES_MAX);
        assert!(
            tap.frames.iter().all(|frame| frame.text.len() <= FRAME_BYTES_MAX && frame.bytes == large.len())
        );
        assert_eq!(tap.lines("").len(), LISTED_MAX);
    }
}
