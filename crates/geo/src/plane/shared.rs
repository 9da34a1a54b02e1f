//! Ground that rings share, for tests.

use super::faces::{Faces, simple_rings};
use super::form::flat_ring;
use super::lattice::{P, doubled_area};
use super::noding::{edges_of, node};
use super::tree::Work;
use crate::ring::Ring;

/// What lies in more than one of the rings, or in one twice, as rings; longitudes as they are written.
pub(crate) fn shared_ground(rings: &[Ring]) -> Vec<Vec<P>> {
    let mut flats: Vec<Vec<P>> = rings.iter().map(|ring| flat_ring(&ring.trace())).collect();
    flats.iter_mut().filter(|flat| doubled_area(flat) < 0).for_each(|flat| flat.reverse());
    let edges = flats.iter().flat_map(|flat| edges_of(flat)).collect();
    let faces =
        Faces::new(node(edges, &mut Work(1 << 30)).expect("the rings of a test are not too entangled"));
    simple_rings(faces.rim(|winding| !(0..=1).contains(&winding)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_shared_is_found() {
        let square = |south: f64, west: f64| {
            let corners = [(0.0, 0.0), (0.0, 2.0), (2.0, 2.0), (2.0, 0.0), (0.0, 0.0)];
            let points = corners.map(|(r, c)| crate::Point::new(south + r, west + c).unwrap());
            Ring::new(points.to_vec()).unwrap()
        };
        assert!(shared_ground(&[square(0.0, 0.0), square(0.0, 2.0), square(2.0, 1.0)]).is_empty());
        let shared = shared_ground(&[square(0.0, 0.0), square(1.0, 1.0), square(5.0, 5.0)]);
        assert_eq!(
            shared.iter().map(|ring| doubled_area(ring)).collect::<Vec<_>>(),
            [20_000_000_000_000_000]
        );
    }
}
