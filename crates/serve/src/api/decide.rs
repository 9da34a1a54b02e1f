//! What operators decide about incidents.

use axum::Json;
use axum::extract::State;
use beaconfire_core::{Command, Fact, IncidentId, MemberId, Refusal};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{command, show_warning};
use crate::auth::Operator;
use crate::body::{Body, Path};
use crate::error::{Answer, ErrorBody, Problem};
use crate::services::App;
use crate::view::{LinkName, WarningView, member_of};

/// Members of one split, at most.
const MAX_MEMBERS: usize = 10_000;

/// The incident to look at now.
#[derive(Serialize, ToSchema)]
pub(crate) struct Decided {
    /// The incident.
    incident: String,
    /// The incident that a split made.
    split_off: Option<String>,
}

/// The version that the operator saw.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Seen {
    /// As shown.
    version: u64,
}

/// Why no warning for now, and until when.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decline {
    /// As shown.
    version: u64,
    /// Why.
    reason: String,
    /// River time at which it is looked at again.
    review_at: Timestamp,
}

/// Why it is over.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Close {
    /// As shown.
    version: u64,
    /// Why.
    reason: String,
}

/// The other incident, whose members come here.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Merge {
    /// As shown.
    version: u64,
    /// The incident that joins this one.
    other: String,
}

/// What goes into an incident of its own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Split {
    /// As shown.
    version: u64,
    /// Members' names.
    members: Vec<String>,
}

/// How two incidents hang together.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Link {
    /// As shown.
    version: u64,
    /// The other incident.
    other: String,
    /// How.
    kind: LinkName,
    /// Why.
    why: String,
}

/// Takes the incident on.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/accept", tag = "incidents", request_body = Seen,
    params(("id" = String, Path, description = "The incident")),
    responses((status = 200, body = Decided), (status = 409, body = ErrorBody)))]
pub(crate) async fn accept(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Body(body): Body<Seen>,
) -> Answer<Json<Decided>> {
    let incident = IncidentId(id);
    let accept = Command::Accept { incident: incident.clone(), version: body.version };
    decide(&app, &operator, incident, accept).await
}

/// Decides that it needs no warning until the review.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/decline", tag = "incidents", request_body = Decline,
    params(("id" = String, Path, description = "The incident")),
    responses((status = 200, body = Decided), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn decline(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Body(body): Body<Decline>,
) -> Answer<Json<Decided>> {
    let incident = IncidentId(id);
    let decline = Command::Decline {
        incident: incident.clone(),
        version: body.version,
        reason: body.reason,
        review_at: body.review_at,
    };
    decide(&app, &operator, incident, decline).await
}

/// Closes the incident.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/close", tag = "incidents", request_body = Close,
    params(("id" = String, Path, description = "The incident")),
    responses((status = 200, body = Decided), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn close(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Body(body): Body<Close>,
) -> Answer<Json<Decided>> {
    let incident = IncidentId(id);
    let close = Command::Close { incident: incident.clone(), version: body.version, reason: body.reason };
    decide(&app, &operator, incident, close).await
}

/// Merges another incident into this one: its members come here.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/merge", tag = "incidents", request_body = Merge,
    params(("id" = String, Path, description = "The incident that stays")),
    responses((status = 200, body = Decided), (status = 409, body = ErrorBody)))]
pub(crate) async fn merge(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Body(body): Body<Merge>,
) -> Answer<Json<Decided>> {
    let (into, other) = (IncidentId(id), IncidentId(body.other));
    // The core holds the version of the incident that goes; the one that stays was looked at too.
    let version = app.services.engine.read(|state| {
        let stays = state.incidents.get(&into).ok_or_else(|| Refusal::unknown("incident", &into))?;
        let goes = state.incidents.get(&other).ok_or_else(|| Refusal::unknown("incident", &other))?;
        if stays.version == body.version {
            return Ok(goes.version);
        }
        let mend = "look at it as it is now, then decide again";
        Err(Refusal::new("stale", "somebody or something changed it since you looked", mend))
    });
    let merge = Command::Merge { incident: other, version: version?, into: into.clone() };
    decide(&app, &operator, into, merge).await
}

/// Moves some members into an incident of their own.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/split", tag = "incidents", request_body = Split,
    params(("id" = String, Path, description = "The incident")),
    responses((status = 200, body = Decided), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn split(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Body(body): Body<Split>,
) -> Answer<Json<Decided>> {
    let incident = IncidentId(id);
    let members = members_of(&app, &incident, &body.members)?;
    let split = Command::Split { incident: incident.clone(), version: body.version, members };
    decide(&app, &operator, incident, split).await
}

/// Links the incident to another.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/link", tag = "incidents", request_body = Link,
    params(("id" = String, Path, description = "The incident")),
    responses((status = 200, body = Decided), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(crate) async fn link(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Body(body): Body<Link>,
) -> Answer<Json<Decided>> {
    let incident = IncidentId(id);
    let link = Command::Link {
        incident: incident.clone(),
        version: body.version,
        to: IncidentId(body.other),
        kind: body.kind.into(),
        why: body.why,
    };
    decide(&app, &operator, incident, link).await
}

/// Opens a draft from the pack's templates.
#[utoipa::path(post, path = "/api/v1/incidents/{id}/warnings", tag = "warnings", request_body = Seen,
    params(("id" = String, Path, description = "The incident")),
    responses((status = 200, body = WarningView), (status = 403, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(crate) async fn draft(
    State(app): State<App>,
    operator: Operator,
    Path(id): Path<String>,
    Body(body): Body<Seen>,
) -> Answer<Json<WarningView>> {
    let draft = Command::Draft { incident: IncidentId(id), version: body.version };
    let records = command(&app, &operator, draft).await?;
    let drafted = records.into_iter().find_map(|record| match record.fact {
        Fact::Drafted { warning, .. } => Some(warning),
        _ => None,
    });
    let warning = drafted.ok_or_else(|| Problem::internal(&"a draft left no record"))?;
    show_warning(&app, &operator, &warning)
}

async fn decide(
    app: &App,
    operator: &Operator,
    incident: IncidentId,
    given: Command,
) -> Answer<Json<Decided>> {
    let records = command(app, operator, given).await?;
    let split_off = records.into_iter().find_map(|record| match record.fact {
        Fact::Split { into, .. } => Some(into.0),
        _ => None,
    });
    Ok(Json(Decided { incident: incident.0, split_off }))
}

fn members_of(app: &App, incident: &IncidentId, names: &[String]) -> Answer<Vec<MemberId>> {
    if names.len() > MAX_MEMBERS {
        return Err(Problem::invalid("there are too many members", "split off fewer at once"));
    }
    app.services.engine.read(|state| {
        let incident =
            state.incidents.get(incident).ok_or_else(|| Problem::not_found("incident", &incident.0))?;
        let find =
            |name: &String| member_of(incident, name).ok_or_else(|| Problem::not_found("member", name));
        names.iter().map(find).collect()
    })
}
