//! CAP 1.0 and 1.1 to CAP 1.2, with a report of what could not be carried.

use std::collections::HashMap;

use crate::change::{Change, ChangeKind};
use crate::model::{Alert, Category};
use crate::write::judge;
use crate::{FindingSeverity, Message, Version};

/// What [`to_1_2`] made of a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Converted {
    /// The alert as CAP 1.2 has it; [`write`](crate::write()) takes it if nothing is [`ChangeKind::Needed`].
    pub alert: Alert,
    /// What is otherwise than in the message.
    pub changes: Vec<Change>,
}

/// Converts a message of CAP 1.0 or 1.1 to CAP 1.2.
///
/// `Very Likely` becomes `Likely` and `name=value` two elements. A missing `mimeType` becomes
/// `application/octet-stream`, and in CAP 1.0, which lets them be left out, a missing scope `Public` and a missing
/// category `Other`; each of these is told. Passwords, signatures, references that do not name a message in full, and
/// heights in words are lost, and told. What CAP 1.2 demands beyond that a person must say.
/// Repairs that the reader made stand in the message's findings and are not told again; [`fix`](crate::fix()) does.
pub fn to_1_2(message: &Message) -> Converted {
    let mut alert = message.alert.clone();
    let mut changes = Vec::new();
    if message.version < Version::V1_2 {
        let what = format!("CAP {} is written as CAP 1.2", message.version);
        changes.push(Change::new(ChangeKind::Mapped, "/alert", what));
    }
    for finding in &message.findings {
        let kind = match &*finding.rule {
            "very-likely" => ChangeKind::Mapped,
            "scope-absent" => ChangeKind::Added,
            "password-present" | "signature-present" => ChangeKind::Lost,
            "reference-form" | "height" if message.version < Version::V1_2 => ChangeKind::Lost,
            _ => continue,
        };
        changes.push(Change::of(kind, finding));
    }
    for (info, n) in alert.infos.iter_mut().zip(1..) {
        let path = format!("/alert/info[{n}]");
        if message.version == Version::V1_0 {
            let places = info.areas.iter().map(|area| area.geocodes.len()).sum::<usize>();
            let count = info.event_codes.len() + info.parameters.len() + places;
            if count > 0 {
                let what = format!("{count} texts name=value became valueName and value");
                changes.push(Change::new(ChangeKind::Mapped, &*path, what));
            }
            if info.categories.is_empty() {
                info.categories.push(Category::Other);
                let what = "it had no category, which CAP 1.0 allows; Other was put: choose a better one";
                changes.push(Change::new(ChangeKind::Added, format!("{path}/category[1]"), what));
            }
        }
        for (resource, n) in info.resources.iter_mut().zip(1..) {
            if resource.mime_type.trim().is_empty() {
                resource.mime_type = "application/octet-stream".to_owned();
                let path = format!("{path}/resource[{n}]/mimeType");
                let what = "it had no mimeType; application/octet-stream was put, which means any bytes";
                changes.push(Change::new(ChangeKind::Added, path, what));
            }
        }
    }
    // What a person must say, with the line that the message has for it.
    let lines: HashMap<&str, u32> =
        message.findings.iter().rev().map(|f| (f.path.as_str(), f.line)).collect();
    for finding in judge(&alert).iter().filter(|f| f.severity == FindingSeverity::Error) {
        let line = lines.get(finding.path.as_str()).copied().unwrap_or(0);
        changes.push(Change { line, ..Change::of(ChangeKind::Needed, finding) });
    }
    Converted { alert, changes }
}
