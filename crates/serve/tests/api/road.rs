//! The whole road of a warning over HTTP: two people, from the draft to the feed and back.

use crate::support::{Browser, PASSWORD, START, Server};
use axum::http::{Method, StatusCode};
use beaconfire_cap::{DocumentKind, Limits, Scope, Status, read};
use beaconfire_core::{Actor, Command, Role};
use serde_json::{Value, json};

async fn people(server: &Server) -> (Browser<'_>, Browser<'_>) {
    server.account("author", &[Role::Author, Role::Officer]).await;
    server.account("approver", &[Role::Approver, Role::Officer, Role::Author]).await;
    (server.sign_in("author").await, server.sign_in("approver").await)
}

fn path(warning: &Value, verb: &str) -> String {
    format!("/api/v1/warnings/{}/{verb}", warning["id"].as_str().expect("a name"))
}

/// From the draft to the issue.
async fn issued(author: &Browser<'_>, approver: &Browser<'_>, incident: &Value) -> Value {
    let id = incident["id"].as_str().expect("a name");
    let drafts = format!("/api/v1/incidents/{id}/warnings");
    let draft = author.done(&drafts, json!({ "version": incident["version"] })).await;
    approved_and_issued(author, approver, &draft).await
}

async fn approved_and_issued(author: &Browser<'_>, approver: &Browser<'_>, draft: &Value) -> Value {
    let version = json!({ "version": draft["version"] });
    let submitted = author.done(&path(draft, "submit"), version).await;
    let approval = json!({
        "version": submitted["version"], "digest": submitted["digest"], "password": PASSWORD,
    });
    let approved = approver.done(&path(draft, "approve"), approval).await;
    let confirm = json!({ "version": approved["version"], "confirm": approved["confirm_phrase"] });
    author.done(&path(draft, "issue"), confirm).await
}

#[tokio::test]
async fn an_officer_confirms_the_time_by_a_second_clock() {
    let server = Server::start().await;
    let (officer, _) = people(&server).await;
    let now = server.river.engine().now();
    let reading = now + jiff::SignedDuration::from_hours(2);
    let jump = Command::ReadClock { reading, expected: now, synchronised: true };
    server.river.engine().command(jump, Actor::River).await.expect("recorded");
    let wrong = officer.post("/api/v1/time/confirm", json!({ "typed": "noon" })).await;
    assert_eq!(wrong.refusal(), (422, "time".to_owned()));
    let confirmed = officer.done("/api/v1/time/confirm", json!({ "typed": "2017-08-27 09:00" })).await;
    assert_eq!(confirmed["river_time"], START);
    assert_eq!(server.river.engine().read(|state| state.clock_apart), None);
}

