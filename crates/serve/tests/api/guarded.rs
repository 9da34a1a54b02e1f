//! What keeps strangers out: sessions, hosts, secrets, limits, and rubbish answered in words.

use crate::support::{Browser, PASSWORD, Server};
use axum::http::Method;
use beaconfire_core::Role;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

const JSON: (&str, &str) = ("content-type", "application/json");

#[tokio::test]
async fn nothing_but_the_feed_is_shown_without_a_session() {
    let server = Server::start().await;
    let incident = server.flood().await;
    let id = incident["id"].as_str().expect("a name");
    for path in [
        "/api/v1/incidents".to_owned(),
        format!("/api/v1/incidents/{id}"),
        "/api/v1/warnings/war-x-1".to_owned(),
        "/api/v1/sources".to_owned(),
        "/api/v1/series?source=gauges&key=creek".to_owned(),
        "/api/v1/events".to_owned(),
    ] {
        assert_eq!(server.get(&path).await.refusal(), (401, "signed_out".to_owned()), "{path}");
    }
    for path in ["/feed/atom.xml", "/metrics", "/health/live", "/health/ready", "/api/openapi.json"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}");
        let text = answer.text();
        for secret in [id, "Crooked Creek", "creek-flood"] {
            assert!(!text.contains(secret), "{path} shows {secret}");
        }
    }
    let metrics = server.get("/metrics").await.text();
    assert!(metrics.contains("beaconfire_incidents{level=\"severe\"} 1"), "{metrics}");
    assert!(metrics.contains("beaconfire_deadlines 1"), "{metrics}");
}

#[tokio::test]
async fn two_host_names_are_two_people() {
    let server = Server::start().await;
    server.account("author", &[Role::Author]).await;
    server.account("approver", &[Role::Approver]).await;
    let author = server.sign_in("author").await;
    let approver = server.sign_in("approver").await;
    let whoami = author.get("/api/v1/session").await.json();
    assert_eq!((&whoami["login"], &whoami["host_role"]), (&json!("author"), &json!("author")));
    assert_eq!(whoami["roles"], json!(["author"]));
    assert_eq!((&whoami["mode"], &whoami["exercise_id"]), (&json!("exercise"), &json!("EX-1")));
    assert_eq!(approver.get("/api/v1/session").await.json()["login"], "approver");

    // One person's cookie with the other's secret does not go through.
    let mixed = Browser { csrf: approver.csrf.clone(), cookie: author.cookie.clone(), ..author };
    assert_eq!(mixed.delete("/api/v1/session").await.refusal(), (403, "csrf".to_owned()));

    let out = approver.delete("/api/v1/session").await;
    assert_eq!(out.json()["signed_in"], false);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(approver.get("/api/v1/incidents").await.refusal().0, 401);
    assert_eq!(mixed.get("/api/v1/incidents").await.status.as_u16(), 200);
}

#[tokio::test]
async fn a_printed_address_signs_in_once_and_does_not_stand_for_the_password() {
    let server = Server::start().await;
    let id = server.account("approver", &[Role::Approver]).await;
    let valid = SignedDuration::from_mins(5);
    let accounts = &server.river.stores().accounts;
    let token = accounts.create_sign_in_token(&id.0, Timestamp::now(), valid).expect("a token");
    let body = json!({ "token": token }).to_string();
    let host = "approver.localhost";
    let first = server.send(Method::POST, host, "/api/v1/session/token", &[JSON], &body).await;
    assert_eq!(first.json()["login"], "approver");
    assert!(first.header("set-cookie").contains("HttpOnly; SameSite=Strict; Path=/"));
    let again = server.send(Method::POST, host, "/api/v1/session/token", &[JSON], &body).await;
    assert_eq!(again.refusal(), (401, "refused".to_owned()));
}

