//! Hostile documents get a clear answer in bounded memory.

use std::fmt::Write;

use beaconfire_cap::{Document, DocumentKind, Limits, ReadError, read};

const HEAD: &str = "<identifier>a</identifier><sender>s</sender><sent>2026-11-21T17:00:00-06:00</sent>\
    <status>Actual</status><msgType>Alert</msgType><scope>Public</scope>";

fn alert(content: &str) -> String {
    format!("<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'>{HEAD}{content}</alert>")
}

fn area(content: &str) -> String {
    alert(&format!(
        "<info><category>Met</category><event>e</event><urgency>Past</urgency><severity>Minor</severity>\
         <certainty>Likely</certainty><expires>2026-11-22T17:00:00-06:00</expires><area><areaDesc>d</areaDesc>{content}</area></info>"
    ))
}

fn get(text: &str) -> Result<Document, ReadError> {
    read(text.as_bytes(), &Limits::default())
}

#[test]
fn document_types_and_foreign_entities_are_refused() {
    let bomb =
        format!("<!DOCTYPE alert [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>{}", alert("<note>&b;</note>"));
    assert_eq!(get(&bomb), Err(ReadError::Dtd { line: 1, column: 1 }));
    let error = get(&alert("<note>&nbsp;</note>")).unwrap_err();
    assert!(matches!(error, ReadError::Entity { line: 1, name, .. } if name == "nbsp"));
}

#[test]
fn deep_nesting_is_refused_and_does_not_recurse() {
    let error = get(&"<a>".repeat(1_000_000)).unwrap_err();
    assert_eq!(error, ReadError::TooDeep { line: 1, column: 193, limit: 64 });
    let inside = alert(&format!("<info>{}</info>", "<a>".repeat(1_000_000)));
    assert!(matches!(get(&inside), Err(ReadError::TooDeep { .. })));
}

#[test]
fn what_is_no_cap_is_told_so() {
    assert_eq!(get("<html><body/></html>"), Err(ReadError::NotCap { root: "html".into() }));
    assert_eq!(get("<!DOCTYPE html><p>502"), Err(ReadError::NotCap { root: "html".into() }));
    for text in ["", "  ", "hello", "<a", "<a><b></a>", "<a/><b/>", "<a/>x", "<alert>", "\u{0}", "<a>&"] {
        assert!(matches!(get(text), Err(ReadError::Xml { .. })), "{text:?}: {:?}", get(text));
    }
    assert!(matches!(get("{\"a\": 1}"), Err(ReadError::Json { .. })));
    let limits = Limits { max_bytes: 3, ..Limits::default() };
    assert_eq!(read(b"<a/>", &limits), Err(ReadError::TooLarge { bytes: 4, limit: 3 }));
}

#[test]
fn what_is_not_well_formed_is_refused_with_its_place() {
    for (text, words) in [
        ("<!-- a -- b -->", "--"),
        ("<!-- a --->", "--"),
        ("<?xMl a?>", "kept for the declaration"),
        ("<?xml=\"a\"?>", "begins with a name"),
        ("<note x='&nbsp;'>n</note>", "\"x\""),
        ("<note x='a & b'>n</note>", "\"x\""),
        ("<note 1x='a'>n</note>", "no name of an attribute"),
    ] {
        let error = get(&alert(text)).unwrap_err();
        assert!(matches!(error, ReadError::Xml { line: 1, .. }), "{text}: {error:?}");
        assert!(error.to_string().contains(words), "{text}: {error}");
    }
    for text in ["<!-- a - b -->", "<?xml-stylesheet href='a'?>", "<note x='&amp;&#233;'>n</note>"] {
        assert!(get(&alert(text)).is_ok(), "{text}: {:?}", get(&alert(text)));
    }
}

#[test]
fn a_document_cut_off_anywhere_is_an_error_and_no_panic() {
    let text = area("<polygon>1,2 1,3 2,3 1,2</polygon><circle>é &amp; <![CDATA[x]]></circle>");
    for end in 0..text.len() {
        assert!(read(&text.as_bytes()[..end], &Limits::default()).is_err(), "{end}");
    }
    assert!(get(&text).is_ok());
}

#[test]
fn a_polygon_of_a_million_positions_is_kept() {
    let mut ring = String::with_capacity(20 << 20);
    for n in 0..1_000_000 {
        let _ = write!(ring, "{}.{:05},{}.5 ", n % 80, n % 99_991, n % 170);
    }
    ring.push_str("0.00000,0.5");
    let document = get(&area(&format!("<polygon>{ring}</polygon>"))).unwrap();
    let rules: Vec<_> = document.messages[0].findings.iter().map(|f| &*f.rule).collect();
    assert_eq!(rules, ["polygon-large"]);
    assert_eq!(document.messages[0].alert.infos[0].areas[0].polygons[0].len(), 1_000_001);
}

#[test]
fn a_polygon_over_the_limit_is_left_out_and_the_alert_kept() {
    let limits = Limits { max_positions: 6, ..Limits::default() };
    let ring = "<polygon>1,2 1,3 2,3 1,2</polygon>";
    let document = read(area(&ring.repeat(2)).as_bytes(), &limits).unwrap();
    let message = &document.messages[0];
    assert_eq!(message.alert.infos[0].areas[0].polygons.len(), 1);
    assert_eq!(message.findings[0].rule, "too-many-positions");
    assert_eq!(message.findings[0].path, "/alert/info[1]/area[1]/polygon[2]");
    assert!(!message.strict());
}

