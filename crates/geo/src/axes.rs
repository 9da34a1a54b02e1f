//! Rings whose latitudes and longitudes seem to be swapped: a frequent fault of authoring software. It is only ever
//! proposed; what an issuer signed is not changed behind its back.

use crate::bbox::BBox;
use crate::point::Point;

/// Why a ring seems to be swapped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Evidence {
    /// This latitude is beyond 90 degrees as read, and the ring is plausible the other way.
    OutOfRange {
        /// Which point, from zero.
        point: usize,
        /// What stands for its latitude.
        lat: f64,
    },
    /// As read no point lies in the box expected; the other way all do.
    OnlyPlausibleSwapped,
}

/// A ring that makes sense only with its axes swapped.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// The points the other way.
    pub swapped: Vec<Point>,
    /// Why.
    pub evidence: Evidence,
}

/// Looks at latitudes and longitudes as read, with a box where the ring is expected, such as the issuer's country;
/// `None` unless the ring is plausible only when swapped. A ring that is plausible both ways is left alone.
#[must_use]
pub fn looks_swapped(points: &[(f64, f64)], expected: Option<&BBox>) -> Option<Proposal> {
    let swapped: Option<Vec<Point>> = points.iter().map(|&(lat, lon)| Point::new(lon, lat).ok()).collect();
    let swapped = swapped.filter(|points| !points.is_empty())?;
    if expected.is_some_and(|expected| !swapped.iter().all(|p| expected.contains(p))) {
        return None;
    }
    if let Some(point) = points.iter().position(|p| p.0.abs() > 90.0) {
        return Some(Proposal { swapped, evidence: Evidence::OutOfRange { point, lat: points[point].0 } });
    }
    let in_place = |&(lat, lon): &(f64, f64)| expected.is_some_and(|b| b.contains(&Point { lat, lon }));
    let only_swapped = expected.is_some() && !points.iter().any(in_place);
    only_swapped.then_some(Proposal { swapped, evidence: Evidence::OnlyPlausibleSwapped })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GHANA: BBox = BBox { south: 4.5, west: -3.5, north: 11.5, east: 1.5 };
    const TAIWAN: BBox = BBox { south: 21.5, west: 118.0, north: 26.5, east: 122.5 };

    fn check(points: &[(f64, f64)], expected: Option<&BBox>, evidence: Option<Evidence>) {
        let proposal = looks_swapped(points, expected);
        assert_eq!(proposal.as_ref().map(|p| p.evidence), evidence);
        for (p, q) in proposal.iter().flat_map(|p| &p.swapped).zip(points) {
            assert_eq!((p.lat, p.lon), (q.1, q.0));
        }
    }

    #[test]
    fn a_latitude_out_of_range_is_evidence() {
        let taiwan = [(24.0, 121.0), (121.5, 24.0), (121.0, 25.0), (120.0, 24.0)];
        check(&taiwan[1..], None, Some(Evidence::OutOfRange { point: 0, lat: 121.5 }));
        check(&taiwan[1..], Some(&TAIWAN), Some(Evidence::OutOfRange { point: 0, lat: 121.5 }));
        check(&taiwan[1..], Some(&GHANA), None);
        check(&taiwan, None, None);
    }

    #[test]
    fn a_ring_in_range_needs_an_expected_place() {
        let ghana = [(-1.0, 8.0), (0.0, 8.0), (0.0, 9.0), (-1.0, 8.0)];
        check(&ghana, None, None);
        check(&ghana, Some(&GHANA), Some(Evidence::OnlyPlausibleSwapped));
        check(&ghana, Some(&TAIWAN), None);
        let either_way = BBox { south: -10.0, west: -10.0, north: 10.0, east: 10.0 };
        check(&ghana, Some(&either_way), None);
        check(&[], Some(&GHANA), None);
        check(&[(f64::NAN, 8.0)], Some(&GHANA), None);
    }
}
