//! Edges cut where they meet, until they share nothing but their ends.
//!
//! This is snap rounding, repeated: an edge that passes within half a step of a point that another edge ends in or
//! crosses it in is led through that point. When a round cuts nothing more, no two edges cross, touch or overlap.

use super::lattice::{P, cross, crossing, near};
use super::tree::{Extent, Spent, Tree, Work};

/// Rounds after which it is given up; two or three are usual.
const ROUNDS: usize = 16;

/// The most places at which edges are cut in one round.
const MAX_MARKS: usize = 2_000_000;

/// An edge from its lower to its higher end in the order of points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) a: P,
    pub(crate) b: P,
    /// How many rings go along it from `a` to `b`, less those that go back.
    pub(crate) weight: i32,
    /// Whether what lies on both its sides is to be kept apart.
    pub(crate) cut: bool,
}

impl Edge {
    pub(crate) fn new(from: P, to: P, weight: i32, cut: bool) -> Self {
        if from <= to {
            Self { a: from, b: to, weight, cut }
        } else {
            Self { a: to, b: from, weight: -weight, cut }
        }
    }
}

/// The edges of a ring given without its closing point.
pub(crate) fn edges_of(ring: &[P]) -> impl Iterator<Item = Edge> + '_ {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| Edge::new(*a, *b, 1, false))
}

/// The same edges cut where they meet; those that rings go along and back as often are gone.
pub(crate) fn node(mut edges: Vec<Edge>, work: &mut Work) -> Result<Vec<Edge>, Spent> {
    for _ in 0..ROUNDS {
        edges = merged(edges);
        let marks = marks(&edges, work)?;
        if marks.is_empty() {
            return Ok(edges);
        }
        edges = cut_at(edges, marks);
    }
    Err(Spent)
}

fn merged(mut edges: Vec<Edge>) -> Vec<Edge> {
    edges.retain(|e| e.a != e.b);
    edges.sort_unstable_by_key(|e| (e.a, e.b));
    edges.dedup_by(|next, kept| {
        let same = next.a == kept.a && next.b == kept.b;
        if same {
            kept.weight += next.weight;
            kept.cut |= next.cut;
        }
        same
    });
    edges.retain(|e| e.weight != 0 || e.cut);
    edges
}

/// The points at which edges are to be cut, by edge.
fn marks(edges: &[Edge], work: &mut Work) -> Result<Vec<(u32, P)>, Spent> {
    let mut marks = Vec::new();
    let tree = Tree::new(edges.iter().map(|e| Extent::around(&[e.a, e.b])));
    tree.pairs(work, |i, j| {
        let (s, t) = ((edges[i].a, edges[i].b), (edges[j].a, edges[j].b));
        let mut mark = |at: usize, edge: (P, P), p: P| {
            if p != edge.0 && p != edge.1 {
                marks.push((at as u32, p));
            }
        };
        for p in [t.0, t.1].into_iter().filter(|p| near(s, *p)) {
            mark(i, s, p);
        }
        for p in [s.0, s.1].into_iter().filter(|p| near(t, *p)) {
            mark(j, t, p);
        }
        if let Some(p) = crossing(s, t) {
            mark(i, s, p);
            mark(j, t, p);
        }
        if marks.len() > MAX_MARKS { Err(Spent) } else { Ok(()) }
    })?;
    Ok(marks)
}

fn cut_at(edges: Vec<Edge>, mut marks: Vec<(u32, P)>) -> Vec<Edge> {
    // How far along its edge a point lies: a dot product, as the cross product with the edge turned.
    let along = |&(i, p): &(u32, P)| {
        let (a, b) = (edges[i as usize].a, edges[i as usize].b);
        cross(a, P { x: a.x + (b.y - a.y), y: a.y - (b.x - a.x) }, p)
    };
    marks.sort_unstable_by_key(|mark| (mark.0, along(mark), mark.1));
    marks.dedup();
    let mut pieces = Vec::with_capacity(edges.len() + marks.len());
    let mut marks = marks.into_iter().peekable();
    for (i, edge) in edges.iter().enumerate() {
        let mut from = edge.a;
        while let Some((_, p)) = marks.next_if(|mark| mark.0 as usize == i) {
            pieces.push(Edge::new(from, p, edge.weight, edge.cut));
            from = p;
        }
        pieces.push(Edge::new(from, edge.b, edge.weight, edge.cut));
    }
    pieces
}
