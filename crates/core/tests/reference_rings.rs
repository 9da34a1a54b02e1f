//! The rings of real messages: how many are closed, cross themselves or the antimeridian, and that repair and
//! simplification cover them.

use std::path::{Path, PathBuf};

use beaconfire_cap::{Limits, read};
use beaconfire_geo::axes::looks_swapped;
use beaconfire_geo::simplify::{FEWEST, simplify_cover};
use beaconfire_geo::unwrap::{Change, crosses_antimeridian, mended};
use beaconfire_geo::validity::Fault;
use beaconfire_geo::{Ring, Shape, normal, repair};

#[test]
fn every_ring_of_the_collection_is_repaired_and_simplified_without_loss() {
    let Some(data) = std::env::var_os("BEACONFIRE_REFERENCE_DATA") else {
        eprintln!("skipped: rings of real messages: BEACONFIRE_REFERENCE_DATA is not set");
        return;
    };
    let mut table = Table::default();
    for folder in ["cap/messages", "cap/feeds", "cap/malformed"] {
        for file in files(&Path::new(&data).join(folder)) {
            let bytes = std::fs::read(&file).unwrap();
            let Ok(document) = read(&bytes, &Limits::default()) else { continue };
            let infos = document.messages.iter().flat_map(|message| &message.alert.infos);
            for polygon in infos.flat_map(|info| &info.areas).flat_map(|area| &area.polygons) {
                let points: Vec<(f64, f64)> = polygon.iter().map(|p| (p.lat, p.lon)).collect();
                table.add(&points, &file);
            }
        }
    }
    eprintln!("{table:#?}");
    assert!(table.rings > 500 && table.refused - table.swapped < table.rings / 20);
    assert_eq!(table.by_hull, 0);
}

#[derive(Debug, Default)]
struct Table {
    rings: usize,
    refused: usize,
    /// Refused, and sound with latitude and longitude in the other order.
    swapped: usize,
    closed: usize,
    wrapped: usize,
    most_points: usize,
    over_antimeridian: usize,
    simple: usize,
    only_repeats: usize,
    crossing: usize,
    touching_or_spiked: usize,
    parts_of_the_unsound: usize,
    by_hull: usize,
    simplified_to_100: usize,
    most_grown: f64,
}

impl Table {
    fn add(&mut self, points: &[(f64, f64)], file: &Path) {
        self.rings += 1;
        let Ok((ring, changes)) = mended(points) else {
            self.refused += 1;
            self.swapped += usize::from(looks_swapped(points, None).is_some());
            return;
        };
        self.closed += usize::from(changes.contains(&Change::Closed));
        self.wrapped += usize::from(changes.iter().any(|change| matches!(change, Change::Wrapped { .. })));
        self.most_points = self.most_points.max(points.len());
        self.over_antimeridian += usize::from(crosses_antimeridian(&ring));
        let repaired = repair::repair(&ring);
        let faults = &repaired.report.faults.found;
        let is = |kind: fn(&Fault) -> bool| faults.iter().any(kind);
        if faults.is_empty() {
            self.simple += 1;
        } else {
            self.parts_of_the_unsound += repaired.rings.len();
            if is(|f| matches!(f, Fault::Crossing { .. })) {
                self.crossing += 1;
            } else if faults.iter().all(|f| matches!(f, Fault::Repeated { .. })) {
                self.only_repeats += 1;
            } else {
                self.touching_or_spiked += 1;
            }
        }
        self.by_hull += usize::from(repaired.report.hull);
        if !repaired.rings.is_empty() {
            assert_ne!(normal::rings_cover(&repaired.rings, &ring), Some(false), "{}", file.display());
        }
        if ring.points().len() > 100 {
            self.simplify(&ring, &repaired.rings, file);
        }
    }

    fn simplify(&mut self, ring: &Ring, parts: &[Ring], file: &Path) {
        let simplified = simplify_cover(&ring.clone().into(), 100);
        let polygon =
            |shape: &Shape| if let Shape::Polygon(ring) = shape { Some(ring.clone()) } else { None };
        let rings: Vec<Ring> = simplified.area.shapes().iter().filter_map(polygon).collect();
        for part in parts {
            assert_ne!(normal::rings_cover(&rings, part), Some(false), "{}", file.display());
        }
        assert!(simplified.within_budget || parts.len() * FEWEST > 100, "{}", file.display());
        self.simplified_to_100 += 1;
        self.most_grown = self.most_grown.max(simplified.grown);
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}
