//! What `tickwire config` prints: TOML that can be given back with `--config`, and where each value came from.

use std::fmt;

use super::Loaded;
use super::reader::Setting;

/// Where the origins stand, in characters from the left.
const ORIGIN_COLUMN: usize = 44;

impl fmt::Display for Loaded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "# What is in force, and where it came from. As a file it can be given back with --config.\n",
        )?;
        let mut section = "";
        for setting in &self.settings {
            let (of, name) = setting.key.rsplit_once('.').unwrap_or(("", setting.key));
            if of != section {
                section = of;
                write!(f, "\n[{section}]\n")?;
            }
            line(f, name, setting)?;
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, name: &str, setting: &Setting) -> fmt::Result {
    match &setting.text {
        None => writeln!(f, "# {name} is not set"),
        Some(text) => {
            let line = format!("{name} = {text}");
            // Of a list of many lines the last one has the origin.
            let (before, last) = line.rsplit_once('\n').unwrap_or(("", &line));
            if !before.is_empty() {
                writeln!(f, "{before}")?;
            }
            let origin = setting.origin.to_string();
            writeln!(f, "{last:<ORIGIN_COLUMN$} # from {}", origin.escape_debug())
        }
    }
}
