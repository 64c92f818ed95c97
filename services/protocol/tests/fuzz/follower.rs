//! Whatever frames come, in whatever order: a follower counts them, names what is wrong and does not panic.

use protocol::{Encoding, Event, Follower, Frame, Payload, ServerMessage};

use crate::frames::encode;

/// Takes each line for a frame of JSON.
pub(crate) fn check(lines: &[u8]) -> String {
    let mut followers = [Follower::default(), Follower::default()];
    let mut outcome = String::new();
    for line in lines.split(|byte| *byte == b'\n') {
        let Ok(frame) = Encoding::Json.decode_frame(line) else { continue };
        let written = encode(Encoding::MessagePack, &frame);
        let same = Encoding::MessagePack.decode_frame(&written).unwrap();
        let told = [(&frame, 0), (&same, 1)].map(|(frame, at)| follow(&mut followers[at], frame));
        assert_eq!(told[0], told[1], "both encodings are followed alike");
        outcome.push_str(&told[0]);
    }
    outcome
}

fn follow(follower: &mut Follower, frame: &Frame<'_>) -> String {
    match frame {
        Frame::Events(events) => events.iter().map(|event| take(follower, event)).collect(),
        Frame::Control(message) => {
            match message.as_ref() {
                ServerMessage::List { instruments, .. } => {
                    follower.learn(instruments.iter().cloned().map(Into::into));
                }
                ServerMessage::Unsubscribed { streams, .. } => {
                    streams.iter().for_each(|stream| follower.forget(stream));
                }
                ServerMessage::Heartbeat { seqs, .. } => return format!("{:?}", follower.behind(seqs)),
                _ => {}
            }
            String::new()
        }
    }
}

fn take(follower: &mut Follower, event: &Event<'_>) -> String {
    let verified =
        |follower: &Follower| follower.followed(event.ch, &event.sym).map_or(0, |followed| followed.verified);
    let before = verified(follower);
    let taken = follower.take(event);
    let after = verified(follower);
    let is_book = matches!(event.payload, Payload::Book(_));
    assert_eq!(after - before, u64::from(is_book && taken.is_ok()), "each book event is verified or refused");
    let followed = follower.followed(event.ch, &event.sym).unwrap();
    assert_eq!(followed.chain.seq(), Some(event.seq));
    format!("{:?} {taken:?};", event.ch)
}
