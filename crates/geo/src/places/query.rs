//! Questions to the index: which places lie within an area, and which is nearest.

use super::morton;
use super::read::{PlaceRef, Places};
use crate::area::Area;
use crate::bbox::BBox;
use crate::point::Point;

impl<'a> Places<'a> {
    /// The places whose centre lies within the area, in the file's order.
    ///
    /// Nothing for an area that is not made of shapes: which places a jurisdiction holds, the index does not know.
    pub fn within(&self, area: &Area) -> impl Iterator<Item = PlaceRef<'a>> + use<'a> {
        let places = *self;
        let prepared = area.prepare();
        let boxes: Vec<BBox> = prepared.iter().flat_map(|p| p.boxes()).copied().collect();
        places
            .candidates(&boxes)
            .filter(move |&index| prepared.as_ref().is_some_and(|area| area.contains(&places.point(index))))
            .filter_map(move |index| places.get(index))
    }

    /// The place nearest to a point, and how far away it is in kilometres; `None` when there are no places.
    #[must_use]
    pub fn nearest(&self, point: Point) -> Option<(PlaceRef<'a>, f64)> {
        // Wider and wider; the last circle holds the whole earth.
        for km in [25.0, 100.0, 400.0, 1600.0, 21_000.0] {
            let best = self
                .candidates(&[BBox::around(point, km)])
                .map(|index| (index, point.distance_km(&self.point(index))))
                .filter(|&(_, distance)| distance <= km)
                .min_by(|a, b| a.1.total_cmp(&b.1));
            if let Some((index, distance)) = best {
                return self.get(index).map(|place| (place, distance));
            }
        }
        None
    }

    /// The positions, ascending and each once, of all places in the boxes, and of some that are near.
    pub(crate) fn candidates(&self, boxes: &[BBox]) -> impl Iterator<Item = usize> + use<'a> {
        let mut ranges: Vec<(usize, usize)> = boxes
            .iter()
            .flat_map(morton::ranges)
            .map(|(first, last)| self.positions(first, last))
            .filter(|range| !range.is_empty())
            .map(|range| (range.start, range.end))
            .collect();
        ranges.sort_unstable();
        ranges.dedup_by(|next, kept| {
            let touch = next.0 <= kept.1;
            if touch {
                kept.1 = kept.1.max(next.1);
            }
            touch
        });
        ranges.into_iter().flat_map(|(start, end)| start..end)
    }
}
