//! Which steps of the past a point is compared with, and to which part of the year each belongs.

use super::calendar;
use crate::outcome::Refusal;
use crate::series::Series;

/// The steps that a point is compared with, by how far they lie before it, part of the year after part of the year
/// and the oldest first in each. It is the same for points whose years lie equally far back.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Map {
    /// Steps before the point.
    pub(super) back: Vec<usize>,
    /// Where each part of the year ends in `back`, and its number.
    pub(super) parts: Vec<(usize, usize)>,
    /// Years that are there.
    pub(super) years: usize,
    /// How far back the oldest step lies.
    pub(super) oldest: usize,
    /// Another number for each other map that was here.
    pub(super) stamp: u64,
    /// How far back the years lie for which this is the map.
    anchors: Vec<usize>,
}

/// How Noufaily and others (2013) cut the past.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cut {
    /// Years back.
    pub(super) b: usize,
    /// Half the window.
    pub(super) w: usize,
    /// Parts of the year, the window being one of them.
    pub(super) parts: usize,
    /// Steps before the point that are left out.
    pub(super) left_out: usize,
    /// Steps of the window of an earlier year, from its oldest on, where they are not 2w + 1.
    pub(super) window: Option<usize>,
    /// Whether a part for which there is no room takes steps from its neighbours, as in the reference.
    pub(super) quirks: bool,
}

/// Brings the map to the windows around the same step of earlier years, as Farrington and others (1996) have them; steps
/// that the series does not hold are left out. `years` are those of which any is there.
pub(super) fn windows(series: &Series<'_>, index: usize, b: usize, w: usize, map: &mut Map) {
    let farthest = index.checked_sub(b * series.freq as usize + w);
    let all = series.dates.is_none() && w < series.freq as usize && farthest >= Some(series.first);
    if all && map.anchors == [b, w] {
        return;
    }
    map.anchors.clear();
    map.anchors.extend([b, w].iter().filter(|_| all));
    map.back.clear();
    map.parts.clear();
    map.years = 0;
    for year in (1..=b).rev() {
        let before = map.back.len();
        let w = w as i32;
        let held = |at: &usize| *at >= series.first && *at < index;
        let steps =
            (-w..=w).filter_map(|by| calendar::around_years_before(series, index, year, by)).filter(held);
        map.back.extend(steps.map(|at| index - at));
        map.years += usize::from(map.back.len() > before);
    }
    map.parts.push((map.back.len(), 1));
    map.laid();
}

impl Map {
    fn laid(&mut self) {
        self.oldest = self.back.iter().copied().max().unwrap_or(0);
        self.stamp += 1;
    }
}

/// What stands in the way of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lack {
    /// The series goes back so many years only.
    Years(usize),
    /// The windows of neighbouring years leave no room for so many parts between them.
    Room,
}

impl Cut {
    /// Brings the map to a point. Years of which the series does not hold all are left out if `partial`, else they
    /// are a lack.
    pub(super) fn map(
        self,
        series: &Series<'_>,
        index: usize,
        partial: bool,
        map: &mut Map,
    ) -> Result<(), Lack> {
        let mut anchors = [0; MAX_YEARS];
        let mut years = 0;
        for back in anchors.iter_mut().take(self.b) {
            let anchor = calendar::years_before(series, index, years + 1);
            let Some(anchor) = anchor.filter(|anchor| *anchor >= series.first + self.w) else { break };
            *back = index - anchor;
            years += 1;
        }
        if years < self.b && !partial || years == 0 {
            return Err(Lack::Years(years));
        }
        let anchors = &anchors[..years];
        if map.anchors == anchors && map.years == years {
            return Ok(());
        }
        self.lay(anchors, map)
    }

    /// The same where there are fewer steps than parts, or, where the windows overlap, none at all. R counts from the
    /// first of a part to its last, and so backwards where the part is empty: it gets steps of its neighbours.
    fn squeeze(self, part: &mut [usize], later: usize, earlier: usize) {
        let many = self.parts as isize - 1;
        let room = earlier as isize - later as isize - 2 * self.w as isize - 1;
        let (size, more) = (room.div_euclid(many), room.rem_euclid(many));
        // The step, by distance, that the part begins with.
        let mut first = earlier as isize - self.w as isize - 1;
        for number in 1..=many {
            let after = first - size - isize::from(number <= more);
            let last = after + 1;
            for at in first.min(last)..=first.max(last) {
                if let Some(held) = usize::try_from(at).ok().and_then(|at| part.get_mut(at)) {
                    *held = number as usize;
                }
            }
            first = after;
        }
    }

