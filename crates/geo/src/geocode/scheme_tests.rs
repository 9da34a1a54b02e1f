//! Spellings that occur in the recorded messages, and values that are none.

use super::*;

fn check(name: &str, value: &str, expected: &str) {
    let found = match meaning(name, value) {
        Ok(m) => match m.form {
            Form::Plain => format!("{} {}", m.scheme, m.code),
            Form::Part(part) => format!("{} {} part {part}", m.scheme, m.code),
            Form::Whole(length) => format!("{} {} all of {}", m.scheme, m.code, &m.code[..length]),
        },
        Err(error) => format!("no {}", error.scheme),
    };
    assert_eq!(found, expected, "{name} = {value}");
}

#[test]
fn schemes_and_codes_as_they_occur() {
    for (name, value, expected) in [
        ("SAME", "006109", "SAME 006109"),
        ("SAME", "506109", "SAME 506109 part 5"),
        ("SAME", "048000", "SAME 048000 all of 048"),
        ("SAME", "000000", "SAME 000000"),
        ("SAME", "057110", "SAME 057110"),
        ("FIPS6", "035001", "SAME 035001"),
        ("fips", "35001", "SAME 035001"),
        ("FIPS", "EI801", "FIPS EI801"),
        ("FIPS", "an", "FIPS AN"),
        ("UGC", "caz567", "UGC CAZ567"),
        ("UGC", "TXCALL", "UGC TXC000 all of TXC"),
        ("UGC", "TXZ000", "UGC TXZ000 all of TXZ"),
        ("EMMA_ID", "AT001", "EMMA_ID AT001"),
        ("EMMA_ID", "CZ01100", "EMMA_ID CZ01100"),
        (" EMMA ID ", " at001 ", "EMMA_ID AT001"),
        ("NUTS3", "AT331", "NUTS AT331"),
        ("NUTS2", "AT11", "NUTS AT11"),
        ("WARNCELLID", "816064037", "WARNCELLID 816064037"),
        ("ISO 3166-2", "AU_SA", "ISO3166-2 AU-SA"),
        ("urn:oasis:names:tc:emergency:cap:1.2:profile:CAP-AU:1.0:ISO 3166-2", "AU-NSW", "ISO3166-2 AU-NSW"),
        ("http://www.iso.org/iso/country_codes.html", "AU-NSW", "ISO3166-2 AU-NSW"),
        ("CPEAS Geographic Code", "130602000000", "CN-ADMIN 130602000000"),
        ("CPEAS Geographic Code", "130602", "CN-ADMIN 130602000000"),
        ("profile:CAP-CP:Location:0.3", "3537001", "profile:CAP-CP:Location:0.3 3537001"),
        ("Spásvæði", " Höfuðborgarsvæðið ", "Spásvæði Höfuðborgarsvæðið"),
    ] {
        check(name, value, expected);
    }
}

#[test]
fn values_that_are_no_codes_are_told_apart_from_unknown_ones() {
    for (name, value, scheme) in [
        ("SAME", "06109x", "SAME"),
        ("SAME", "6109", "SAME"),
        ("SAME", "", "SAME"),
        ("SAME", "٠٠٦١٠٩", "SAME"),
        ("UGC", "CAX567", "UGC"),
        ("UGC", "ÄÖ1567", "UGC"),
        ("UGC", "éaz56", "UGC"),
        ("EMMA_ID", "AT-01", "EMMA_ID"),
        ("NUTS3", "AT3310", "NUTS"),
        ("WARNCELLID", "81606403", "WARNCELLID"),
        ("ISO3166-2", "NSW", "ISO3166-2"),
        ("CPEAS Geographic Code", "1306020", "CN-ADMIN"),
    ] {
        check(name, value, &format!("no {scheme}"));
    }
}

#[test]
fn lists_of_known_schemes_are_taken_apart_and_others_kept_whole() {
    let codes: Vec<&str> = split("FIPS6", " 035001 035003,\n035005 ").collect();
    assert_eq!(codes, ["035001", "035003", "035005"]);
    assert_eq!(split("Forecast Region", "Reykjavik - Capital Region").count(), 1);
    assert_eq!(split("UGC", "  ").count(), 0);
}

#[test]
fn every_spelling_leads_to_its_scheme_and_every_name_to_itself() {
    for known in KNOWN {
        assert_eq!(scheme(known.name), known.name);
        for spelling in known.spellings {
            assert_eq!(scheme(spelling), known.name, "{spelling}");
        }
    }
}
