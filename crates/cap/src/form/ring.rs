//! Rings of CAP to rings of GeoJSON: cut at the antimeridian, exterior rings counter-clockwise.
//!
//! RFC 7946, sections 3.1.6 and 3.1.9. Positions here are `[longitude, latitude]`.

use crate::model::Position;

/// A ring, its first position repeated at the end.
pub(super) type Ring = Vec<[f64; 2]>;

/// The parts of a ring on the map from -180 to 180; a ring round a pole reaches that pole.
pub(super) fn parts(ring: &[Position]) -> Vec<Ring> {
    let mut points: Ring = Vec::with_capacity(ring.len() + 3);
    for Position { lat, lon } in ring {
        // Two positions lie less than half the world apart; where they seem not to, the ring goes round the back.
        let lon = match points.last() {
            Some([before, _]) => lon - 360.0 * ((lon - before) / 360.0).round(),
            None => *lon,
        };
        points.push([lon, *lat]);
    }
    split(points)
}

/// The parts of a ring whose longitudes go on beyond 180.
pub(super) fn split(mut points: Ring) -> Vec<Ring> {
    let (Some(first), Some(last)) = (points.first().copied(), points.last().copied()) else {
        return Vec::new();
    };
    if (last[0] - first[0]).abs() > 180.0 {
        // Once round the world: the pole that is nearer lies inside.
        let mean = points.iter().map(|p| p[1]).sum::<f64>() / points.len() as f64;
        let pole = 90.0_f64.copysign(mean);
        points.extend([[last[0], pole], [first[0], pole], first]);
    }
    let span = |points: &Ring| {
        let lons = points.iter().map(|p| p[0]);
        (lons.clone().fold(f64::INFINITY, f64::min), lons.fold(f64::NEG_INFINITY, f64::max))
    };
    let (west, east) = span(&points);
    // A ring that winds round and round has no parts that mean anything.
    if !(west.is_finite() && east.is_finite()) || east - west > 720.0 {
        points.iter_mut().for_each(|p| p[0] = p[0].clamp(-180.0, 180.0));
        return vec![counter_clockwise(points)];
    }
    let mut parts = Vec::new();
    let mut turn = ((west + 180.0) / 360.0).floor();
    while turn * 360.0 - 180.0 < east || parts.is_empty() {
        let (low, high) = (turn * 360.0 - 180.0, turn * 360.0 + 180.0);
        let east_of = if west < low { keep(vec![points.clone()], low, 1.0) } else { vec![points.clone()] };
        let inside = if east > high { keep(east_of, high, -1.0) } else { east_of };
        for mut ring in inside {
            ring.iter_mut().for_each(|p| p[0] = (p[0] - turn * 360.0).clamp(-180.0, 180.0));
            parts.push(counter_clockwise(ring));
        }
        turn += 1.0;
        if turn * 360.0 - 180.0 >= east {
            break;
        }
    }
    parts
}

/// What of the rings lies on one side of a meridian: `side` 1 is east of it, -1 west.
fn keep(rings: Vec<Ring>, meridian: f64, side: f64) -> Vec<Ring> {
    rings.into_iter().flat_map(|ring| keep_one(ring, meridian, side)).collect()
}

fn keep_one(mut ring: Ring, meridian: f64, side: f64) -> Vec<Ring> {
    let inside = |p: &[f64; 2]| (p[0] - meridian) * side > 0.0;
    ring.pop();
    // Begin outside, so that no run of positions inside is cut in two.
    let Some(start) = ring.iter().position(|p| !inside(p)) else {
        ring.extend(ring.first().copied());
        return vec![ring];
    };
    ring.rotate_left(start);
    let mut runs: Vec<Ring> = Vec::new();
    for n in 0..ring.len() {
        let (a, b) = (ring[n], ring[(n + 1) % ring.len()]);
        let cross = || [meridian, a[1] + (b[1] - a[1]) * ((meridian - a[0]) / (b[0] - a[0]))];
        match (inside(&a), inside(&b)) {
            (false, true) => runs.push(vec![cross(), b]),
            (true, true) => runs.last_mut().expect("the walk began outside").push(b),
            (true, false) => runs.last_mut().expect("the walk began outside").push(cross()),
            (false, false) => {}
        }
    }
    join(runs)
}

