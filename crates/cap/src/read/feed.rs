//! Reading what stands around alerts: Atom, RSS, EDXL-DE, lists.

use jiff::fmt::rfc2822::DateTimeParser;

use super::alert::{Judge, Outcome, read_alert};
use super::error::ReadError;
use super::lines::Lines;
use super::newest::Newest;
use super::scan::{Ns, Scanner, Tag, Token};
use super::{Document, DocumentKind, Entry, Link, Message, Rejected};
use crate::time::{CapTime, parse};
use crate::{Finding, FindingSeverity, Limits};

/// Reads a whole document; byte ranges are still places in the text.
pub(super) fn read_document(
    text: &str,
    repaired: bool,
    limits: &Limits,
    judge: Judge<'_>,
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
        walk.note(
            "encoding",
            1,
            1,
            "some bytes are not in the declared encoding; they were read as Windows-1252",
        );
    }
    walk.document()
}

struct Walk<'t> {
    scan: Scanner<'t>,
    limits: &'t Limits,
    judge: Judge<'t>,
    lines: Lines<'t>,
    /// Findings on the document, which weigh on every message in it.
    general: Vec<Finding>,
    messages: Newest<Message>,
    entries: Newest<Entry>,
    rejected: Newest<Rejected>,
    entry: Option<Open>,
    updated: Option<CapTime>,
}

/// A feed entry that has not ended.
struct Open {
    entry: Entry,
    depth: usize,
    /// Whether an alert inside it could be read.
    inline: bool,
}

impl<'t> Walk<'t> {
    fn document(mut self) -> Result<Document, ReadError> {
        let root = loop {
            if let Token::Start(tag) = self.scan.next()? {
                break tag;
            }
        };
        if let Some(offset) = self.scan.late_declaration {
            let (line, column) = self.lines.locate(offset);
            self.note(
                "leading-text",
                line,
                column,
                "the XML declaration must be the very first; remove what is before",
            );
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
        if is_alert(&tag) {
            return self.alert(tag);
        }
        let depth = self.scan.depth;
        let foreign = matches!(tag.ns, Ns::Cap(_) | Ns::CapLike);
        match (&mut self.entry, tag.name) {
            (None, "entry" | "item") if !foreign => {
                self.entry = Some(Open { entry: Entry::default(), depth, inline: false });
            }
            (Some(open), name) if depth == open.depth + 1 && !foreign => {
                take_entry_part(&mut open.entry, name, tag, &mut self.scan)?;
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
        if let Some(open) = self.entry.take_if(|open| self.scan.depth < open.depth)
            && !open.inline
        {
            self.entries.push(open.entry);
        }
    }

    fn alert(&mut self, tag: Tag<'t>) -> Result<(), ReadError> {
        match read_alert(&mut self.scan, tag, self.limits, &self.general, &mut self.lines, self.judge)? {
            Outcome::Read(message) => {
                if let Some(open) = &mut self.entry {
                    open.inline = true;
                }
                self.messages.push(message);
            }
            Outcome::Rejected(rejected) => self.rejected.push(rejected),
        }
        Ok(())
    }

    fn note(&mut self, rule: &'static str, line: u32, column: u32, message: &str) {
        let (path, message) = ("/alert".to_owned(), message.to_owned());
        self.general.push(Finding {
            rule: rule.into(),
            severity: FindingSeverity::Error,
            path,
            line,
            column,
            message,
        });
    }
}

fn is_alert(tag: &Tag<'_>) -> bool {
    tag.name.eq_ignore_ascii_case("alert") && !matches!(tag.ns, Ns::Other | Ns::Signature)
}

fn take_entry_part(
    entry: &mut Entry,
    name: &str,
    tag: Tag<'_>,
    scan: &mut Scanner<'_>,
) -> Result<(), ReadError> {
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
        _ => {}
    }
    Ok(())
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
