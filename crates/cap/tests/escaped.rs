//! Alerts that an entry of a feed holds as text are read like any others, and what only looks like one is not.

use beaconfire_cap::{Document, Finding, Limits, Message, ReadError, Version, read, read_with};

const ALERT: &str = "<alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\">
  <identifier>é1</identifier>
  <sender>met@example.org</sender>
  <sent>2026-11-21T17:00:00-06:00</sent>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <scope>Public</scope>
  <info>
    <category>Met</category>
    <event>Flood &amp; wind</event>
    <urgency>Immediate</urgency>
    <severity>Severe</severity>
    <certainty>Likely</certainty>
    <expires>2026-11-22T17:00:00Z</expires>
    <area>
      <areaDesc>River</areaDesc>
      <polygon>1,2 1,3 2,3</polygon>
    </area>
  </info>
</alert>";

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn section(text: &str) -> String {
    format!("<![CDATA[{text}]]>")
}

fn atom(entries: &str) -> String {
    format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<updated>2026-11-21T00:00:00Z</updated>{entries}</feed>"
    )
}

fn entry(content: &str) -> String {
    format!("<entry><id>1</id><content type=\"text\">{content}</content></entry>")
}

fn rss(item: &str) -> String {
    format!(
        "<rss version=\"2.0\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"><channel>\n\
         <item><guid>1</guid>{item}</item></channel></rss>"
    )
}

fn get(text: &str) -> Document {
    read(text.as_bytes(), &Limits::default()).unwrap_or_else(|e| panic!("failed to {e}\n{text}"))
}

fn rules(findings: &[Finding]) -> Vec<&str> {
    findings.iter().map(|f| &*f.rule).collect()
}

/// Nothing of the feed is an alert, and nothing is wrong: the entry is listed.
#[track_caller]
fn check_listed(feed: &str) {
    let document = get(feed);
    assert_eq!((&*document.messages, &*document.rejected), (&[][..], &[][..]), "{feed}");
    assert_eq!(document.entries.len(), 1, "{feed}");
}

/// The entry is listed, and beside it an alert that cannot be used; gives why.
#[track_caller]
fn check_rejected(feed: &str, line: u32) -> String {
    let document = get(feed);
    assert_eq!((document.messages.len(), document.entries.len()), (0, 1), "{feed}");
    let [rejected] = document.rejected.as_slice() else { panic!("{document:?}") };
    assert_eq!(rejected.line, line, "{rejected:?}");
    assert!(feed[rejected.bytes.clone()].contains("lert"), "{rejected:?}");
    let told = rules(&rejected.findings);
    assert!(told.contains(&"escaped-alert") && told.contains(&"unusable"), "{told:?}");
    rejected.message.clone()
}

#[test]
fn an_alert_as_text_reads_as_it_would_alone() {
    let alone = get(ALERT).messages.remove(0);
    assert_eq!(rules(&alone.findings), ["time-letter", "polygon-open", "polygon-short"]);
    let declared = format!("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n{ALERT}\n");
    let numbers = escape(ALERT).replace("&lt;", "&#60;").replace("&gt;", "&#x3E;").replace('\n', "&#10;");
    for feed in [
        atom(&entry(&escape(ALERT))),
        atom(&entry(&section(ALERT))),
        atom(&entry(&format!("\n  {}\n", section(&declared)))),
        atom(&entry(&escape(&format!("\u{FEFF}{declared}")))),
        atom(&format!("<entry><summary>{numbers}</summary></entry>")),
        atom(&format!("<entry><content type='application/cap+xml'>{}</content></entry>", escape(ALERT))),
        atom(&entry(&escape(ALERT))).replace('\n', "\r\n"),
        rss(&format!("<description>{}</description>", escape(ALERT))),
        rss(&format!("<description><!-- cap -->{}</description>", section(ALERT))),
        rss(&format!(
            "<description>Flood</description><content:encoded>{}</content:encoded>",
            section(ALERT)
        )),
    ] {
        let document = get(&feed);
        assert_eq!((&*document.entries, &*document.rejected), (&[][..], &[][..]), "{feed}");
        let [message] = document.messages.as_slice() else { panic!("{document:?}") };
        assert_eq!(message.alert, alone.alert);
        assert_eq!(message.source(feed.as_bytes()), Some(ALERT.as_bytes()));
        assert!(feed[message.bytes.clone()].contains("alert"));
        let (first, others) = message.findings.split_first().unwrap();
        assert_eq!((&*first.rule, first.line), ("escaped-alert", 2));
        assert_eq!(rules(others), rules(&alone.findings));
        // Each place is that of the element in the feed.
        for finding in others {
            let line = feed.lines().nth(finding.line as usize - 1).unwrap();
            let there: String = line.chars().skip(finding.column as usize - 1).collect();
            let element = finding.path.rsplit('/').next().unwrap().split('[').next().unwrap();
            let begins = [format!("<{element}"), format!("&lt;{element}"), format!("&#60;{element}")];
            assert!(begins.iter().any(|begin| there.starts_with(begin)), "{finding}: {there}");
        }
        let again = read(message.source(feed.as_bytes()).unwrap(), &Limits::default()).unwrap();
        assert_eq!(again.messages, std::slice::from_ref(&alone));
    }
}