#[tokio::test]
async fn what_changes_something_needs_the_secret_and_our_own_page() {
    let server = Server::start().await;
    server.account("author", &[Role::Author]).await;
    let author = server.sign_in("author").await;
    let send = |headers: Vec<(&'static str, &'static str)>, with_secret: bool| {
        let (cookie, csrf, host) = (author.cookie.clone(), author.csrf.clone(), author.host.clone());
        let server = &server;
        async move {
            let mut all = vec![("cookie", cookie.as_str()), JSON];
            all.extend(headers);
            if with_secret {
                all.push(("x-csrf-token", csrf.as_str()));
            }
            server.send(Method::POST, &host, "/api/v1/incidents/inc-x/accept", &all, r#"{"version":1}"#).await
        }
    };
    assert_eq!(send(vec![], false).await.refusal(), (403, "csrf".to_owned()));
    assert_eq!(send(vec![("x-csrf-token", "")], false).await.refusal(), (403, "csrf".to_owned()));
    let foreign = vec![("origin", "http://evil.example")];
    assert_eq!(send(foreign, true).await.refusal(), (403, "origin".to_owned()));
    let null = vec![("origin", "null")];
    assert_eq!(send(null, true).await.refusal(), (403, "origin".to_owned()));
    // Another role's host name is another site's page too.
    let sibling = vec![("origin", "http://approver.localhost:8080"), ("sec-fetch-site", "same-site")];
    assert_eq!(send(sibling, true).await.refusal(), (403, "origin".to_owned()));
    let own = vec![("origin", "http://author.localhost:8080"), ("sec-fetch-site", "same-origin")];
    assert_eq!(send(own, true).await.refusal(), (403, "role".to_owned()));
    let body = json!({ "login": "author", "password": PASSWORD }).to_string();
    let headers = [JSON, ("sec-fetch-site", "cross-site")];
    let login = server.send(Method::POST, "author.localhost", "/api/v1/session", &headers, &body).await;
    assert_eq!(login.refusal(), (403, "origin".to_owned()));
}

#[tokio::test]
async fn a_name_that_somebody_elses_dns_points_here_is_refused() {
    let server = Server::start().await;
    for host in ["evil.example", "warn.example.evil.example", "10.0.0.1", "localhost.evil.example", ""] {
        let answer = server.send(Method::GET, host, "/health/live", &[], "").await;
        assert_eq!(answer.refusal(), (421, "host".to_owned()), "{host:?}");
    }
    for host in ["localhost:1", "127.0.0.1:8080", "[::1]:8080", "author.localhost", "warn.example"] {
        let answer = server.send(Method::GET, host, "/health/live", &[], "").await;
        assert_eq!(answer.status.as_u16(), 200, "{host}");
    }
}

#[tokio::test]
async fn guessing_a_password_gets_slower_and_then_stops() {
    let server = Server::start().await;
    server.account("author", &[Role::Author]).await;
    let mut codes = Vec::new();
    for n in 0..12 {
        let body = json!({ "login": "author", "password": format!("a wrong guess {n}") }).to_string();
        let answer = server.send(Method::POST, "author.localhost", "/api/v1/session", &[JSON], &body).await;
        if answer.status.as_u16() == 429 {
            assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0));
        }
        codes.push(answer.refusal().0);
    }
    assert_eq!(codes[0], 401);
    assert_eq!(codes.last(), Some(&429));
}

