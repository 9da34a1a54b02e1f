//! A message mended: conformant CAP 1.2, and a list of what changed.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::change::{Change, ChangeKind};
use crate::convert::to_1_2;
use crate::model::Alert;
use crate::write::{judge, write};
use crate::{Finding, FindingSeverity, Message};

/// What [`fix`] made of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Fixed {
    /// The mended message, without its signature; or what a person must decide first.
    pub xml: Result<String, Vec<Finding>>,
    /// What is otherwise than in the message.
    pub changes: Vec<Change>,
}

/// Mends a message: rings are closed, times, words, lists and the order of elements put right, empty elements and
/// what CAP does not know left out, earlier versions converted.
///
/// Nothing is mended that has more than one mend: then `xml` bears what a person must decide, such as shapes, times
/// or words that could not be read, axes that seem swapped, an Update without references. What was mended already is
/// not changed again. The result is not the issuer's message: it has no signature, and must not be passed on under
/// the issuer's name.
pub fn fix(message: &Message) -> Fixed {
    let converted = to_1_2(message);
    let (mut alert, mut changes) = (converted.alert, converted.changes);
    changes.retain(|change| change.kind != ChangeKind::Needed);
    mend(&mut alert);
    let remaining = judge(&alert);
    let stays: HashSet<(&str, &str)> = remaining.iter().map(|f| (&*f.rule, &*f.path)).collect();
    let (mut open, mut told) = (Vec::new(), HashSet::new());
    for finding in &message.findings {
        if needs_a_person(finding) {
            open.push(finding.clone());
        } else if !stays.contains(&(&*finding.rule, &*finding.path)) {
            told.insert((finding.path.as_str(), finding.line, finding.message.as_str()));
        }
    }
    let already: HashSet<(String, String)> =
        changes.iter().map(|c| (c.path.clone(), c.what.clone())).collect();
    for finding in &message.findings {
        let key = (finding.path.as_str(), finding.line, finding.message.as_str());
        if told.contains(&key) && !already.contains(&(finding.path.clone(), finding.message.clone())) {
            changes.push(Change::of(kind(finding), finding));
        }
    }
    let places: HashMap<&str, (u32, u32)> =
        message.findings.iter().rev().map(|f| (f.path.as_str(), (f.line, f.column))).collect();
    let known: HashSet<(Cow<'static, str>, String)> =
        open.iter().map(|f| (f.rule.clone(), f.path.clone())).collect();
    for mut finding in remaining.into_iter().filter(|f| f.severity == FindingSeverity::Error) {
        (finding.line, finding.column) = places.get(finding.path.as_str()).copied().unwrap_or((0, 0));
        let key = (finding.rule, finding.path);
        if !known.contains(&key) {
            (finding.rule, finding.path) = key;
            open.push(finding);
        }
    }
    changes.extend(open.iter().map(|finding| Change::of(ChangeKind::Needed, finding)));
    changes.sort_by_key(|change| change.line);
    let xml = if open.is_empty() { write(&alert) } else { Err(open) };
    Fixed { xml, changes }
}

/// What the reader leaves as it is since reading must not change meanings, and has one mend only.
fn mend(alert: &mut Alert) {
    for info in &mut alert.infos {
        if let Some(tag) = &mut info.language
            && tag.contains('_')
        {
            *tag = tag.replace('_', "-");
        }
        let uris = info.resources.iter_mut().map(|resource| &mut resource.uri);
        for uri in uris.chain(std::iter::once(&mut info.web)).flatten() {
            if uri.contains(char::is_whitespace) {
                *uri = uri.split(char::is_whitespace).collect::<Vec<_>>().join("%20");
            }
        }
    }
}

/// Whether a finding says that something was lost or guessed which people act on.
fn needs_a_person(finding: &Finding) -> bool {
    let Finding { rule, path, .. } = finding;
    match &**rule {
        // Shapes, where one could not be kept or was turned about.
        "polygon-unreadable" | "circle-unreadable" | "polygon-hole" | "geometry" => true,
        "time-unreadable" | "time-offset" | "word-unknown" => true,
        "too-many-positions" | "too-many-elements" | "text-too-long" | "more-findings" => true,
        // The reader takes Public; to publish is for a person to decide.
        "missing" => path == "/alert/scope",
        _ => false,
    }
}

fn kind(finding: &Finding) -> ChangeKind {
    match &*finding.rule {
        "unknown-element" | "stray-text" | "element-repeated" | "illegal-character" | "reference-form"
        | "size" | "height" | "attribute" | "signature-present" | "password-present" => ChangeKind::Lost,
        "missing" | "scope-absent" => ChangeKind::Added,
        "very-likely" | "element-version" | "word-version" | "member-moved" => ChangeKind::Mapped,
        _ => ChangeKind::Mended,
    }
}
