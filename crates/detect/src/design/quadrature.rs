//! Gauss–Legendre quadrature.

/// Nodes and weights of the rule with `n` nodes on the interval from `a` to `b`.
///
/// The nodes are the roots of the Legendre polynomial, found by Newton's method from Chebyshev's.
pub(crate) fn gauss_legendre(n: usize, a: f64, b: f64) -> Vec<(f64, f64)> {
    let (centre, half) = (f64::midpoint(a, b), (b - a) / 2.0);
    let node = |i: usize| {
        let mut x = -((i as f64 + 0.75) / (n as f64 + 0.5) * std::f64::consts::PI).cos();
        let mut slope = 1.0;
        for _ in 0..50 {
            let (value, derivative) = legendre(n, x);
            slope = derivative;
            let step = value / derivative;
            x -= step;
            if step.abs() < 1e-16 {
                break;
            }
        }
        (centre + half * x, half * 2.0 / ((1.0 - x * x) * slope * slope))
    };
    (0..n).map(node).collect()
}

/// The Legendre polynomial of degree `n` and its derivative.
fn legendre(n: usize, x: f64) -> (f64, f64) {
    let (mut before, mut value) = (1.0, x);
    for k in 2..=n {
        let k = k as f64;
        (before, value) = (value, ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k);
    }
    (value, n as f64 * (x * value - before) / (x * x - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_of_degree_below_twice_the_nodes_are_exact() {
        let integral: f64 = gauss_legendre(6, -1.0, 3.0).iter().map(|(x, w)| w * x.powi(11)).sum();
        let exact = (3f64.powi(12) - 1.0) / 12.0;
        assert!((integral - exact).abs() < 1e-12 * exact, "{integral} is not {exact}");
        let length: f64 = gauss_legendre(50, 0.0, 2.0).iter().map(|(_, w)| w).sum();
        assert!((length - 2.0).abs() < 1e-13);
    }
}
