//! Alerts in the Common Alerting Protocol: feeds, listings, single messages.

use super::listing::{self, Listing};
use super::signature;
use super::{AlertItem, Kind, LinkTo, Options, ParseError, Parsed};
use beaconfire_cap::{self as cap, DocumentKind, Entry, Link};
use std::collections::HashSet;

/// The kind.
pub(super) static KIND: Kind = Kind {
    name: "cap",
    title: "CAP alerts: feed, listing or message",
    doc: "\
Reads alerts of other issuers: CAP 1.0, 1.1 and 1.2, alone, in a list, an EDXL-DE envelope, or inside an
Atom or RSS feed, as elements or as escaped text. Entries of a feed that hold no alert are followed to the
document that they link to, by media type `application/cap+xml` first, then other XML, then links without a
type; HTML pages, pictures and the feed itself are not. A web server's or a local folder's listing of `.xml`
and `.cap` files is followed alike. Links lead to the same scheme only, never from a public address to a
private one.

Every alert is kept with what is wrong with it. An alert without identifier, sender, sent, status or msgType
is a problem, told with its line. Alerts act on others only if the source is trusted for their sender:
list the senders in `trusted_senders`.

Some issuers give no `expires` and send no Cancel: their alerts just leave the feed. For them set
`options = { vanish_after_polls = 3 }`: an alert of a trusted sender without `expires` then counts as over once that
many answers in a row do not list it that are healthy, complete and dated (the feed says when it changed), and that
list others. Where more than half of what was listed, and at least three, goes at once, or the feed is empty,
it is *unknown* and ends nothing; then, as without the option, `missing_expires_hours` decides.

Signatures are not looked at unless `options = { signature = \"note\" }`, which puts the verdict among the findings of each
alert, or `\"demand\"`: then an alert is taken only if its signature is verified and by a certificate that is, or leads to,
one of the source's `anchors`, PEM files beside the configuration: `anchors = [\"authority.pem\", { sender =
\"warnings@alfa.example\", file = \"alfa.pem\" }]`. A sender with anchors of its own is judged by those alone. Every other
alert becomes a finding on the source that says why, its bytes are kept, and it is looked at again once the anchors
have changed. Certificates must be valid when the message is first received; in a recording, when it was sent.

Give `must_advance = true` only if the feed's `updated` moves with every poll. A feed that listed alerts and
then lists none at all is *unknown* until three complete answers in a row agree.",
    example: r#"[[source]]
id = "cap-alfa"
kind = "cap"
title = "Warnings of Institut Alfa"
url = "https://alfa.example/warnings/atom"
poll_every_s = 60
expected_every_s = 900
trusted_senders = ["warnings@alfa.example"]
"#,
    parse,
    follows_links: true,
};

fn parse(options: &Options, bytes: &[u8]) -> Result<Parsed, ParseError> {
    options.check_size(bytes)?;
    if let Some(listing) = listing::read(bytes, options.feed_entries())? {
        return from_listing(listing);
    }
    let document = cap::read(bytes, &signature::limits(options))?;
    let mut parsed = Parsed { dropped: document.dropped as u64, ..Parsed::default() };
    parsed.entries =
        (document.messages.len() + document.entries.len() + document.rejected.len()) as u64 + parsed.dropped;
    parsed.saw(document.updated.map(|time| time.instant()));
    for message in document.messages {
        parsed.saw(Some(message.alert.sent.instant()));
        parsed.alerts.push(AlertItem {
            alert: message.alert,
            findings: message.findings,
            bytes: message.bytes,
            escaped: message.escaped,
        });
    }
    let mut seen = HashSet::new();
    // RSS only knows when an entry was first published.
    let tells_changes = document.kind == DocumentKind::Atom;
    for entry in document.entries {
        parsed.saw(entry.updated.map(|time| time.instant()));
        match best(&entry.links) {
            Some(href) => {
                if seen.insert(href.to_owned()) {
                    let changed = entry.updated.map(|time| time.instant()).filter(|_| tells_changes);
                    parsed.links.push(LinkTo { href: href.to_owned(), changed });
                }
            }
            None => parsed.unread(|| {
                format!("entry {} has neither an alert nor a link to one; ask its issuer", name(&entry))
            }),
        }
    }
    for rejected in document.rejected {
        parsed.unread(|| {
            format!(
                "line {}, column {}: the alert is unusable: {}",
                rejected.line, rejected.column, rejected.message
            )
        });
    }
    all_or(parsed)
}

