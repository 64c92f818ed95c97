//! Who is connected from where: how many connections each address has, and how many of them are streaming clients.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The bits of an IPv6 address that name a network: the other 64 are of its owner's choosing.
const IPV6_NETWORK_BITS: u32 = 64;

/// The addresses with open connections, and only those: as many as there are connections at most. They are of the
/// clients' choosing, so the table's hash is one that they cannot aim at.
#[derive(Debug, Default)]
pub(crate) struct Addresses(Mutex<HashMap<IpAddr, Counts>>);

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    connections: usize,
    clients: usize,
}

/// A connection; counted until it is dropped.
#[derive(Debug)]
pub(crate) struct Visit {
    addresses: Arc<Addresses>,
    address: IpAddr,
    /// Whose connection it is: the client's own, or that of the last proxy before us.
    through: IpAddr,
}

/// A streaming client, and the connection that it came on; counted until it is dropped.
#[derive(Debug)]
pub(crate) struct Stay(Arc<Visit>);

impl Addresses {
    /// Counts a connection, if its address has fewer than `max`.
    pub(crate) fn enter(self: &Arc<Self>, address: IpAddr, max: usize) -> Option<Visit> {
        let counted = counted_as(address);
        let mut table = self.table();
        let open = table.get(&counted).map_or(0, |counts| counts.connections);
        if open >= max {
            return None;
        }
        table.entry(counted).or_default().connections += 1;
        Some(Visit { addresses: Arc::clone(self), address, through: address.to_canonical() })
    }

    /// Counts a connection of somebody who came through a proxy. How many those may have is for the proxy to say: it is
    /// the proxy's connection that is taken.
    fn enter_behind_a_proxy(self: &Arc<Self>, address: IpAddr, through: IpAddr) -> Visit {
        self.table().entry(counted_as(address)).or_default().connections += 1;
        Visit { addresses: Arc::clone(self), address, through }
    }

    /// Nothing that holds the lock can panic halfway.
    fn table(&self) -> MutexGuard<'_, HashMap<IpAddr, Counts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whom an address counts for: an IPv4 address for itself, on a socket for IPv6 as well; an IPv6 address for its network.
fn counted_as(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << (Ipv6Addr::BITS - IPV6_NETWORK_BITS));
            Ipv6Addr::from_bits(network).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

impl Visit {
    pub(crate) const fn address(&self) -> IpAddr {
        self.address
    }

    /// The other end of its connection.
    pub(crate) const fn through(&self) -> IpAddr {
        self.through
    }

    /// The same visit, if it is of this address; otherwise one of the client for whom a proxy has come.
    pub(crate) fn on_behalf_of(self: &Arc<Self>, client: IpAddr) -> Arc<Self> {
        if counted_as(client) == counted_as(self.address) {
            return Arc::clone(self);
        }
        Arc::new(self.addresses.enter_behind_a_proxy(client, self.through))
    }

    /// Counts the connection as a streaming client, if its address has fewer than `max`.
    pub(crate) fn stay(self: &Arc<Self>, max: usize) -> Option<Stay> {
        let mut table = self.addresses.table();
        let counts = table.entry(counted_as(self.address)).or_default();
        if counts.clients >= max {
            return None;
        }
        counts.clients += 1;
        Some(Stay(Arc::clone(self)))
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        if let Entry::Occupied(mut counts) = self.addresses.table().entry(counted_as(self.address)) {
            counts.get_mut().connections -= 1;
            if counts.get().connections == 0 {
                counts.remove();
            }
        }
    }
}

impl Drop for Stay {
    fn drop(&mut self) {
        if let Some(counts) = self.0.addresses.table().get_mut(&counted_as(self.0.address)) {
            counts.clients -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enter(addresses: &Arc<Addresses>, address: &str, max: usize) -> Option<Arc<Visit>> {
        addresses.enter(address.parse().unwrap(), max).map(Arc::new)
    }

    #[test]
    fn connections_and_clients_are_counted_by_address() {
        let addresses = Arc::new(Addresses::default());
        let first = enter(&addresses, "192.0.2.1", 2).unwrap();
        let second = enter(&addresses, "::ffff:192.0.2.1", 2).unwrap();
        assert!(enter(&addresses, "192.0.2.1", 2).is_none());
        assert!(enter(&addresses, "192.0.2.2", 2).is_some());
        let stay = first.stay(1).unwrap();
        assert!(second.stay(1).is_none());
        drop(stay);
        assert!(second.stay(1).is_some());
    }

    #[test]
    fn an_ipv6_address_counts_for_its_network() {
        for (address, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ] {
            assert_eq!(
                counted_as(address.parse().unwrap()),
                expected.parse::<IpAddr>().unwrap(),
                "{address}"
            );
        }
        let addresses = Arc::new(Addresses::default());
        let first = enter(&addresses, "2001:db8::1", 1).unwrap();
        assert!(enter(&addresses, "2001:db8::2", 1).is_none());
        assert!(enter(&addresses, "2001:db8:0:1::2", 1).is_some());
        drop(first);
        assert!(addresses.table().is_empty());
    }

    #[test]
    fn a_client_keeps_its_connection_counted() {
        let addresses = Arc::new(Addresses::default());
        let visit = enter(&addresses, "2001:db8::1", 1).unwrap();
        let stay = visit.stay(1).unwrap();
        drop(visit);
        assert!(enter(&addresses, "2001:db8::1", 1).is_none());
        drop(stay);
        assert!(enter(&addresses, "2001:db8::1", 1).is_some());
    }

    #[test]
    fn clients_behind_a_proxy_are_counted_by_themselves() {
        let addresses = Arc::new(Addresses::default());
        let proxy = enter(&addresses, "10.0.0.1", 1).unwrap();
        let [first, second] =
            ["192.0.2.1", "192.0.2.2"].map(|client| proxy.on_behalf_of(client.parse().unwrap()));
        let stays = (first.stay(1).unwrap(), second.stay(1).unwrap());
        assert!(proxy.on_behalf_of("::ffff:192.0.2.1".parse().unwrap()).stay(1).is_none());
        assert!(proxy.on_behalf_of("10.0.0.1".parse().unwrap()).stay(1).is_some());
        drop((first, second, stays, proxy));
        assert!(addresses.table().is_empty());
    }

    #[test]
    fn an_address_without_connections_is_forgotten() {
        let addresses = Arc::new(Addresses::default());
        drop(enter(&addresses, "192.0.2.1", 1).unwrap().stay(1));
        assert!(enter(&addresses, "192.0.2.1", 0).is_none());
        assert!(addresses.table().is_empty());
    }
}
