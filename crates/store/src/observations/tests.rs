//! Observations against a plain map, across folds, restarts and refusals.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn held(folder: &tempfile::TempDir) -> Observations {
    Observations::open(&folder.path().join("observations.sqlite")).unwrap()
}

fn of(series: u32, time: i64, value: f64) -> Observation {
    Observation { series, time, value, quality: 0 }
}

#[test]
fn a_series_keeps_its_number_over_restarts() {
    let folder = tempfile::tempdir().unwrap();
    {
        let held = held(&folder);
        assert_eq!(held.intern("usgs", "08074000/stage").unwrap(), 0);
        assert_eq!(held.intern("usgs", "08074500/stage").unwrap(), 1);
        assert_eq!(held.intern("usgs", "08074000/stage").unwrap(), 0);
        held.commit_batch(&[of(1, 1, 1.0)]).unwrap();
    }
    let held = held(&folder);
    assert_eq!(held.series_count(), 2);
    assert_eq!(held.intern("usgs", "08074500/stage").unwrap(), 1);
    let (source, key) = held.series_name(0).unwrap();
    assert_eq!((&*source, &*key), ("usgs", "08074000/stage"));
    assert_eq!(held.series_name(2), None);
}

#[test]
fn a_checkpoint_makes_the_series_durable_that_its_state_may_speak_of() {
    let folder = tempfile::tempdir().unwrap();
    {
        let held = held(&folder);
        held.intern("usgs", "a").unwrap();
        held.checkpoint(0, b"about series 0").unwrap();
        held.intern("usgs", "b").unwrap();
    }
    let held = held(&folder);
    assert_eq!(held.series_count(), 1, "one that nothing speaks of is free again");
    assert_eq!(held.intern("usgs", "c").unwrap(), 1);
}

#[test]
fn what_comes_again_is_counted_and_what_differs_is_a_revision() {
    let folder = tempfile::tempdir().unwrap();
    let held = held(&folder);
    held.intern("s", "a").unwrap();
    let first = held.commit_batch(&[of(0, 10, 1.0), of(0, 20, 2.0), of(0, 10, 1.0)]).unwrap();
    let expected = Committed { batch: 1, fresh: vec![0, 1], revised: vec![], repeated: 1 };
    assert_eq!(first, expected);
    let again = held.commit_batch(&[of(0, 10, 1.0), of(0, 20, 2.0)]).unwrap();
    assert_eq!(again, Committed { batch: 1, fresh: vec![], revised: vec![], repeated: 2 });
    let second = held.commit_batch(&[of(0, 15, 9.0), of(0, 20, 3.0), of(0, 20, 4.0)]).unwrap();
    assert_eq!(second, Committed { batch: 2, fresh: vec![0], revised: vec![1, 2], repeated: 0 });
    let point = |time, value| Point { time, value, quality: 0 };
    let all = [point(10, 1.0), point(15, 9.0), point(20, 4.0)];
    assert_eq!(held.range(0, i64::MIN, i64::MAX).unwrap(), all);
    assert_eq!(held.range(0, 10, 20).unwrap(), all[..2]);
    assert_eq!(held.latest(0).unwrap(), Some(all[2]));
    let old: Vec<_> = held.revisions(0).unwrap().iter().map(|r| (r.old, r.replaced_by)).collect();
    assert_eq!(old, [(point(20, 2.0), 2), (point(20, 3.0), 2)]);
}

#[test]
fn a_bad_observation_refuses_its_batch_whole() {
    let folder = tempfile::tempdir().unwrap();
    let held = held(&folder);
    held.intern("s", "a").unwrap();
    for bad in [of(0, 2, f64::NAN), of(0, 2, f64::INFINITY), of(1, 2, 0.0), of(0, i64::MIN, 0.0)] {
        let refused = held.commit_batch(&[of(0, 1, 1.0), bad]).unwrap_err();
        assert!(refused.to_string().starts_with("keep observation 1 of a batch: "), "{refused}");
    }
    assert_eq!(held.latest(0).unwrap(), None);
    assert_eq!(held.commit_batch(&[of(0, 1, 1.0)]).unwrap().fresh, [0]);
}