#[tokio::test]
async fn two_people_carry_a_warning_from_the_draft_to_the_feed() {
    let server = Server::start().await;
    let (author, approver) = people(&server).await;
    let incident = server.flood().await;
    assert_eq!(incident["hazard"], "creek-flood");
    assert_eq!(incident["exposure"]["kind"], "unknown");
    assert_eq!(incident["unknown"], true);
    assert!(incident["deadline"].is_string());
    let id = incident["id"].as_str().expect("a name");

    let accept = format!("/api/v1/incidents/{id}/accept");
    author.done(&accept, json!({ "version": incident["version"] })).await;
    let stale = author.post(&accept, json!({ "version": incident["version"] })).await;
    assert_eq!(stale.refusal(), (409, "stale".to_owned()));
    let incident = author.get(&format!("/api/v1/incidents/{id}")).await.json();
    assert_eq!(incident["status"], "accepted");
    assert_eq!(incident["members"][0]["rule"], "creek-flood/stage");
    assert_eq!(incident["members"][0]["observed"], 4.5);
    assert!(incident["story"].as_array().is_some_and(|story| story.len() >= 3));

    let drafts = format!("/api/v1/incidents/{id}/warnings");
    let draft = author.done(&drafts, json!({ "version": incident["version"] })).await;
    assert_eq!(draft["state"], "draft");
    assert_eq!(draft["can"]["submit"], true, "{}", draft["why_not"]);
    assert_eq!(draft["renderings"][0]["channel"], "feed");
    assert_eq!(draft["draft"]["area"]["kind"], "shapes");

    // An unchanged draft makes nobody a contributor; a changed one keeps what was not sent.
    let mut words = draft["draft"].clone();
    let same =
        approver.put(&path(&draft, "draft"), json!({ "version": draft["version"], "draft": words })).await;
    assert_eq!(same.json()["version"], draft["version"]);
    words["languages"][0]["headline"] = json!("Flood at Crooked Creek: go to higher ground");
    words["languages"][0].as_object_mut().expect("an object").remove("cancel");
    let edit = json!({ "version": draft["version"], "draft": words });
    let edited = author.put(&path(&draft, "draft"), edit).await.json();
    assert_eq!(edited["draft"]["languages"][0]["cancel"], draft["draft"]["languages"][0]["cancel"]);
    assert_eq!(edited["contributors"].as_array().map(Vec::len), Some(1));

    let submitted = author.done(&path(&draft, "submit"), json!({ "version": edited["version"] })).await;
    assert_eq!(submitted["state"], "submitted");
    assert_eq!(submitted["can"]["approve"], false);
    assert_eq!(submitted["draft"]["area"], edited["draft"]["area"]);

    let approval = |password: &str| json!({ "version": submitted["version"], "digest": submitted["digest"], "password": password });
    let own = author.post(&path(&draft, "approve"), approval(PASSWORD)).await;
    assert_eq!(own.refusal(), (403, "role".to_owned()));
    let wrong = approver.post(&path(&draft, "approve"), approval("not the password")).await;
    assert_eq!(wrong.refusal(), (403, "wrong_password".to_owned()));
    let approved = approver.done(&path(&draft, "approve"), approval(PASSWORD)).await;
    assert_eq!(approved["state"], "approved");
    assert_eq!(approved["approval"]["digest"], submitted["digest"]);

    let issue = json!({ "version": approved["version"], "confirm": "yes" });
    assert_eq!(author.post(&path(&draft, "issue"), issue).await.refusal(), (422, "confirm".to_owned()));
    let issue = json!({ "version": approved["version"], "confirm": approved["confirm"]["issue"] });
    let issued = author.done(&path(&draft, "issue"), issue).await;
    assert_eq!(issued["state"], "issued");
    assert_eq!(issued["channels"][0]["state"], "queued");
    assert_eq!(issued["can"]["retract"], true, "{}", issued["why_not"]);

    server.deliver().await;
    let sent = author.get(&path(&draft, "")[..path(&draft, "").len() - 1]).await.json();
    assert_eq!(sent["channels"][0]["state"], "sent");
    assert_eq!(sent["channels"][0]["read_back"], "pending");
    let identifier = sent["identifier"].as_str().expect("an identifier");
    let history = sent["history"].as_array().expect("lines");
    assert!(history.iter().any(|line| line["words"].as_str().is_some_and(|w| w.contains("approved by"))));

    let feed = server.get("/feed/atom.xml").await;
    assert!(feed.header("content-type").starts_with("application/atom+xml"));
    let document = read(&feed.bytes, &Limits::default()).expect("the feed is well-formed");
    assert_eq!(document.kind, DocumentKind::Atom);
    assert_eq!(document.entries[0].id.as_deref(), Some(identifier));
    let href = &document.entries[0].links[0].href;
    assert_eq!(*href, format!("http://warn.example/feed/cap/{identifier}.xml"));
    let message = server.get(&format!("/feed/cap/{identifier}.xml")).await;
    let document = read(&message.bytes, &Limits::default()).expect("the message reads");
    assert!(document.messages[0].strict(), "{:?}", document.messages[0].findings);
    assert_eq!(document.messages[0].alert.status, Status::Exercise);
    assert_eq!(document.messages[0].alert.scope, Scope::Public);
    assert_eq!(sent["renderings"][0]["text"].as_str().map(str::as_bytes), Some(message.bytes.as_slice()));
}

