//! The state of the connection, for programs (a word) and for people (a sentence).

/// The state of the connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Connection {
    /// The first attempt.
    #[default]
    Connecting,
    /// Connected, and every subscription was answered.
    Live,
    /// Still connected, but the server asked us to come again.
    Draining,
    /// Lost; the next attempt comes by itself.
    Reconnecting {
        /// Which attempt, from 1.
        attempt: u32,
        /// When, in milliseconds from the loss.
        wait_ms: u64,
    },
    /// Ended for a reason that another attempt would not change.
    Closed {
        /// The server's reason.
        why: String,
    },
}

impl Connection {
    /// A word for programs: `data-state`.
    pub(crate) const fn word(&self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::Live => "live",
            Self::Draining => "draining",
            Self::Reconnecting { .. } => "reconnecting",
            Self::Closed { .. } => "closed",
        }
    }

    /// A sentence for people.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Connecting => "Connecting".into(),
            Self::Live => "Live".into(),
            Self::Draining => "Live, moving to another server".into(),
            Self::Reconnecting { attempt, wait_ms } => {
                let tenths = wait_ms.div_ceil(100);
                format!("Connection lost, attempt {attempt} in {}.{} s", tenths / 10, tenths % 10)
            }
            Self::Closed { why } => format!("Disconnected: {why}"),
        }
    }

    /// Whether what is on the screen is the market of now.
    pub(crate) const fn is_fresh(&self) -> bool {
        matches!(self, Self::Live | Self::Draining)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_have_a_word_and_a_sentence() {
        let lost = Connection::Reconnecting { attempt: 2, wait_ms: 1_234 };
        for (connection, word, sentence, fresh) in [
            (Connection::Connecting, "connecting", "Connecting", false),
            (Connection::Live, "live", "Live", true),
            (Connection::Draining, "draining", "Live, moving to another server", true),
            (lost, "reconnecting", "Connection lost, attempt 2 in 1.3 s", false),
            (Connection::Closed { why: "too slow".into() }, "closed", "Disconnected: too slow", false),
        ] {
            assert_eq!((connection.word(), connection.is_fresh()), (word, fresh));
            assert_eq!(connection.sentence(), sentence);
        }
    }
}
