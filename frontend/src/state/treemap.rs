//! A treemap: rectangles whose areas are as their weights, as square as can be.
//!
//! Bruls, Huizing and van Wijk, "Squarified Treemaps" (2000), <https://doi.org/10.1007/978-3-7091-6783-0_4>.

/// A rectangle in shares of the whole: 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Rect {
    /// The left edge.
    pub(crate) x: f64,
    /// The top edge.
    pub(crate) y: f64,
    /// The width.
    pub(crate) width: f64,
    /// The height.
    pub(crate) height: f64,
}

/// A rectangle for each weight, in their order. Weights are positive and fall; `aspect` is the width of the whole
/// divided by its height.
pub(crate) fn squarify(weights: &[f64], aspect: f64) -> Vec<Rect> {
    let total: f64 = weights.iter().sum();
    if !(total > 0.0 && total.is_finite() && aspect > 0.0) {
        return vec![Rect::default(); weights.len()];
    }
    let areas: Vec<f64> = weights.iter().map(|weight| weight / total * aspect).collect();
    let mut free = Rect { x: 0.0, y: 0.0, width: aspect, height: 1.0 };
    let mut rects = Vec::with_capacity(areas.len());
    let mut rest = areas.as_slice();
    while !rest.is_empty() {
        let side = free.width.min(free.height);
        let count = (1..rest.len())
            .find(|count| worst(&rest[..count + 1], side) > worst(&rest[..*count], side))
            .unwrap_or(rest.len());
        let (row, after) = rest.split_at(count);
        free = lay(row, free, &mut rects);
        rest = after;
    }
    for rect in &mut rects {
        rect.x /= aspect;
        rect.width /= aspect;
    }
    rects
}

/// The longest side to the shortest, of the worst rectangle of a row along a side.
fn worst(row: &[f64], side: f64) -> f64 {
    let sum: f64 = row.iter().sum();
    let ratio = |area: &f64| {
        let (across, along) = (sum / side, area / (sum / side));
        (across / along).max(along / across)
    };
    row.iter().map(ratio).fold(0.0, f64::max)
}

/// Lays a row along the shorter side of what is free; gives what is free then.
fn lay(row: &[f64], free: Rect, rects: &mut Vec<Rect>) -> Rect {
    let sum: f64 = row.iter().sum();
    let mut at = 0.0;
    if free.width >= free.height {
        let across = sum / free.height;
        for area in row {
            let height = area / across;
            rects.push(Rect { x: free.x, y: free.y + at, width: across, height });
            at += height;
        }
        Rect { x: free.x + across, width: (free.width - across).max(f64::MIN_POSITIVE), ..free }
    } else {
        let across = sum / free.width;
        for area in row {
            let width = area / across;
            rects.push(Rect { x: free.x + at, y: free.y, width, height: across });
            at += width;
        }
        Rect { y: free.y + across, height: (free.height - across).max(f64::MIN_POSITIVE), ..free }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn the_example_of_the_paper() {
        let rects = squarify(&[6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0], 1.5);
        assert!(close(rects[0].width, 0.5) && close(rects[0].height, 0.5), "{:?}", rects[0]);
        assert!(close(rects[2].width * 6.0, 7.0 / (7.0 / 3.0) * 4.0 / 7.0 * 1.0), "{:?}", rects[2]);
    }

    #[test]
    fn areas_are_as_weights_and_fill_the_whole() {
        for aspect in [0.3, 1.0, 4.0] {
            let weights: Vec<f64> = (1..40).rev().map(|n| f64::from(n * n)).collect();
            let total: f64 = weights.iter().sum();
            let rects = squarify(&weights, aspect);
            for (rect, weight) in rects.iter().zip(&weights) {
                assert!(close(rect.width * rect.height, weight / total), "{rect:?}");
                let inside = rect.x >= -1e-9 && rect.x + rect.width <= 1.0 + 1e-9;
                assert!(inside && rect.y >= -1e-9 && rect.y + rect.height <= 1.0 + 1e-9, "{rect:?}");
            }
        }
    }

    #[test]
    fn nothing_to_show_is_no_crash() {
        assert_eq!(squarify(&[], 1.0), []);
        for (weights, aspect) in [([0.0, 0.0], 1.0), ([1.0, f64::NAN], 1.0), ([2.0, 1.0], 0.0)] {
            assert_eq!(squarify(&weights, aspect), [Rect::default(); 2]);
        }
    }
}