#[test]
fn earlier_versions_and_prefixes_are_read_too() {
    let text = ALERT.replace("cap:1.2", "cap:1.1").replace("<", "<c:").replace("<c:/", "</c:");
    let document = get(&atom(&entry(&escape(&text.replace("xmlns", "xmlns:c")))));
    assert_eq!(document.messages[0].version, Version::V1_1);
    assert_eq!(document.messages[0].alert.identifier, "é1");
}

#[test]
fn whoever_judges_is_told_the_place_in_the_feed() {
    let feed = atom(&entry(&escape(ALERT)));
    let mut judge = |alert: &beaconfire_cap::Alert| {
        let path = "/alert/info[1]/severity".to_owned();
        let (rule, message) = ("town:x".into(), alert.identifier.clone());
        let severity = beaconfire_cap::FindingSeverity::Info;
        vec![Finding { rule, severity, path, line: 0, column: 0, message }]
    };
    let document = read_with(feed.as_bytes(), &Limits::default(), &mut judge).unwrap();
    let judged = &document.messages[0].judged[0];
    assert_eq!((judged.line, judged.column), (13, 5));
}

#[test]
fn one_alert_counts_once() {
    let identifiers = |feed: &str| -> Vec<String> {
        let document = get(feed);
        assert_eq!((&*document.entries, &*document.rejected), (&[][..], &[][..]), "{feed}");
        document.messages.into_iter().map(|m| m.alert.identifier).collect()
    };
    let escaped = format!("<content>{}</content>", escape(ALERT));
    let link = "<link href='https://example.org/1.cap' type='application/cap+xml'/>";
    assert_eq!(identifiers(&atom(&format!("<entry>{escaped}{link}</entry>"))), ["é1"]);
    let summary = format!("<summary>{}</summary>", section(ALERT));
    assert_eq!(identifiers(&atom(&format!("<entry>{escaped}{summary}</entry>"))), ["é1"]);
    // A copy that was cut off is no loss.
    let cut = format!("<summary>{}</summary>", escape(&ALERT[..400]));
    assert_eq!(identifiers(&atom(&format!("<entry>{cut}{escaped}</entry>"))), ["é1"]);
    let inline = format!("<x>{ALERT}</x>");
    assert_eq!(identifiers(&atom(&format!("<entry>{summary}{inline}{escaped}</entry>"))), ["é1"]);
    let other = section(&ALERT.replace("é1", "é2"));
    let other = format!("<summary>{other}</summary>");
    assert_eq!(identifiers(&atom(&format!("<entry>{escaped}{other}</entry>"))), ["é1", "é2"]);
    assert_eq!(identifiers(&atom(&format!("<entry>{escaped}</entry><entry>{other}</entry>"))), ["é1", "é2"]);
}

#[test]
fn pages_that_mention_an_alert_are_no_alerts() {
    for html in [
        "<p>An <alert> is a box <br> & so on",
        "<p>See <alert xmlns=\"urn:oasis:names:tc:emergency:cap:1.2\"><identifier>1</identifier></alert></p>",
        "<alert kind=box>Saved!</alert>",
        "<alert xmlns=\"urn:other\"><identifier>1</identifier></alert>",
        "<!-- <alert> --><html><identifier>1</identifier>",
        "<alerting><identifier>1</identifier></alerting>",
        "&lt;alert&gt;",
        "alert",
        "<",
        "",
    ] {
        check_listed(&atom(&entry(&escape(html))));
        check_listed(&rss(&format!("<description>{}</description>", section(html))));
    }
    check_listed(&atom("<entry><content/></entry>"));
    check_listed(&atom("<entry><content><![CDATA[]]></content></entry>"));
    // Before the first entry and behind the last there is nothing to read.
    assert_eq!(get(&atom(&format!("<subtitle>{}</subtitle>", escape(ALERT)))).messages, []);
}