fn from_listing(listing: Listing) -> Result<Parsed, ParseError> {
    let mut parsed = Parsed {
        entries: listing.files.len() as u64 + listing.dropped,
        dropped: listing.dropped,
        ..Parsed::default()
    };
    let mut seen = HashSet::new();
    for file in listing.files {
        parsed.saw(file.changed);
        if seen.insert(file.address.clone()) {
            parsed.links.push(LinkTo { href: file.address, changed: file.changed });
        }
    }
    Ok(parsed)
}

/// Refuses a payload none of whose entries can be used.
fn all_or(mut parsed: Parsed) -> Result<Parsed, ParseError> {
    if parsed.entries > 0 && parsed.unread == parsed.entries {
        let first = parsed.problems.swap_remove(0);
        return Err(ParseError::NothingReadable { entries: parsed.entries, first });
    }
    Ok(parsed)
}

fn name(entry: &Entry) -> String {
    let name = entry.id.as_ref().or(entry.title.as_ref());
    name.map_or_else(|| "without id".to_owned(), |name| format!("{:?}", super::json::cut(name, 120)))
}

/// The link that most likely leads to the entry's alert; of equals the first.
fn best(links: &[Link]) -> Option<&str> {
    let mut best: Option<(u8, &str)> = None;
    for link in links {
        if let Some(rank) = rank(link)
            && best.is_none_or(|(so_far, _)| rank > so_far)
        {
            best = Some((rank, &link.href));
        }
    }
    best.map(|(_, href)| href)
}

