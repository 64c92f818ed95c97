//! What engineers read in the console: a structure, made without a JSON library's tree of values.

/// The particulars of a report, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Detail(Vec<(&'static str, String)>);

impl Detail {
    /// Adds one.
    #[allow(clippy::needless_pass_by_value, reason = "numbers and words are handed over as they come")]
    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.0.push((name, value.to_string()));
        self
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

/// What went wrong, in words.
impl From<String> for Detail {
    fn from(cause: String) -> Self {
        Self::default().with("cause", cause)
    }
}
