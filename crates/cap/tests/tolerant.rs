//! One change to a good message at a time: what the reader makes of it, and which rule says so.

use beaconfire_cap::{Certainty, DocumentKind, Limits, Message, Position, Scope, Version, read};

const GOOD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">
  <identifier>a1</identifier>
  <sender>met@example.org</sender>
  <sent>2026-11-21T17:00:00-06:00</sent>
  <status>Actual</status>
  <msgType>Update</msgType>
  <scope>Public</scope>
  <references>met@example.org,a0,2026-11-21T16:00:00-06:00</references>
  <info>
    <category>Met</category>
    <event>Flood</event>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Likely</certainty>
    <expires>2026-11-22T17:00:00-06:00</expires>
    <area>
      <areaDesc>River</areaDesc>
      <polygon>1,2 1,3 2,3 1,2</polygon>
      <circle>1.5,2.5 10</circle>
      <geocode><valueName>SAME</valueName><value>048453</value></geocode>
      <altitude>100</altitude>
    </area>
  </info>
</alert>";

fn one(text: &str) -> Message {
    let document =
        read(text.as_bytes(), &Limits::default()).unwrap_or_else(|e| panic!("failed to {e}\n{text}"));
    assert_eq!(document.messages.len(), 1);
    document.messages[0].clone()
}

/// Replaces `from` by `to`; the rules found must be `rules`, and strictness as said.
fn check(from: &str, to: &str, strict: bool, rules: &[&str]) -> Message {
    assert!(GOOD.contains(from), "{from}");
    let message = one(&GOOD.replacen(from, to, 1));
    let found: Vec<&str> = message.findings.iter().map(|f| &*f.rule).collect();
    assert_eq!(found, rules, "{to}: {:?}", message.findings);
    assert_eq!(message.strict(), strict, "{to}");
    message
}

#[test]
fn a_good_message_has_no_findings() {
    let message = check("x", "x", true, &[]);
    assert_eq!(message.version, Version::V1_2);
    assert_eq!(&GOOD[message.bytes.clone()], &GOOD[GOOD.find("<alert").unwrap()..]);
    assert_eq!(message.alert.references[0].identifier, "a0");
    assert_eq!(message.alert.infos[0].areas[0].polygons[0][1], Position { lat: 1.0, lon: 3.0 });
}

#[test]
fn good_variants_stay_strict() {
    check("<event>Flood</event>", "<event><![CDATA[Flood]]> &amp; &#x66;ire</event>", true, &[]);
    check("<circle>1.5,2.5 10</circle>", "<circle>1.5,2.5 0</circle>", true, &[]);
    check("1,2 1,3 2,3 1,2", "\n 1,2\n 1,3\t2,3\n 1,2 \n", true, &[]);
    check("<event>", "<!-- why --><?x y?><event>", true, &[]);
    check("<circle>1.5,2.5 10</circle>", "<circle/>", true, &["empty-element"]);
    check("<altitude>100</altitude>", "<altitude>100.5</altitude><ceiling>200</ceiling>", true, &[]);
    check(
        "</alert>",
        "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><Reference URI=''/></Signature></alert>",
        true,
        &["signature-present"],
    );
    let prefixed = GOOD.replace("</", "</c:").replace("<a", "<c:a").replace("xmlns=", "xmlns:c=");
    let prefixed =
        ["identifier", "sen", "sta", "msg", "sco", "ref", "inf", "cat", "eve", "urg", "sev", "cer", "exp"]
            .iter()
            .chain(&["pol", "cir", "geo", "val"])
            .fold(prefixed, |text, name| text.replace(&format!("<{name}"), &format!("<c:{name}")));
    assert_eq!(one(&prefixed).findings, []);
    assert_eq!(one(&prefixed).alert, one(GOOD).alert);
}

#[test]
fn faults_of_structure_are_repaired_and_named() {
    check(
        "<identifier>a1</identifier>\n  <sender>met@example.org</sender>",
        "<sender>met@example.org</sender><identifier>a1</identifier>",
        false,
        &["element-order"],
    );
    check(
        "<scope>Public</scope>",
        "<scope>Public</scope><scope>Private</scope>",
        false,
        &["element-repeated"],
    );
    check("<scope>Public</scope>", "", false, &["missing"]);
    check("<event>Flood</event>", "", false, &["missing"]);
    check("<event>", "<evnt>x</evnt><event>", false, &["unknown-element"]);
    check("<event>Flood</event>", "<Event>Flood</Event>", false, &["element-case"]);
    check("<event>Flood</event>", "<event>Fl<b>oo</b>d</event>", false, &["element-in-text"]);
    check("<event>", "<event nil=\"true\">", false, &["attribute"]);
    check("<event>", "words <event>", false, &["stray-text"]);
    check("<event>Flood</event>", "<event xmlns=\"urn:x\">Flood</event>", false, &["namespace"]);
    check("<category>Met</category>", "", false, &["missing"]);
    check("<altitude>100</altitude>", "<altitude/>", false, &["empty-value"]);
    check("cap:1.2", "cap:1.3", false, &["namespace"]);
    let message = check("<scope>Public</scope>", "<scope>friends</scope>", false, &["word-unknown"]);
    assert_eq!(message.alert.scope, Scope::Restricted);
}