fn rank(link: &Link) -> Option<u8> {
    /// What a link to something else than the alert is called.
    const OTHERS: [&str; 10] =
        ["self", "related", "hub", "edit", "next", "prev", "replies", "via", "license", "author"];
    let rel = link.rel.as_deref().unwrap_or_default().trim();
    if !listing::is_followable(&link.href) || OTHERS.iter().any(|other| rel.eq_ignore_ascii_case(other)) {
        return None;
    }
    let media_type = link.media_type.as_deref().unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_file = listing::is_alert_file(&link.href);
    match media_type.as_str() {
        "application/cap+xml" | "application/common-alerting-protocol+xml" => Some(4),
        "application/xml" | "text/xml" | "application/octet-stream" => Some(3),
        "" if is_file => Some(2),
        "" => Some(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const ALERT: &str = r#"<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>A-1</identifier>
        <sender>w@alfa.example</sender><sent>2026-03-02T03:00:00-00:00</sent><status>Actual</status>
        <msgType>Alert</msgType><scope>Public</scope></alert>"#;

    fn read(text: &str) -> Result<Parsed, ParseError> {
        parse(&Options::default(), text.as_bytes())
    }

    fn atom(entries: &str) -> String {
        format!(
            r#"<feed xmlns="http://www.w3.org/2005/Atom"><updated>2026-03-02T06:00:00Z</updated>{entries}</feed>"#
        )
    }

    #[test]
    fn a_message_and_a_feed_with_alerts_inside_are_read() {
        let alone = read(ALERT).unwrap();
        assert_eq!(alone.alerts[0].alert.identifier, "A-1");
        assert_eq!(alone.newest, Some("2026-03-02T03:00:00Z".parse().unwrap()));
        let text = atom(&format!("<entry><id>1</id><content>{ALERT}</content></entry>"));
        let feed = read(&text).unwrap();
        assert_eq!(&text[feed.alerts[0].bytes.clone()], ALERT);
        assert_eq!(feed.newest, Some("2026-03-02T06:00:00Z".parse().unwrap()));
        assert_eq!((feed.entries, feed.links.len()), (1, 0));
    }

    #[test]
    fn an_alert_that_an_entry_holds_as_text_is_read_and_its_link_is_not_followed() {
        let escaped = ALERT.replace('<', "&lt;");
        let broken = escaped.replace("&lt;/status>", "&lt;/state>").replace("A-1", "A-2");
        let link = |n: u8| format!(r#"<link href="https://a.example/{n}.cap" type="application/cap+xml"/>"#);
        let text = atom(&format!(
            "<entry><id>1</id>{}<content>{escaped}</content></entry>\n<entry><id>2</id>{}<content>{broken}</content>\
             </entry><entry><id>3</id><summary>&lt;p>An &lt;alert> follows</summary></entry>",
            link(1),
            link(2)
        ));
        let feed = read(&text).unwrap();
        assert_eq!(feed.alerts[0].source(text.as_bytes()), ALERT.as_bytes());
        assert_eq!(&text[feed.alerts[0].bytes.clone()], escaped);
        assert_eq!(feed.alerts[0].findings[0].rule, "escaped-alert");
        let hrefs: Vec<&str> = feed.links.iter().map(|link| link.href.as_str()).collect();
        assert_eq!(hrefs, ["https://a.example/2.cap"]);
        // One alert, one link, what is wrong with the text, and an entry with nothing.
        assert_eq!((feed.entries, feed.alerts.len(), feed.unread), (4, 1, 2));
        assert!(feed.problems[0].starts_with("entry \"3\""), "{:?}", feed.problems);
        assert!(feed.problems[1].contains("it stands as text in a feed"), "{:?}", feed.problems);
    }

    #[test]
    fn entries_without_alert_are_followed_by_media_type_first() {
        let feed = read(&atom(
            r#"<entry><id>1</id><link href="https://a.example/page"/><link rel="related" href="https://a.example/r.xml"/>
            <link href="https://a.example/1.cap" type="application/cap+xml"/></entry>
            <entry><id>2</id><link rel="alternate" href="https://a.example/2.xml"/></entry>
            <entry><id>3</id><link type="text/html" href="https://a.example/3"/></entry>
            <entry><id>4</id><link href="https://a.example/2.xml"/></entry>
            <entry><id>5</id><link href="javascript:alert(1)"/></entry>"#,
        ))
        .unwrap();
        let hrefs: Vec<&str> = feed.links.iter().map(|link| link.href.as_str()).collect();
        assert_eq!(hrefs, ["https://a.example/1.cap", "https://a.example/2.xml"]);
        assert_eq!((feed.entries, feed.unread), (5, 2));
        assert!(feed.problems[0].contains("entry \"3\"") && feed.problems[1].contains("entry \"5\""));
    }

    #[test]
    fn an_unusable_alert_is_told_with_its_line_and_the_others_are_kept() {
        let bad = ALERT.replace("<sender>w@alfa.example</sender>", "");
        let feed = read(&atom(&format!("<entry>{ALERT}</entry>\n<entry>{bad}</entry>"))).unwrap();
        // The entry is told beside its alert: it could have led to a good one.
        assert_eq!((feed.alerts.len(), feed.unread, feed.entries), (1, 2, 3));
        assert!(
            feed.problems[1].starts_with("line 4, ") && feed.problems[1].contains("sender"),
            "{:?}",
            feed.problems
        );
        assert!(matches!(read(&bad), Err(ParseError::NothingReadable { .. })));
    }

    #[test]
    fn an_empty_feed_is_an_answer_and_other_documents_are_none() {
        let feed = read(&atom("")).unwrap();
        assert_eq!((feed.entries, feed.alerts.len()), (0, 0));
        for text in
            ["<html><body>403 Forbidden</body></html>", "{}", "<gpx/>", "", "<!DOCTYPE alert []><alert/>"]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn over_the_limit_the_newest_are_kept() {
        let newer = ALERT.replace("T03:", "T04:").replace("A-1", "A-2");
        let options = Options { max_entries: Some(1), ..Options::default() };
        let parsed =
            parse(&options, atom(&format!("<entry>{newer}</entry><entry>{ALERT}</entry>")).as_bytes());
        let parsed = parsed.unwrap();
        assert_eq!((parsed.entries, parsed.dropped), (2, 1));
        assert_eq!(parsed.alerts[0].alert.identifier, "A-2");
    }
}
