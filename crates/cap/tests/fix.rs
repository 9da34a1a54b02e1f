//! What is mended, what is told of it, and what is left to a person.

use beaconfire_cap::{
    Change, ChangeKind, Limits, Message, Version, WriteOptions, fix, read, to_1_2, write, write_with,
};

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
    <language>en-US</language>
    <category>Met</category>
    <event>Flood</event>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Likely</certainty>
    <expires>2026-11-22T17:00:00-06:00</expires>
    <web>https://example.org/a</web>
    <area>
      <areaDesc>River</areaDesc>
      <polygon>1,2 1,3 2,3 1,2</polygon>
      <circle>1.5,2.5 10</circle>
    </area>
  </info>
</alert>
";

fn one(text: &str) -> Message {
    let document =
        read(text.as_bytes(), &Limits::default()).unwrap_or_else(|e| panic!("failed to {e}\n{text}"));
    document.messages.into_iter().next().expect("one message")
}

/// Replaces `from` by `to`; the mended message must be `GOOD` with `want` instead of `from`.
fn check(from: &str, to: &str, want: &str, kinds: &[(ChangeKind, &str)]) {
    assert!(GOOD.contains(from), "{from}");
    let fixed = fix(&one(&GOOD.replacen(from, to, 1)));
    assert_eq!(fixed.xml, Ok(GOOD.replacen(from, want, 1)), "{to}");
    let told: Vec<(ChangeKind, &str)> = fixed.changes.iter().map(|c| (c.kind, c.path.as_str())).collect();
    assert_eq!(told, kinds, "{to}: {:?}", fixed.changes);
    assert!(fixed.changes.iter().all(|c| c.line > 0), "{:?}", fixed.changes);
    assert_eq!(fix(&one(&GOOD.replacen(from, want, 1))).changes, []);
}

/// Replaces `from` by `to`; a person must decide about `rules`.
fn needs(from: &str, to: &str, rules: &[&str]) {
    assert!(GOOD.contains(from), "{from}");
    let fixed = fix(&one(&GOOD.replacen(from, to, 1)));
    let findings = fixed.xml.expect_err(to);
    let found: Vec<&str> = findings.iter().map(|f| &*f.rule).collect();
    assert_eq!(found, rules, "{to}: {findings:?}");
    assert_eq!(fixed.changes.iter().filter(|c| c.kind == ChangeKind::Needed).count(), rules.len());
}

#[test]
fn a_good_message_stays_as_it_is() {
    check("x", "x", "x", &[]);
}

#[test]
fn what_has_one_mend_is_mended_and_told() {
    use ChangeKind::{Added, Lost, Mended};
    let polygon = "/alert/info[1]/area[1]/polygon[1]";
    check("1,2 1,3 2,3 1,2", "1,2 1,3 2,3", "1,2 1,3 2,3 1,2", &[(Mended, polygon), (Mended, polygon)]);
    check("1,2 1,3 2,3 1,2", "(1,2) (1,3) (2,3) (1,2)", "1,2 1,3 2,3 1,2", &[(Mended, polygon)]);
    let expires = "/alert/info[1]/expires";
    let utc = "<expires>2026-11-22T17:00:00-00:00";
    check(
        "<expires>2026-11-22T17:00:00-06:00",
        "<expires>2026-11-22T17:00:00+00:00",
        utc,
        &[(Mended, expires)],
    );
    check("<expires>2026-11-22T17:00:00-06:00", "<expires>2026-11-22T17:00:00Z", utc, &[(Mended, expires)]);
    check(
        "<scope>Public</scope>",
        "<scope> public </scope>",
        "<scope>Public</scope>",
        &[(Mended, "/alert/scope"), (Mended, "/alert/scope")],
    );
    check(
        "<sender>met@example.org</sender>\n  <sent>2026-11-21T17:00:00-06:00</sent>",
        "<sent>2026-11-21T17:00:00-06:00</sent>\n  <sender>met@example.org</sender>",
        "<sender>met@example.org</sender>\n  <sent>2026-11-21T17:00:00-06:00</sent>",
        &[(Mended, "/alert/sender")],
    );
    check(
        "<circle>1.5",
        "<circle/>\n<circle>1.5",
        "<circle>1.5",
        &[(Mended, "/alert/info[1]/area[1]/circle[1]")],
    );
    check("en-US", "en_US", "en-US", &[(Mended, "/alert/info[1]/language")]);
    check("org/a", "org/a b", "org/a%20b", &[(Mended, "/alert/info[1]/web")]);
    check("<info>", "<colour>red</colour>\n  <info>", "<info>", &[(Lost, "/alert")]);
    check(
        "<certainty>Likely</certainty>",
        "",
        "<certainty>Unknown</certainty>",
        &[(Added, "/alert/info[1]/certainty")],
    );
    let signature = "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/></alert>";
    check("</alert>", signature, "</alert>", &[(Lost, "/alert/Signature[1]")]);
    let fixed = fix(&one(&GOOD.replacen("<info>", "<incidents>a  b</incidents><info>", 1)));
    assert!(fixed.xml.unwrap().contains("<incidents>a b</incidents>"));
    assert_eq!(fixed.changes.len(), 1);
}

