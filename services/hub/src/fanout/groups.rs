//! Groups: clients with the same streams and framing, for whom each frame is built once.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Outlet;
use super::client::Client;
use crate::framing::FrameBuilder;
use crate::{Framing, StreamId};

#[derive(Debug)]
pub(super) struct Group {
    key: Key,
    /// The places of its clients.
    pub(super) members: Vec<usize>,
    pub(super) frame: FrameBuilder,
    /// What the frame holds: places of batches and of items in them, for members that are behind.
    pub(super) items: Vec<(usize, usize)>,
}

type Key = (Framing, Arc<[StreamId]>);

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

    /// Appends an event to the frames of all groups that have its stream.
    pub(super) fn push(&mut self, stream: StreamId, json: &[u8], item: (usize, usize)) {
        for at in &self.by_stream[stream.index()] {
            let group = self.groups[*at].as_mut().expect("listed groups exist");
            if group.items.is_empty() {
                self.touched.push(*at);
            }
            group.frame.push_element(json);
            group.items.push(item);
        }
    }

    /// The groups whose frames have something.
    pub(super) fn take_touched(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.touched)
    }

    /// Puts a client into the group of its active streams.
    pub(super) fn regroup<O: Outlet>(&mut self, place: usize, clients: &mut [Option<Client<O>>]) {
        self.leave(place, clients);
        let Some(client) = &mut clients[place] else { return };
        let streams = client.active_streams();
        if streams.is_empty() {
            return;
        }
        let at = self.find_or_create((client.framing, streams.into()));
        let members = &mut self.get_mut(at).members;
        client.membership = Some((at, members.len()));
        members.push(place);
    }

    /// Takes a client out of its group.
    pub(super) fn leave<O>(&mut self, place: usize, clients: &mut [Option<Client<O>>]) {
        let Some((at, member)) = clients[place].as_mut().and_then(|client| client.membership.take()) else {
            return;
        };
        let members = &mut self.get_mut(at).members;
        members.swap_remove(member);
        if let Some(moved) = members.get(member)
            && let Some(client) = &mut clients[*moved]
        {
            client.membership = Some((at, member));
        }
        if members.is_empty() {
            self.remove(at);
        }
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