#[tokio::test]
async fn who_contributed_cannot_approve_even_with_the_role() {
    let server = Server::start().await;
    server.account("author", &[Role::Author, Role::Approver]).await;
    let author = server.sign_in("author").await;
    let incident = server.flood().await;
    let drafts = format!("/api/v1/incidents/{}/warnings", incident["id"].as_str().expect("a name"));
    let draft = author.done(&drafts, json!({ "version": incident["version"] })).await;
    let submitted = author.done(&path(&draft, "submit"), json!({ "version": draft["version"] })).await;
    assert!(submitted["why_not"]["approve"].as_str().is_some_and(|why| why.contains("contributed")));
    let approval =
        json!({ "version": submitted["version"], "digest": submitted["digest"], "password": PASSWORD });
    let own = author.post(&path(&draft, "approve"), approval).await;
    assert_eq!(own.refusal(), (403, "own_approval".to_owned()));
}

#[tokio::test]
async fn an_update_and_a_retraction_go_the_same_road_and_both_stay_in_the_feed() {
    let server = Server::start().await;
    let (author, approver) = people(&server).await;
    let incident = server.flood().await;
    let first = issued(&author, &approver, &incident).await;
    server.deliver().await;

    let update = author.done(&path(&first, "update"), json!({ "version": first["version"] })).await;
    assert_eq!((&update["state"], &update["msg_type"]), (&json!("draft"), &json!("Update")));
    assert_eq!(update["standing"], "issued");
    assert_eq!(update["can"]["retract"], true, "a warning in force can be taken back at any time");
    let updated = approved_and_issued(&author, &approver, &update).await;
    assert_eq!(updated["state"], "updated");
    server.deliver().await;

    let end = json!({
        "version": updated["version"], "form": "all_clear", "reason": "the creek fell",
        "confirm": updated["confirm"]["all_clear"],
    });
    let ended = author.done(&path(&first, "retract"), end).await;
    assert_eq!(ended["state"], "ended");
    assert_eq!(ended["can"]["update"], false);
    server.deliver().await;

    let feed = server.get("/feed/atom.xml").await;
    let document = read(&feed.bytes, &Limits::default()).expect("the feed is well-formed");
    assert_eq!(document.entries.len(), 3, "what was superseded and what ended is still there");
}

