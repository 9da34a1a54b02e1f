//! What drawn shapes and geocodes of one area mean together.

use crate::area::Area;

/// How the polygons and circles of an area stand to its geocodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AreaSemantics {
    /// The area is all of them together (CAP 1.2, 3.2.4).
    #[default]
    Union,
    /// What is drawn is the exact area, geocodes only come near it (CAP-CP 0.4 and CAP-AU 1.0).
    ExactShape,
}

impl AreaSemantics {
    /// The area meant by what is drawn and what the geocodes stand for. Where one of them is not known or empty, the
    /// other is taken.
    #[must_use]
    pub fn resolve(self, drawn: &Area, coded: &Area) -> Area {
        let is_known = |area: &Area| !area.is_empty() && !matches!(area, Area::Unresolved(_));
        match self {
            Self::ExactShape if is_known(drawn) => drawn.clone(),
            _ => drawn.union(coded),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circle::Circle;
    use crate::point::Point;

    #[test]
    fn profiles_that_draw_exactly_leave_the_codes_aside_unless_nothing_is_drawn() {
        let circle = |lat| Area::from(Circle::new(Point::new(lat, 0.0).unwrap(), 5.0).unwrap());
        let (drawn, coded, unknown) = (circle(1.0), circle(2.0), Area::Unresolved("no table".into()));
        assert_eq!(AreaSemantics::Union.resolve(&drawn, &coded).shapes().len(), 2);
        assert_eq!(AreaSemantics::ExactShape.resolve(&drawn, &coded), drawn);
        assert_eq!(AreaSemantics::ExactShape.resolve(&drawn, &unknown), drawn);
        assert_eq!(AreaSemantics::ExactShape.resolve(&Area::default(), &coded), coded);
        assert_eq!(AreaSemantics::ExactShape.resolve(&unknown, &coded), coded);
        assert_eq!(AreaSemantics::ExactShape.resolve(&Area::default(), &unknown), unknown);
    }
}
