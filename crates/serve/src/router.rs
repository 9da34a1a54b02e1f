//! The routes and what lies round them all.

use std::sync::OnceLock;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::IntoResponse;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::{
    alerts, check, clock, decide, events, incidents, intake, series, session, sources, warning_commands,
    warnings,
};
use crate::error::{Answer, Problem};
use crate::services::{App, Services};
use crate::{dress, feed, headers, health, host, metrics, pages};

/// A draft with detailed polygons is far smaller.
const MAX_BODY: usize = 4 << 20;
/// From the request's first byte to the answer's; a stream's later bytes are not counted.
const PATIENCE: Duration = Duration::from_secs(60);

/// The whole server.
pub fn router(services: Services) -> Router {
    let by_tls_alone = services.config.public_url.starts_with("https://");
    let app = App::new(services);
    let (private, _) = private().split_for_parts();
    let (public, _) = public().split_for_parts();
    let private = private
        .route("/api/openapi.json", axum::routing::get(description))
        .fallback(pages::page)
        .layer(CompressionLayer::new());
    // Within each list the last one is the outermost.
    let router = private
        .merge(public)
        .layer(from_fn_with_state(app.clone(), metrics::count))
        .layer(from_fn_with_state(app.clone(), host::check))
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, PATIENCE))
        .layer(from_fn(dress::dress))
        .layer(map_response(headers::secure))
        .with_state(app);
    if by_tls_alone { router.layer(map_response(headers::by_tls_alone)) } else { router }
}

/// The API's description, as `/api/openapi.json` and `beaconfire generate openapi` give it.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    let (_, private) = private().split_for_parts();
    let (_, public) = public().split_for_parts();
    let mut openapi = private.merge_from(public);
    for (path, item) in &mut openapi.paths.paths {
        let methods = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
        ];
        for (method, operation) in methods {
            if let Some(operation) = operation {
                operation.operation_id = Some(operation_id(method, path));
            }
        }
    }
    openapi
}

/// A name for generated clients, unique because method and path are.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.split(|c: char| !c.is_ascii_alphanumeric());
    let words = words.filter(|word| !matches!(*word, "" | "api" | "v1"));
    std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
}

/// What needs a session or a token, or is compressed.
fn private() -> OpenApiRouter<App> {
    let session = OpenApiRouter::new()
        .routes(routes!(session::show, session::sign_in, session::sign_out))
        .routes(routes!(session::sign_in_once))
        .routes(routes!(session::set_up))
        .layer(DefaultBodyLimit::max(session::MAX_BODY));
    let intake =
        OpenApiRouter::new().routes(routes!(intake::push)).layer(DefaultBodyLimit::max(intake::MAX_BODY));
    let check =
        OpenApiRouter::new().routes(routes!(check::check)).layer(DefaultBodyLimit::max(check::MAX_BODY));
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(incidents::list))
        .routes(routes!(incidents::show))
        .routes(routes!(decide::accept))
        .routes(routes!(decide::decline))
        .routes(routes!(decide::close))
        .routes(routes!(decide::merge))
        .routes(routes!(decide::split))
        .routes(routes!(decide::link))
        .routes(routes!(decide::draft))
        .routes(routes!(alerts::list))
        .routes(routes!(alerts::original))
        .routes(routes!(alerts::release))
        .routes(routes!(clock::confirm))
        .routes(routes!(warnings::show))
        .routes(routes!(warnings::edit))
        .routes(routes!(warning_commands::submit))
        .routes(routes!(warning_commands::approve))
        .routes(routes!(warning_commands::send_back))
        .routes(routes!(warning_commands::drop_channel))
        .routes(routes!(warning_commands::issue))
        .routes(routes!(warning_commands::update))
        .routes(routes!(warning_commands::retract))
        .routes(routes!(series::show))
        .routes(routes!(sources::list))
        .routes(routes!(events::stream))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(metrics::show))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .merge(session)
        .merge(intake)
        .merge(check)
}

/// What anybody may read. It is not compressed: read-back compares bytes.
fn public() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(feed::atom)).routes(routes!(feed::cap))
}

async fn description() -> Answer<impl IntoResponse> {
    static TEXT: OnceLock<Result<String, String>> = OnceLock::new();
    let made = TEXT.get_or_init(|| openapi().to_json().map_err(|error| error.to_string()));
    let text = made.as_ref().map_err(|error| Problem::internal(error))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text.as_str()))
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Beaconfire",
        description = "Operators sign in and send X-CSRF-Token with every request that changes something. \
                       Programs send a token. All failures have the form of ErrorBody.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&Security),
    security(("session" = []), ("token" = [])),
    tags(
        (name = "session", description = "Signing in and out"),
        (name = "incidents", description = "What is going on, and what is decided about it"),
        (name = "alerts", description = "Other issuers' alerts that an officer must judge"),
        (name = "warnings", description = "From the draft to the end of a warning"),
        (name = "sources", description = "Where things come from"),
        (name = "check", description = "What is wrong with a CAP message, and what it says"),
        (name = "events", description = "What changes, as it changes"),
        (name = "intake", description = "Measurements pushed by programs"),
        (name = "public", description = "What anybody may read"),
        (name = "health", description = "For those who watch the server")
    )
)]
struct Description;

struct Security;

impl utoipa::Modify for Security {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("beaconfire")));
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("session", cookie);
        components.add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}
