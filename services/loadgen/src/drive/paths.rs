//! What each client asks for: the same, or its own choice of symbols.

use clap::Args;

/// What the clients ask for.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Paths {
    /// The path of all clients. With `--take`, what the choice is appended to.
    #[arg(long, default_value = "/ws")]
    pub(crate) path: String,
    /// How many symbols of the metronome each client takes, by chance. 0: none, all clients ask for the same.
    #[arg(long, default_value_t = 0)]
    pub(crate) take: usize,
    /// Out of how many.
    #[arg(long, default_value_t = 0)]
    pub(crate) symbols: usize,
    /// The same seed, the same choices.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

impl Paths {
    pub(crate) fn all(path: &str) -> Self {
        Self { path: path.to_owned(), ..Self::default() }
    }

    /// The ticker streams of the next client, and of the one after it, without an end.
    pub(crate) fn streams(&self) -> impl Iterator<Item = Vec<String>> {
        let (take, symbols) = (self.take.min(self.symbols), self.symbols);
        let mut chance = SplitMix64(self.seed);
        std::iter::repeat_with(move || {
            let chosen = chance.choose(take, symbols);
            chosen.into_iter().map(|symbol| format!("ticker:SYM{symbol:03}-USD")).collect()
        })
    }

    /// The paths of the clients, without an end.
    pub(crate) fn iter(&self) -> impl Iterator<Item = String> {
        self.streams().map(|streams| match streams.as_slice() {
            [] => self.path.clone(),
            streams => format!("{}?subscribe={}", self.path, streams.join(",")),
        })
    }
}

/// Sebastiano Vigna's splitmix64: a specified stream, so that a seed means the same on every machine.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// `count` different numbers below `below`, each as likely as any other (Floyd's sampling).
    fn choose(&mut self, count: usize, below: usize) -> Vec<usize> {
        let mut chosen = Vec::with_capacity(count);
        for last in below - count..below {
            let any = usize::try_from(self.next() % (last as u64 + 1)).unwrap_or(last);
            chosen.push(if chosen.contains(&any) { last } else { any });
        }
        chosen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix64_is_the_published_one() {
        let mut chance = SplitMix64(1_234_567);
        assert_eq!(chance.next(), 6_457_827_717_110_365_317);
        assert_eq!(chance.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn a_choice_has_no_symbol_twice() {
        let paths = Paths { path: "/ws".to_owned(), take: 10, symbols: 500, seed: 7 };
        let mut hits = 0;
        for mut streams in paths.streams().take(1_000) {
            hits += usize::from(streams.contains(&"ticker:SYM000-USD".to_owned()));
            streams.sort_unstable();
            streams.dedup();
            assert_eq!(streams.len(), 10);
        }
        assert!((5..45).contains(&hits), "each symbol is in about 20 of 1,000 choices: {hits}");
        assert!(paths.iter().eq_by_first(&paths));
    }

    /// The same seed gives the same choices.
    trait EqByFirst {
        fn eq_by_first(self, paths: &Paths) -> bool;
    }

    impl<I: Iterator<Item = String>> EqByFirst for I {
        fn eq_by_first(self, paths: &Paths) -> bool {
            self.take(3).eq(paths.iter().take(3))
        }
    }

    #[test]
    fn clients_without_a_choice_ask_for_the_same() {
        let paths = Paths::all("/ws?subscribe=ticker:*");
        assert_eq!(paths.iter().nth(3).unwrap(), "/ws?subscribe=ticker:*");
    }
}
