//! What is logged.

use tracing_subscriber::EnvFilter;

use super::reader::Reader;

/// What is logged, to stderr.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Lines for people or for machines. `TICKWIRE_LOG__FORMAT`, default `"text"`; text or json.
    pub format: LogFormat,
    /// A level, or levels by target: `info,gateway=debug`. `TICKWIRE_LOG__FILTER`, default `"info"`.
    pub filter: String,
}

/// Lines for people or for machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// An object a line.
    Json,
}

impl Log {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            format: reader.choice("log.format", &[("text", LogFormat::Text), ("json", LogFormat::Json)]),
            filter: reader.parsed(
                "log.filter",
                "a level (error, warn, info, debug, trace) or levels by target: info,gateway=debug",
                |text| EnvFilter::try_new(text).is_ok().then(|| text.to_owned()),
                String::clone,
            ),
        }
    }
}
