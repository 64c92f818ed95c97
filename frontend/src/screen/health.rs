//! How the stream does, as signals.

use leptos::prelude::RwSignal;

use crate::state::health::HealthView;

/// How the stream does.
#[derive(Clone, Copy)]
pub(crate) struct HealthSignals {
    /// The health line.
    pub(crate) view: RwSignal<HealthView>,
    /// A sentence for the person.
    pub(crate) notice: RwSignal<Option<String>>,
}

impl HealthSignals {
    /// Nothing is known yet.
    pub(super) fn new() -> Self {
        Self { view: RwSignal::new(HealthView::default()), notice: RwSignal::new(None) }
    }
}
