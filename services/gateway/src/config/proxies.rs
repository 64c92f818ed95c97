//! Networks of proxies that are believed when they say who asks.

use std::net::IpAddr;

use super::reader::quoted;

/// The proxies whose `X-Forwarded-For` is read; none unless they are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

/// The addresses that begin with the same bits: `10.0.0.0/8`. An address alone is a network of one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Network {
    address: IpAddr,
    prefix_bits: u8,
}

impl TrustedProxies {
    pub(super) fn parse(list: &[String]) -> Option<Self> {
        list.iter().map(|text| Network::parse(text)).collect::<Option<_>>().map(Self)
    }

    pub(super) fn shown(&self) -> String {
        let networks = self.0.iter().map(|network| quoted(&network.shown()));
        format!("[{}]", networks.collect::<Vec<_>>().join(", "))
    }

    /// Whether this is one of them. An IPv4 address is the same on a socket for IPv6.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(address))
    }
}

impl Network {
    /// Bits beyond the prefix may be set: `10.1.2.3/8` is how some tools print an address in its network.
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.parse().ok()?;
        let bits = bits_of(address);
        let prefix_bits = prefix.map_or(Some(bits), |prefix| prefix.parse().ok())?;
        (prefix_bits <= bits).then_some(Self { address, prefix_bits })
    }

    fn shown(&self) -> String {
        format!("{}/{}", self.address, self.prefix_bits)
    }

    fn contains(&self, address: IpAddr) -> bool {
        let shared_bits = match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(other)) => (ours.to_bits() ^ other.to_bits()).leading_zeros(),
            (IpAddr::V6(ours), IpAddr::V6(other)) => (ours.to_bits() ^ other.to_bits()).leading_zeros(),
            _ => return false,
        };
        shared_bits >= u32::from(self.prefix_bits)
    }
}

const fn bits_of(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(_) => 32,
        IpAddr::V6(_) => 128,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted(list: &[&str]) -> Option<TrustedProxies> {
        TrustedProxies::parse(&list.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    fn check(network: &str, address: &str, expected: bool) {
        let trusted = trusted(&[network]).unwrap();
        assert_eq!(trusted.contains(address.parse().unwrap()), expected, "{network} {address}");
    }

    #[test]
    fn networks_hold_what_begins_like_them() {
        check("10.0.0.0/8", "10.255.255.255", true);
        check("10.0.0.0/8", "11.0.0.0", false);
        check("10.1.2.3/8", "10.9.9.9", true);
        check("172.16.0.0/12", "172.31.255.255", true);
        check("172.16.0.0/12", "172.32.0.0", false);
        check("192.0.2.1", "192.0.2.1", true);
        check("192.0.2.1", "192.0.2.2", false);
        check("0.0.0.0/0", "203.0.113.9", true);
        check("0.0.0.0/0", "2001:db8::1", false);
        check("192.0.2.0/24", "::ffff:192.0.2.7", true);
        check("2001:db8::/32", "2001:db8:ffff::1", true);
        check("2001:db8::/32", "2001:db9::1", false);
        check("::/0", "2001:db8::1", true);
        assert!(!TrustedProxies::default().contains("127.0.0.1".parse().unwrap()));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in
            ["", "proxy", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0/8", "10.0.0.0/-1", "10.0.0.0/8/8"]
        {
            assert_eq!(trusted(&[text]), None, "{text}");
        }
        assert_eq!(trusted(&["10.0.0.1", "fd00::/8"]).unwrap().shown(), r#"["10.0.0.1/32", "fd00::/8"]"#);
    }
}
