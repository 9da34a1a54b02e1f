//! A series over time, thinned to what a chart can show.

use beaconfire_core::{SourceId, State};
use beaconfire_store::Point;
use serde::Serialize;
use utoipa::ToSchema;

/// Points in an answer, about; more are thinned to the lowest and highest of each stretch.
const MAX_POINTS: usize = 4_000;
/// A gap this many times longer than usual is shown as one.
const GAP: i64 = 4;

/// A series.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SeriesView {
    /// Its key within the source.
    series: String,
    /// Its unit.
    unit: Option<String>,
    /// Seconds since 1970 and the value; null where a reading never came.
    #[schema(value_type = Vec<Vec<Option<f64>>>)]
    points: Vec<(i64, Option<f64>)>,
    /// The place's own thresholds.
    thresholds: Vec<ThresholdView>,
}

/// A threshold of a place.
#[derive(Debug, Serialize, ToSchema)]
struct ThresholdView {
    /// Its name, such as `major`.
    name: String,
    /// In the series' unit.
    value: f64,
}

/// A series as shown; the points' times are in seconds, ascending.
pub(crate) fn series_view(source: &SourceId, key: &str, points: &[Point], state: &State) -> SeriesView {
    let station = state.rules.station(source, key);
    let mut thresholds: Vec<_> = station
        .map(|station| &station.thresholds)
        .into_iter()
        .flatten()
        .map(|(name, value)| ThresholdView { name: name.clone(), value: *value })
        .collect();
    thresholds.sort_by(|a, b| a.value.total_cmp(&b.value));
    SeriesView {
        series: key.to_owned(),
        unit: station.map(|station| station.unit.clone()),
        points: with_gaps(&thinned(points)),
        thresholds,
    }
}

/// The lowest and the highest of each stretch, so that no peak is lost.
fn thinned(points: &[Point]) -> Vec<(i64, f64)> {
    let stretch = (points.len() / (MAX_POINTS / 2)).max(1);
    let pair = |point: &Point| (point.time, point.value);
    if stretch == 1 {
        return points.iter().map(pair).collect();
    }
    let by_value = |a: &&Point, b: &&Point| a.value.total_cmp(&b.value);
    let ends = points.chunks(stretch).flat_map(|chunk| {
        let low = chunk.iter().min_by(by_value).map(pair);
        let high = chunk.iter().max_by(by_value).map(pair);
        let (low, high) = if low > high { (high, low) } else { (low, high) };
        low.into_iter().chain(high.filter(|high| Some(*high) != low))
    });
    ends.collect()
}

fn with_gaps(points: &[(i64, f64)]) -> Vec<(i64, Option<f64>)> {
    let mut steps: Vec<i64> = points.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    steps.sort_unstable();
    let usual = steps.get(steps.len() / 2).copied().unwrap_or(i64::MAX / GAP);
    let mut out = Vec::with_capacity(points.len());
    let mut last: Option<i64> = None;
    for (time, value) in points {
        if let Some(last) = last.filter(|last| time - last > usual.saturating_mul(GAP)) {
            out.push((last + usual, None));
        }
        out.push((*time, Some(*value)));
        last = Some(*time);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(times: impl Iterator<Item = i64>) -> Vec<Point> {
        times.map(|time| Point { time, value: time as f64, quality: 0 }).collect()
    }

    #[test]
    fn a_reading_that_never_came_is_a_gap_and_not_a_line() {
        let some = points([0, 900, 1800, 9000, 9900].into_iter());
        let shown = with_gaps(&thinned(&some));
        let at = |time| shown.iter().find(|(t, _)| *t == time).map(|(_, value)| *value);
        assert_eq!(at(2700), Some(None));
        assert_eq!(shown.len(), 6);
    }

    #[test]
    fn a_peak_survives_the_thinning() {
        let mut many = points(0..100_000);
        many[54_321].value = 1e9;
        let shown = thinned(&many);
        assert!(shown.len() <= MAX_POINTS + 2, "{}", shown.len());
        assert!(shown.iter().any(|(time, value)| *time == 54_321 && *value == 1e9));
        assert!(shown.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    #[test]
    fn nothing_and_one_are_shown_as_they_are() {
        assert!(with_gaps(&thinned(&[])).is_empty());
        assert_eq!(with_gaps(&thinned(&points(7..8))), vec![(7, Some(7.0))]);
    }
}
