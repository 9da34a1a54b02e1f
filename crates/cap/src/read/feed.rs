//! Reading what stands around alerts: Atom, RSS, EDXL-DE, lists.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use super::alert::{Outcome, read_alert};
use super::error::ReadError;
use super::escaped::{may_be_alert, read_escaped};
use super::lines::Lines;
use super::newest::Newest;
use super::scan::{Ns, Scanner, Tag, Token};
use super::{Document, DocumentKind, Entry, Judge, Link, Message, Rejected};
use crate::time::{CapTime, parse};
use crate::{Alert, Finding, FindingSeverity, Limits};

/// Reads a whole document; byte ranges are still places in the text.
pub(super) fn read_document(
    text: &str,
    repaired: bool,
    limits: &Limits,
    judge: Option<Judge<'_>>,
) -> Result<Document, ReadError> {
    let mut walk = Walk {
        scan: Scanner::new(text, limits),
        limits,
        judge,
        lines: Lines::new(text),
        general: Vec::new(),
        messages: Newest::new(limits.max_alerts, |message| Some(message.alert.sent.instant())),
        entries: Newest::new(limits.max_alerts, |entry: &Entry| entry.updated.map(CapTime::instant)),
        rejected: Newest::new(limits.max_alerts, |_| None),
        entry: None,
        updated: None,
    };
    if repaired {
        let message = "some bytes are not in the declared encoding; they were read as Windows-1252";
        walk.general.push(about_document("encoding", (1, 1), message));
    }
    walk.document()
}

struct Walk<'t, 'j> {
    scan: Scanner<'t>,
    limits: &'t Limits,
    judge: Option<Judge<'j>>,
    lines: Lines<'t>,
    /// Findings on the document, which weigh on every message in it.
    general: Vec<Finding>,
    messages: Newest<Message>,
    entries: Newest<Entry>,
    rejected: Newest<Rejected>,
    entry: Option<Open<'t>>,
    updated: Option<CapTime>,
}

/// A feed entry that has not ended.
struct Open<'t> {
    entry: Entry,
    depth: usize,
    /// How many alerts inside it could be read.
    read: usize,
    /// Where the content of the part begins that is open, as long as it holds no element.
    part: Option<usize>,
    /// Parts that may be alerts as text: where each begins, and what it is as written.
    escaped: Vec<(usize, &'t str)>,
}

