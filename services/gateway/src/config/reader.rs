//! Reads typed values out of the merged layers, and keeps what was read and what was wrong.
//!
//! A value that is wrong is a mistake, and reading goes on with the built-in one: so one run finds them all.

use std::fmt::{Debug, Display};
use std::ops::RangeInclusive;
use std::str::FromStr;

use ::config::{Value, ValueKind};

use super::layers;
use super::mistake::Mistake;
use super::origin::Origin;

/// A key and what it is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its full name, such as `stream.flush_ms`.
    pub key: &'static str,
    /// The value as TOML; `None` where it is not set.
    pub text: Option<String>,
    /// Where the value came from.
    pub origin: Origin,
}

pub(super) struct Reader<'a> {
    merged: &'a Value,
    settings: Vec<Setting>,
    mistakes: Vec<Mistake>,
}

/// A value as it was found.
pub(super) struct Input<'a> {
    pub(super) value: &'a Value,
    pub(super) origin: Origin,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(merged: &'a Value) -> Self {
        Self { merged, settings: Vec::new(), mistakes: Vec::new() }
    }

    pub(super) fn finish(self) -> (Vec<Setting>, Vec<Mistake>) {
        (self.settings, self.mistakes)
    }

    /// A mistake in a value that was read.
    pub(super) fn mistake(&mut self, key: &str, problem: impl Into<String>) {
        let origin = Input::find(self.merged, key).map_or(Origin::Default, |input| input.origin);
        self.mistakes.push(Mistake::new(key, origin, problem));
    }

    /// A whole number.
    pub(super) fn integer<N>(&mut self, key: &'static str, range: RangeInclusive<N>) -> N
    where
        N: FromStr + TryFrom<i64> + PartialOrd + Display,
    {
        let expected = format!("a whole number from {} to {}", range.start(), range.end());
        let parse = |input: &Input<'_>| input.integer().filter(|number| range.contains(number));
        self.required(key, &expected, parse, N::to_string)
    }

    /// A number.
    pub(super) fn float(&mut self, key: &'static str, range: RangeInclusive<f64>) -> f64 {
        let expected = format!("a number from {} to {}", range.start(), range.end());
        let parse = |input: &Input<'_>| input.float().filter(|number| range.contains(number));
        self.required(key, &expected, parse, |number| format!("{number:?}"))
    }

    /// Yes or no.
    pub(super) fn boolean(&mut self, key: &'static str) -> bool {
        self.required(key, "true or false", |input| input.boolean(), bool::to_string)
    }

    /// One of these names.
    pub(super) fn choice<T: Copy + PartialEq>(&mut self, key: &'static str, choices: &[(&str, T)]) -> T {
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        let parse = |input: &Input<'_>| {
            let text = input.text()?;
            choices.iter().find(|(name, _)| *name == text).copied()
        };
        let expected = format!("one of {}", names.join(", "));
        self.required(key, &expected, parse, |(name, _)| quoted(name)).1
    }

    /// A text that parses, shown as the parsed value is.
    pub(super) fn parsed<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
        show: impl Fn(&T) -> String,
    ) -> T {
        self.required(key, expected, |input| parse(input.text()?), |value| quoted(&show(value)))
    }

    /// A value that may be left out.
    pub(super) fn optional<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        parse: impl Fn(&Input<'_>) -> Option<T>,
        show: impl Fn(&T) -> String,
    ) -> Option<T> {
        let Some(input) = Input::find(self.merged, key) else {
            self.settings.push(Setting { key, text: None, origin: Origin::Default });
            return None;
        };
        let value = parse(&input);
        match &value {
            Some(value) => {
                self.settings.push(Setting { key, text: Some(show(value)), origin: input.origin });
            }
            None => {
                let problem = format!("found {}, expected {expected}", input.shown());
                self.mistakes.push(Mistake::new(key, input.origin, problem));
            }
        }
        value
    }

    /// A value that `default.toml` has.
    pub(super) fn required<T>(
        &mut self,
        key: &'static str,
        expected: &str,
        parse: impl Fn(&Input<'_>) -> Option<T>,
        show: impl Fn(&T) -> String,
    ) -> T {
        self.optional(key, expected, &parse, show).unwrap_or_else(|| {
            let defaults = layers::defaults();
            Input::find(&defaults, key).and_then(|input| parse(&input)).expect(
                "default.toml has a right value for every required key: every test of this module reads it",
            )
        })
    }

    /// The value as it is, for what is too large for one key.
    pub(super) fn raw(&self, key: &str) -> Option<Input<'a>> {
        Input::find(self.merged, key)
    }

    /// Keeps a value that was read with [`Reader::raw`].
    pub(super) fn keep(&mut self, key: &'static str, text: String, origin: Origin) {
        self.settings.push(Setting { key, text: Some(text), origin });
    }
}

impl<'a> Input<'a> {
    fn find(tree: &'a Value, key: &str) -> Option<Self> {
        let value = key.split('.').try_fold(tree, |value, part| match &value.kind {
            ValueKind::Table(table) => table.get(part),
            _ => None,
        })?;
        let Ok(origin) = value.origin().unwrap_or_default().parse();
        Some(Self { value, origin })
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.value.kind {
            ValueKind::String(text) => Some(text),
            _ => None,
        }
    }

    /// A list of texts; from the environment, separated by commas.
    pub(super) fn list(&self) -> Option<Vec<String>> {
        match &self.value.kind {
            ValueKind::String(text) if self.origin.is_text() => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Some(parts.map(str::to_owned).collect())
            }
            ValueKind::Array(items) => items
                .iter()
                .map(|item| match &item.kind {
                    ValueKind::String(text) => Some(text.clone()),
                    _ => None,
                })
                .collect(),
            _ => None,
        }
    }

    fn integer<N: FromStr + TryFrom<i64>>(&self) -> Option<N> {
        match self.value.kind {
            ValueKind::I64(number) => number.try_into().ok(),
            _ => self.parsed_text(),
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "a whole number in a file, where any number is expected")]
    fn float(&self) -> Option<f64> {
        match self.value.kind {
            ValueKind::Float(number) => Some(number),
            ValueKind::I64(number) => Some(number as f64),
            _ => self.parsed_text(),
        }
    }

    fn boolean(&self) -> Option<bool> {
        match self.value.kind {
            ValueKind::Boolean(value) => Some(value),
            _ => self.parsed_text(),
        }
    }

    /// A text means a number only where there is nothing but text.
    fn parsed_text<T: FromStr>(&self) -> Option<T> {
        self.text().filter(|_| self.origin.is_text())?.trim().parse().ok()
    }

    fn shown(&self) -> String {
        match &self.value.kind {
            ValueKind::String(text) => quoted(text),
            ValueKind::Table(_) => "a section".to_owned(),
            ValueKind::Array(items) => format!("a list of {}", items.len()),
            other => other.to_string(),
        }
    }
}

/// A text as TOML.
pub(super) fn quoted(text: &(impl AsRef<str> + Debug + ?Sized)) -> String {
    toml::Value::from(text.as_ref()).to_string()
}
