//! Edges cut where they meet, until they share nothing but their ends.
//!
//! This is snap rounding, repeated: an edge that passes within half a step of a point in which any edges end or cross
//! is led through that point. When a round cuts nothing more, no two edges cross, touch or overlap.
//!
//! All points of a round are known before any edge is led through one. Edges bent already would cross one another in
//! points a few steps further along, and these again in others: two that run side by side for long would never end.

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
        let mut marks = marks(&edges, work)?;
        if marks.is_empty() {
            return Ok(edges);
        }
        let mut pieces = cut_at(&edges, &mut marks);
        let passed = passed(&edges, &pieces, work)?;
        if !passed.is_empty() {
            marks.extend(passed);
            pieces = cut_at(&edges, &mut marks);
        }
        edges = pieces.into_iter().map(|(_, piece)| piece).collect();
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

/// A point at which an edge is to be cut.
type Mark = (u32, P);

/// The ends and crossings at which edges are to be cut; a crossing at first only for the two that cross there.
fn marks(edges: &[Edge], work: &mut Work) -> Result<Vec<Mark>, Spent> {
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

/// The crossings of others that edges pass by. An edge runs within a step of its pieces, which are short where there
/// are many crossings: they, and not the edges, are looked at two by two.
fn passed(edges: &[Edge], pieces: &[(u32, Edge)], work: &mut Work) -> Result<Vec<Mark>, Spent> {
    let mut marks = Vec::new();
    let tree = Tree::new(pieces.iter().map(|(_, piece)| Extent::around(&[piece.a, piece.b]).grown(1)));
    tree.pairs(work, |i, j| {
        let mut look = |(of, piece): (u32, Edge), (other, ends): (u32, Edge)| {
            let edge = (edges[of as usize].a, edges[of as usize].b);
            let is_new = |p: &P| of != other && ![edge.0, edge.1, piece.a, piece.b].contains(p);
            let points = [ends.a, ends.b].into_iter().filter(|p| is_new(p) && near(edge, *p));
            marks.extend(points.map(|p| (of, p)));
        };
        look(pieces[i], pieces[j]);
        look(pieces[j], pieces[i]);
        if marks.len() > MAX_MARKS { Err(Spent) } else { Ok(()) }
    })?;
    Ok(marks)
}

/// The pieces of the edges, each with the place of its edge.
fn cut_at(edges: &[Edge], marks: &mut Vec<Mark>) -> Vec<(u32, Edge)> {
    // How far along its edge a point lies: a dot product, as the cross product with the edge turned.
    let along = |&(i, p): &Mark| {
        let (a, b) = (edges[i as usize].a, edges[i as usize].b);
        cross(a, P { x: a.x + (b.y - a.y), y: a.y - (b.x - a.x) }, p)
    };
    marks.sort_unstable_by_key(|mark| (mark.0, along(mark), mark.1));
    marks.dedup();
    let mut pieces = Vec::with_capacity(edges.len() + marks.len());
    let mut marks = marks.iter().peekable();
    for (i, edge) in (0u32..).zip(edges) {
        let mut from = edge.a;
        while let Some((_, p)) = marks.next_if(|mark| mark.0 == i) {
            pieces.push((i, Edge::new(from, *p, edge.weight, edge.cut)));
            from = *p;
        }
        pieces.push((i, Edge::new(from, edge.b, edge.weight, edge.cut)));
    }
    pieces
}