/// Closes runs along the meridian: between crossings, sorted by latitude, every other gap lies inside.
fn join(runs: Vec<Ring>) -> Vec<Ring> {
    let lat = |(run, is_end): (usize, bool)| {
        let point = if is_end { runs[run].last() } else { runs[run].first() };
        point.map_or(0.0, |p| p[1])
    };
    let mut crossings: Vec<(usize, bool)> =
        (0..runs.len()).flat_map(|run| [(run, false), (run, true)]).collect();
    crossings.sort_by(|a, b| lat(*a).total_cmp(&lat(*b)).then(a.cmp(b)));
    let mut partner = vec![usize::MAX; runs.len()];
    for pair in crossings.chunks_exact(2) {
        match (pair[0], pair[1]) {
            ((start, false), (end, true)) | ((end, true), (start, false)) => partner[end] = start,
            // The ring crosses itself here: each run is closed by itself, which keeps every position.
            _ => {
                partner = (0..runs.len()).collect();
                break;
            }
        }
    }
    let mut used = vec![false; runs.len()];
    let mut rings = Vec::new();
    for first in 0..runs.len() {
        let mut ring = Ring::new();
        let mut run = first;
        while !used[run] {
            used[run] = true;
            ring.extend(&runs[run]);
            run = partner[run];
        }
        ring.dedup();
        ring.extend(ring.first().copied());
        ring.dedup();
        if ring.len() >= 4 && area(&ring) != 0.0 {
            rings.push(ring);
        }
    }
    rings
}

fn counter_clockwise(mut ring: Ring) -> Ring {
    if area(&ring) < 0.0 {
        ring.reverse();
    }
    ring
}

/// Twice the area in square degrees, positive if counter-clockwise.
fn area(ring: &Ring) -> f64 {
    let Some([x0, y0]) = ring.first().copied() else { return 0.0 };
    ring.windows(2).map(|w| (w[0][0] - x0) * (w[1][1] - y0) - (w[1][0] - x0) * (w[0][1] - y0)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(f64, f64)]) -> Vec<Position> {
        points.iter().map(|(lat, lon)| Position { lat: *lat, lon: *lon }).collect()
    }

    fn check(points: &[(f64, f64)], want: &[&[[f64; 2]]]) {
        let parts = parts(&ring(points));
        assert_eq!(parts, want.iter().map(|r| r.to_vec()).collect::<Vec<_>>());
    }

    #[test]
    fn rings_are_turned_counter_clockwise() {
        let want: [&[[f64; 2]]; 1] = [&[[0., 0.], [2., 0.], [2., 1.], [0., 1.], [0., 0.]]];
        check(&[(0., 0.), (0., 2.), (1., 2.), (1., 0.), (0., 0.)], &want);
        check(&[(0., 0.), (1., 0.), (1., 2.), (0., 2.), (0., 0.)], &want);
    }

    #[test]
    fn a_ring_over_the_antimeridian_is_cut_in_two() {
        check(
            &[(0., 170.), (0., -170.), (10., -170.), (10., 170.), (0., 170.)],
            &[
                &[[180., 10.], [170., 10.], [170., 0.], [180., 0.], [180., 10.]],
                &[[-180., 0.], [-170., 0.], [-170., 10.], [-180., 10.], [-180., 0.]],
            ],
        );
        // Touching it is not crossing it.
        check(
            &[(0., 170.), (0., 180.), (10., 180.), (10., 170.), (0., 170.)],
            &[&[[170., 0.], [180., 0.], [180., 10.], [170., 10.], [170., 0.]]],
        );
        check(
            &[(0., 170.), (0., -180.), (10., -180.), (10., 170.), (0., 170.)],
            &[&[[170., 0.], [180., 0.], [180., 10.], [170., 10.], [170., 0.]]],
        );
    }

    #[test]
    fn two_tongues_over_the_antimeridian_give_three_parts() {
        let u = [
            (0., 170.),
            (0., -170.),
            (2., -170.),
            (2., 175.),
            (8., 175.),
            (8., -170.),
            (10., -170.),
            (10., 170.),
            (0., 170.),
        ];
        let parts = parts(&ring(&u));
        assert_eq!(parts.len(), 3);
        let areas: Vec<f64> = parts.iter().map(|p| area(p) / 2.0).collect();
        assert_eq!(areas, [70.0, 20.0, 20.0]);
        assert!(parts.iter().flatten().all(|p| p[0].abs() <= 180.0));
    }

    #[test]
    fn a_ring_round_a_pole_reaches_it() {
        let parts = parts(&ring(&[(80., 0.), (80., 120.), (80., -120.), (80., 0.)]));
        let total: f64 = parts.iter().map(|p| area(p) / 2.0).sum();
        assert_eq!(total, 3600.0);
        assert!(parts.iter().flatten().any(|p| p[1] == 90.0));
    }

    #[test]
    fn odd_rings_give_finite_parts() {
        assert!(parts(&[]).is_empty());
        let spiral: Vec<(f64, f64)> =
            (0..1000).map(|n| (f64::from(n) / 20.0, f64::from(n) * 100.0 % 360.0 - 180.0)).collect();
        assert_eq!(parts(&ring(&spiral)).len(), 1);
        let bow = [(0., 170.), (10., -170.), (0., -170.), (10., 170.), (0., 170.)];
        assert!(parts(&ring(&bow)).iter().flatten().all(|p| p[0].is_finite()));
    }
}
