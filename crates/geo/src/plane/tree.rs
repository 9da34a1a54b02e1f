//! Boxes in a balanced tree over their order. Edges of a ring that follow one another lie together, so that the
//! tree finds neighbours whatever their sizes are.

use super::lattice::P;

/// A box in steps of the lattice; empty when its west is beyond its east.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    west: i64,
    south: i64,
    east: i64,
    north: i64,
}

impl Extent {
    pub(crate) const NONE: Self = Self { west: i64::MAX, south: i64::MAX, east: i64::MIN, north: i64::MIN };

    /// The box around the points.
    pub(crate) fn around(points: &[P]) -> Self {
        points.iter().fold(Self::NONE, |b, p| Self {
            west: b.west.min(p.x),
            south: b.south.min(p.y),
            east: b.east.max(p.x),
            north: b.north.max(p.y),
        })
    }

    /// The westernmost and easternmost step.
    pub(crate) fn widths(&self) -> (i64, i64) {
        (self.west, self.east)
    }

    /// The southernmost and northernmost step.
    pub(crate) fn heights(&self) -> (i64, i64) {
        (self.south, self.north)
    }

    /// The box that reaches further on every side.
    pub(crate) fn grown(&self, by: i64) -> Self {
        Self { west: self.west - by, south: self.south - by, east: self.east + by, north: self.north + by }
    }

    #[inline]
    fn touches(&self, other: &Self) -> bool {
        self.west <= other.east
            && other.west <= self.east
            && self.south <= other.north
            && other.south <= self.north
    }

    fn join(&self, other: &Self) -> Self {
        Self {
            west: self.west.min(other.west),
            south: self.south.min(other.south),
            east: self.east.max(other.east),
            north: self.north.max(other.north),
        }
    }
}

/// How many boxes may still be looked at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work(pub(crate) u64);

/// The work allowed was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spent;

impl Work {
    #[inline]
    pub(crate) fn spend(&mut self, steps: u64) -> Result<(), Spent> {
        self.0 = self.0.checked_sub(steps).ok_or(Spent)?;
        Ok(())
    }
}

pub(crate) struct Tree {
    leaves: usize,
    /// The root is 1; the children of `i` are `2i` and `2i + 1`.
    nodes: Vec<Extent>,
}

impl Tree {
    pub(crate) fn new(boxes: impl ExactSizeIterator<Item = Extent>) -> Self {
        let leaves = boxes.len().next_power_of_two().max(1);
        let mut nodes = vec![Extent::NONE; 2 * leaves];
        for (i, extent) in boxes.enumerate() {
            nodes[leaves + i] = extent;
        }
        for i in (1..leaves).rev() {
            nodes[i] = nodes[2 * i].join(&nodes[2 * i + 1]);
        }
        Self { leaves, nodes }
    }

    /// Puts another box in one place.
    pub(crate) fn set(&mut self, leaf: usize, extent: Extent) {
        let mut i = self.leaves + leaf;
        self.nodes[i] = extent;
        while i > 1 {
            i /= 2;
            self.nodes[i] = self.nodes[2 * i].join(&self.nodes[2 * i + 1]);
        }
    }

    /// Whether `found` says yes to one of the leaves whose box touches this one.
    pub(crate) fn any(
        &self,
        extent: &Extent,
        work: &mut Work,
        mut found: impl FnMut(usize) -> bool,
    ) -> Result<bool, Spent> {
        let mut open = vec![1];
        while let Some(i) = open.pop() {
            work.spend(1)?;
            if !self.nodes[i].touches(extent) {
                continue;
            }
            if i < self.leaves {
                open.extend([2 * i + 1, 2 * i]);
            } else if found(i - self.leaves) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Every two leaves whose boxes touch, once each, the lower first; stops when `pair` fails.
    pub(crate) fn pairs(
        &self,
        work: &mut Work,
        mut pair: impl FnMut(usize, usize) -> Result<(), Spent>,
    ) -> Result<(), Spent> {
        let mut open = vec![(1, 1)];
        while let Some((i, j)) = open.pop() {
            work.spend(1)?;
            let (left, right) = (2 * i, 2 * j);
            if i == j {
                if i < self.leaves {
                    open.extend([(left, left), (left + 1, left + 1), (left, left + 1)]);
                }
            } else if self.nodes[i].touches(&self.nodes[j]) {
                if i < self.leaves {
                    open.extend([(left, right), (left, right + 1), (left + 1, right), (left + 1, right + 1)]);
                } else {
                    pair(i - self.leaves, j - self.leaves)?;
                }
            }
        }
        Ok(())
    }
}