#[test]
fn faults_of_value_are_repaired_and_named() {
    let check_time = |to: &str, rules: &[&str]| {
        let message = check("2026-11-21T17:00:00-06:00", to, false, rules);
        assert_eq!(message.alert.sent.instant(), "2026-11-21T23:00:00Z".parse().unwrap());
    };
    check_time("2026-11-21T23:00:00Z", &["time-letter"]);
    check_time("2026-11-21T23:00:00+00:00", &["time-utc"]);
    check_time("2026-11-21T17:00:00.25-06:00", &["time-fraction"]);
    check_time("2026-11-21 17:00-0600", &["time-form"]);
    check_time("2026-11-21T23:00:00", &["time-offset"]);
    check("2026-11-22T17:00:00-06:00", "tomorrow", false, &["expires-missing", "time-unreadable"]);
    check(">Immediate<", "> immediate <", false, &["padded-value", "word-form"]);
    check(">Immediate<", ">now<", false, &["word-unknown"]);
    let message = check(">Likely<", ">Very Likely<", false, &["word-version"]);
    assert_eq!(message.alert.infos[0].certainty, Certainty::Likely);
    check(">a1<", ">a,1<", false, &["name-characters"]);
    check("a0,2026-11-21T16:00:00-06:00", "a0,2026-11-21T22:00:00Z", false, &["reference-time"]);
    check(
        "met@example.org,a0,2026-11-21T16:00:00-06:00",
        "a0",
        false,
        &["references-missing", "reference-form"],
    );
    check(
        "<references>met@example.org,a0,2026-11-21T16:00:00-06:00</references>",
        "",
        false,
        &["references-missing"],
    );
    check(">Public<", ">Private<", false, &["addresses-missing"]);
    check(">Public<", ">Restricted<", false, &["restriction-missing"]);
    check("<info>", "<incidents>a  \"b c\"</incidents><info>", true, &["list-form"]);
    check("<info>", "<incidents>a \"b c</incidents><info>", false, &["list-quotes"]);
    check("<altitude>100</altitude>", "<ceiling>100</ceiling>", false, &["ceiling-alone"]);
    check(">100<", ">inf<", false, &["height"]);
}

#[test]
fn faults_of_shape_are_repaired_or_left_out_and_named() {
    let ring = |to: &str, rules: &[&str], kept: usize| {
        let message = check("1,2 1,3 2,3 1,2", to, false, rules);
        let polygons = &message.alert.infos[0].areas[0].polygons;
        assert_eq!(polygons.iter().map(Vec::len).sum::<usize>(), kept, "{to}");
        assert_eq!(message.findings[0].path, "/alert/info[1]/area[1]/polygon[1]");
        assert_eq!((message.findings[0].line, message.findings[0].column), (19, 7));
        polygons.first().cloned().unwrap_or_default()
    };
    ring("1,2 1,3 2,3 2,2", &["polygon-open"], 5);
    ring("1,2 1,3 2,3", &["polygon-open", "polygon-short"], 4);
    ring("1,2 1,3 2,3 1,2)", &["polygon-syntax"], 4);
    ring("1, 2 1, 3 2, 3 1, 2", &["polygon-syntax"], 4);
    ring("north of the river", &["polygon-unreadable"], 0);
    ring("1,2 1,nan 2,3 1,2", &["polygon-unreadable"], 0);
    ring("1,2 1,3 1,2", &["polygon-short"], 3);
    let round = ring("1,179 1,-180.005 2,-179 1,179", &["polygon-range"], 4);
    assert!((round[1].lon - 179.995).abs() < 1e-9);
    // What cannot be on Earth stays as it was read; the other order is proposed, never applied.
    ring("1,2 91,3 2,3 1,2", &["polygon-range"], 4);
    let kept = ring("101,2 101,3 102,3 101,2", &["polygon-range", "polygon-swapped"], 4);
    assert_eq!(kept[0], Position { lat: 101.0, lon: 2.0 });
    check("1.5,2.5 10", "1.5,2.5", false, &["circle-unreadable"]);
    check("1.5,2.5 10", "1.5,2.5 -1", false, &["circle-unreadable"]);
    check("1.5,2.5 10", "91.5,2.5 1", false, &["circle-range"]);
}

#[test]
fn every_encoding_gives_the_same_alert() {
    let text = GOOD.replace("Flood", "Überflutung").replace("River", "Flüsse");
    let want = one(&text).alert;
    let utf16 = |big: bool| -> Vec<u8> {
        let bytes = |u: u16| if big { u.to_be_bytes() } else { u.to_le_bytes() };
        std::iter::once(0xFEFF)
            .chain(text.replace("UTF-8", "UTF-16").encode_utf16())
            .flat_map(bytes)
            .collect()
    };
    let latin: Vec<u8> =
        text.replace("UTF-8", "ISO-8859-1").chars().map(|c| u8::try_from(c).unwrap()).collect();
    let bom = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
    for bytes in [utf16(false), utf16(true), latin, bom] {
        let document = read(&bytes, &Limits::default()).unwrap();
        assert_eq!(document.messages[0].findings, []);
        assert_eq!(document.messages[0].alert, want);
        // The range names bytes of the original.
        assert_eq!(document.messages[0].bytes.end, bytes.len());
    }
    let mislabelled: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap()).collect();
    let message = read(&mislabelled, &Limits::default()).unwrap().messages.remove(0);
    assert_eq!(message.alert, want);
    assert_eq!(message.findings[0].rule, "encoding");
}