    /// Lays the map out for years so far back.
    fn lay(self, anchors: &[usize], map: &mut Map) -> Result<(), Lack> {
        let Self { w, parts, left_out, .. } = self;
        let oldest = anchors.last().map_or(0, |anchor| anchor + w);
        // The part of each step by its distance; 0 for none.
        let mut part = vec![0; oldest + 1];
        part[..=w.min(oldest)].fill(parts);
        for anchor in anchors {
            let newest = match self.window {
                Some(steps) => (anchor + w + 1).saturating_sub(steps),
                None => anchor.saturating_sub(w),
            };
            part[newest..=anchor + w].fill(parts);
        }
        if parts > 1 {
            let later = std::iter::once(0).chain(anchors.iter().copied());
            for (later, earlier) in later.zip(anchors) {
                let year = earlier - later;
                let room = year.checked_sub(2 * w + 1);
                if year < parts || (room.is_none() && !self.quirks) {
                    return Err(Lack::Room);
                }
                match room.filter(|room| *room >= parts - 1 || !self.quirks) {
                    Some(room) => between(&mut part, room, earlier - w, parts),
                    None => self.squeeze(&mut part, later, *earlier),
                }
            }
        }
        part[..=left_out.min(oldest)].fill(0);

        map.back.clear();
        map.parts.clear();
        for number in 1..=parts {
            let before = map.back.len();
            map.back.extend((0..=oldest).rev().filter(|back| part[*back] == number));
            if map.back.len() > before {
                map.parts.push((map.back.len(), number));
            }
        }
        map.years = anchors.len();
        map.anchors = anchors.to_vec();
        map.laid();
        Ok(())
    }
}

/// Cuts the `room` steps after the window that ends at `end`, by distance, into all parts but the last.
fn between(part: &mut [usize], room: usize, end: usize, parts: usize) {
    let (size, more) = (room / (parts - 1), room % (parts - 1));
    let mut at = end;
    for number in 1..parts {
        let length = size + usize::from(number <= more);
        part[at - length..at].fill(number);
        at -= length;
    }
}

/// Years that can be looked back on.
pub(super) const MAX_YEARS: usize = 30;

impl Lack {
    /// The refusal of a whole call, as the reference refuses.
    pub(super) fn refusal(self, what: &'static str, cut: Cut, index: usize, series: &Series<'_>) -> Refusal {
        match self {
            Self::Years(_) => Refusal::TooShort {
                what,
                need: cut.b * series.freq as usize + cut.w,
                have: index - series.first,
            },
            Self::Room => Refusal::Needs(
                "the windows of neighbouring years overlap; a smaller w, or noPeriods 1, leaves room between them",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(cut: Cut, index: usize, length: usize, partial: bool) -> Result<Map, Lack> {
        let values = vec![0.0; length];
        let mut map = Map::default();
        cut.map(&Series::new(&values, 52), index, partial, &mut map).map(|()| map)
    }

    #[test]
    fn a_window_in_each_year() {
        let cut = Cut { b: 2, w: 1, parts: 1, left_out: 1, window: None, quirks: false };
        let map = map(cut, 110, 120, false).unwrap();
        assert_eq!(map.back, [105, 104, 103, 53, 52, 51]);
        assert_eq!(map.parts, [(6, 1)]);
    }

    #[test]
    fn between_the_windows_the_year_is_cut_with_the_longer_parts_first() {
        let cut = Cut { b: 1, w: 3, parts: 5, left_out: 26, window: None, quirks: false };
        let map = map(cut, 60, 61, false).unwrap();
        // 45 steps between the windows in 4 parts: 12, 11, 11, 11 from the older side.
        let length = |at: usize| map.parts[at].0 - if at == 0 { 0 } else { map.parts[at - 1].0 };
        assert_eq!((map.parts.len(), length(0), map.back[0], map.back[11]), (3, 12, 48, 37));
        assert_eq!((length(1), map.back[12], map.parts[2]), (10, 36, (29, 5)));
        assert_eq!(map.back[22..], [55, 54, 53, 52, 51, 50, 49]);
    }

    #[test]
    fn where_there_is_no_room_for_a_part_the_reference_takes_from_its_neighbours() {
        let cut = |quirks| Cut { b: 1, w: 2, parts: 10, left_out: 2, window: None, quirks };
        let parts = |quirks: bool| {
            let values = vec![0.0; 30];
            let mut map = Map::default();
            cut(quirks).map(&Series::new(&values, 12), 20, false, &mut map).unwrap();
            map.parts
        };
        // Seven steps between the windows for nine parts.
        assert_eq!(parts(false), [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 7), (12, 10)]);
        assert_eq!(parts(true), [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 6), (7, 9), (12, 10)]);
    }

    #[test]
    fn windows_leave_out_what_is_not_held() {
        let values = vec![0.0; 120];
        let mut map = Map::default();
        windows(&Series::new(&values, 52), 105, 2, 2, &mut map);
        assert_eq!(map.back, [105, 104, 103, 102, 54, 53, 52, 51, 50]);
        assert_eq!((map.parts.as_slice(), map.years), ([(9, 1)].as_slice(), 2));
    }

    #[test]
    fn what_lacks_is_said() {
        let cut = Cut { b: 2, w: 3, parts: 10, left_out: 26, window: None, quirks: false };
        assert_eq!(map(cut, 106, 110, false), Err(Lack::Years(1)));
        assert_eq!(map(cut, 106, 110, true).unwrap().years, 1);
        assert_eq!(map(cut, 54, 110, true), Err(Lack::Years(0)));
        assert_eq!(map(Cut { w: 26, ..cut }, 200, 210, false), Err(Lack::Room));
    }
}