impl<'t> Walk<'t, '_> {
    fn document(mut self) -> Result<Document, ReadError> {
        let root = loop {
            if let Token::Start(tag) = self.scan.next()? {
                break tag;
            }
        };
        if let Some(offset) = self.scan.late_declaration {
            self.general.push(leading_text(self.lines.locate(offset)));
        }
        let kind = match root.name {
            _ if is_alert(&root) => DocumentKind::Alert,
            "feed" => DocumentKind::Atom,
            "rss" | "RDF" => DocumentKind::Rss,
            "EDXLDistribution" => DocumentKind::EdxlDe,
            _ => DocumentKind::List,
        };
        self.start(root)?;
        loop {
            match self.scan.next()? {
                Token::Start(tag) => self.start(tag)?,
                Token::End => self.end(),
                Token::Text(_) => {}
                Token::Eof => break,
            }
        }
        let is_list = root.name == "alerts";
        let found = !self.messages.is_empty() || !self.rejected.is_empty();
        if kind == DocumentKind::List && !found && !is_list {
            return Err(ReadError::NotCap { root: root.name.chars().take(40).collect() });
        }
        let dropped = self.messages.dropped() + self.entries.dropped() + self.rejected.dropped();
        Ok(Document {
            kind,
            messages: self.messages.finish(),
            entries: self.entries.finish(),
            rejected: self.rejected.finish(),
            dropped,
            updated: self.updated,
        })
    }

    fn start(&mut self, tag: Tag<'t>) -> Result<(), ReadError> {
        if let Some(open) = &mut self.entry {
            open.part = None;
        }
        if is_alert(&tag) {
            return self.alert(tag);
        }
        let depth = self.scan.depth;
        let foreign = matches!(tag.ns, Ns::Cap(_) | Ns::CapLike);
        match (&mut self.entry, tag.name) {
            (None, "entry" | "item") if !foreign => {
                let (entry, escaped) = (Entry::default(), Vec::new());
                self.entry = Some(Open { entry, depth, read: 0, part: None, escaped });
            }
            (Some(open), name) if depth == open.depth + 1 && !foreign => {
                let is_taken = take_entry_part(&mut open.entry, name, tag, &mut self.scan)?;
                open.part = (!is_taken).then(|| self.scan.offset());
            }
            (None, "updated" | "lastBuildDate" | "pubDate" | "dateTimeSent") if depth <= 3 && !foreign => {
                let time = read_time(&self.scan.text(Some(80))?.0);
                // Some feeds have both times of RSS; the later one says when the feed changed.
                self.updated = self.updated.max(time);
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self) {
        let Some(open) = &mut self.entry else { return };
        if let Some(start) = open.part.take() {
            let raw = self.scan.since(start);
            let raw = &raw[..raw.rfind("</").unwrap_or(0)];
            if may_be_alert(raw) {
                open.escaped.push((start, raw));
            }
        }
        if let Some(mut open) = self.entry.take_if(|open| self.scan.depth < open.depth) {
            self.escaped(&mut open);
            if open.read == 0 {
                self.entries.push(open.entry);
            }
        }
    }

    /// Reads the alerts that an entry holds as text, but for those that it holds otherwise too.
    fn escaped(&mut self, open: &mut Open<'t>) {
        if open.escaped.is_empty() {
            return;
        }
        let mut rejected = None;
        let mut known: HashSet<_> = self.messages.tail(open.read).iter().map(|m| name(&m.alert)).collect();
        for (start, raw) in open.escaped.drain(..) {
            let judge = reborrowed(&mut self.judge);
            let (limits, lines) = (self.limits, &mut self.lines);
            match read_escaped(raw, start, limits, &self.general, lines, judge) {
                Some(Outcome::Read(message)) if known.insert(name(&message.alert)) => {
                    self.messages.push(message);
                    open.read += 1;
                }
                Some(Outcome::Rejected(found)) => rejected = rejected.or(Some(found)),
                Some(Outcome::Read(_)) | None => {}
            }
        }
        // What is wrong with a copy of an alert that could be read is of no use.
        if let Some(rejected) = rejected.filter(|_| open.read == 0) {
            self.rejected.push(rejected);
        }
    }

    fn alert(&mut self, tag: Tag<'t>) -> Result<(), ReadError> {
        let judge = reborrowed(&mut self.judge);
        match read_alert(&mut self.scan, tag, self.limits, &self.general, &mut self.lines, judge)? {
            Outcome::Read(message) => {
                if let Some(open) = &mut self.entry {
                    open.read += 1;
                }
                self.messages.push(message);
            }
            Outcome::Rejected(rejected) => self.rejected.push(rejected),
        }
        Ok(())
    }
}

/// The finding that an XML declaration is not at the very start.
pub(super) fn leading_text(place: (u32, u32)) -> Finding {
    about_document("leading-text", place, "the XML declaration must be the very first; remove what is before")
}

/// A finding of an error on a document as a whole.
fn about_document(rule: &'static str, (line, column): (u32, u32), message: &str) -> Finding {
    let (path, message) = ("/alert".to_owned(), message.to_owned());
    Finding { rule: rule.into(), severity: FindingSeverity::Error, path, line, column, message }
}

/// The judge, for one look.
fn reborrowed<'j>(judge: &'j mut Option<Judge<'_>>) -> Option<Judge<'j>> {
    match judge {
        Some(judge) => Some(&mut **judge),
        None => None,
    }
}

/// What tells an alert from all others.
fn name(alert: &Alert) -> (String, String, Timestamp) {
    (alert.sender.clone(), alert.identifier.clone(), alert.sent.instant())
}

pub(super) fn is_alert(tag: &Tag<'_>) -> bool {
    tag.name.eq_ignore_ascii_case("alert") && !matches!(tag.ns, Ns::Other | Ns::Signature)
}

/// Takes what an entry says of itself; tells whether the part was of that kind.
fn take_entry_part(
    entry: &mut Entry,
    name: &str,
    tag: Tag<'_>,
    scan: &mut Scanner<'_>,
) -> Result<bool, ReadError> {
    match name {
        "id" | "guid" => entry.id = read_text(scan)?,
        "title" => entry.title = read_text(scan)?,
        "updated" | "pubDate" | "date" => {
            entry.updated = read_time(&scan.text(Some(80))?.0).or(entry.updated)
        }
        "published" => entry.updated = entry.updated.or(read_time(&scan.text(Some(80))?.0)),
        "link" | "enclosure" => {
            let mut link = Link::default();
            for (name, value) in tag.attributes() {
                match name.as_str() {
                    "href" | "url" => link.href = value.trim().to_owned(),
                    "rel" => link.rel = Some(value),
                    "type" => link.media_type = Some(value),
                    _ => {}
                }
            }
            if name == "enclosure" {
                link.rel = Some("enclosure".to_owned());
            }
            // RSS writes the address as text.
            let text = read_text(scan)?;
            if link.href.is_empty() {
                link.href = text.unwrap_or_default();
            }
            if !link.href.is_empty() && entry.links.len() < MAX_LINKS {
                entry.links.push(link);
            }
        }
        // GDACS and those who took its form write the address of the CAP document here.
        "cap" => {
            let address = read_text(scan)?.filter(|text| text.starts_with("http"));
            if let Some(href) = address.filter(|_| entry.links.len() < MAX_LINKS) {
                let media_type = Some("application/cap+xml".to_owned());
                entry.links.push(Link { href, media_type, ..Link::default() });
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Links kept of one entry.
const MAX_LINKS: usize = 64;

fn read_text(scan: &mut Scanner<'_>) -> Result<Option<String>, ReadError> {
    let (text, _) = scan.text(Some(16 << 10))?;
    Ok(Some(text.trim().to_owned()).filter(|t| !t.is_empty()))
}

/// A time of Atom or of RSS.
fn read_time(text: &str) -> Option<CapTime> {
    static MAIL: DateTimeParser = DateTimeParser::new();
    if let Some((time, _)) = parse(text.trim()) {
        return Some(time);
    }
    let zoned = MAIL.parse_zoned(text.trim()).ok()?;
    CapTime::new(zoned.timestamp(), zoned.offset().seconds()).ok()
}
