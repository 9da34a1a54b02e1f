//! One simple ring that loses points one by one and only ever grows.
//!
//! Two steps take a point away. A point where the ring bends inwards can go: the triangle in the bend is added. An
//! edge can go when the edges beside it, drawn on, meet outside of it: the triangle up to there is added. Either is
//! done only where the triangle meets nothing else of the ring, so that the ring stays simple. Decisions are exact.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use crate::plane::{Extent, LAT_LIMIT, P, Spent, Tree, Work, cross, meets, orient};

/// Longest edge in steps of longitude: shorter than half a turn.
const LONGEST: i64 = 17_000_000_000;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    /// Take the point away.
    Drop,
    /// Draw the edges beside this one on to a common point.
    Extend(P),
}

/// A counter-clockwise simple ring, without its closing point, being reduced.
pub(crate) struct Reducer {
    points: Vec<P>,
    next: Vec<usize>,
    before: Vec<usize>,
    version: Vec<u32>,
    alive: usize,
    tree: Tree,
    /// Steps by twice the area they add; those of older versions are stale.
    steps: BinaryHeap<Reverse<(i128, usize, u32, Step)>>,
    /// Steps that met something, to be tried again when other points have gone.
    blocked: Vec<(i128, usize, u32, Step)>,
    moved: bool,
    /// The longest edge and the pole, in steps of the points.
    longest: i64,
    pole: i64,
}

impl Reducer {
    /// `scale` is how many steps of the lattice one step of the points counts.
    pub(crate) fn new(points: Vec<P>, scale: i64) -> Self {
        let n = points.len();
        let extent = |i: usize| Extent::around(&[points[i], points[(i + 1) % n]]);
        let tree = Tree::new((0..n).map(extent));
        let mut reducer = Self {
            next: (0..n).map(|i| (i + 1) % n).collect(),
            before: (0..n).map(|i| (i + n - 1) % n).collect(),
            version: vec![0; n],
            alive: n,
            tree,
            steps: BinaryHeap::new(),
            blocked: Vec::new(),
            moved: false,
            longest: LONGEST / scale,
            pole: LAT_LIMIT / scale,
            points,
        };
        (0..n).for_each(|i| reducer.propose(i));
        reducer
    }

    /// Points left.
    pub(crate) fn len(&self) -> usize {
        self.alive
    }

    /// Twice the area that the next step adds at least; none when nothing more can go.
    pub(crate) fn cost(&mut self) -> Option<i128> {
        loop {
            while let Some(Reverse((cost, at, version, _))) = self.steps.peek() {
                if self.version[*at] == *version {
                    return (self.alive > 4).then_some(*cost);
                }
                self.steps.pop();
            }
            if !self.moved {
                return None;
            }
            self.moved = false;
            let versions = &self.version;
            self.steps.extend(self.blocked.drain(..).filter(|step| versions[step.1] == step.2).map(Reverse));
        }
    }

    /// Does the cheapest step, unless it meets something; says whether a point has gone.
    pub(crate) fn step(&mut self, work: &mut Work) -> Result<bool, Spent> {
        let Some(Reverse(step)) = self.steps.pop() else { return Ok(false) };
        let (_, at, _, kind) = step;
        let (a, b, c) = (self.before[at], at, self.next[at]);
        let free = match kind {
            Step::Drop => self.free([self.points[a], self.points[b], self.points[c]], &[a, b], work)?,
            Step::Extend(x) => self.free([self.points[b], x, self.points[c]], &[a, b, c], work)?,
        };
        if !free {
            self.blocked.push(step);
            return Ok(false);
        }
        match kind {
            Step::Drop => self.unlink(b),
            Step::Extend(x) => {
                self.points[b] = x;
                self.unlink(c);
                self.renew(b);
            }
        }
        self.renew(a);
        // What depends on the points about here.
        let near = [self.before[self.before[a]], self.before[a], a, self.next[a], self.next[self.next[a]]];
        for (k, i) in near.into_iter().enumerate() {
            if !near[..k].contains(&i) {
                self.version[i] += 1;
                self.propose(i);
            }
        }
        self.moved = true;
        Ok(true)
    }

    /// The ring as it is now.
    pub(crate) fn ring(&self) -> Vec<P> {
        let Some(first) = (0..self.points.len()).find(|&i| self.next[self.before[i]] == i) else {
            return Vec::new();
        };
        let mut ring = vec![self.points[first]];
        let mut at = self.next[first];
        while at != first {
            ring.push(self.points[at]);
            at = self.next[at];
        }
        ring
    }

