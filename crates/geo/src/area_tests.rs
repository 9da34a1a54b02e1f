//! Tests of areas: union, emptiness, the serialised form, overlap.

use super::*;
use proptest::prelude::*;

fn at(lat: f64, lon: f64) -> Point {
    Point::new(lat, lon).unwrap()
}

fn square(south: f64, west: f64, side: f64) -> Area {
    let (n, e) = (south + side, west + side);
    Ring::new(vec![at(south, west), at(south, e), at(n, e), at(n, west), at(south, west)]).unwrap().into()
}

fn circle(lat: f64, lon: f64, km: f64) -> Area {
    Circle::new(at(lat, lon), km).unwrap().into()
}

fn unresolved(why: &str) -> Area {
    Area::Unresolved(why.into())
}

#[test]
fn the_default_area_is_empty_and_not_everywhere() {
    let area = Area::default();
    assert!(area.is_empty() && !Area::WholeJurisdiction.is_empty() && !unresolved("code unknown").is_empty());
    assert_eq!((area.contains(at(0.0, 0.0)), area.bbox(), area.km2()), (Some(false), None, Some(0.0)));
    assert_eq!(unresolved("x").contains(at(0.0, 0.0)), None);
    assert_eq!(Area::WholeJurisdiction.contains(at(0.0, 0.0)), Some(true));
}

#[test]
fn union_rules() {
    let (a, b) = (square(0.0, 0.0, 1.0), circle(5.0, 5.0, 3.0));
    assert_eq!(a.union(&a), a);
    assert_eq!(a.union(&b).shapes().len(), 2);
    assert_eq!(a.union(&Area::WholeJurisdiction), Area::WholeJurisdiction);
    assert_eq!(unresolved("x").union(&Area::WholeJurisdiction), Area::WholeJurisdiction);
    assert_eq!(unresolved("x").union(&a), a);
    assert_eq!(a.union(&unresolved("x")), a);
    assert_eq!(unresolved("x").union(&unresolved("y")), unresolved("x; y"));
    assert_eq!(unresolved("x").union(&unresolved("x")), unresolved("x"));
    assert_eq!(unresolved("x").union(&Area::default()), unresolved("x"), "unknown is not nowhere");
}

