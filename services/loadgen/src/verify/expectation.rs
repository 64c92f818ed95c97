//! What must come next of a stream: the rules of snapshots.

use protocol::DiscontinuityReason;

/// What the next event of a stream of one connection must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Expectation {
    /// None: the stream is not subscribed.
    #[default]
    Nothing,
    /// A snapshot.
    Snapshot(Because),
    /// A step from the event before it.
    Step {
        /// That one came over another connection.
        resumed: bool,
    },
}

/// Why a snapshot must come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Because {
    /// The stream was subscribed.
    Subscribed,
    /// It was asked for.
    Resynced,
    /// The server announced it.
    Discontinuity(DiscontinuityReason),
}

/// An event that must not come now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unexpected {
    /// Of a stream that the client does not have.
    #[error("the stream is not subscribed")]
    NotSubscribed,
    /// Before the snapshot.
    #[error("expected a snapshot first, because of {0:?}")]
    Step(Because),
    /// A snapshot that was neither asked for nor announced.
    #[error("a snapshot that nobody asked for came without a discontinuity")]
    Snapshot,
}

impl Expectation {
    /// Takes in an event.
    pub(crate) fn event(&mut self, is_snapshot: bool) -> Result<(), Unexpected> {
        match (*self, is_snapshot) {
            (Self::Nothing, _) => return Err(Unexpected::NotSubscribed),
            (Self::Snapshot(because), false) => return Err(Unexpected::Step(because)),
            (Self::Step { .. }, true) => return Err(Unexpected::Snapshot),
            (Self::Snapshot(_), true) | (Self::Step { .. }, false) => *self = Self::Step { resumed: false },
        }
        Ok(())
    }

    /// The answer to `subscribe` names it. Of a stream that is there already nothing changes. Returns whether it is new.
    pub(crate) fn subscribed(&mut self) -> bool {
        let is_new = *self == Self::Nothing;
        if is_new {
            *self = Self::Snapshot(Because::Subscribed);
        }
        is_new
    }

    /// The server announces a snapshot. Returns whether the stream was resumed and has not gone on yet.
    pub(crate) fn discontinuity(&mut self, reason: DiscontinuityReason) -> Result<bool, Unexpected> {
        match std::mem::replace(self, Self::Snapshot(Because::Discontinuity(reason))) {
            Self::Nothing => Err(Unexpected::NotSubscribed),
            before => Ok(before == Self::Step { resumed: true }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: Expectation = Expectation::Step { resumed: false };

    fn check(mut expectation: Expectation, is_snapshot: bool, expected: Result<Expectation, Unexpected>) {
        let before = expectation;
        let found = expectation.event(is_snapshot).map(|()| expectation);
        assert_eq!(found, expected, "{before:?}, snapshot: {is_snapshot}");
    }

    #[test]
    fn each_snapshot_is_asked_for_or_announced() {
        for because in
            [Because::Subscribed, Because::Resynced, Because::Discontinuity(DiscontinuityReason::TooSlow)]
        {
            check(Expectation::Snapshot(because), true, Ok(STEP));
            check(Expectation::Snapshot(because), false, Err(Unexpected::Step(because)));
        }
        for resumed in [false, true] {
            check(Expectation::Step { resumed }, false, Ok(STEP));
            check(Expectation::Step { resumed }, true, Err(Unexpected::Snapshot));
        }
        check(Expectation::Nothing, true, Err(Unexpected::NotSubscribed));
        check(Expectation::Nothing, false, Err(Unexpected::NotSubscribed));
    }

    #[test]
    fn subscribing_again_brings_no_snapshot() {
        let mut expectation = Expectation::Nothing;
        assert!(expectation.subscribed());
        expectation.event(true).unwrap();
        assert!(!expectation.subscribed());
        assert_eq!(expectation.event(true), Err(Unexpected::Snapshot));
    }

    #[test]
    fn a_discontinuity_tells_whether_it_ends_a_resume() {
        let announce =
            |mut expectation: Expectation| expectation.discontinuity(DiscontinuityReason::ServerPaused);
        assert_eq!(announce(Expectation::Step { resumed: true }), Ok(true));
        assert_eq!(announce(STEP), Ok(false));
        assert_eq!(announce(Expectation::Snapshot(Because::Resynced)), Ok(false));
        assert_eq!(announce(Expectation::Nothing), Err(Unexpected::NotSubscribed));
    }
}
