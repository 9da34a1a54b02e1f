//! How many people live in an area, as a range, or unknown; never zero for want of data.

use serde::{Deserialize, Serialize};

use super::read::Places;
use crate::area::Area;
use crate::bbox::BBox;
use crate::prepared::Reach;

/// People to the square kilometre that a place is taken to have, which gives it a size on the ground.
pub const DENSITY_PER_KM2: f64 = 2000.0;

/// No place is taken to reach further than this from its centre, in kilometres.
pub const MAX_PLACE_RADIUS_KM: f64 = 50.0;

/// Shapes and edges looked at for one answer, at most; an area that would need more has unknown exposure.
const MAX_WORK: usize = 300_000_000;

/// How many people live within an area.
#[derive(Serialize, Deserialize, Clone, Copy, Debug, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// No place of known population lies inside, or the area has no limit that could be counted within. Not zero:
    /// the countryside is not empty.
    Unknown,
    /// From `min` to `max` people.
    Range {
        /// What surely lives inside.
        min: u64,
        /// With everything that reaches inside.
        max: u64,
        /// How many places have their centre inside.
        places: u32,
    },
}

impl Places<'_> {
    /// How many people live within the area.
    ///
    /// Every place is taken as a disc of [`DENSITY_PER_KM2`] (at most [`MAX_PLACE_RADIUS_KM`] in radius) about its
    /// centre. `max` adds up all places whose disc touches the area. `min` adds up, for the places whose centre is
    /// inside, the part of the disc that surely is: with radius r and the rim at a distance d, the share (d/r)², all
    /// of it when d is at least r. Unknown when no place of known population has its centre inside, when the area is
    /// unresolved or the whole jurisdiction, or when its shape is so intricate that counting would take too long.
    #[must_use]
    pub fn population(&self, area: &Area) -> Exposure {
        let Some(area) = area.prepare() else { return Exposure::Unknown };
        let boxes: Vec<BBox> = area.boxes().map(|b| widened(b, MAX_PLACE_RADIUS_KM)).collect();
        let (mut min, mut max, mut places, mut work) = (0.0, 0u64, 0u32, 0);
        for index in self.candidates(&boxes) {
            if work > MAX_WORK {
                return Exposure::Unknown;
            }
            let population = self.population_of(index);
            let radius = radius_km(population);
            match area.reach(&self.point(index), radius, &mut work) {
                Reach::Inside(rim) if population > 0 => {
                    min += f64::from(population) * (rim / radius).min(1.0).powi(2);
                    max += u64::from(population);
                    places += 1;
                }
                Reach::Near => max += u64::from(population),
                Reach::Inside(_) | Reach::Far => {}
            }
        }
        if places == 0 {
            return Exposure::Unknown;
        }
        // A centre on the very rim leaves no sure share; somebody lives there all the same.
        Exposure::Range { min: (min as u64).max(1), max, places }
    }
}

/// The radius of the disc that a place of this population is taken for.
fn radius_km(population: u32) -> f64 {
    (f64::from(population) / (std::f64::consts::PI * DENSITY_PER_KM2)).sqrt().min(MAX_PLACE_RADIUS_KM)
}

fn widened(bbox: &BBox, km: f64) -> BBox {
    let up = km / 111.0;
    let (south, north) = ((bbox.south - up).max(-90.0), (bbox.north + up).min(90.0));
    let narrow = south.abs().max(north.abs()).to_radians().cos();
    let side = if narrow < 0.01 { 360.0 } else { up / narrow };
    // Unrolled, so that a box that grows across the antimeridian stays one box.
    BBox::from_unwrapped(south, bbox.west - side, north, bbox.west + bbox.width() + side)
}
