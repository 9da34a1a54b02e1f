//! Looking at a warning and writing its draft.

use axum::Json;
use axum::extract::State;
use beaconfire_core::{ChannelId, Command, Content, Refusal, WarningId, Work};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{command, show_warning, warning_view};
use crate::auth::{Operator, Viewer};
use crate::body::{Body, Path};
use crate::error::{Answer, ErrorBody, Problem};
use crate::services::App;
use crate::view::{DraftInput, WarningView, content_of};

/// A draft as written.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edit {
    /// As shown.
    version: u64,
    /// What it shall say.
    draft: DraftInput,
}

/// One warning.
#[utoipa::path(get, path = "/api/v1/warnings/{id}", tag = "warnings",
    params(("id" = String, Path, description = "The warning")),
    responses((status = 200, body = WarningView), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(crate) async fn show(
    State(app): State<App>,
    Viewer(account): Viewer,
    Path(id): Path<String>,
) -> Answer<Json<WarningView>> {
    warning_view(&app, &WarningId(id), account.as_ref())
}

/// Changes a draft; voids a submission or an approval. What changes nothing is not recorded, and
/// makes nobody a contributor.
#[utoipa::path(put, path = "/api/v1/warnings/{id}/draft", tag = "warnings", request_body = Edit,
    params(("id" = String, Path, description = "The warning")),
    responses((status = 200, body = WarningView), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn edit(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Body(body): Body<Edit>,
) -> Answer<Json<WarningView>> {
    let warning = WarningId(id);
    let before = app.services.engine.read(|state| {
        let found = state.warnings.get(&warning);
        let found = found.ok_or_else(|| Problem::not_found("warning", &warning.0))?;
        let in_hand = in_hand(&found.work).ok_or_else(nothing_in_hand)?;
        Ok::<_, Problem>((in_hand, found.version, state.rules.authority.clone()))
    });
    let ((content, channels, rings), version, authority) = before?;
    let meant = content_of(body.draft, (&content, rings), &authority)?;
    if version != body.version || meant != (content, channels, rings) {
        let (content, channels, rings) = meant;
        let (warning, version) = (warning.clone(), body.version);
        let edit = Command::Edit { warning, version, content, channels, rings };
        command(&app, &operator, edit).await?;
    }
    show_warning(&app, &operator, &warning)
}

fn in_hand(work: &Work) -> Option<(Content, Vec<ChannelId>, bool)> {
    match work {
        Work::None => None,
        Work::Draft { content, channels, rings, .. } => Some((content.clone(), channels.clone(), *rings)),
        Work::Submitted { package, .. } | Work::Approved { package, .. } => {
            Some((package.content.clone(), package.channels.clone(), package.rings))
        }
    }
}

fn nothing_in_hand() -> Problem {
    Problem::from(Refusal::new(
        "no_draft",
        "there is no draft in that state",
        "look at the warning again, or open an update",
    ))
}