#[test]
fn batches_stay_until_judged_and_come_back_in_order() {
    let folder = tempfile::tempdir().unwrap();
    {
        let held = held(&folder);
        held.intern("s", "a").unwrap();
        for time in 1..=5 {
            held.commit_batch(&[of(0, time, 1.0)]).unwrap();
        }
        held.commit_batch(&[of(0, 5, 2.0)]).unwrap();
        assert_eq!(held.load_checkpoint().unwrap(), None);
        held.checkpoint(2, b"state").unwrap();
        assert!(held.checkpoint(1, b"back").is_err());
        assert!(held.checkpoint(7, b"beyond").is_err());
    }
    let held = held(&folder);
    assert_eq!(held.load_checkpoint().unwrap(), Some((2, b"state".to_vec())));
    let batches = held.unjudged(0, 10).unwrap();
    assert_eq!(batches.iter().map(|b| b.batch).collect::<Vec<_>>(), [3, 4, 5, 6]);
    assert_eq!(batches[0].fresh, [of(0, 3, 1.0)]);
    assert_eq!((batches[3].fresh.len(), batches[3].revised.as_slice()), (0, &[of(0, 5, 2.0)][..]));
    assert_eq!(held.unjudged(4, 1).unwrap()[0].batch, 5);
    held.checkpoint(6, b"all").unwrap();
    held.settle().unwrap();
    assert_eq!(held.unjudged(0, 10).unwrap(), []);
    let left: i64 =
        locked(&held.reader).query_row("SELECT count(*) FROM intake", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0, "judged and folded batches are let go");
    assert_eq!(held.range(0, 0, 9).unwrap().len(), 5);
}

#[test]
fn a_full_disk_refuses_the_batch_and_reading_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let held = held(&folder);
    held.intern("s", "a").unwrap();
    held.commit_batch(&[of(0, 1, 1.0)]).unwrap();
    let pages: i64 =
        locked(&held.writer).conn.query_row("PRAGMA max_page_count = 1", [], |row| row.get(0)).unwrap();
    assert!(pages > 1, "the engine keeps what the file already has");
    let batch: Vec<_> = (2..50_000).map(|time| of(0, time, 0.5)).collect();
    assert!(matches!(held.commit_batch(&batch), Err(StoreError::DiskFull { .. })));
    assert_eq!(held.latest(0).unwrap().unwrap().time, 1);
    locked(&held.writer).conn.pragma_update(None, "max_page_count", 1 << 20).unwrap();
    assert_eq!(held.commit_batch(&batch).unwrap().fresh.len(), batch.len());
}

#[derive(Debug, Clone)]
enum Step {
    Batch(Vec<(u32, i64, u8)>),
    Settle,
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let one = (0u32..3, 0i64..12, 0u8..3);
    let step = prop_oneof![
        6 => prop::collection::vec(one, 0..8).prop_map(Step::Batch),
        1 => Just(Step::Settle),
        1 => Just(Step::Restart),
    ];
    prop::collection::vec(step, 1..20)
}

/// Folds so often that every kind of step meets a fold half done.
fn held_folding(folder: &tempfile::TempDir) -> Observations {
    let pace = Pace { fold_at: 5, fold_batches: 3, min_slice: 1 };
    Observations::open_paced(&folder.path().join("observations.sqlite"), pace).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_observation_is_kept_once_with_its_latest_value(steps in steps()) {
        let folder = tempfile::tempdir().unwrap();
        let mut store = held_folding(&folder);
        let mut model: BTreeMap<(u32, i64), f64> = BTreeMap::new();
        let mut unjudged = 0;
        for key in ["a", "b", "c"] {
            store.intern("s", key).unwrap();
        }
        store.commit_batch(&[of(0, -1, 0.0), of(1, -1, 0.0), of(2, -1, 0.0)]).unwrap();
        for series in 0..3 {
            model.insert((series, -1), 0.0);
            unjudged += 1;
        }
        for step in steps {
            match step {
                Step::Batch(batch) => {
                    let batch: Vec<_> =
                        batch.iter().map(|(s, t, v)| of(*s, *t, f64::from(*v))).collect();
                    let committed = store.commit_batch(&batch).unwrap();
                    let (mut fresh, mut revised, mut repeated) = (vec![], vec![], 0);
                    for (place, one) in batch.iter().enumerate() {
                        match model.insert((one.series, one.time), one.value) {
                            None => fresh.push(place),
                            Some(old) if old == one.value => repeated += 1,
                            Some(_) => revised.push(place),
                        }
                    }
                    unjudged += fresh.len() + revised.len();
                    prop_assert_eq!(committed.fresh, fresh);
                    prop_assert_eq!(committed.revised, revised);
                    prop_assert_eq!(committed.repeated, repeated);
                }
                Step::Settle => store.settle().unwrap(),
                Step::Restart => {
                    drop(store);
                    store = held_folding(&folder);
                }
            }
            for series in 0..3 {
                let expected: Vec<_> = model
                    .range((series, i64::MIN)..=(series, i64::MAX))
                    .map(|((_, time), value)| Point { time: *time, value: *value, quality: 0 })
                    .collect();
                prop_assert_eq!(store.latest(series).unwrap(), expected.last().copied());
                prop_assert_eq!(store.range(series, -1, 100).unwrap(), expected);
            }
        }
        let left = store.unjudged(0, usize::MAX).unwrap();
        let count: usize = left.iter().map(|b| b.fresh.len() + b.revised.len()).sum();
        prop_assert_eq!(count, unjudged);
    }
}
