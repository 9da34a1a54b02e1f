//! A real river on a temporary folder behind the router, and people with browsers.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use beaconfire_core::{
    AccountId, Actor, Authority, ChannelId, ChannelRule, Command, Form, Mode, Role, Rules, SourceId,
    SourceRule, Station, StationRule, pack,
};
use beaconfire_flow::{ChannelSetup, Fetch, PlayedClock, River, Setup, SourceSetup, Target};
use beaconfire_serve::{ServeConfig, Services};
use beaconfire_store::{Ed25519Signer, NewAccount};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;

/// River time at the start.
pub(crate) const START: &str = "2017-08-27T09:00:00Z";
/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// A server without a socket.
pub(crate) struct Server {
    pub(crate) router: Router,
    pub(crate) river: Arc<River>,
    pub(crate) clock: Arc<PlayedClock>,
    _folder: TempDir,
}

impl Server {
    /// A river in exercise mode with one gauge, a public feed, and nobody but the river.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(PlayedClock::new(START.parse().expect("a time")));
        let setup = setup(&folder);
        let river = Arc::new(River::start(setup, clock.clone()).await.expect("the river starts"));
        let sources = river.clone();
        let services = Services {
            engine: river.engine().clone(),
            accounts: river.stores().accounts.clone(),
            observations: river.stores().observations.clone(),
            published: river.stores().published.clone(),
            intake: river.intake().clone(),
            sources: Arc::new(move || sources.sources().views()),
            config: ServeConfig {
                version: "0.0.0-test".to_owned(),
                recording: Some("one invented gauge".to_owned()),
                feed_channel: Some(ChannelId::from("feed")),
                public_url: "http://warn.example".to_owned(),
                hosts: Vec::new(),
                trusted_proxies: Vec::new(),
            },
        };
        Self { router: beaconfire_serve::router(services), river, clock, _folder: folder }
    }

    /// Makes an account with these roles; its pseudonym.
    pub(crate) async fn account(&self, login: &str, roles: &[Role]) -> AccountId {
        let words: Vec<&str> = roles.iter().map(|role| role.word()).collect();
        let new = NewAccount { id: None, login, name: login, password: PASSWORD, roles: &words };
        let account = self.river.stores().accounts.create_account(&new).expect("an account");
        let id = AccountId(account.id);
        let roles = roles.iter().copied().collect();
        let command = Command::SetRoles { account: id.clone(), roles };
        self.river.engine().command(command, Actor::River).await.expect("roles are set");
        id
    }

    /// A token of a program.
    pub(crate) fn token(&self, scopes: &[&str]) -> String {
        let now = Timestamp::now();
        let accounts = &self.river.stores().accounts;
        accounts
            .create_token("test", scopes, now, now + SignedDuration::from_hours(1))
            .expect("a token")
            .secret
    }

    /// Raises the creek above its stage, pushed over HTTP; gives the one incident.
    pub(crate) async fn flood(&self) -> Value {
        let token = self.token(&["intake:gauges", "read"]);
        let rows = "{\"series\":\"creek\",\"time\":\"2017-08-27T08:30:00Z\",\"value\":2.0}\n\
                    {\"series\":\"creek\",\"time\":\"2017-08-27T08:45:00Z\",\"value\":4.5}\n";
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/x-ndjson")];
        let pushed = self.send(Method::POST, "localhost", "/api/v1/intake/gauges", &headers, rows).await;
        assert_eq!(pushed.status, StatusCode::OK, "{}", pushed.text());
        let list = self.send(Method::GET, "localhost", "/api/v1/incidents", &headers[..1], "").await;
        list.json()["incidents"][0].clone()
    }

    /// Lets everything that waits be delivered.
    pub(crate) async fn deliver(&self) {
        while self.river.deliver().await.expect("delivery goes on") {}
    }

    /// One request as it is.
    pub(crate) async fn send(
        &self,
        method: Method,
        host: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, host);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, 64 << 20).await.expect("the body ends");
        Answer { status: parts.status, headers: parts.headers, bytes: bytes.to_vec() }
    }

    /// A plain GET without a session.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, "localhost", path, &[], "").await
    }

    /// Signs in on a host name of one's own.
    pub(crate) async fn sign_in(&self, login: &str) -> Browser<'_> {
        let host = format!("{login}.localhost:8080");
        let body = json!({ "login": login, "password": PASSWORD }).to_string();
        let headers = [("content-type", "application/json")];
        let answer = self.send(Method::POST, &host, "/api/v1/session", &headers, &body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        let cookie = answer.cookie().expect("a cookie");
        let csrf = answer.json()["csrf"].as_str().expect("a secret").to_owned();
        Browser { server: self, host, cookie, csrf }
    }
}

