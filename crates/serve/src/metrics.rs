//! Numbers for Prometheus: counts alone, never a name of an incident, a place or a person.

use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use beaconfire_core::{Incident, Level, Progress, State as CoreState};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::error::{Answer, Problem};
use crate::services::App;
use crate::view::{held, state_of};

/// What OpenMetrics text is called.
const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LevelLabels {
    level: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabels {
    state: String,
}

/// The process's numbers.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    incidents: Family<LevelLabels, Gauge>,
    sources: Family<StateLabels, Gauge>,
    jobs: Family<StateLabels, Gauge>,
    deadlines: Gauge,
    overdue: Gauge,
    alerts_held: Gauge,
    journal: Gauge,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("beaconfire"),
            requests: Family::default(),
            incidents: Family::default(),
            sources: Family::default(),
            jobs: Family::default(),
            deadlines: Gauge::default(),
            overdue: Gauge::default(),
            alerts_held: Gauge::default(),
            journal: Gauge::default(),
        };
        let registry = &mut metrics.registry;
        registry.register("http_requests", "Requests answered", metrics.requests.clone());
        registry.register("incidents", "Open incidents by level", metrics.incidents.clone());
        registry.register("sources", "Sources by state", metrics.sources.clone());
        registry.register("jobs", "Deliveries by state", metrics.jobs.clone());
        registry.register("deadlines", "Decisions that are due", metrics.deadlines.clone());
        registry.register("deadlines_overdue", "Decisions that are overdue", metrics.overdue.clone());
        let held = "Alerts of others that wait for an officer";
        registry.register("alerts_held", held, metrics.alerts_held.clone());
        registry.register("journal_seq", "The journal's last record", metrics.journal.clone());
        metrics
    }

    fn look(&self, app: &App) {
        let engine = &app.services.engine;
        self.journal.set(i64::try_from(engine.seq()).unwrap_or(i64::MAX));
        let now = engine.now();
        engine.read(|state| self.look_at_state(state, now));
        self.sources.clear();
        for source in (app.services.sources)() {
            let state = state_of(&source.state).to_owned();
            self.sources.get_or_create(&StateLabels { state }).inc();
        }
    }

    fn look_at_state(&self, state: &CoreState, now: jiff::Timestamp) {
        let live: Vec<&Incident> = state.incidents.values().filter(|i| i.is_live()).collect();
        for level in Level::ALL {
            let count = live.iter().filter(|incident| incident.level() == Some(level)).count();
            self.incidents.get_or_create(&LevelLabels { level: level.key() }).set(signed(count));
        }
        let due = || live.iter().filter_map(|incident| incident.deadline.as_ref());
        self.deadlines.set(signed(due().count()));
        self.overdue.set(signed(due().filter(|deadline| deadline.at <= now).count()));
        self.alerts_held.set(signed(held(state)));
        for (name, is) in STATES {
            let count = state.jobs.values().filter(|job| is(&job.progress)).count();
            self.jobs.get_or_create(&StateLabels { state: name.to_owned() }).set(signed(count));
        }
    }
}

type IsState = fn(&Progress) -> bool;

const STATES: [(&str, IsState); 3] = [
    ("queued", |progress| matches!(progress, Progress::Queued)),
    ("sent", |progress| matches!(progress, Progress::Sent { .. })),
    ("dropped", |progress| matches!(progress, Progress::Dropped { .. })),
];

fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Counts every answer by method, route and status; unknown paths share one name.
pub(crate) async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = known(request.method().as_str());
    let response = next.run(request).await;
    let labels = RequestLabels {
        method: method.to_owned(),
        route: route.unwrap_or_else(|| "other".to_owned()),
        status: u32::from(response.status().as_u16()),
    };
    app.metrics.requests.get_or_create(&labels).inc();
    response
}

/// Methods that anybody may invent share one name.
fn known(method: &str) -> &'static str {
    const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"];
    METHODS.into_iter().find(|known| *known == method).unwrap_or("other")
}

/// The numbers, as OpenMetrics text.
#[utoipa::path(get, path = "/metrics", tag = "health",
    responses((status = 200, body = String, content_type = "application/openmetrics-text")))]
pub(crate) async fn show(State(app): State<App>) -> Answer<Response> {
    app.metrics.look(&app);
    let mut text = String::new();
    encode(&mut text, &app.metrics.registry).map_err(|error| Problem::internal(&error))?;
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], text).into_response())
}
