//! The rule that Beaconfire never watches people, where foreign alerts could break it: alerts about
//! missing or wanted persons are not taken in. No setting changes it.

use beaconfire_cap::Alert;

/// SAME event codes (47 CFR 11.31) of alerts about persons: child abduction, missing and
/// endangered persons, suspects.
const CODES: [&str; 4] = ["CAE", "MEP", "BLU", "CEP"];

/// Words of an event or headline, lower case, that mean an alert about a person.
const WORDS: [&str; 20] = [
    "amber alert",
    "child abduction",
    "abducted",
    "kidnapp",
    "missing person",
    "missing child",
    "missing endangered",
    "endangered missing",
    "silver alert",
    "blue alert",
    "ashanti alert",
    "feather alert",
    "wanted person",
    "person of interest",
    "alerta amber",
    "persona desaparecida",
    "enlèvement",
    "vermisste person",
    "vermisstes kind",
    "zeugenaufruf",
];

/// Whether an alert is about a person rather than a hazard or a place.
#[must_use]
pub fn is_about_a_person(alert: &Alert) -> bool {
    alert.infos.iter().any(|info| {
        let coded = info.event_codes.iter().any(|code| CODES.contains(&code.value().trim()));
        let texts = [Some(&info.event), info.headline.as_ref()];
        coded
            || texts.into_iter().flatten().any(|text| {
                let text = text.to_lowercase();
                WORDS.iter().any(|word| text.contains(word))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::is_about_a_person;

    fn alert(event: &str, headline: &str, code: &str) -> beaconfire_cap::Alert {
        let text = format!(
            r#"<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>1</identifier><sender>a@b</sender>
<sent>2026-01-01T00:00:00-00:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
<info><category>Safety</category><event>{event}</event><urgency>Immediate</urgency><severity>Severe</severity>
<certainty>Likely</certainty><eventCode><valueName>SAME</valueName><value>{code}</value></eventCode>
<headline>{headline}</headline></info></alert>"#
        );
        let limits = beaconfire_cap::Limits::default();
        let document = beaconfire_cap::read(text.as_bytes(), &limits).expect("a CAP message");
        document.messages[0].alert.clone()
    }

    #[test]
    fn alerts_about_missing_and_wanted_persons_are_known_by_code_or_words() {
        for (event, headline, code) in [
            ("Child Abduction Emergency", "x", "CAE"),
            ("Law Enforcement Blue Alert", "x", "BLU"),
            ("Civil emergency", "AMBER Alert issued", "CEM"),
            ("Vermisste Person", "x", "X"),
        ] {
            assert!(is_about_a_person(&alert(event, headline, code)), "{event} {headline}");
        }
    }

    #[test]
    fn alerts_about_hazards_are_not() {
        for (event, headline) in [
            ("Flood Warning", "Amber level flood warning"),
            ("Chemical spill", "Persons in the area should shelter"),
            ("Blue-green algae", "Bloom in the lake"),
        ] {
            assert!(!is_about_a_person(&alert(event, headline, "FLW")), "{event}");
        }
    }
}
