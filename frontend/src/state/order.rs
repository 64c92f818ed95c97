//! Sorting, in one place: the standard library's sort is compiled anew for each type, 4 kB of WebAssembly each time.

use std::cmp::Ordering;

/// Sorts places in a list by what is there; those that are equal keep their order.
pub(crate) fn sort(places: &mut [usize], compare: &dyn Fn(usize, usize) -> Ordering) {
    places.sort_by(|a, b| compare(*a, *b));
}

/// The values from the least to the greatest.
pub(crate) fn sorted<T: Copy + Ord>(values: &[T]) -> Vec<T> {
    let mut places: Vec<usize> = (0..values.len()).collect();
    sort(&mut places, &|a, b| values[a].cmp(&values[b]));
    places.into_iter().map(|place| values[place]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_keep_their_order() {
        let words = ["bb", "a", "cc", "d"];
        let mut places = vec![3, 2, 1, 0];
        sort(&mut places, &|a, b| words[a].len().cmp(&words[b].len()));
        assert_eq!(places, [3, 1, 2, 0]);
        assert_eq!(sorted(&[3, -1, 2]), [-1, 2, 3]);
    }
}