/// One person's browser.
pub(crate) struct Browser<'a> {
    pub(crate) server: &'a Server,
    pub(crate) host: String,
    pub(crate) cookie: String,
    pub(crate) csrf: String,
}

impl Browser<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let headers = [("cookie", self.cookie.as_str())];
        self.server.send(Method::GET, &self.host, path, &headers, "").await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.unsafe_send(Method::POST, path, body).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        self.unsafe_send(Method::PUT, path, body).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.unsafe_send(Method::DELETE, path, json!({})).await
    }

    /// A POST that must be done; what it answered.
    pub(crate) async fn done(&self, path: &str, body: Value) -> Value {
        let answer = self.post(path, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.json()
    }

    async fn unsafe_send(&self, method: Method, path: &str, body: Value) -> Answer {
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("content-type", "application/json"),
            ("x-csrf-token", self.csrf.as_str()),
            ("sec-fetch-site", "same-origin"),
        ];
        self.server.send(method, &self.host, path, &headers, &body.to_string()).await
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("plain text"))
    }

    /// `name=value` of the cookie that was set.
    pub(crate) fn cookie(&self) -> Option<String> {
        let line = self.headers.get(header::SET_COOKIE)?.to_str().ok()?;
        line.split(';').next().map(str::to_owned)
    }

    /// Status and code of a refusal; panics unless it has the one form.
    pub(crate) fn refusal(&self) -> (u16, String) {
        let json = self.json();
        let error = json["error"].as_object().unwrap_or_else(|| panic!("no error: {json}"));
        for name in ["code", "message", "mend"] {
            assert!(error[name].as_str().is_some_and(|text| !text.is_empty()), "{name}: {json}");
        }
        (self.status.as_u16(), error["code"].as_str().unwrap_or_default().to_owned())
    }
}

fn setup(folder: &TempDir) -> Setup {
    let source = SourceSetup {
        id: SourceId::from("gauges"),
        kind: "series-ndjson".to_owned(),
        title: "The creek's gauge".to_owned(),
        options: beaconfire_flow::source::Options::default(),
        anchors: Default::default(),
        fetch: Fetch::Push,
        expected_every_s: 900,
        must_advance: false,
    };
    let alerts = SourceSetup {
        id: SourceId::from("cap-alfa"),
        kind: "cap".to_owned(),
        title: "Alerts of Alfa".to_owned(),
        ..source.clone()
    };
    let channel = |id: &str| ChannelSetup { id: ChannelId::from(id), target: Target::Feed };
    let key = Ed25519Signer::generate_pkcs8().expect("a key");
    Setup {
        mode: Mode::Exercise,
        exercise: Some("EX-1".to_owned()),
        data: folder.path().join("data"),
        rules: rules(),
        places: Vec::new(),
        geocodes: Default::default(),
        sources: vec![source, alerts],
        channels: vec![channel("feed")],
        signer: Arc::new(Ed25519Signer::from_pkcs8(&key).expect("the key is good")),
        public_url: "http://warn.example".to_owned(),
    }
}

fn rules() -> Rules {
    let pack = pack::parse(include_str!("pack.toml")).expect("the pack is good");
    let station = Station {
        id: "creek".to_owned(),
        name: "Crooked Creek".to_owned(),
        lat: 29.7,
        lon: -95.4,
        zone: "America/Chicago".to_owned(),
        unit: "m".to_owned(),
        area: None,
        thresholds: [("minor".to_owned(), 3.0)].into(),
    };
    Rules {
        authority: Authority {
            sender: "warn@county.example".to_owned(),
            name: "Crooked County".to_owned(),
            identifier_prefix: "urn:oid:2.49.0.1.840.0".to_owned(),
            web: Some("https://county.example/flood".to_owned()),
            contact: None,
            zone: "America/Chicago".to_owned(),
            jurisdiction: "Crooked County".to_owned(),
            approval_hours: 2,
        },
        packs: vec![pack],
        sources: vec![SourceRule {
            id: SourceId::from("gauges"),
            trusted_senders: Vec::new(),
            delegations: Vec::new(),
            missing_expires_hours: 24,
        }],
        channels: vec![ChannelRule {
            id: ChannelId::from("feed"),
            kind: "feed".to_owned(),
            form: Form::Cap,
            mode: Mode::Exercise,
            public: true,
            read_back_minutes: Some(2),
        }],
        stations: vec![StationRule { source: SourceId::from("gauges"), station }],
    }
}
