//! A part of the page whose type is not known to what it is in.

use leptos::prelude::{AddAnyAttr, IntoView, Mountable, Render, RenderHtml};
use leptos::tachys::html::attribute::Attribute;
use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::renderer::types::{Element, Node};
use leptos::tachys::view::{Position, PositionState};

/// A part of the page. In contrast to Leptos's `AnyView` it can only be made anew, not be compared with the one before:
/// that is less than half of the code.
pub(crate) struct Part(Box<dyn FnOnce() -> PartState + Send>);

/// A part that is in the page.
pub(crate) struct PartState(Box<dyn Mountable>);

/// Makes it a part.
pub(crate) fn part<V: IntoView + 'static>(view: V) -> Part {
    Part(Box::new(move || PartState(Box::new(view.build()))))
}

impl Render for Part {
    type State = PartState;

    fn build(self) -> PartState {
        (self.0)()
    }

    fn rebuild(self, state: &mut PartState) {
        let mut new = self.build();
        state.insert_before_this(&mut new);
        state.unmount();
        *state = new;
    }
}

impl Mountable for PartState {
    fn unmount(&mut self) {
        self.0.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        self.0.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.0.insert_before_this(child)
    }

    fn elements(&self) -> Vec<Element> {
        self.0.elements()
    }
}

/// What a server would do with it. There is none that does.
impl RenderHtml for Part {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(self, _: &mut String, _: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {}

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> PartState {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}

/// None of ours is given attributes from outside.
impl AddAnyAttr for Part {
    type Output<NewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self {
        self
    }
}
