//! Requests that wait for their answer: each gets one.

use std::collections::VecDeque;
use std::time::Duration;

use protocol::{RequestId, ServerMessage};
use tokio::time::Instant;

use super::violation::Violation;

/// How long a server may take to answer.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// Requests of one connection that wait for their answer, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Asks {
    waiting: VecDeque<(u64, Instant)>,
    last: u64,
}

impl Asks {
    /// The id of a new request.
    pub(crate) fn ask(&mut self) -> RequestId {
        self.last += 1;
        self.waiting.push_back((self.last, Instant::now()));
        RequestId::Number(self.last)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Takes in a message that may be an answer. Answers come in the order of the requests.
    pub(crate) fn answered(&mut self, message: &ServerMessage) -> Result<(), Violation> {
        let Some(id) = id_of(message) else { return Ok(()) };
        match self.waiting.front() {
            Some((first, _)) if *id == RequestId::Number(*first) => {
                self.waiting.pop_front();
                Ok(())
            }
            _ => Err(Violation::Unasked(format!("{message:?}, expected that to {:?}", self.waiting.front()))),
        }
    }

    pub(crate) fn check(&self) -> Result<(), Violation> {
        match self.waiting.front() {
            Some((id, asked)) if asked.elapsed() > ANSWER_MAX => {
                Err(Violation::Unanswered { id: *id, seconds: ANSWER_MAX.as_secs() })
            }
            _ => Ok(()),
        }
    }

    /// Nothing was read for a while: the time counts from now.
    pub(crate) fn postpone(&mut self) {
        for (_, asked) in &mut self.waiting {
            *asked = Instant::now();
        }
    }
}

fn id_of(message: &ServerMessage) -> Option<&RequestId> {
    match message {
        ServerMessage::Subscribed { id, .. }
        | ServerMessage::Unsubscribed { id, .. }
        | ServerMessage::Resynced { id, .. }
        | ServerMessage::Configured { id, .. }
        | ServerMessage::Resumed { id, .. }
        | ServerMessage::List { id, .. }
        | ServerMessage::Pong { id, .. }
        | ServerMessage::Error { id, .. } => id.as_ref(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_request_has_one_answer_in_its_turn() {
        let mut asks = Asks::default();
        let pong =
            |id: &RequestId| ServerMessage::Pong { id: Some(id.clone()), client_ts: None, server_ts: 1 };
        let ids = [asks.ask(), asks.ask(), asks.ask()];
        assert!(asks.answered(&pong(&ids[0])).is_ok());
        assert!(asks.answered(&pong(&ids[0])).is_err(), "twice");
        assert!(asks.answered(&pong(&ids[2])).is_err(), "before its turn");
        assert!(asks.answered(&pong(&ids[1])).is_ok() && asks.answered(&pong(&ids[2])).is_ok());
        assert!(asks.is_empty() && asks.answered(&pong(&ids[2])).is_err());
    }
}