#[test]
fn nothing_is_unescaped_twice() {
    check_listed(&atom(&entry(&escape(&escape(ALERT)))));
    check_listed(&atom(&entry(&section(&escape(ALERT)))));
    check_listed(&atom(&entry(&escape(&section(ALERT)))));
    check_listed(&atom(&entry(&escape(&atom(&entry(ALERT))))));
    check_listed(&atom(&entry(&escape(&atom(&entry(&escape(ALERT)))))));
    // Nor is an alert that is a text of an alert.
    let note = format!("<scope>Public</scope><note>{}</note>", escape(&ALERT.replace("é1", "é2")));
    let document = get(&atom(&entry(&escape(&ALERT.replace("<scope>Public</scope>", &note)))));
    assert_eq!(document.messages.len(), 1);
    assert_eq!(document.messages[0].alert.note.as_deref(), Some(&*ALERT.replace("é1", "é2")));
}

#[test]
fn an_alert_as_text_that_cannot_be_read_is_told_beside_its_entry() {
    let broken = ALERT.replace("</event>", "</events>");
    let why = check_rejected(&atom(&entry(&escape(&broken))), 2);
    // The end tag stands in the eleventh line of the feed.
    assert!(why.contains("read XML at line 11, column "), "{why}");
    let why = check_rejected(
        &rss(&format!("<description>{}</description>", section(&ALERT[..ALERT.find("<severity>").unwrap()]))),
        2,
    );
    assert!(why.contains("it was cut off"), "{why}");
    let why = check_rejected(&atom(&entry(&escape(&format!("{ALERT}{ALERT}")))), 2);
    assert!(why.contains("wrap them in one"), "{why}");
    let why = check_rejected(&atom(&entry(&escape(&ALERT.replace("Flood", "a&nbsp;b")))), 2);
    assert!(why.contains("entity &nbsp; is not defined"), "{why}");
    let bomb = format!("<!DOCTYPE alert [<!ENTITY a \"aa\">]>{ALERT}");
    let why = check_rejected(&atom(&entry(&escape(&bomb))), 2);
    assert!(why.contains("document type declarations are refused"), "{why}");
    let why = check_rejected(&atom(&entry(&escape(&ALERT.replace("<event>", &"<a>".repeat(100_000))))), 2);
    assert!(why.contains("more than 64 elements are open"), "{why}");
    let nameless = ALERT.replace("<sender>met@example.org</sender>", "");
    let why = check_rejected(&atom(&format!("\n{}", entry(&section(&nameless)))), 3);
    assert!(why.contains("no readable <sender>"), "{why}");
}

#[test]
fn many_are_held_to_the_limit_of_alerts() {
    let one = |n: usize, alert: &str| entry(&escape(&alert.replace("é1", &n.to_string())));
    let many: String = (0..3_000).map(|n| one(n, ALERT)).collect();
    let limits = Limits { max_alerts: 100, ..Limits::default() };
    let document = read(atom(&many).as_bytes(), &limits).unwrap();
    assert_eq!((document.messages.len(), document.entries.len(), document.dropped), (100, 0, 2_900));
    let many: String = (0..3_000).map(|n| one(n, &ALERT[..300])).collect();
    let document = read(atom(&many).as_bytes(), &limits).unwrap();
    assert_eq!((document.rejected.len(), document.entries.len(), document.dropped), (100, 100, 5_800));
    // So are the positions, elements and findings of each.
    let long = ALERT.replace("1,2 1,3 2,3", &"1,2 ".repeat(100));
    let limits = Limits { max_positions: 10, ..Limits::default() };
    let document = read(atom(&entry(&escape(&long))).as_bytes(), &limits).unwrap();
    assert!(rules(&document.messages[0].findings).contains(&"too-many-positions"));
}

#[test]
fn a_feed_cut_off_anywhere_is_an_error_and_no_panic() {
    let feed = atom(&entry(&format!("{}{}", escape(&ALERT[..200]), section(&ALERT[200..]))));
    for end in (0..feed.len()).filter(|end| feed.is_char_boundary(*end)) {
        assert!(
            matches!(read(&feed.as_bytes()[..end], &Limits::default()), Err(ReadError::Xml { .. })),
            "{end}"
        );
    }
    let Message { alert, .. } = get(&feed).messages.remove(0);
    assert_eq!(alert.infos[0].event, "Flood & wind");
}

#[test]
fn the_bytes_of_a_feed_in_another_encoding_are_found() {
    let text = format!("<?xml version='1.0' encoding='ISO-8859-1'?>{}", atom(&entry(&escape(ALERT))));
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let document = read(&bytes, &Limits::default()).unwrap();
    let message = &document.messages[0];
    assert_eq!(message.source(&bytes), Some(ALERT.as_bytes()));
    assert!(
        bytes[message.bytes.clone()].starts_with(b"&lt;alert")
            && bytes[message.bytes.end..].starts_with(b"</content>")
    );
}
