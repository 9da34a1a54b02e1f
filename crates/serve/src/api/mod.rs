//! The operators' API under `/api/v1`.

pub(crate) mod alerts;
pub(crate) mod check;
pub(crate) mod clock;
pub(crate) mod decide;
pub(crate) mod events;
pub(crate) mod incidents;
pub(crate) mod intake;
pub(crate) mod series;
pub(crate) mod session;
pub(crate) mod sources;
pub(crate) mod warning_commands;
pub(crate) mod warnings;

use beaconfire_core::{Actor, Command, Record, WarningId};

use crate::auth::Operator;
use crate::error::{Answer, Problem};
use crate::services::App;
use crate::view::{Seen, WarningView};

/// Gives a command as the operator with an ordinary session.
async fn command(app: &App, operator: &Operator, command: Command) -> Answer<Vec<Record>> {
    Ok(app.services.engine.command(command, Actor::operator(&operator.account())).await?)
}

/// A warning as the operator sees it now.
fn show_warning(app: &App, operator: &Operator, id: &WarningId) -> Answer<axum::Json<WarningView>> {
    warning_view(app, id, Some(&operator.account()))
}

fn warning_view(
    app: &App,
    id: &WarningId,
    by: Option<&beaconfire_core::AccountId>,
) -> Answer<axum::Json<WarningView>> {
    let engine = &app.services.engine;
    let missing = || Problem::not_found("warning", &id.0);
    let incident = engine.read(|state| state.warnings.get(id).map(|w| w.incident.clone()));
    let story = engine.story(&incident.ok_or_else(missing)?);
    let seen = Seen { by, now: engine.now() };
    let view = engine
        .read(|state| state.warnings.get(id).map(|warning| WarningView::of(warning, &story, state, seen)));
    view.map(axum::Json).ok_or_else(missing)
}