#[test]
fn what_has_more_than_one_mend_is_left_to_a_person() {
    needs(
        "<references>met@example.org,a0,2026-11-21T16:00:00-06:00</references>",
        "",
        &["references-missing"],
    );
    needs("<scope>Public", "<scope>Private", &["addresses-missing"]);
    needs("<scope>Public", "<scope>Restricted", &["restriction-missing"]);
    needs("<scope>Public</scope>", "", &["missing"]);
    needs("1,2 1,3 2,3 1,2", "101,2 101,3 102,3 101,2", &["polygon-range"]);
    needs("1,2 1,3 2,3 1,2", "north of the river", &["polygon-unreadable"]);
    needs("1,2 1,3 2,3 1,2", "1,2 1,3", &["polygon-short"]);
    needs("1.5,2.5 10", "1.5", &["circle-unreadable"]);
    needs("<expires>2026-11-22T17:00:00-06:00", "<expires>tomorrow", &["time-unreadable"]);
    needs("<expires>2026-11-22T17:00:00-06:00", "<expires>2026-11-22T17:00:00", &["time-offset"]);
    needs("<category>Met</category>", "", &["missing"]);
    needs("<event>Flood", "<event>", &["empty-mandatory"]);
    needs("<severity>Severe", "<severity>Bad", &["word-unknown"]);
    needs("<language>en-US", "<language>English language", &["language"]);
    needs("<identifier>a1", "<identifier>a 1", &["name-characters"]);
}

const OLD: &str = "<alert xmlns=\"http://www.incident.com/cap/1.0\">
  <identifier>a1</identifier>
  <sender>met@example.org</sender>
  <sent>2004-11-21T17:00:00-06:00</sent>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <password>secret</password>
  <references>a0</references>
  <info>
    <event>Flood</event>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Very Likely</certainty>
    <parameter>level=4</parameter>
    <resource><resourceDesc>map</resourceDesc></resource>
    <area><areaDesc>River</areaDesc><geocode>FIPS6=048453</geocode><altitude>low</altitude></area>
  </info>
</alert>";

#[test]
fn cap_1_0_is_converted_and_what_is_lost_or_added_is_told() {
    let message = one(OLD);
    assert_eq!(message.version, Version::V1_0);
    let converted = to_1_2(&message);
    let mut told: Vec<(ChangeKind, &str, u32)> = converted
        .changes
        .iter()
        .map(|Change { kind, path, line, .. }| (*kind, path.as_str(), *line))
        .collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            (ChangeKind::Mapped, "/alert", 0),
            (ChangeKind::Mapped, "/alert/info[1]", 0),
            (ChangeKind::Mapped, "/alert/info[1]/certainty", 13),
            (ChangeKind::Added, "/alert/info[1]/category[1]", 0),
            (ChangeKind::Added, "/alert/info[1]/resource[1]/mimeType", 0),
            (ChangeKind::Added, "/alert/scope", 1),
            (ChangeKind::Lost, "/alert/info[1]/area[1]/altitude", 16),
            (ChangeKind::Lost, "/alert/password", 7),
            (ChangeKind::Lost, "/alert/references", 8),
        ]
    );
    let xml = write(&converted.alert).unwrap();
    for part in [
        "<scope>Public</scope>",
        "<category>Other</category>",
        "<certainty>Likely</certainty>",
        "<valueName>level</valueName>\n      <value>4</value>",
        "<mimeType>application/octet-stream</mimeType>",
        "<valueName>FIPS6</valueName>",
    ] {
        assert!(xml.contains(part), "{part}: {xml}");
    }
    assert!(!xml.contains("secret"));
    assert_eq!(fix(&message).xml, Ok(xml));
    // An Update of 1.0 cannot name what it updates in the form of 1.2.
    let update = to_1_2(&one(&OLD.replacen("<msgType>Alert", "<msgType>Update", 1)));
    assert!(update.changes.iter().any(|c| c.kind == ChangeKind::Needed && c.what.contains("references")));
    assert!(write(&update.alert).is_err());
}

#[test]
fn fewer_decimals_keep_the_message_conformant() {
    let message = one(&GOOD
        .replacen("1,2 1,3 2,3 1,2", "1.00001,2 1.00004,2.1 1,2.00004 1.00001,2", 1)
        .replacen("1.5,2.5 10", "1.56,2.5 10", 1));
    let written = write_with(&message.alert, &WriteOptions { decimals: Some(1) }).unwrap();
    assert!(written.xml.contains("<circle>1.6,2.5 14.5</circle>"), "{}", written.xml);
    assert_eq!(written.findings.len(), 1);
    assert_eq!(written.findings[0].rule, "polygon-precision");
    assert!(one(&written.xml).strict());
    let exact = write_with(&message.alert, &WriteOptions::default()).unwrap();
    assert_eq!(exact.xml, write(&message.alert).unwrap());
}

#[test]
#[cfg(feature = "sign")]
fn what_is_said_of_a_file_is_left_to_its_issuer() {
    let resource = "    <resource>
      <resourceDesc>Map</resourceDesc>
      <mimeType>image/png</mimeType>
      <size>99999</size>
      <derefUri>AAAA</derefUri>
      <digest>da39a3ee5e6b4b0d3255bfef95601890afd80709</digest>
    </resource>
    <area>";
    let text = GOOD.replacen("    <area>", resource, 1);
    let message = one(&text);
    let rules: Vec<&str> = message.findings.iter().map(|f| &*f.rule).collect();
    assert_eq!(rules, ["size-mismatch", "digest-mismatch"]);
    let fixed = fix(&message);
    assert_eq!((fixed.xml, fixed.changes), (Ok(text), Vec::new()));
}