#[test]
fn long_texts_are_cut_and_long_files_left_out() {
    let limits = Limits { max_text: 100, ..Limits::default() };
    let long = "é".repeat(100);
    let content = format!(
        "<note>{long}</note><info><resource><resourceDesc>d</resourceDesc>\
        <mimeType>m</mimeType><derefUri>{long}</derefUri></resource></info>"
    );
    let message = read(alert(&content).as_bytes(), &limits).unwrap().messages.remove(0);
    assert_eq!(message.alert.note.as_deref(), Some(&*"é".repeat(50)));
    assert_eq!(message.alert.infos[0].resources[0].deref_uri, None);
    assert_eq!(message.findings.iter().filter(|f| f.rule == "text-too-long").count(), 2);
}

#[test]
fn elements_and_findings_are_counted_and_bounded() {
    let limits = Limits { max_elements: 50, max_findings: 5, ..Limits::default() };
    let message = read(alert(&"<code/>".repeat(100_000)).as_bytes(), &limits).unwrap().messages.remove(0);
    assert_eq!(message.findings.len(), 6);
    assert_eq!(message.findings[5].rule, "more-findings");
    assert!(!message.strict(), "an error beyond the limit still counts");

    let limits = Limits { max_elements: 5_000, ..Limits::default() };
    let infos = read(alert(&"<info/>".repeat(8_000)).as_bytes(), &limits).unwrap().messages.remove(0);
    assert!((4_900..5_000).contains(&infos.alert.infos.len()));
    assert_eq!(infos.findings.len(), limits.max_findings + 1);
}

#[test]
fn over_the_limit_the_newest_alerts_and_entries_stay() {
    let mut list = "<alerts xmlns='urn:oasis:names:tc:emergency:cap:1.2'>".to_owned();
    for day in [3, 9, 1, 7, 5] {
        let head = HEAD.replace("2026-11-21", &format!("2026-11-0{day}"));
        let _ = write!(list, "<alert>{head}</alert>");
    }
    list.push_str("</alerts>");
    let limits = Limits { max_alerts: 2, ..Limits::default() };
    let document = read(list.as_bytes(), &limits).unwrap();
    assert_eq!(document.kind, DocumentKind::List);
    assert_eq!(document.dropped, 3);
    let days: Vec<String> =
        document.messages.iter().map(|m| m.alert.sent.to_string()[8..10].to_owned()).collect();
    assert_eq!(days, ["09", "07"]);
}

#[test]
fn namespaces_and_attributes_without_end_are_refused_or_passed_over() {
    let many: String = (0..1000).map(|n| format!(" xmlns:n{n}='urn:{n}'")).collect();
    assert!(matches!(get(&format!("<alert{many}/>")), Err(ReadError::Xml { .. })));
    let attributes: String = (0..100_000).map(|n| format!(" a{n}='1'")).collect();
    let text = alert("").replacen("<alert", &format!("<alert{attributes}"), 1);
    let message = get(&text).unwrap().messages.remove(0);
    assert!(!message.strict());
}

#[test]
fn characters_that_xml_forbids_are_removed_and_named() {
    let message = get(&alert("<note>a\u{1}b&#2;c</note>")).unwrap().messages.remove(0);
    assert_eq!(message.alert.note.as_deref(), Some("abc"));
    assert!(message.findings.iter().any(|f| f.rule == "illegal-character"));
}

/// Lines are counted once, however many alerts have to be told of: this would take minutes else.
#[test]
fn many_alerts_that_cannot_be_used_cost_no_more_than_their_bytes() {
    let unusable = "<alert>\n<x/></alert>\n";
    let inline = format!("<alerts>{}</alerts>", unusable.repeat(200_000));
    let document = get(&inline).unwrap();
    assert_eq!((document.rejected.len(), document.dropped), (10_000, 190_000));
    assert_eq!(document.rejected[9_999].line, 399_999);
    let escaped = "<entry><x>&lt;alert>&lt;identifier>\n\n&lt;/alert></x></entry>";
    let feed = format!("<feed>{}</feed>", escaped.repeat(100_000));
    let document = get(&feed).unwrap();
    assert_eq!((document.rejected.len(), document.entries.len()), (10_000, 10_000));
    assert_eq!(document.rejected[9_999].line, 199_999);
    // The same, of one entry that holds many.
    let good = |n: u32| format!("<x><![CDATA[{}]]></x>", alert("").replace(">a<", &format!(">{n}<")));
    let parts: String = (0..20_000).map(good).collect();
    let document = get(&format!("<feed><entry>{parts}</entry></feed>")).unwrap();
    assert_eq!((document.messages.len(), document.dropped, document.entries.len()), (10_000, 10_000, 0));
}

#[test]
fn a_text_with_many_faults_is_walked_through_once() {
    let long = "<nothing/>\r\n".repeat(300_000);
    let feed = format!("<feed><entry><content><![CDATA[{}]]></content></entry></feed>", alert(&long));
    let document = get(&feed).unwrap();
    assert_eq!(document.messages[0].findings[999].line, 999);
}
