//! Reading where an alert holds.

use super::element::Element;
use super::error::ReadError;
use super::info::read_named;
use super::parts::{Item, Reader};
use super::table::AREA;
use super::values::{Ring, bring_round, circle, cut, number, ring};
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
    let base = reader.sheet.open();
    reader.children(base, item.offset, AREA, &mut |reader, item| {
        match item.element() {
            Element::AreaDesc => reader.text_into(item, &mut area.description)?,
            Element::Polygon => {
                // Most have one.
                if area.polygons.is_empty() {
                    area.polygons.reserve_exact(1);
                }
                area.polygons.extend(read_polygon(reader, item)?);
            }
            Element::Circle => area.circles.extend(read_circle(reader, item)?),
            Element::Geocode => read_named(reader, item, &mut area.geocodes)?,
            Element::Altitude => area.altitude = read_height(reader, item)?,
            Element::Ceiling => area.ceiling = read_height(reader, item)?,
            _ => reader.skip()?,
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
    let Item { at, offset } = item;
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
    if unreadable {
        let odd = odd.unwrap_or_default();
        let message = format!("{odd:?} is no \"latitude,longitude\" pair; the polygon was left out");
        sheet.error(offset, at, "polygon-unreadable", message);
        return Ok(None);
    }
    if let Some(odd) = odd {
        let message = format!("{odd:?} is no \"latitude,longitude\" pair; the numbers were taken two by two");
        sheet.error(offset, at, "polygon-syntax", message);
    }
    if bring_round(&mut points) {
        sheet.error(offset, at, "polygon-range", "longitudes lie past 180; they were brought round");
    }
    if points.len() > 2 && points.first() != points.last() {
        let message = "the last position must repeat the first; the ring was closed";
        sheet.error(offset, at, "polygon-open", message);
        if points.len() == 3 {
            sheet.error(offset, at, "polygon-short", "a polygon needs 4 positions, this one had 3");
        }
        points.extend(points.first().copied());
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
        sheet.error(item.offset, item.at, "circle-unreadable", message);
        return Ok(None);
    };
    if !exact {
        let message = format!("{:?} is no circle; it was read as latitude, longitude and radius", cut(&text));
        sheet.error(item.offset, item.at, "circle-syntax", message);
    }
    let mut center = [read.center];
    if bring_round(&mut center) {
        sheet.error(
            item.offset,
            item.at,
            "circle-range",
            "the longitude lies past 180; it was brought round",
        );
        [read.center] = center;
    }
    Ok(Some(read))
}

fn read_height(reader: &mut Reader<'_, '_>, item: Item) -> Result<Option<f64>, ReadError> {
    // Before 1.2 any text may stand here, also none.
    let text = match reader.sheet.version {
        super::Version::V1_2 => reader.typed(item)?,
        _ => reader.some_text(item)?,
    };
    let Some(text) = text else { return Ok(None) };
    let height = number(&text);
    if !matches!(height, Some((_, true))) {
        let message = format!("{:?} is no height; write feet above mean sea level as a number", cut(&text));
        match reader.sheet.version {
            super::Version::V1_2 => reader.sheet.error(item.offset, item.at, "height", message),
            _ => reader.sheet.warning(item.offset, item.at, "height", message),
        }
    }
    Ok(height.map(|(feet, _)| feet))
}