#[test]
fn serialised_form_is_stable() {
    let area = Area::Shapes(vec![Shape::Circle(Circle::new(at(1.5, -2.0), 3.0).unwrap())]);
    let json = serde_json::to_string(&area).unwrap();
    assert_eq!(json, r#"{"shapes":[{"circle":{"center":{"lat":1.5,"lon":-2.0},"radius_km":3.0}}]}"#);
    assert_eq!(serde_json::from_str::<Area>(&json).unwrap(), area);
    assert_eq!(serde_json::to_string(&Area::WholeJurisdiction).unwrap(), r#""whole_jurisdiction""#);
    let open = r#"{"shapes":[{"polygon":[{"lat":0,"lon":0},{"lat":0,"lon":1},{"lat":1,"lon":1},{"lat":1,"lon":0}]}]}"#;
    assert!(serde_json::from_str::<Area>(open).unwrap_err().to_string().contains("open"));
}

#[test]
fn overlap_in_known_cases() {
    let big = square(0.0, 0.0, 10.0);
    assert_eq!(big.overlap(&square(2.0, 2.0, 1.0)), Overlap::Fraction(1.0));
    assert_eq!(square(2.0, 2.0, 1.0).overlap(&big), Overlap::Fraction(1.0));
    assert_eq!(big.overlap(&circle(5.0, 5.0, 0.0)), Overlap::Fraction(1.0), "a point");
    assert_eq!(big.overlap(&circle(5.0, 15.0, 0.0)), Overlap::None);
    assert_eq!(big.overlap(&square(20.0, 20.0, 1.0)), Overlap::None);
    assert!(matches!(big.overlap(&square(0.0, 5.0, 10.0)), Overlap::Fraction(f) if (f - 0.5).abs() < 0.05));
    assert_eq!(big.overlap(&square(0.0, 10.0, 10.0)), Overlap::None, "neighbours share only a rim");
    assert_eq!(big.overlap(&Area::WholeJurisdiction), Overlap::Fraction(1.0));
    assert_eq!(big.overlap(&unresolved("x")), Overlap::Unknown);
    assert_eq!(Area::WholeJurisdiction.overlap(&unresolved("x")), Overlap::Unknown);
    assert_eq!(big.overlap(&Area::default()), Overlap::None);
    let fiji = square(-1.0, 179.0, 1.0).union(&square(-1.0, -180.0, 1.0));
    assert_eq!(fiji.overlap(&circle(-0.5, 180.0, 10.0)), Overlap::Fraction(1.0), "across the antimeridian");
}

#[test]
fn locator_is_inside_a_horseshoe() {
    let shoe = [
        (0.0, 0.0),
        (0.0, 10.0),
        (10.0, 10.0),
        (10.0, 9.0),
        (1.0, 9.0),
        (1.0, 1.0),
        (10.0, 1.0),
        (10.0, 0.0),
        (0.0, 0.0),
    ];
    let area: Area = Ring::new(shoe.map(|p| at(p.0, p.1)).to_vec()).unwrap().into();
    assert_eq!(area.contains(area.locator_center().unwrap()), Some(true));
    assert_eq!(Area::default().locator_center(), None);
}

#[test]
fn very_many_shapes_are_united_and_compared_or_said_to_be_unknown() {
    let many = |shift: f64, n: u32| -> Area {
        let spot =
            |i: u32| Circle::new(at(f64::from(i % 100) + shift - 50.0, f64::from(i / 100)), 10.0).unwrap();
        Area::Shapes((0..n).map(|i| Shape::Circle(spot(i))).collect())
    };
    let (a, b) = (many(0.0, 6000), many(0.5, 6000));
    assert_eq!(a.union(&b).shapes().len(), 12_000);
    assert_eq!(a.union(&a).shapes().len(), 6000);
    assert_eq!(a.overlap(&b), Overlap::Unknown);
    let (a, b) = (many(0.0, 500), many(0.5, 500));
    assert_eq!(a.overlap(&b), Overlap::None);
    assert_eq!(a.overlap(&a.union(&b)), Overlap::Fraction(1.0));
}

fn any_area() -> impl Strategy<Value = Area> {
    let shape = (-70.0..70.0f64, -180.0..175.0f64, 0.01..5.0f64, any::<bool>()).prop_map(
        |(lat, lon, size, round)| {
            if round { circle(lat, lon, size * 100.0) } else { square(lat, lon, size) }
        },
    );
    proptest::collection::vec(shape, 0..4)
        .prop_map(|parts| parts.iter().fold(Area::default(), |all, p| all.union(p)))
}

proptest! {
    #[test]
    fn a_union_contains_what_either_contains(a in any_area(), b in any_area(), pick in 0.0..1.0f64) {
        let union = a.union(&b);
        for part in [&a, &b] {
            if let Some(p) = part.locator_center() {
                prop_assert_eq!(union.contains(p), Some(true));
            }
        }
        let p = at(140.0 * pick - 70.0, 355.0 * pick - 180.0);
        prop_assert_eq!(union.contains(p).unwrap(), a.contains(p).unwrap() || b.contains(p).unwrap());
    }

    #[test]
    fn overlap_does_not_depend_on_the_order(a in any_area(), b in any_area()) {
        prop_assert_eq!(a.overlap(&b), b.overlap(&a));
    }

    #[test]
    fn an_area_covers_itself(a in any_area()) {
        prop_assume!(!a.is_empty());
        prop_assert_eq!(a.overlap(&a), Overlap::Fraction(1.0));
    }

    #[test]
    fn an_area_reads_back_from_its_serialised_form(a in any_area()) {
        let json = serde_json::to_string(&a).unwrap();
        prop_assert_eq!(serde_json::from_str::<Area>(&json).unwrap(), a);
    }

    #[test]
    fn the_locator_lies_inside(a in any_area()) {
        if let Some(p) = a.locator_center() {
            prop_assert_eq!(a.contains(p), Some(true));
        }
    }
}
