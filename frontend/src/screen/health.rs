//! How the stream does, as signals.

use crate::lasting::Lasting;

use crate::state::health::HealthView;

/// How the stream does.
#[derive(Clone, Copy)]
pub(crate) struct HealthSignals {
    /// The health line.
    pub(crate) view: Lasting<HealthView>,
    /// A sentence for the person.
    pub(crate) notice: Lasting<Option<String>>,
}

impl HealthSignals {
    /// Nothing is known yet.
    pub(super) fn new() -> Self {
        Self { view: Lasting::new(HealthView::default()), notice: Lasting::new(None) }
    }
}
