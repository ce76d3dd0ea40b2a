//! Invalid requests, and an unreachable database.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use codex_api::app::Secrets;
use codex_api::{App, router};
use serde_json::json;
use sqlward::Database;
use tower::ServiceExt;

use crate::support::api;

#[tokio::test]
async fn what_is_wrong_with_a_request_is_told_without_what_was_sent() {
    let mut api = api().await;
    let ann = api.creator("ann").await;
    let me = Some(&*ann);
    let user = |name: &str, email: &str, password: &str| json!({ "name": name, "email": email, "password": password });
    let long = "x".repeat(101);
    for (body, pointer) in [
        (user(&long, "a@b.c", "long enough it is"), "/name"),
        (user(" ", "a@b.c", "long enough it is"), "/name"),
        (user("a\0b", "a@b.c", "long enough it is"), "/name"),
        (user("ann", "ann", "long enough it is"), "/email"),
        (user("ann", "a@b.c", "hunter2"), "/password"),
        (json!({ "name": "ann", "email": "a@b.c", "password": 12_345_678_901_u64 }), "/password"),
        (json!({ "name": "ann", "email": "a@b.c", "password": "hunter2 hunter2", "x": 1, "name2": 2 }), ""),
        (json!({ "name": "ann" }), ""),
        (json!([]), ""),
    ] {
        let answer = api.call("POST /v1/registrations", None, body.clone()).await;
        if body["password"] == "hunter2 hunter2" {
            // Unknown fields are ignored.
            answer.is(StatusCode::CREATED);
            continue;
        }
        let problem = answer.problem(422, "invalid");
        assert_eq!(problem["pointer"], pointer, "{problem}");
        let text = problem.to_string();
        assert!(!text.contains("hunter2") && !text.contains("12345678901"), "{text}");
    }
    let tags: Vec<String> = (0..21).map(|tag| tag.to_string()).collect();
    for (field, value) in [
        ("slug", json!("Upper Case")),
        ("tags", json!(tags)),
        ("tags", json!(["x".repeat(51)])),
        ("visibility", json!("secret")),
        ("price_cents", json!(-1)),
        ("thumbnail_url", json!("javascript:alert(1)")),
        ("media_item_id", json!("none")),
    ] {
        let mut new = json!({ "title": "x", "slug": "x", "visibility": "public" });
        new[field] = value;
        let problem = api.call("POST /v1/content", me, new).await.problem(422, "invalid");
        assert!(problem["pointer"].as_str().unwrap().starts_with(&format!("/{field}")), "{problem}");
    }
    for query in ["limit=0", "limit=101", "page=1001", "page=x", "sort=price", "status=gone", "search="] {
        let problem = api.call(&format!("GET /v1/content?{query}"), me, None).await;
        problem.problem(422, "invalid");
    }
    for path in [
        "/v1/content/none",
        "/v1/media/7",
        "/v1/nothing",
        "/v1/browse/creators/a%00b",
        "/v1/organizations/a%00b",
        "/v1/organizations/%FF",
        "/v1/content/00000000-0000-0000-0000-000000000000",
    ] {
        api.call(&format!("GET {path}"), me, None).await.problem(404, "not-found");
    }
    api.call("DELETE /v1/content", me, None).await.problem(405, "malformed");
}

#[tokio::test]
async fn bodies_are_json_and_not_too_long() {
    let api = api().await;
    let send = async |media_type: &str, body: String| {
        let request = Request::post("/v1/sessions").header(header::CONTENT_TYPE, media_type);
        api.send(request.body(Body::from(body)).unwrap()).await
    };
    send("text/plain", "{}".to_owned()).await.problem(415, "malformed");
    send("application/json", "{".to_owned()).await.problem(400, "malformed");
    send("application/json", "{} {}".to_owned()).await.problem(422, "invalid");
    send("application/json; charset=utf-8", "{\"email\":".to_owned()).await.problem(400, "malformed");
    send("application/json", " ".repeat(600 * 1024)).await.problem(413, "malformed");
}

#[tokio::test]
async fn tokens_are_bearer_tokens() {
    let mut api = api().await;
    let ann = api.join("ann").await;
    let send = async |value: String| {
        let request = Request::get("/v1/me").header(header::AUTHORIZATION, value);
        api.send(request.body(Body::empty()).unwrap()).await
    };
    send(format!("bearer {ann}")).await.is(StatusCode::OK);
    for value in
        [ann.clone(), format!("Basic {ann}"), format!("Bearer {ann}x"), "Bearer ".to_owned(), String::new()]
    {
        let answer = send(value).await;
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
        answer.problem(401, "unauthenticated");
    }
    // Customers cannot call the routes of creators.
    api.call("GET /v1/media", Some(&ann), None).await.problem(403, "forbidden");
    // The session expires.
    let client = api.database.client().await.unwrap();
    client.execute("update sessions set expires_at = now() - interval '1 second'", &[]).await.unwrap();
    api.call("GET /v1/me", Some(&ann), None).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_session_that_is_used_lives_on() {
    let mut api = api().await;
    let ann = api.join("ann").await;
    let client = api.database.client().await.unwrap();
    let soon =
        "update sessions set expires_at = now() + interval '1 day', updated_at = now() - interval '2 days'";
    client.execute(soon, &[]).await.unwrap();
    api.call("GET /v1/me", Some(&ann), None).await.is(StatusCode::OK);
    let later = "select expires_at > now() + interval '29 days' from sessions";
    assert!(client.query_one(later, &[]).await.unwrap().get::<_, bool>(0));
}

#[tokio::test]
async fn a_database_that_changed_is_the_services_own_affair() {
    let mut api = api().await;
    let ann = api.join("ann").await;
    let client = api.database.client().await.unwrap();
    client.batch_execute("alter table organizations rename column name to title").await.unwrap();
    let problem = api.call("GET /v1/organizations", Some(&ann), None).await.problem(500, "internal");
    assert_eq!(problem.get("detail"), None, "{problem}");
}

#[tokio::test]
async fn a_database_that_is_away_is_worth_another_try() {
    let (db, key) = Database::open("postgres://nobody@127.0.0.1:1/nothing").unwrap();
    let secrets = Secrets { payments: String::new(), transcoding: String::new(), gateway: String::new() };
    let (app, _outbox) = App::new(db, key, secrets);
    let request = Request::get("/v1/browse").body(Body::empty()).unwrap();
    let answer = router(app).oneshot(request).await.unwrap();
    assert_eq!(
        (answer.status(), &answer.headers()["retry-after"]),
        (StatusCode::SERVICE_UNAVAILABLE, &"1".parse().unwrap())
    );
    let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    let text = String::from_utf8(body.to_vec()).unwrap();
    assert!(text.contains("urn:codex:problem:unavailable") && !text.contains("127.0.0.1"), "{text}");
}