#[tokio::test]
async fn a_draft_that_makes_no_sense_is_refused_in_words() {
    let server = Server::start().await;
    let (author, _) = people(&server).await;
    let incident = server.flood().await;
    let drafts = format!("/api/v1/incidents/{}/warnings", incident["id"].as_str().expect("a name"));
    let draft = author.done(&drafts, json!({ "version": incident["version"] })).await;
    for (name, value) in [
        ("urgency", json!("Soon")),
        ("web", json!("https://elsewhere.example")),
        ("area", json!({ "kind": "shapes", "geometry": { "type": "Polygon", "coordinates": [[[0, 0]]] } })),
        ("area", json!({ "kind": "nowhere" })),
        ("languages", json!("en")),
        ("expires_after_minutes", json!(1e300)),
        ("surprise", json!(1)),
    ] {
        let mut words = draft["draft"].clone();
        words[name] = value;
        let body = json!({ "version": draft["version"], "draft": words });
        let answer = author.put(&path(&draft, "draft"), body).await;
        assert_eq!(answer.refusal(), (422, "invalid".to_owned()), "{name}");
    }
    // What can be kept but not submitted is a finding.
    let mut words = draft["draft"].clone();
    words["area"] = json!({ "kind": "shapes", "geometry": null });
    words["languages"][0]["headline"] = json!("");
    let body = json!({ "version": draft["version"], "draft": words });
    let kept = author.put(&path(&draft, "draft"), body).await.json();
    assert_eq!(kept["can"]["submit"], false);
    let paths: Vec<&str> =
        kept["findings"].as_array().expect("findings").iter().filter_map(|f| f["path"].as_str()).collect();
    assert!(paths.contains(&"area") && paths.contains(&"texts[en-US].headline"), "{paths:?}");
    assert_eq!(kept["renderings"], json!([]));
    let submit = json!({ "version": kept["version"] });
    assert_eq!(author.post(&path(&draft, "submit"), submit).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn incidents_are_linked_split_declined_and_closed() {
    let server = Server::start().await;
    let (officer, _) = people(&server).await;
    let incident = server.flood().await;
    let at = |verb: &str| format!("/api/v1/incidents/{}/{verb}", incident["id"].as_str().expect("a name"));
    let version = &incident["version"];
    let member = officer.get(at("").trim_end_matches('/')).await.json()["members"][0]["id"].clone();
    let split = json!({ "version": version, "members": [member] });
    assert_eq!(officer.post(&at("split"), split).await.refusal(), (422, "members".to_owned()));
    let split = json!({ "version": version, "members": ["sig-none"] });
    assert_eq!(officer.post(&at("split"), split).await.refusal(), (404, "unknown".to_owned()));
    let merge = json!({ "version": version, "other": "inc-none" });
    assert_eq!(officer.post(&at("merge"), merge).await.refusal(), (404, "unknown".to_owned()));
    let link = json!({ "version": version, "other": incident["id"], "kind": "cause", "why": "the rain" });
    assert_eq!(officer.post(&at("link"), link).await.refusal(), (422, "same".to_owned()));
    let past =
        json!({ "version": version, "reason": "only one reading", "review_at": "2017-08-27T08:00:00Z" });
    assert_eq!(officer.post(&at("decline"), past).await.refusal(), (422, "review_at".to_owned()));
    let later =
        json!({ "version": version, "reason": "only one reading", "review_at": "2017-08-27T10:00:00Z" });
    assert_eq!(officer.done(&at("decline"), later).await["incident"], incident["id"]);
    let now = officer.get(at("").trim_end_matches('/')).await.json();
    assert_eq!(now["status"], "declined");
    let close = json!({ "version": now["version"], "reason": "the creek fell" });
    officer.done(&at("close"), close).await;
    let list = officer.get("/api/v1/incidents").await.json();
    assert_eq!(list["incidents"][0]["status"], "closed");
}

#[tokio::test]
async fn a_program_with_the_scope_read_may_look_and_nothing_else() {
    let server = Server::start().await;
    let (author, _) = people(&server).await;
    let incident = server.flood().await;
    let drafts = format!("/api/v1/incidents/{}/warnings", incident["id"].as_str().expect("a name"));
    let draft = author.done(&drafts, json!({ "version": incident["version"] })).await;
    let bearer = format!("Bearer {}", server.token(&["read"]));
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let at = path(&draft, "");
    let seen = server.send(Method::GET, "localhost", at.trim_end_matches('/'), &headers, "").await.json();
    assert_eq!(seen["can"]["submit"], false);
    let submit = json!({ "version": draft["version"] }).to_string();
    let answer = server.send(Method::POST, "localhost", &path(&draft, "submit"), &headers, &submit).await;
    assert_eq!(answer.refusal(), (401, "signed_out".to_owned()));
    let series = "/api/v1/series?source=gauges&key=creek&hours=24";
    let series = server.send(Method::GET, "localhost", series, &headers, "").await.json();
    assert_eq!(series["points"].as_array().map(Vec::len), Some(2));
    assert_eq!(series["thresholds"][0], json!({ "name": "minor", "value": 3.0 }));
    let sources = server.send(Method::GET, "localhost", "/api/v1/sources", &headers, "").await.json();
    assert_eq!(sources["sources"][0]["id"], "gauges");
}
