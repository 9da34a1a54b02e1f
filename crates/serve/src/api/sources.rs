//! How the sources stand.

use axum::Json;
use axum::extract::State;

use crate::auth::Viewer;
use crate::error::{Answer, ErrorBody};
use crate::services::App;
use crate::view::{SourceList, source_list};

/// All sources, the silent ones too.
#[utoipa::path(get, path = "/api/v1/sources", tag = "sources",
    responses((status = 200, body = SourceList), (status = 401, body = ErrorBody)))]
pub(crate) async fn list(State(app): State<App>, _: Viewer) -> Answer<Json<SourceList>> {
    Ok(Json(source_list((app.services.sources)())))
}
