//! Reading where an alert holds.

use super::error::ReadError;
use super::info::read_named;
use super::parts::{Item, Reader};
use super::sheet::Sheet;
use super::table::AREA;
use super::values::{RangeRepair, Ring, circle, cut, into_range, number, ring};
use crate::model::{Area, Circle, Position};

/// Reads an `area`. Shapes that cannot be read are left out, with an error.
pub(super) fn read_area(reader: &mut Reader<'_, '_>, item: Item) -> Result<Area, ReadError> {
    let mut area = Area {
        description: String::new(),
        polygons: Vec::new(),
        circles: Vec::new(),
        geocodes: Vec::new(),
        altitude: None,
        ceiling: None,
    };
    let base = reader.sheet.open(reader.sheet.path(item.at), item.offset);
    reader.children(base, item.offset, AREA, &mut |reader, item| {
        match item.name {
            "areaDesc" => area.description = reader.text(item)?.map(|t| t.into_owned()).unwrap_or_default(),
            "polygon" => area.polygons.extend(read_polygon(reader, item)?),
            "circle" => area.circles.extend(read_circle(reader, item)?),
            "geocode" => area.geocodes.extend(read_named(reader, item)?),
            "altitude" => area.altitude = read_height(reader, item)?,
            "ceiling" => area.ceiling = read_height(reader, item)?,
            _ => reader.scan.skip()?,
        }
        Ok(())
    })?;
    Ok(area)
}

fn read_polygon(reader: &mut Reader<'_, '_>, item: Item) -> Result<Option<Vec<Position>>, ReadError> {
    // A ring is bound by the number of its positions, not by its length.
    let (text, _) = reader.text_up_to(item, Some(usize::MAX))?;
    let Some(text) = text else {
        reader.empty(item);
        return Ok(None);
    };
    let sheet = &mut reader.sheet;
    let Item { at, offset, .. } = item;
    let Ring { mut points, odd, too_many, unreadable } =
        ring(&text, sheet.limits.max_positions - sheet.positions);
    if too_many {
        let message = format!(
            "the alert has more than {} positions; the polygon was left out",
            sheet.limits.max_positions
        );
        sheet.error(offset, at, "too-many-positions", message);
        return Ok(None);
    }
    if let Some(odd) = odd {
        let fate = if unreadable { "the polygon was left out" } else { "its numbers were taken two by two" };
        sheet.error(
            offset,
            at,
            "polygon-syntax",
            format!("{odd:?} is no \"latitude,longitude\" pair; {fate}"),
        );
        if unreadable {
            return Ok(None);
        }
    }
    if !ranged(sheet, item, "polygon-range", &mut points) {
        return Ok(None);
    }
    if points.first() != points.last() {
        sheet.error(
            offset,
            at,
            "polygon-open",
            "the last position must repeat the first; the ring was closed",
        );
        points.extend(points.first().copied());
    }
    if points.len() < 4 {
        let message = format!("a polygon needs 4 positions, this one has {}; it was left out", points.len());
        sheet.error(offset, at, "polygon-short", message);
        return Ok(None);
    }
    sheet.positions += points.len().min(sheet.limits.max_positions - sheet.positions);
    Ok(Some(points))
}

fn read_circle(reader: &mut Reader<'_, '_>, item: Item) -> Result<Option<Circle>, ReadError> {
    let Some(text) = reader.text(item)? else {
        reader.empty(item);
        return Ok(None);
    };
    let sheet = &mut reader.sheet;
    let Some((mut read, exact)) = circle(&text).filter(|(c, _)| c.radius_km >= 0.0) else {
        let message = format!(
            "{:?} is no circle; write \"latitude,longitude radius\" in km; it was left out",
            cut(&text)
        );
        sheet.error(item.offset, item.at, "circle-syntax", message);
        return Ok(None);
    };
    if !exact {
        let message = format!("{:?} is no circle; it was read as latitude, longitude and radius", cut(&text));
        sheet.error(item.offset, item.at, "circle-syntax", message);
    }
    let mut center = [read.center];
    let kept = ranged(sheet, item, "circle-range", &mut center);
    [read.center] = center;
    Ok(kept.then_some(read))
}

fn read_height(reader: &mut Reader<'_, '_>, item: Item) -> Result<Option<f64>, ReadError> {
    let Some(text) = reader.typed(item)? else { return Ok(None) };
    let height = number(&text);
    if !matches!(height, Some((_, true))) {
        let message = format!("{:?} is no height; write feet above mean sea level as a number", cut(&text));
        // Before 1.2 any text may stand here.
        match reader.sheet.version {
            super::Version::V1_2 => reader.sheet.error(item.offset, item.at, "height", message),
            _ => reader.sheet.warning(item.offset, item.at, "height", message),
        }
    }
    Ok(height.map(|(feet, _)| feet))
}

/// Brings positions into range; false if the shape must be left out.
fn ranged(sheet: &mut Sheet, item: Item, rule: &'static str, points: &mut [Position]) -> bool {
    let repair = into_range(points);
    let message = match repair {
        None => return true,
        Some(RangeRepair::Wrapped) => "longitudes lie past 180; they were brought round",
        Some(RangeRepair::Swapped) => "every latitude lies past 90; latitude and longitude were swapped back",
        Some(RangeRepair::Hopeless) => {
            "latitudes must lie within 90 and longitudes within 180; the shape was left out"
        }
    };
    let rule = if repair == Some(RangeRepair::Swapped) { "swapped-axes" } else { rule };
    sheet.error(item.offset, item.at, rule, message);
    repair != Some(RangeRepair::Hopeless)
}
