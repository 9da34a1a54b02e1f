//! Alerts that a feed holds as text, escaped or in a CDATA section.
//!
//! Such a text is read as a document of its own, within the same limits, and nothing inside it is unescaped again.
//! Its places are told as places of the document that holds it.

use std::ops::Range;

use memchr::{memchr_iter, memmem};

use super::alert::{Outcome, read_alert};
use super::error::ReadError;
use super::feed::{is_alert, leading_text};
use super::lines::Lines;
use super::raw::{Raw, unescape};
use super::scan::{Scanner, Token};
use super::{Judge, Rejected, Version};
use crate::{Finding, FindingSeverity, Limits};

/// Whether what an element holds, as written, may be an alert as text: a glance that misses none.
pub(super) fn may_be_alert(raw: &str) -> bool {
    let head = raw.trim_start_matches(is_space);
    // `<![CDATA[`, comments before it, and no other markup: elements have been told from text already.
    head.starts_with(['&', '<']) && memmem::find(raw.as_bytes(), b"lert").is_some()
}

/// Reads the alert that the text of an element holds; `None` if that says something else. The text is `raw` as
/// written, at `start` of the document.
pub(super) fn read_escaped(
    raw: &str,
    start: usize,
    limits: &Limits,
    general: &[Finding],
    lines: &mut Lines<'_>,
    judge: Option<Judge<'_>>,
) -> Option<Outcome> {
    let says = unescape(raw);
    let place = alone(&says)?;
    let text = &says[place.clone()];
    let (line, column) = lines.locate(start);
    let message =
        "the alert stands here as text, where many readers see none; put the element itself here, or a link";
    let mut general = general.to_vec();
    general.push(Finding {
        rule: "escaped-alert".into(),
        severity: FindingSeverity::Warning,
        path: "/alert".to_owned(),
        line,
        column,
        message: message.to_owned(),
    });
    let mut inside = lines.inside(Raw::new(raw, start, place.start));
    let mut outset = inside.clone();
    let bytes = start..start + raw.len();
    match whole(text, limits, &mut general, &mut inside, judge) {
        Ok(Some(Outcome::Read(mut message))) => {
            (message.bytes, message.escaped) = (bytes, Some(text.into()));
            Some(Outcome::Read(message))
        }
        Ok(Some(Outcome::Rejected(rejected))) => Some(Outcome::Rejected(Rejected { bytes, ..rejected })),
        Ok(None) => None,
        Err(error) => {
            let (line, column) = outset.locate(0);
            let error = error.moved(|line, column| outset.locate(offset(text, line, column)));
            let message = format!("it stands as text in a feed; failed to {error}");
            let unusable = Finding {
                rule: "unusable".into(),
                severity: FindingSeverity::Error,
                path: "/alert".to_owned(),
                line,
                column,
                message: message.clone(),
            };
            general.extend([unusable, error.finding()]);
            let (findings, version) = (general, version(text));
            let identifier = None;
            Some(Outcome::Rejected(Rejected { line, column, message, identifier, version, findings, bytes }))
        }
    }
}

/// Reads a text that is an alert and nothing else; `None` if it is one of another namespace.
fn whole<'a>(
    text: &'a str,
    limits: &Limits,
    general: &mut Vec<Finding>,
    lines: &mut Lines<'a>,
    judge: Option<Judge<'_>>,
) -> Result<Option<Outcome>, ReadError> {
    let mut scan = Scanner::new(text, limits);
    let root = loop {
        if let Token::Start(tag) = scan.next()? {
            break tag;
        }
    };
    if !is_alert(&root) {
        return Ok(None);
    }
    general.extend(scan.late_declaration.map(|offset| leading_text(lines.locate(offset))));
    let outcome = read_alert(&mut scan, root, limits, general, lines, judge)?;
    while !matches!(scan.next()?, Token::Eof) {}
    Ok(Some(outcome))
}

/// Where in a text an alert stands alone: without the white space around it and the XML declaration, which speaks of
/// bytes that are no more. `None` if it is something else, even if it mentions alerts.
fn alone(says: &str) -> Option<Range<usize>> {
    let mut text = says.trim_start_matches(is_space);
    if text.starts_with("<?xml") {
        text = text.split_once("?>")?.1.trim_start_matches(is_space);
    }
    let start = says.len() - text.len();
    let root = root_name(text)?;
    let root = root.rsplit_once(':').map_or(root, |(_, name)| name);
    // Alerts are also boxes on web pages.
    let is_cap = ["emergency:cap:", "incident.com/cap/", "identifier>"]
        .iter()
        .any(|mark| memmem::find(text.as_bytes(), mark.as_bytes()).is_some());
    (root.eq_ignore_ascii_case("alert") && is_cap)
        .then(|| start..start + text.trim_end_matches(is_space).len())
}

/// White space of XML, or a byte order mark.
fn is_space(ch: char) -> bool {
    matches!(ch, ' ' | '\t' | '\n' | '\r' | '\u{FEFF}')
}

/// The name of the outermost element, or that of the document type before it.
fn root_name(mut text: &str) -> Option<&str> {
    loop {
        text = text.trim_start();
        let rest = text.strip_prefix('<')?;
        let end = match rest {
            _ if rest.starts_with("!--") => "-->",
            _ if rest.starts_with('?') => "?>",
            _ => {
                let rest = rest.strip_prefix("!DOCTYPE").map_or(rest, str::trim_start);
                let len = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/' | '['));
                return Some(&rest[..len.unwrap_or(rest.len())]);
            }
        };
        text = rest.split_once(end)?.1;
    }
}

/// The version that a text names as it seems, where it could not be read.
fn version(text: &str) -> Version {
    let names = |namespace: &str| memmem::find(text.as_bytes(), namespace.as_bytes()).is_some();
    match () {
        () if names("urn:oasis:names:tc:emergency:cap:1.1") => Version::V1_1,
        () if names("http://www.incident.com/cap/1.0") => Version::V1_0,
        () => Version::V1_2,
    }
}

/// The byte at a line and a column, both from 1.
fn offset(text: &str, line: u32, column: u32) -> usize {
    let mut breaks = memchr_iter(b'\n', text.as_bytes());
    let start = match line {
        0 | 1 => 0,
        _ => breaks.nth(line as usize - 2).map_or(text.len(), |at| at + 1),
    };
    let mut characters = text[start..].char_indices();
    characters.nth(column.saturating_sub(1) as usize).map_or(text.len(), |(at, _)| start + at)
}
