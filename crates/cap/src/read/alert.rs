//! Reading one alert.

use super::element::Element;
use super::error::ReadError;
use super::info::{blank_info, read_info};
use super::lines::Lines;
use super::parts::{Item, Reader};
use super::scan::{Leaf, Ns, Scanner, Tag};
use super::sheet::{At, Sheet};
use super::table::ALERT;
use super::values::{List, cut, list};
use super::{Judge, Message, Rejected, Version};
use crate::check::broken;
use crate::model::{Alert, Info, MsgType, Reference, Scope, Status};
use crate::time::{CapTime, parse};
use crate::{Finding, FindingSeverity, Limits};

/// What became of an `<alert>` element.
#[expect(clippy::large_enum_variant, reason = "most are read, and a box takes longer than the move")]
pub(super) enum Outcome {
    Read(Message),
    Rejected(Rejected),
}

/// Reads the alert whose start tag was `tag`. `general` are findings on the whole document.
pub(super) fn read_alert<'a>(
    scan: &mut Scanner<'a>,
    tag: Tag<'a>,
    limits: &Limits,
    general: &[Finding],
    lines: &mut Lines<'a>,
    judge: Option<Judge<'_>>,
) -> Result<Outcome, ReadError> {
    let version = match tag.ns {
        Ns::Cap(version) => version,
        _ => Version::V1_2,
    };
    let sheet = Sheet::new(version, limits, general.len(), tag.offset, judge.is_some());
    let mut reader = Reader { scan, sheet, ns: tag.ns, prefix: tag.prefix(), leaf: Leaf::Unread };
    let root = At::base(0);
    if !matches!(tag.ns, Ns::Cap(_)) {
        let message = "the alert is not in a namespace of CAP; use urn:oasis:names:tc:emergency:cap:1.2";
        reader.sheet.error(tag.offset, root, "namespace", message);
    }
    if tag.name != "alert" {
        reader.sheet.error(tag.offset, root, "element-case", format!("<{}> is spelled <alert>", tag.name));
    }
    for name in reader.scan.odd_attributes(&tag) {
        let message = format!("attribute {:?} has no place in CAP; remove it", cut(&name));
        reader.sheet.error(tag.offset, root, "attribute", message);
    }
    let mut draft = Draft::default();
    reader.children(0, tag.offset, ALERT, &mut |reader, item| draft.take(reader, item))?;

    if draft.scope.is_none() && version == Version::V1_0 {
        let at = At::child(0, Element::Scope, 0);
        let message = "there is no <scope>, which CAP 1.0 allows; Public was taken";
        reader.sheet.note(FindingSeverity::Info, tag.offset, at, "scope-absent", message);
    }
    let bytes = tag.offset..reader.scan.offset();
    let mut sheet = reader.sheet;
    let foreign = sheet.take_foreign();
    let scope_guessed = draft.scope_guessed;
    Ok(match draft.finish() {
        Ok(alert) => {
            // What XML forbids has been taken out and told of.
            let mut broken = broken(&alert, version, true);
            broken.retain(|b| !(scope_guessed && b.rule == "restriction-missing"));
            let judged = judge.map_or(Vec::new(), |judge| judge(&alert));
            let (own, judged) = sheet.finish(broken, judged, lines);
            let findings = joined(general, own);
            Outcome::Read(Message { alert, version, findings, judged, foreign, bytes, escaped: None })
        }
        Err(Incomplete { message, identifier }) => {
            sheet.error(tag.offset, root, "unusable", message.clone());
            // Lines are counted forwards only.
            let (line, column) = lines.locate(tag.offset);
            let findings = joined(general, sheet.finish(Vec::new(), Vec::new(), lines).0);
            Outcome::Rejected(Rejected { line, column, message, identifier, version, findings, bytes })
        }
    })
}

/// The findings on a whole document and those on one alert.
fn joined(general: &[Finding], own: Vec<Finding>) -> Vec<Finding> {
    if general.is_empty() {
        return own;
    }
    general.iter().cloned().chain(own).collect()
}

/// Why an alert cannot be used, and its identifier if it has one.
struct Incomplete {
    message: String,
    identifier: Option<String>,
}

/// An alert that is not complete yet.
#[derive(Default)]
struct Draft {
    identifier: Option<String>,
    sender: Option<String>,
    sent: Option<CapTime>,
    status: Option<Status>,
    msg_type: Option<MsgType>,
    source: Option<String>,
    scope: Option<Scope>,
    scope_guessed: bool,
    restriction: Option<String>,
    addresses: Vec<String>,
    codes: Vec<String>,
    note: Option<String>,
    references: Vec<Reference>,
    incidents: Vec<String>,
    infos: Vec<Info>,
}

