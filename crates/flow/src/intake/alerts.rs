//! Intake of other issuers' alerts: whose signature is believed, whose bytes are kept, what is handed to the core.

use super::{Intake, IntakeError, blocking, lock};
use crate::engine::Engine;
use crate::setup::SourceSetup;
use crate::source::{self, AlertItem, Judged, MAX_TOLD, Parsed, SignatureUse};
use beaconfire_core::{Actor, AlertKey, Command, ItemId, SourceId, area, is_about_a_person, sha256_hex};
use beaconfire_store::{self as store, StoreError};

impl Intake {
    /// Takes the alerts of a document, and gives it back with the number of those that were refused.
    pub(super) async fn take_alerts(
        &self,
        setup: &SourceSetup,
        parsed: Parsed,
        body: Vec<u8>,
    ) -> Result<(Parsed, Vec<u8>), IntakeError> {
        if parsed.alerts.is_empty() {
            return Ok((parsed, body));
        }
        let (mut parsed, body, judged) = self.judge_signatures(setup, parsed, body).await?;
        self.tell_refused(setup, &parsed, &body, &judged).await?;
        let id = &setup.id;
        let geocodes = lock(&self.inner.geocodes).clone();
        let demands = setup.options.signature == SignatureUse::Demand;
        let mut refused = 0_u64;
        for (alert, judged) in parsed.alerts.iter().zip(&judged) {
            if is_about_a_person(&alert.alert) {
                // Neither kept nor named: that such a message came is all that is written down.
                let words = "an alert about a missing or wanted person was not taken in".to_owned();
                let command = Command::NoteSource { source: id.clone(), words };
                self.inner.engine.command(command, Actor::River).await?;
                continue;
            }
            let bytes = alert.source(&body).to_vec();
            let item = self.keep(id, "cap", "application/cap+xml", bytes, 1).await?;
            if demands && judged.as_ref().is_some_and(|judged| !judged.is_anchored) {
                refused += 1;
                continue;
            }
            let (alert, findings) = (&alert.alert, &alert.findings);
            let mut inbound = area::inbound(alert, findings, id, &item, &geocodes, setup.options.area);
            if let Some(judged) = judged {
                inbound.findings.insert(0, format!("/alert: its signature {}", cut(&judged.words)));
            }
            let area = inbound.area();
            let near = area.locator_center().and_then(|point| self.inner.exposures.nearest(point));
            inbound.zone = near.and_then(|near| near.zone);
            let exposure = self.inner.exposures.of(&area);
            let command = Command::TakeAlert { alert: inbound, exposure };
            self.inner.engine.command(command, Actor::River).await?;
        }
        parsed.refused = refused;
        Ok((parsed, body))
    }

    /// Judges the signatures of a document on a thread of its own, where the source looks at them. An alert that was
    /// taken from it already, and one about a person, is not judged.
    async fn judge_signatures(
        &self,
        setup: &SourceSetup,
        parsed: Parsed,
        body: Vec<u8>,
    ) -> Result<(Parsed, Vec<u8>, Vec<Option<Judged>>), IntakeError> {
        if setup.options.signature == SignatureUse::Ignore {
            let none = vec![None; parsed.alerts.len()];
            return Ok((parsed, body, none));
        }
        let (items, engine, setup) = (self.inner.items.clone(), self.inner.engine.clone(), setup.clone());
        blocking(move || {
            let judged = source::judge(&setup, &parsed, &body, |at| {
                let alert = &parsed.alerts[at];
                let bytes = alert.source(&body);
                if is_about_a_person(&alert.alert) || is_taken(&engine, &setup.id, alert, bytes) {
                    return Ok(None);
                }
                let first = items.item(&store::ItemId::of(bytes))?.map(|item| item.at);
                Ok::<_, StoreError>(Some(first.unwrap_or_else(|| engine.now())))
            })?;
            Ok((parsed, body, judged))
        })
        .await
    }

    /// Says of alerts that are refused why, the first time: as long as their bytes are not kept.
    async fn tell_refused(
        &self,
        setup: &SourceSetup,
        parsed: &Parsed,
        body: &[u8],
        judged: &[Option<Judged>],
    ) -> Result<(), IntakeError> {
        if setup.options.signature != SignatureUse::Demand {
            return Ok(());
        }
        let mut told = Vec::new();
        let mut more = 0_u64;
        for (alert, judged) in parsed.alerts.iter().zip(judged) {
            let Some(judged) = judged.as_ref().filter(|judged| !judged.is_anchored) else { continue };
            let item = ItemId(sha256_hex(alert.source(body)));
            if self.inner.engine.read(|state| state.taken.contains(&item)) {
                continue;
            }
            if told.len() == MAX_TOLD {
                more += 1;
                continue;
            }
            told.push(format!(
                "{} of {} is not taken as an alert, because this source demands an anchored signature: its signature \
                 {}. Its bytes are kept as item {}; where it is to be believed, add its certificate to `anchors`",
                cut(&alert.alert.identifier),
                cut(&alert.alert.sender),
                cut(&judged.words),
                item.as_str()
            ));
        }
        if more > 0 {
            told.push(format!(
                "{more} more alerts of one answer are not taken for their signatures, as those before"
            ));
        }
        for words in told {
            let command = Command::NoteSource { source: setup.id.clone(), words };
            self.inner.engine.command(command, Actor::River).await?;
        }
        Ok(())
    }
}

/// Whether these bytes were taken as this alert, from this source.
fn is_taken(engine: &Engine, source: &SourceId, alert: &AlertItem, bytes: &[u8]) -> bool {
    let key = AlertKey {
        sender: alert.alert.sender.clone(),
        identifier: alert.alert.identifier.clone(),
        sent: alert.alert.sent.instant(),
    };
    engine.read(|state| {
        state
            .alerts
            .get(&key)
            .is_some_and(|kept| kept.alert.source == *source && kept.alert.item.as_str() == sha256_hex(bytes))
    })
}

/// Foreign words as the journal takes them.
fn cut(words: &str) -> String {
    words.chars().take(300).collect()
}
