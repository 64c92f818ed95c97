//! Sorting, in one place, by a merge sort of our own: the standard library's is 5 kB of WebAssembly for each type, which
//! brotli halves.

use std::cmp::Ordering;

/// Sorts places in a list by what is there; those that are equal keep their order. What is in order already is only
/// looked at.
pub(crate) fn sort(places: &mut [usize], compare: &dyn Fn(usize, usize) -> Ordering) {
    let half = places.len() / 2;
    if half == 0 {
        return;
    }
    let (first, second) = places.split_at_mut(half);
    sort(first, compare);
    sort(second, compare);
    if compare(places[half - 1], places[half]).is_le() {
        return;
    }
    let first = places[..half].to_vec();
    let (mut from_first, mut from_second) = (0, half);
    for at in 0..places.len() {
        let is_second =
            |second: &usize| first.get(from_first).is_none_or(|first| compare(*first, *second).is_gt());
        if let Some(second) = places.get(from_second).copied().filter(is_second) {
            places[at] = second;
            from_second += 1;
        } else {
            places[at] = first[from_first];
            from_first += 1;
        }
    }
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

    #[test]
    fn it_sorts_like_the_standard_library() {
        // Multiples of a number modulo a prime: a permutation, and with a divisor one that has equals.
        for (count, factor, divisor) in
            [(0, 1, 1), (1, 1, 1), (2, 1, 1), (997, 1, 1), (997, 996, 1), (997, 389, 9)]
        {
            let values: Vec<usize> = (0..count).map(|n| n * factor % 997 / divisor).collect();
            let mut places: Vec<usize> = (0..count).collect();
            let mut expected = places.clone();
            expected.sort_by_key(|at| values[*at]);
            sort(&mut places, &|a, b| values[a].cmp(&values[b]));
            assert_eq!(places, expected, "{count} {factor} {divisor}");
        }
    }
}