#[test]
fn text_before_the_declaration_is_forgiven() {
    let message = one(&format!("\n {GOOD}"));
    assert_eq!(message.findings[0].rule, "leading-text");
    assert!(!message.strict());
}

#[test]
fn feeds_give_alerts_entries_and_rejections() {
    let alert = &GOOD[GOOD.find("<alert").unwrap()..];
    let feed = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><updated>2026-11-21T00:00:00Z</updated>
        <entry><id>1</id><content type='application/cap+xml'>{alert}</content></entry>
        <entry><id>2</id><title>T</title><updated>2026-11-20T00:00:00Z</updated>
          <link href='https://example.org/2.cap' type='application/cap+xml'/></entry>
        <entry><id>3</id><content>{}</content></entry></feed>",
        alert.replace("<identifier>a1</identifier>", "")
    );
    let document = read(feed.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(document.kind, DocumentKind::Atom);
    assert_eq!(document.updated.unwrap().to_string(), "2026-11-21T00:00:00-00:00");
    assert_eq!(document.messages.len(), 1);
    assert_eq!(&feed[document.messages[0].bytes.clone()], alert);
    let ids: Vec<_> = document.entries.iter().map(|e| e.id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["2", "3"]);
    assert_eq!(document.entries[0].links[0].href, "https://example.org/2.cap");
    assert_eq!(document.entries[0].links[0].media_type.as_deref(), Some("application/cap+xml"));
    assert_eq!(document.rejected.len(), 1);
    assert!(document.rejected[0].message.contains("<identifier>"));

    let rss = "<rss version='2.0'><channel><pubDate>Sat, 21 Nov 2026 10:00:00 +0100</pubDate><item><guid>g</guid>
        <link>https://example.org/g</link><enclosure url='https://example.org/g.cap' type='application/cap+xml'/>
        <pubDate>Sat, 21 Nov 2026 09:00:00 GMT</pubDate></item></channel></rss>";
    let document = read(rss.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(document.kind, DocumentKind::Rss);
    assert_eq!(document.updated.unwrap().to_string(), "2026-11-21T10:00:00+01:00");
    assert_eq!(document.entries[0].updated.unwrap().to_string(), "2026-11-21T09:00:00-00:00");
    assert_eq!(document.entries[0].links.len(), 2);
    assert_eq!(document.entries[0].links[1].rel.as_deref(), Some("enclosure"));
}

#[test]
fn an_alert_that_cannot_be_used_is_rejected_with_all_that_is_wrong() {
    let text = GOOD.replace("2026-11-21T17", "99999-11-21T17").replace(">Flood<", "><b/>Flood<");
    let document = read(text.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(document.messages, []);
    let [rejected] = document.rejected.as_slice() else { panic!("{document:?}") };
    assert_eq!((rejected.line, rejected.column, rejected.identifier.as_deref()), (2, 1, Some("a1")));
    assert!(rejected.message.contains("<sent>"));
    let rules: Vec<_> = rejected.findings.iter().map(|f| &*f.rule).collect();
    assert_eq!(rules, ["unusable", "time-unreadable", "element-in-text"]);
}

#[test]
fn what_cap_does_not_know_is_kept_beside_the_alert() {
    let message =
        check("<event>", "<x:colour xmlns:x='urn:x'>red</x:colour><event>", false, &["unknown-element"]);
    assert_eq!(message.foreign[0].path, "/alert/info[1]");
    assert_eq!(message.foreign[0].xml, "<x:colour xmlns:x='urn:x'>red</x:colour>");
}

#[test]
fn cap_1_0_is_read_by_its_own_rules() {
    let text = "<alert xmlns='http://www.incident.com/cap/1.0'><identifier>a</identifier><sender>s</sender>
        <sent>2003-06-17T14:57:00-07:00</sent><status>Actual</status><msgType>Alert</msgType><password>p</password>
        <info><event>e</event><urgency>Past</urgency><severity>Minor</severity><certainty>Very Likely</certainty>
        <eventCode>same=SVR</eventCode><area><areaDesc>d</areaDesc><geocode>fips6=006109</geocode></area></info></alert>";
    let message = one(text);
    assert_eq!(message.version, Version::V1_0);
    let told: Vec<&str> = message.findings.iter().map(|f| &*f.rule).collect();
    assert_eq!(told, ["scope-absent", "password-present", "expires-missing", "very-likely"]);
    assert!(message.strict());
    assert_eq!(message.alert.infos[0].certainty, Certainty::Likely);
    assert_eq!(message.alert.infos[0].areas[0].geocodes[0].value(), "006109");
    assert!(!one(&text.replace("Very Likely", "Observed")).strict());
}