impl Draft {
    fn take(&mut self, reader: &mut Reader<'_, '_>, item: Item) -> Result<(), ReadError> {
        match item.element() {
            Element::Identifier => self.identifier = reader.name(item)?,
            Element::Sender => self.sender = reader.name(item)?,
            Element::Sent => self.sent = reader.time(item)?,
            Element::Status => {
                self.status = reader.word(item, |v, w| v > Version::V1_0 || w != Status::Draft)?
            }
            Element::MsgType => self.msg_type = reader.word(item, |_, _| true)?,
            Element::Source => reader.string_into(item, &mut self.source)?,
            Element::Scope => {
                let scope = reader.word(item, |_, _| true)?;
                // An unreadable scope is not for everybody until somebody has looked.
                self.scope_guessed = scope.is_none();
                self.scope = scope.or(Some(Scope::Restricted));
            }
            Element::Restriction => reader.string_into(item, &mut self.restriction)?,
            Element::Addresses => self.addresses = read_list(reader, item)?,
            Element::Code => self.codes.extend(reader.string(item)?),
            Element::Note => reader.string_into(item, &mut self.note)?,
            Element::References => self.references = read_references(reader, item)?,
            Element::Incidents => self.incidents = read_list(reader, item)?,
            Element::Info => {
                // Most have one, and it is large.
                if self.infos.is_empty() {
                    self.infos.reserve_exact(1);
                }
                self.infos.push(blank_info());
                if let Some(info) = self.infos.last_mut() {
                    read_info(reader, item, info)?;
                }
            }
            Element::Password => {
                let message = "passwords are not kept; CAP has none since 1.1";
                reader.sheet.note(FindingSeverity::Info, item.offset, item.at, "password-present", message);
                reader.skip()?;
            }
            _ => reader.skip()?,
        }
        Ok(())
    }

    /// The alert, or why it cannot be used.
    fn finish(self) -> Result<Alert, Incomplete> {
        let Draft {
            identifier: Some(identifier),
            sender: Some(sender),
            sent: Some(sent),
            status: Some(status),
            msg_type: Some(msg_type),
            ..
        } = self
        else {
            return Err(self.incomplete());
        };
        Ok(Alert {
            identifier,
            sender,
            sent,
            status,
            msg_type,
            source: self.source,
            // CAP 1.0 lets it be left out.
            scope: self.scope.unwrap_or(Scope::Public),
            restriction: self.restriction,
            addresses: self.addresses,
            codes: self.codes,
            note: self.note,
            references: self.references,
            incidents: self.incidents,
            infos: self.infos,
        })
    }

    /// What is the first that it lacks.
    fn incomplete(self) -> Incomplete {
        let there = [
            (Element::Identifier, self.identifier.is_some()),
            (Element::Sender, self.sender.is_some()),
            (Element::Sent, self.sent.is_some()),
            (Element::Status, self.status.is_some()),
            (Element::MsgType, self.msg_type.is_some()),
        ];
        let what = there.iter().find(|(_, there)| !there).map_or(Element::Identifier, |(what, _)| *what);
        let message = format!("it has no readable <{what}>; without it the alert cannot be used");
        Incomplete { message, identifier: self.identifier }
    }
}

fn read_list(reader: &mut Reader<'_, '_>, item: Item) -> Result<Vec<String>, ReadError> {
    let List { items, spaced, quoted } = list(&reader.some_text(item)?.unwrap_or_default());
    if spaced {
        let message = format!("items of <{}> stand between single spaces", item.element());
        reader.sheet.warning(item.offset, item.at, "list-form", message);
    }
    if quoted {
        let message =
            format!("quotes in <{}> come in pairs around whole items, as in \"two words\"", item.element());
        reader.sheet.error(item.offset, item.at, "list-quotes", message);
    }
    Ok(items)
}

fn read_references(reader: &mut Reader<'_, '_>, item: Item) -> Result<Vec<Reference>, ReadError> {
    let text = reader.some_text(item)?.unwrap_or_default();
    let mut references = Vec::new();
    for token in text.split_ascii_whitespace() {
        let Item { at, offset } = item;
        let triple = token.split_once(',').and_then(|(sender, rest)| {
            let (identifier, sent) = rest.rsplit_once(',')?;
            let (sent, faults) = parse(sent)?;
            Some((Reference { sender: sender.to_owned(), identifier: identifier.to_owned(), sent }, faults))
        });
        let Some((reference, faults)) = triple else {
            let message = format!("{:?} is no reference; write sender,identifier,sent", cut(token));
            match reader.sheet.version {
                // CAP 1.0 writes other names, without the time; they cannot be kept.
                Version::V1_0 => reader.sheet.warning(offset, at, "reference-form", message),
                _ => reader.sheet.error(offset, at, "reference-form", message),
            }
            continue;
        };
        let Reference { sender, identifier, sent } = &reference;
        if sender.is_empty() || identifier.is_empty() {
            let message = format!("{:?} names no message; write sender,identifier,sent", cut(token));
            reader.sheet.error(offset, at, "reference-form", message);
            continue;
        }
        let utc_only =
            faults.plus_zero && !(faults.letter || faults.fraction || faults.no_offset || faults.shape);
        if faults != Default::default() && !(utc_only && reader.sheet.version < Version::V1_2) {
            let message = format!("the time in {:?} is not in the form of CAP; write {sent}", cut(token));
            reader.sheet.error(offset, at, "reference-time", message);
        }
        references.push(reference);
    }
    Ok(references)
}
