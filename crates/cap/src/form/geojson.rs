//! A model to GeoJSON (RFC 7946).

use super::json::{Members, block, foreign_members, head, joined, place, string};
use super::{circle, ring};
use crate::model::{Alert, Area};
use crate::read::Foreign;

/// Bytes of what stands in full on another feature that are repeated on each.
const REPEATED: usize = 2_000;

/// Writes alerts, each with its foreign elements, as one FeatureCollection of GeoJSON.
///
/// Every area of every info is a feature; an info without areas, and an alert without infos, is one without
/// geometry. The properties are flat and bear the members that [`to_json`](crate::to_json) gives the alert, the info
/// and the area, shapes included, and `infoNumber` and `areaNumber`, which count from 1. From them alone
/// [`read`](crate::read()) puts the same alert together again; a changed geometry changes nothing there.
/// The first feature of an alert bears all that the alert says, and the first of an info all of the info; on the
/// others these are repeated up to 2,000 bytes, the longest left out.
///
/// The geometry is the union of the area's shapes: a Polygon, or a MultiPolygon whose parts may overlap. Longitude
/// stands first, rings go counter-clockwise and are cut at the antimeridian; a ring round a pole reaches the pole.
/// A circle is a polygon that covers it on the WGS 84 ellipsoid and goes beyond it by at most 2 % of its radius and a
/// metre, but near a pole, where it may be the box around it; centre and radius stand in the properties.
/// Geocodes have no geometry here.
pub fn to_geojson<'a>(alerts: impl IntoIterator<Item = (&'a Alert, &'a [Foreign])>) -> String {
    let mut text = "{\"type\":\"FeatureCollection\",\"cap\":\"1.2\",\"features\":[".to_owned();
    let mut is_first = true;
    for (alert, foreign) in alerts {
        let mut whole = head(alert);
        foreign_members(&mut whole, foreign);
        let repeated = within(&whole, REPEATED);
        let mut heads = std::iter::once(&whole).chain(std::iter::repeat(&repeated));
        let mut feature = |members: [&Members; 3], area: Option<&Area>| {
            text.push_str(if std::mem::take(&mut is_first) { "\n" } else { ",\n" });
            text.push_str("{\"type\":\"Feature\",\"geometry\":");
            text.push_str(&geometry(area));
            text.push_str(",\"properties\":");
            text.push_str(&joined(&members));
            text.push('}');
        };
        let none = Members::new();
        let mut next_head = || heads.next().unwrap_or(&repeated);
        for (info, n) in alert.infos.iter().zip(1..) {
            let mut whole = block(info);
            whole.insert(0, ("infoNumber", n.to_string()));
            let repeated = within(&whole, REPEATED);
            if info.areas.is_empty() {
                feature([next_head(), &whole, &none], None);
            }
            for (area, n) in info.areas.iter().zip(1..) {
                let mut members = place(area);
                members.insert(0, ("areaNumber", n.to_string()));
                feature([next_head(), if n == 1 { &whole } else { &repeated }, &members], Some(area));
            }
        }
        if alert.infos.is_empty() {
            feature([next_head(), &none, &none], None);
        }
    }
    text.push_str("\n]}\n");
    text
}

/// The members that fit, of those that are too long the shorter ones first; the order stays.
fn within(members: &Members, room: usize) -> Members {
    let mut order: Vec<usize> = (0..members.len()).collect();
    order.sort_by_key(|at| members[*at].1.len());
    let mut left = room;
    let mut fits = vec![false; members.len()];
    for at in order {
        let (name, value) = &members[at];
        let length = name.len() + value.len() + 4;
        // What names the message must stand on each of its features.
        fits[at] = length <= left || matches!(*name, "identifier" | "sender" | "sent" | "infoNumber");
        left = left.saturating_sub(length);
    }
    members.iter().zip(fits).filter(|(_, fits)| *fits).map(|(member, _)| member.clone()).collect()
}

fn geometry(area: Option<&Area>) -> String {
    let polygons = area.iter().flat_map(|a| &a.polygons).flat_map(|r| ring::parts(r));
    let circles = area.iter().flat_map(|a| &a.circles).flat_map(circle::parts);
    let rings: Vec<String> =
        polygons.chain(circles).map(|ring| format!("[{}]", coordinates(&ring))).collect();
    let kind = match rings.len() {
        0 => return "null".to_owned(),
        1 => return format!("{{\"type\":{},\"coordinates\":{}}}", string("Polygon"), rings[0]),
        _ => string("MultiPolygon"),
    };
    format!("{{\"type\":{kind},\"coordinates\":[{}]}}", rings.join(","))
}

fn coordinates(ring: &ring::Ring) -> String {
    let positions: Vec<String> = ring.iter().map(|[lon, lat]| format!("[{lon},{lat}]")).collect();
    format!("[{}]", positions.join(","))
}
