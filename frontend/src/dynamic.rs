//! What changes in a view: each kind is one type.
//!
//! Leptos's code for a text, an attribute, an event, a list is compiled anew for each closure that it is given. Here
//! the closures are put into boxes first: the calls are as many, the code is there once. The dashboard's WebAssembly is
//! a sixth smaller for it.

mod part;

use std::pin::Pin;
use std::sync::Arc;

use leptos::prelude::{ArcMemo, Effect, For, ForProps, Get, IntoView};
use leptos::task::spawn_local;

pub(crate) use self::part::{Part, part};

/// A text, or a class.
pub(crate) type Text = Box<dyn FnMut() -> String + Send>;
/// An attribute or a style; there is none where it is `None`.
pub(crate) type Attribute = Box<dyn FnMut() -> Option<String> + Send>;
/// A view that is there or not.
pub(crate) type Choice = Box<dyn FnMut() -> Option<Part> + Send>;

/// A number of views.
pub(crate) type Parts = Box<dyn FnMut() -> Vec<Part> + Send>;

/// A text or a class that changes.
pub(crate) fn text<T: Into<String>>(read: impl Fn() -> T + Send + 'static) -> Text {
    Box::new(move || read().into())
}

/// An attribute or a style that changes, or comes and goes.
pub(crate) fn attribute<T: Into<Option<String>>>(read: impl Fn() -> T + Send + 'static) -> Attribute {
    Box::new(move || read().into())
}

/// An attribute that says `true` or `false`.
pub(crate) fn truth(read: impl Fn() -> bool + Send + 'static) -> Attribute {
    Box::new(move || Some(read().to_string()))
}

/// An attribute without a value, such as `hidden`.
pub(crate) fn flag(read: impl Fn() -> bool + Send + 'static) -> Attribute {
    Box::new(move || read().then(String::new))
}

/// What is done at an event.
pub(crate) fn handler<E>(run: impl FnMut(E) + 'static) -> Box<dyn FnMut(E)> {
    Box::new(run)
}

/// What is done now, and again whenever what it read changes.
pub(crate) fn effect(run: impl FnMut() + 'static) {
    Effect::new(Box::new(run) as Box<dyn FnMut()>);
}

/// What is waited for beside everything else.
pub(crate) fn spawn(future: impl Future<Output = ()> + 'static) {
    spawn_local(Box::pin(future) as Pin<Box<dyn Future<Output = ()>>>);
}

/// A view that is there as long as `is_shown`.
pub(crate) fn when<V: IntoView + 'static>(
    is_shown: impl Fn() -> bool + Send + Sync + 'static,
    view: impl Fn() -> V + Send + 'static,
) -> Choice {
    let is_shown = memo(is_shown);
    Box::new(move || is_shown().then(|| part(view())))
}

/// Views that are all made anew when one of them changes.
pub(crate) fn parts<V: IntoView + 'static>(views: impl Fn() -> Vec<V> + Send + 'static) -> Parts {
    Box::new(move || views().into_iter().map(part).collect())
}

/// One view or another one.
pub(crate) fn either<A: IntoView + 'static, B: IntoView + 'static>(
    is_first: impl Fn() -> bool + Send + Sync + 'static,
    first: impl Fn() -> A + Send + 'static,
    second: impl Fn() -> B + Send + 'static,
) -> Choice {
    let is_first = memo(is_first);
    Box::new(move || Some(if is_first() { part(first()) } else { part(second()) }))
}

/// The same answer, but who reads it is called again only when it is another one.
pub(crate) fn memo(read: impl Fn() -> bool + Send + Sync + 'static) -> impl Fn() -> bool + Send + Sync {
    let memo = boxed_memo(Box::new(read));
    move || memo.get()
}

fn boxed_memo(read: Box<dyn Fn() -> bool + Send + Sync>) -> ArcMemo<bool> {
    ArcMemo::new(move |_| read())
}

/// A view for each item, made once and kept as long as there is an item with this key.
pub(crate) fn list<T: Send + 'static, V: IntoView + 'static>(
    items: impl Fn() -> Vec<T> + Send + 'static,
    key: impl Fn(&T) -> u64 + Send + 'static,
    view: impl Fn(T) -> V + Send + Sync + 'static,
) -> impl IntoView {
    let view = Arc::new(view);
    let item = move |item: T| {
        let view = Arc::clone(&view);
        Item { key: key(&item), make: Box::new(move || part(view(item))) }
    };
    boxed_list(Box::new(move || items().into_iter().map(&item).collect()))
}

/// So many rows, each made once from its place.
pub(crate) fn rows<V: IntoView + 'static>(
    count: impl Fn() -> usize + Send + 'static,
    row: impl Fn(usize) -> V + Send + Sync + 'static,
) -> impl IntoView {
    list(move || (0..count()).collect(), |at| *at as u64, row)
}

/// What a list keeps apart by its key, and makes if it is new.
struct Item {
    key: u64,
    make: Box<dyn FnOnce() -> Part + Send>,
}

fn boxed_list(items: Box<dyn Fn() -> Vec<Item> + Send>) -> impl IntoView {
    For(ForProps { each: items, key: |item: &Item| item.key, children: |item: Item| (item.make)() })
}