    fn unlink(&mut self, i: usize) {
        let (a, c) = (self.before[i], self.next[i]);
        self.next[a] = c;
        self.before[c] = a;
        // Points at nothing that points back: not part of the ring any more.
        self.next[i] = i;
        self.before[i] = a;
        self.version[i] += 1;
        self.tree.set(i, Extent::NONE);
        self.alive -= 1;
    }

    /// Tells the tree of the edge that begins here.
    fn renew(&mut self, i: usize) {
        self.tree.set(i, Extent::around(&[self.points[i], self.points[self.next[i]]]));
    }

    fn propose(&mut self, i: usize) {
        let (b, c) = (self.points[i], self.points[self.next[i]]);
        let (a, d) = (self.points[self.before[i]], self.points[self.next[self.next[i]]]);
        let bend = cross(a, b, c);
        let mut add = |cost, step| self.steps.push(Reverse((cost, i, self.version[i], step)));
        if bend <= 0 && (a.x - c.x).abs() <= self.longest && a != c {
            add(-bend, Step::Drop);
        }
        if bend > 0
            && cross(b, c, d) > 0
            && let Some(x) = beyond([a, b, c, d], self.longest, self.pole)
        {
            add(cross(b, x, c), Step::Extend(x));
        }
    }

    /// Whether the triangle meets no edge but those that begin at `own` and, at their shared corners, the neighbours.
    fn free(&self, corners: [P; 3], own: &[usize], work: &mut Work) -> Result<bool, Spent> {
        let [s, t, u] = corners;
        let (first, last) = (own[0], own[own.len() - 1]);
        let (prior, after) = (self.before[first], self.next[last]);
        let met = self.tree.any(&Extent::around(&corners), work, |i| {
            if own.contains(&i) {
                return false;
            }
            let (p, q) = (self.points[i], self.points[self.next[i]]);
            // Edges that share a corner with the triangle are judged by their other end, and by whether they go
            // into it: the neighbours do not lie along its sides, but may point inside.
            if own.len() == 2 && (i == prior || i == after) {
                let other = if i == prior { p } else { q };
                let own_corner = if i == prior { q } else { p };
                return within(corners, other) || enters(corners, own_corner, other);
            }
            meets((p, q), (s, t)) || meets((p, q), (t, u)) || meets((p, q), (s, u)) || within(corners, p)
        })?;
        Ok(!met)
    }
}

/// Where the ways from `a` over `b` and from `d` over `c` meet, on or beyond both on the outer side; none when they do
/// not, or too far away.
fn beyond([a, b, c, d]: [P; 4], longest: i64, pole: i64) -> Option<P> {
    let wide = |v: i64| i128::from(v);
    let (ux, uy) = (wide(b.x - a.x), wide(b.y - a.y));
    let (vx, vy) = (wide(c.x - d.x), wide(c.y - d.y));
    let turn = ux * vy - uy * vx;
    // The edges must turn towards one another.
    if turn <= 0 {
        return None;
    }
    let along = (wide(c.x - b.x) * vy - wide(c.y - b.y) * vx) as f64 / turn as f64;
    let middle = (b.x as f64 + along * ux as f64, b.y as f64 + along * uy as f64);
    if !(middle.0.abs() < 7.2e10 && middle.1.abs() <= pole as f64) {
        return None;
    }
    let middle = P { x: middle.0.round() as i64, y: middle.1.round() as i64 };
    let around = (0..25i64).map(|k| P { x: middle.x + k % 5 - 2, y: middle.y + k / 5 - 2 });
    let outer = |x: &P| orient(a, *x, b).is_ge() && orient(*x, d, c).is_ge() && x.y.abs() <= pole;
    let best = around.filter(outer).filter(|x| orient(b, *x, c).is_gt()).min_by_key(|x| cross(b, *x, c))?;
    let short = |p: P| (p.x - best.x).abs() <= longest;
    (short(a) && short(d)).then_some(best)
}

/// Whether the point lies in the triangle or on its sides, whichever way that turns.
fn within([s, t, u]: [P; 3], p: P) -> bool {
    let sides = [orient(s, t, p), orient(t, u, p), orient(u, s, p)];
    !(sides.contains(&Ordering::Less) && sides.contains(&Ordering::Greater))
}

/// Whether the edge from a corner goes through the triangle: it meets the side across, or runs along one.
fn enters(corners: [P; 3], corner: P, other: P) -> bool {
    let Some(k) = corners.iter().position(|p| *p == corner) else { return true };
    meets((corner, other), (corners[(k + 1) % 3], corners[(k + 2) % 3]))
}
