//! The configuration: read once at start into typed structs, every mistake reported at once, nothing read after that.
//!
//! Layers, each before the last: built-in (`default.toml`, which documents every key), file, environment, flags.

mod drain;
mod feed;
mod http;
mod layers;
mod limits;
mod log;
mod market;
mod mistake;
mod origin;
mod print;
mod proxies;
mod reader;
mod stream;

use std::ffi::OsString;

use crate::cli::ServeFlags;

pub use drain::Drain;
pub use feed::Feed;
pub use http::{AllowedOrigins, Http};
pub use limits::Limits;
pub use log::{Log, LogFormat};
pub use mistake::{ConfigErrors, Mistake};
pub use origin::{Origin, variable_of};
pub use proxies::TrustedProxies;
pub use reader::Setting;
pub use stream::Stream;

use layers::Layers;
use reader::Reader;

/// Everything that can be set.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Ports, origins, proxies, the dashboard.
    pub http: Http,
    /// Where events come from.
    pub feed: Feed,
    /// The simulated exchange.
    pub market: ::market::MarketConfig,
    /// How events are sent.
    pub stream: Stream,
    /// What a client may ask, and what it may cost.
    pub limits: Limits,
    /// How the server ends.
    pub drain: Drain,
    /// What is logged.
    pub log: Log,
}

/// A configuration without mistakes, and where each of its values came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The values.
    pub config: Config,
    /// Every key, in the order of `default.toml`.
    pub settings: Vec<Setting>,
}

/// Reads the layers. The environment is an argument, usually `std::env::vars_os()`; what does not begin with
/// `TICKWIRE_` is passed over.
///
/// # Errors
/// Every mistake in all layers.
pub fn load<K, V>(
    flags: &ServeFlags,
    environment: impl IntoIterator<Item = (K, V)>,
) -> Result<Loaded, ConfigErrors>
where
    K: Into<OsString>,
    V: Into<OsString>,
{
    let environment = environment.into_iter().map(|(name, value)| (name.into(), value.into()));
    let layers = Layers::collect(flags, environment, &known_keys());
    let merged = layers.merged();
    let mut reader = Reader::new(&merged);
    let config = Config::read(&mut reader);
    config.check_together(&mut reader);
    let (settings, mut mistakes) = reader.finish();
    mistakes.splice(0..0, layers.mistakes);
    if mistakes.is_empty() { Ok(Loaded { config, settings }) } else { Err(ConfigErrors(mistakes)) }
}

/// Every key that can be set: those that reading the defaults asks for.
fn known_keys() -> Vec<&'static str> {
    let defaults = layers::defaults();
    let mut reader = Reader::new(&defaults);
    Config::read(&mut reader);
    reader.finish().0.into_iter().map(|setting| setting.key).collect()
}

impl Config {
    fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            http: Http::read(reader),
            feed: Feed::read(reader),
            market: market::read(reader),
            stream: Stream::read(reader),
            limits: Limits::read(reader),
            drain: Drain::read(reader),
            log: Log::read(reader),
        }
    }

    /// What no single key can tell.
    fn check_together(&self, reader: &mut Reader<'_>) {
        self.http.check(reader);
        self.feed.check(reader);
        self.drain.check(reader);
    }
}
