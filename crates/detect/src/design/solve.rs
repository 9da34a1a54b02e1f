//! A square system of linear equations, solved by elimination with partial pivoting.

/// Solves `a x = b` in place for a matrix given row by row; `None` where it is singular.
pub(crate) fn solve(mut a: Vec<f64>, mut b: Vec<f64>) -> Option<Vec<f64>> {
    let n = b.len();
    debug_assert_eq!(a.len(), n * n, "the matrix is square");
    for step in 0..n {
        let size = |row: &usize| a[row * n + step].abs();
        let best = (step..n).max_by(|x, y| size(x).total_cmp(&size(y)))?;
        if a[best * n + step] == 0.0 || a[best * n + step].is_nan() {
            return None;
        }
        if best != step {
            for column in step..n {
                a.swap(best * n + column, step * n + column);
            }
            b.swap(best, step);
        }
        let (above, below) = a.split_at_mut((step + 1) * n);
        let pivot = &above[step * n + step..];
        for (offset, row) in below.chunks_exact_mut(n).enumerate() {
            let factor = row[step] / pivot[0];
            if factor == 0.0 {
                continue;
            }
            for (cell, p) in row[step..].iter_mut().zip(pivot) {
                *cell -= factor * p;
            }
            b[step + 1 + offset] -= factor * b[step];
        }
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|column| a[row * n + column] * b[column]).sum();
        b[row] = (b[row] - known) / a[row * n + row];
    }
    Some(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_what_needs_a_pivot_and_refuses_what_is_singular() {
        let a = vec![0.0, 2.0, 1.0, 1.0, 1.0, 1.0, 2.0, 0.0, 3.0];
        let x = solve(a, vec![7.0, 6.0, 11.0]).unwrap();
        for (got, wanted) in x.iter().zip([1.0, 2.0, 3.0]) {
            assert!((got - wanted).abs() < 1e-14, "{x:?}");
        }
        assert_eq!(solve(vec![1.0, 2.0, 2.0, 4.0], vec![1.0, 1.0]), None);
    }
}
