//! What lies on both sides of edges that share only their ends, and the rings around it.

use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

use super::lattice::{P, doubled_area, orient};
use super::noding::Edge;

/// Edges that share only their ends, with the winding number below each.
pub(crate) struct Faces {
    edges: Vec<Edge>,
    below: Vec<i32>,
}

impl Faces {
    /// Finds the winding numbers by a sweep from west to east.
    pub(crate) fn new(mut edges: Vec<Edge>) -> Self {
        // Those that begin together, from the lowest up: each then finds its neighbour below in place.
        edges.sort_unstable_by(|s, t| s.a.cmp(&t.a).then_with(|| orient(s.a, t.b, s.b)));
        let mut ends: Vec<usize> = (0..edges.len()).collect();
        ends.sort_unstable_by_key(|&i| edges[i].b);
        let mut ends = ends.into_iter().peekable();
        let mut below = vec![0; edges.len()];
        let mut open: BTreeSet<Active> = BTreeSet::new();
        for (index, edge) in edges.iter().enumerate() {
            while let Some(done) = ends.next_if(|&i| edges[i].b <= edge.a) {
                open.remove(&Active { a: edges[done].a, b: edges[done].b, index: done });
            }
            let active = Active { a: edge.a, b: edge.b, index };
            if let Some(under) = open.range(..active).next_back() {
                below[index] = below[under.index] + edges[under.index].weight;
            }
            open.insert(active);
        }
        Self { edges, below }
    }

    /// The edges around the region where `inside` holds of the winding number, and cuts within it. Their weights make
    /// the winding number one inside and zero outside.
    pub(crate) fn region(&self, inside: impl Fn(i32) -> bool) -> Vec<Edge> {
        let edge = |(edge, &below): (&Edge, &i32)| {
            let (under, over) = (inside(below), inside(below + edge.weight));
            let cut = edge.cut && under && over;
            let weight = i32::from(over) - i32::from(under);
            (cut || weight != 0).then_some(Edge { weight, cut, ..*edge })
        };
        self.edges.iter().zip(&self.below).filter_map(edge).collect()
    }

    /// The way round the region where `inside` holds of the winding number, and along cuts on both sides; the region
    /// lies on its left.
    pub(crate) fn rim(&self, inside: impl Fn(i32) -> bool) -> Vec<(P, P)> {
        directed(&self.region(inside))
    }
}

/// The edges of a region, each with the region on its left; cuts both ways.
pub(crate) fn directed(region: &[Edge]) -> Vec<(P, P)> {
    let mut rim = Vec::with_capacity(region.len());
    for edge in region {
        if edge.weight > 0 || edge.cut {
            rim.push((edge.a, edge.b));
        }
        if edge.weight < 0 || edge.cut {
            rim.push((edge.b, edge.a));
        }
    }
    rim
}

/// The rim as rings without repeated points: those around the region counter-clockwise, those around holes
/// clockwise.
pub(crate) fn simple_rings(mut rim: Vec<(P, P)>) -> Vec<Vec<P>> {
    rim.sort_unstable();
    let mut used = vec![false; rim.len()];
    let mut rings = Vec::new();
    for first in 0..rim.len() {
        let (mut walk, mut at) = (Vec::new(), first);
        while !used[at] {
            used[at] = true;
            walk.push(rim[at].0);
            let Some(next) = next(&rim, at) else { break };
            at = next;
        }
        unlooped(walk, &mut rings);
    }
    rings.retain(|ring| ring.len() >= 3 && doubled_area(ring) != 0);
    rings
}

/// The edge after this one: the first clockwise from the way back, so that the region stays on the left.
fn next(rim: &[(P, P)], at: usize) -> Option<usize> {
    let (from, here) = rim[at];
    let start = rim.partition_point(|edge| edge.0 < here);
    let count = rim[start..].iter().take_while(|edge| edge.0 == here).count();
    (start..start + count).min_by(|&i, &j| clockwise(here, from, rim[i].1, rim[j].1))
}

/// Which of two directions from `here` comes first, turning clockwise from that to `back`.
fn clockwise(here: P, back: P, s: P, t: P) -> Ordering {
    let turn = |p: P| match orient(here, back, p) {
        Ordering::Less => 0,
        Ordering::Equal if ahead(here, back, p) => 3,
        Ordering::Equal => 1,
        Ordering::Greater => 2,
    };
    turn(s).cmp(&turn(t)).then_with(|| orient(here, s, t))
}

/// Whether both lie the same way from `here`, given that all three are on one line.
fn ahead(here: P, p: P, q: P) -> bool {
    (p.x - here.x).signum() == (q.x - here.x).signum() && (p.y - here.y).signum() == (q.y - here.y).signum()
}

/// Cuts a walk into rings wherever it comes back to a point.
fn unlooped(walk: Vec<P>, rings: &mut Vec<Vec<P>>) {
    let mut places: HashMap<P, usize> = HashMap::new();
    let mut path: Vec<P> = Vec::new();
    for p in walk {
        if let Some(&since) = places.get(&p) {
            let ring = path.split_off(since);
            for q in &ring {
                places.remove(q);
            }
            rings.push(ring);
        }
        places.insert(p, path.len());
        path.push(p);
    }
    rings.push(path);
}

/// Takes out points that lie on the straight way between their neighbours.
pub(crate) fn straighten(ring: &mut Vec<P>) {
    let bends = |&i: &usize| {
        let n = ring.len();
        orient(ring[(i + n - 1) % n], ring[i], ring[(i + 1) % n]).is_ne()
    };
    if ring.len() > 3 {
        *ring = (0..ring.len()).filter(bends).map(|i| ring[i]).collect();
    }
}

/// An edge under the sweep line. The order is from south to north and means something only among edges that are
/// open at the same time and do not cross.
#[derive(Clone, Copy)]
struct Active {
    a: P,
    b: P,
    index: usize,
}

impl Ord for Active {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.index == other.index {
            return Ordering::Equal;
        }
        if self.a <= other.a {
            let side = orient(self.a, self.b, other.a).then_with(|| orient(self.a, self.b, other.b));
            side.reverse().then(self.index.cmp(&other.index))
        } else {
            other.cmp(self).reverse()
        }
    }
}

impl PartialOrd for Active {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Active {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Active {}
