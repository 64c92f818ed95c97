//! Signals of what lasts as long as the page.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use leptos::prelude::{Notify, Track};
use leptos::reactive::signal::ArcTrigger;

/// A signal that is never given up: made a fixed number of times, at the start of the page.
///
/// It is read and written like Leptos's `RwSignal`. That one lives in an arena and can be disposed of, and all the code
/// for it is compiled anew for each type of value, 1.5 kB each time; of this one it is a tenth.
pub(crate) struct Lasting<T: 'static>(&'static Kept<T>);

struct Kept<T> {
    value: RwLock<T>,
    readers: ArcTrigger,
}

impl<T> Clone for Lasting<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Lasting<T> {}

impl<T: Default> Default for Lasting<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> Lasting<T> {
    /// A signal of this value; its memory is never freed.
    pub(crate) fn new(value: T) -> Self {
        Self(Box::leak(Box::new(Kept { value: RwLock::new(value), readers: ArcTrigger::new() })))
    }

    /// So many signals of such values.
    pub(crate) fn row(count: usize, value: impl Fn() -> T) -> &'static [Self] {
        Vec::leak((0..count).map(|_| Self::new(value())).collect())
    }

    /// The value. Not tracked.
    pub(crate) fn read_untracked(self) -> RwLockReadGuard<'static, T> {
        self.0.value.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the value. Not tracked.
    pub(crate) fn with_untracked<O>(self, read: impl FnOnce(&T) -> O) -> O {
        read(&self.read_untracked())
    }

    /// Reads the value. Tracked: who reads it in an effect or a view is called again when it changes.
    pub(crate) fn with<O>(self, read: impl FnOnce(&T) -> O) -> O {
        self.0.readers.track();
        read(&self.read_untracked())
    }

    /// Changes the value.
    pub(crate) fn update(self, change: impl FnOnce(&mut T)) {
        change(&mut self.write_untracked());
        self.0.readers.notify();
    }

    /// The value, to be changed without anybody being called. Must not be held while it is read.
    pub(crate) fn write_untracked(self) -> RwLockWriteGuard<'static, T> {
        self.0.value.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets another value.
    pub(crate) fn set(self, value: T) {
        *self.write_untracked() = value;
        self.0.readers.notify();
    }
}

impl<T: Clone> Lasting<T> {
    /// A copy of the value. Tracked.
    pub(crate) fn get(self) -> T {
        self.with(T::clone)
    }

    /// A copy of the value. Not tracked.
    pub(crate) fn get_untracked(self) -> T {
        self.with_untracked(T::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_and_written() {
        let signal = Lasting::new(vec![1]);
        signal.update(|list| list.push(2));
        assert_eq!(signal.get_untracked(), [1, 2]);
        signal.set(vec![3]);
        assert_eq!(signal.with_untracked(Vec::len), 1);
        assert_eq!(Lasting::row(2, || 7).iter().map(|signal| signal.get_untracked()).sum::<i32>(), 14);
    }
}