#[tokio::test]
async fn every_answer_bears_the_headers_that_browsers_heed() {
    let server = Server::start().await;
    for path in ["/", "/api/v1/session", "/feed/atom.xml", "/no/such/thing"] {
        let answer = server.get(path).await;
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert!(!answer.header("permissions-policy").is_empty());
    }
    assert_eq!(server.get("/api/v1/session").await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn rubbish_is_answered_in_the_one_form() {
    let server = Server::start().await;
    server.account("author", &[Role::Author]).await;
    let author = server.sign_in("author").await;
    let send = |method: Method, path: &'static str, kind: &'static str, body: String| {
        let (cookie, csrf, host) = (author.cookie.clone(), author.csrf.clone(), author.host.clone());
        let server = &server;
        async move {
            let headers =
                [("cookie", cookie.as_str()), ("x-csrf-token", csrf.as_str()), ("content-type", kind)];
            server.send(method, &host, path, &headers, &body).await.refusal().0
        }
    };
    let accept = "/api/v1/incidents/inc-x/accept";
    let json = "application/json";
    let deep = "[".repeat(100_000);
    for (body, status) in [
        ("", 400),
        ("{", 400),
        ("[]", 422),
        ("{\"version\":-1}", 422),
        ("{\"version\":1,\"version\":2}", 422),
        ("{\"version\":1e400}", 400),
        ("\u{0}\u{1}\u{2}", 400),
        (deep.as_str(), 400),
    ] {
        let short: String = body.chars().take(20).collect();
        let got = send(Method::POST, accept, json, body.to_owned()).await;
        assert!(got == status || got == 422, "{short:?}: {got}");
    }
    assert_eq!(send(Method::POST, accept, "text/plain", "{\"version\":1}".to_owned()).await, 415);
    assert_eq!(send(Method::POST, accept, json, " ".repeat(5 << 20)).await, 413);
    assert_eq!(send(Method::PATCH, accept, json, String::new()).await, 405);
    assert_eq!(send(Method::GET, "/api/v1/nothing", json, String::new()).await, 404);
    assert_eq!(send(Method::GET, "/api/v1/series?source=x", json, String::new()).await, 400);
    assert_eq!(send(Method::GET, "/api/v1/series?source=x&key=y&hours=0", json, String::new()).await, 422);
    assert_eq!(send(Method::GET, "/api/v1/series?source=x&key=y", json, String::new()).await, 404);
    assert_eq!(send(Method::GET, "/feed/cap/%ff.xml", json, String::new()).await, 400);
    assert_eq!(send(Method::GET, "/feed/cap/..%2f..%2fetc%2fpasswd", json, String::new()).await, 404);
}

#[tokio::test]
async fn intake_takes_what_it_can_and_says_what_it_cannot() {
    let server = Server::start().await;
    let bearer = format!("Bearer {}", server.token(&["intake:gauges"]));
    let push = |path: &'static str, kind: &'static str, body: String| {
        let (server, bearer) = (&server, bearer.clone());
        async move {
            let headers = [("authorization", bearer.as_str()), ("content-type", kind)];
            server.send(Method::POST, "127.0.0.1", path, &headers, &body).await
        }
    };
    let gauges = "/api/v1/intake/gauges";
    let ndjson = "application/x-ndjson";
    let rows = "{\"series\":\"creek\",\"time\":\"2017-08-27T08:30:00Z\",\"value\":2.0}\nrubbish\n";
    let pushed = push(gauges, ndjson, rows.to_owned()).await.json();
    assert_eq!((&pushed["accepted"], &pushed["rejected_count"]), (&json!(1), &json!(1)));
    assert_eq!(pushed["rejected"][0]["line"], 2);
    let again = push(gauges, ndjson, rows.to_owned()).await.json();
    assert_eq!((&again["accepted"], &again["repeated"]), (&json!(0), &json!(1)));
    let csv = "series,time,value\ncreek,2017-08-27T08:30:00Z,2.5\n".to_owned();
    assert_eq!(push(gauges, "text/csv", csv).await.json()["revised"], 1);
    assert_eq!(push(gauges, ndjson, "rubbish".to_owned()).await.refusal(), (422, "invalid".to_owned()));
    assert_eq!(push(gauges, ndjson, "x".repeat(17 << 20)).await.refusal(), (413, "too_large".to_owned()));
    let other = push("/api/v1/intake/elsewhere", ndjson, rows.to_owned()).await;
    assert_eq!(other.refusal(), (401, "token".to_owned()));
    let none = server.send(Method::POST, "127.0.0.1", gauges, &[], rows).await;
    assert_eq!(none.refusal(), (401, "token".to_owned()));
}

#[tokio::test]
async fn the_first_account_is_made_once_with_the_printed_token() {
    let server = Server::start().await;
    let valid = SignedDuration::from_mins(5);
    let accounts = &server.river.stores().accounts;
    let token = accounts.create_setup_token(Timestamp::now(), valid).expect("a token");
    let body = |token: &str, roles: &[&str]| {
        json!({ "token": token, "login": "mira", "name": "Duty desk", "password": PASSWORD, "roles": roles })
            .to_string()
    };
    let send = |body: String| {
        let server = &server;
        async move { server.send(Method::POST, "localhost", "/api/v1/session/set-up", &[JSON], &body).await }
    };
    assert_eq!(send(body(&token, &["emperor", "admin"])).await.refusal(), (422, "invalid".to_owned()));
    assert_eq!(send(body(&token, &[])).await.refusal(), (422, "invalid".to_owned()));
    assert_eq!(send(body("setup_guessed", &["admin"])).await.refusal(), (401, "refused".to_owned()));
    let made = send(body(&token, &["admin", "officer"])).await;
    assert_eq!(made.json()["login"], "mira");
    assert!(made.header("set-cookie").contains("HttpOnly; SameSite=Strict; Path=/"));
    assert_eq!(send(body(&token, &["admin"])).await.refusal(), (401, "refused".to_owned()));
    let mira = server.sign_in("mira").await;
    let session = mira.get("/api/v1/session").await.json();
    assert_eq!(session["roles"], json!(["officer", "admin"]), "the journal knows the roles at once");
}
