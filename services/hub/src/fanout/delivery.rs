//! Events go to clients: the frame of a group to each of its members, what is missed to those that are behind.

use std::sync::Arc;

use super::client::Delivery;
use super::{ClientId, Fanout, Outlet, lanes, open};
use crate::Batch;
use crate::batch::Draft;
use crate::framing::FrameBuilder;

impl<O: Outlet> Fanout<O> {
    /// Writes the events of `batches` to all clients that have their streams: one write a client, and one more for each
    /// rate of its subscriptions whose time has come.
    pub fn flush(&mut self, batches: &[Arc<Batch>], now: u64) {
        self.note(batches);
        for lane in &mut self.lanes.0 {
            lane.take(batches, &self.config.limits);
        }
        self.deliver(0, batches, now);
        self.release(now);
    }

    /// Writes what waited for the time of its rate, if that has come.
    pub fn release(&mut self, now: u64) {
        for at in 0..self.lanes.0.len() {
            let lane = &mut self.lanes.0[at];
            let Some(batch) = lane.release(now, &self.directory, &self.config.limits) else { continue };
            self.counters.paced_events += batch.items().iter().map(|item| item.conflated).sum::<u64>();
            let batches = [batch];
            lane.groups.push(&batches);
            self.deliver(at, &batches, now);
            if let Some(stage) = &mut self.lanes.0[at].stage {
                stage.released();
            }
        }
    }

    /// When [`Fanout::release`] has something to do, in microseconds since 1970.
    #[must_use]
    pub fn next_release(&self) -> Option<u64> {
        self.lanes.next_release()
    }

    /// Notes how far the streams are.
    fn note(&mut self, batches: &[Arc<Batch>]) {
        for batch in batches {
            self.latest.engine_ts = batch.engine_ts();
            for item in batch.items() {
                self.latest.event_ts = self.latest.event_ts.max(item.ts);
                self.high_water[item.stream.index()] = item.seq;
            }
        }
    }

    /// Writes the frames of the groups of a lane to their members.
    fn deliver(&mut self, lane: usize, batches: &[Arc<Batch>], now: u64) {
        let (mut unsettled, mut latecomers) = (Vec::new(), Vec::new());
        let Self { lanes, clients, config, counters, .. } = self;
        let lane = &mut lanes.0[lane];
        for at in lane.groups.take_touched() {
            let group = lane.groups.get_mut(at);
            let frame = group.frame.finish_array();
            let items = std::mem::take(&mut group.items);
            for place in &group.members {
                let client = clients[*place].as_mut().expect("members are connected");
                if let Some(joins) = lane.stage.as_mut().and_then(|stage| stage.take_joins(*place)) {
                    let items = items.iter().map(|(batch, item)| (&batches[*batch], *item));
                    latecomers.push((client.id, lanes::for_latecomer(&joins, items)));
                    continue;
                }
                let delivery = if client.is_behind() {
                    let missed = items.iter().map(|(batch, item)| {
                        (&batches[*batch].items()[*item], batches[*batch].payload(*item))
                    });
                    client.absorb(missed, &config.limits, counters)
                } else {
                    counters.delivered_events += items.len() as u64;
                    client.enqueue(&frame, now, counters)
                };
                if delivery != Delivery::Done {
                    unsettled.push((client.id, delivery));
                }
            }
        }
        for (id, delivery) in unsettled {
            self.settle(id, delivery, now);
        }
        for (id, drafts) in latecomers {
            self.deliver_to(id, drafts, now);
        }
    }

    /// Writes events to one client alone.
    pub(super) fn deliver_to(&mut self, id: ClientId, drafts: Vec<Draft>, now: u64) {
        let Some(client) = open(&mut self.clients, id) else { return };
        if drafts.is_empty() {
            return;
        }
        let batch = lanes::encoded(drafts, &self.directory, [client.framing.encoding()]);
        let delivery = if client.is_behind() {
            let events = batch.items().iter().enumerate().map(|(at, item)| (item, batch.payload(at)));
            client.absorb(events, &self.config.limits, &mut self.counters)
        } else {
            let mut frame = FrameBuilder::new(client.framing);
            for at in 0..batch.items().len() {
                frame.push_element(batch.text(frame.encoding(), at));
            }
            self.counters.delivered_events += batch.items().len() as u64;
            client.enqueue(&frame.finish_array(), now, &mut self.counters)
        };
        self.settle(id, delivery, now);
    }
}
