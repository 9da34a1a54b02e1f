//! The alert as a whole.

use super::{Notes, Spot};
use crate::Version;
use crate::model::{Alert, MsgType, Scope, Status};

pub(super) fn check(notes: &mut Notes, alert: &Alert) {
    let at = |name| Spot::ALERT.one(name);
    notes.name(&alert.identifier, at("identifier"));
    notes.name(&alert.sender, at("sender"));
    for (name, text) in
        [("source", &alert.source), ("restriction", &alert.restriction), ("note", &alert.note)]
    {
        notes.optional(text, at(name));
    }
    for (code, n) in alert.codes.iter().zip(1..) {
        notes.text(code, Spot::ALERT.nth("code", n));
    }
    notes.items(&alert.addresses, at("addresses"));
    notes.items(&alert.incidents, at("incidents"));
    if alert.identifier.contains("2.49.0.0.") {
        let message = "2.49.0.0 names authorities; identifiers of alerts begin with 2.49.0.1";
        notes.warning("oid-arc", at("identifier"), message);
    }
    scope(notes, alert);
    references(notes, alert);

    let says = matches!(alert.msg_type, MsgType::Alert | MsgType::Update);
    if says && alert.infos.is_empty() {
        let message = format!("this {} says nothing: add an <info>", alert.msg_type);
        notes.warning("info-missing", Spot::ALERT, message);
    }
    if alert.msg_type == MsgType::Error && alert.note.is_none() {
        notes.warning("note-missing", Spot::ALERT, "msgType Error should say the reason in <note>");
    }
    if alert.status == Status::Exercise && alert.note.is_none() {
        notes.warning("note-missing", Spot::ALERT, "status Exercise should name the exercise in <note>");
    }
}

fn scope(notes: &mut Notes, alert: &Alert) {
    match alert.scope {
        Scope::Restricted if alert.restriction.is_none() => {
            let message = "scope Restricted needs a <restriction> that says by which rule";
            notes.error("restriction-missing", Spot::ALERT, message);
        }
        Scope::Private if alert.addresses.is_empty() => {
            let message = "scope Private needs <addresses> of those who may read it";
            notes.error("addresses-missing", Spot::ALERT, message);
        }
        _ => {}
    }
    if alert.scope != Scope::Restricted && alert.restriction.is_some() {
        let message = "a restriction belongs to scope Restricted only";
        notes.warning("restriction-unexpected", Spot::ALERT.one("restriction"), message);
    }
}

fn references(notes: &mut Notes, alert: &Alert) {
    let spot = Spot::ALERT.one("references");
    for reference in &alert.references {
        notes.name(&reference.sender, spot);
        notes.name(&reference.identifier, spot);
        if reference.sender == alert.sender && reference.identifier == alert.identifier {
            let message = "the message names itself: give it an identifier of its own";
            notes.warning("reference-self", spot, message);
        }
    }
    let acts = alert.msg_type != MsgType::Alert;
    // CAP 1.0 names other messages in a way that is not kept.
    if acts && alert.references.is_empty() && notes.version > Version::V1_0 {
        let message = format!("msgType {} needs <references> to the messages it acts on", alert.msg_type);
        notes.error("references-missing", Spot::ALERT, message);
    }
}
