//! Groups: clients with the same streams and framing, for whom each frame is built once.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::framing::FrameBuilder;
use crate::{Batch, Framing, StreamId};

/// Clients with the same streams and framing.
#[derive(Debug)]
pub(super) struct Group {
    key: Key,
    /// The places of its clients.
    pub(super) members: Vec<usize>,
    pub(super) frame: FrameBuilder,
    /// What the frame holds: places of batches and of items in them, for members that can't take it as it is.
    pub(super) items: Vec<(usize, usize)>,
}

type Key = (Framing, Arc<[StreamId]>);

/// A client's place among the members of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    pub(super) group: usize,
    pub(super) member: usize,
}

/// All groups.
#[derive(Debug)]
pub(super) struct Groups {
    groups: Vec<Option<Group>>,
    free: Vec<usize>,
    by_key: FxHashMap<Key, usize>,
    by_stream: Vec<Vec<usize>>,
    touched: Vec<usize>,
}

impl Groups {
    pub(super) fn new(streams: usize) -> Self {
        Self {
            groups: Vec::new(),
            free: Vec::new(),
            by_key: FxHashMap::default(),
            by_stream: vec![Vec::new(); streams],
            touched: Vec::new(),
        }
    }

    pub(super) fn get_mut(&mut self, at: usize) -> &mut Group {
        self.groups[at].as_mut().expect("only groups that exist are named")
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether anybody has this stream.
    pub(super) fn has(&self, stream: StreamId) -> bool {
        !self.by_stream[stream.index()].is_empty()
    }

    /// Appends the events of the batches to the frames of all groups that have their streams.
    pub(super) fn push(&mut self, batches: &[Arc<Batch>]) {
        for (batch_at, batch) in batches.iter().enumerate() {
            for (item_at, item) in batch.items().iter().enumerate() {
                for at in &self.by_stream[item.stream.index()] {
                    let group = self.groups[*at].as_mut().expect("listed groups exist");
                    if group.items.is_empty() {
                        self.touched.push(*at);
                    }
                    group.frame.push_element(batch.text(group.frame.encoding(), item_at));
                    group.items.push((batch_at, item_at));
                }
            }
        }
    }

    /// The groups whose frames have something.
    pub(super) fn take_touched(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.touched)
    }

    /// Puts a client into the group of these streams, sorted and not empty.
    pub(super) fn enter(&mut self, place: usize, framing: Framing, streams: &[StreamId]) -> Seat {
        let group = self.find_or_create((framing, streams.into()));
        let members = &mut self.get_mut(group).members;
        members.push(place);
        Seat { group, member: members.len() - 1 }
    }

    /// Takes a client out of its group. Returns the client that now has its seat.
    pub(super) fn leave(&mut self, seat: Seat) -> Option<usize> {
        let members = &mut self.get_mut(seat.group).members;
        members.swap_remove(seat.member);
        let moved = members.get(seat.member).copied();
        if members.is_empty() {
            self.remove(seat.group);
        }
        moved
    }

    fn find_or_create(&mut self, key: Key) -> usize {
        if let Some(at) = self.by_key.get(&key) {
            return *at;
        }
        let at = self.free.pop().unwrap_or_else(|| {
            self.groups.push(None);
            self.groups.len() - 1
        });
        for stream in key.1.iter() {
            self.by_stream[stream.index()].push(at);
        }
        self.by_key.insert(key.clone(), at);
        let frame = FrameBuilder::new(key.0);
        self.groups[at] = Some(Group { key, members: Vec::new(), frame, items: Vec::new() });
        at
    }

    fn remove(&mut self, at: usize) {
        if let Some(group) = self.groups[at].take() {
            for stream in group.key.1.iter() {
                self.by_stream[stream.index()].retain(|other| *other != at);
            }
            self.by_key.remove(&group.key);
            self.free.push(at);
        }
    }
}
