//! Media and transcoding.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use codex_api::signature;
use serde_json::{Value, json};

use crate::support::{Api, SECRET, api};

/// Registers a video upload and returns the path of its routes.
async fn announce(api: &Api, creator: &str) -> String {
    let new = json!({ "title": "Engine", "media_type": "video", "file_name": "../engine.mp4" });
    let item = api.call("POST /v1/media", Some(creator), new).await.is(StatusCode::CREATED);
    let key = item["r2_key"].as_str().unwrap();
    assert!(key.starts_with(item["creator_id"].as_str().unwrap()), "{key}");
    assert!(key.ends_with("/_engine.mp4"), "{key}");
    format!("/v1/media/{}", item["id"].as_str().unwrap())
}

/// The transcoding service's report of a finished job.
fn completed(job: &str) -> Value {
    json!({
        "job": job, "outcome": "completed", "hls_master_playlist_key": "a.m3u8", "thumbnail_key": "a.jpg",
        "duration_seconds": 60,
    })
}

/// Creates a video that is ready to play, and returns its id.
pub async fn film(api: &mut Api, creator: &str) -> String {
    let path = announce(api, creator).await;
    let uploaded = json!({ "file_size_bytes": 1000 });
    api.call(&format!("POST {path}/uploaded"), Some(creator), uploaded).await.is(StatusCode::OK);
    api.call(&format!("POST {path}/transcoding"), Some(creator), json!({})).await.is(StatusCode::OK);
    let job = api.outbox.jobs.try_recv().unwrap().id;
    api.webhook("/v1/webhooks/transcoding", &completed(&job)).await.is(StatusCode::NO_CONTENT);
    path.rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_film_goes_from_upload_to_ready() {
    let mut api = api().await;
    let ann = api.creator("ann").await;
    let me = Some(&*ann);
    let path = announce(&api, &ann).await;
    let start = format!("POST {path}/transcoding");
    api.call(&start, me, json!({})).await.problem(409, "wrong-state");
    let uploaded = json!({ "file_size_bytes": 1000 });
    api.call(&format!("POST {path}/uploaded"), me, uploaded.clone()).await.is(StatusCode::OK);
    api.call(&format!("POST {path}/uploaded"), me, uploaded).await.problem(409, "wrong-state");
    api.call(&start, me, json!({ "priority": 9 })).await.problem(422, "invalid");
    api.call(&start, me, json!({ "priority": 0 })).await.is(StatusCode::OK);
    let job = api.outbox.jobs.try_recv().unwrap();
    // Of two concurrent reports only one changes the item, but both get a success.
    let report = completed(&job.id);
    let (one, two) = tokio::join!(
        api.webhook("/v1/webhooks/transcoding", &report),
        api.webhook("/v1/webhooks/transcoding", &report)
    );
    assert_eq!([one.status, two.status], [StatusCode::NO_CONTENT; 2]);
    let failed = json!({ "job": job.id, "outcome": "failed", "error": "too late" });
    api.webhook("/v1/webhooks/transcoding", &failed).await.is(StatusCode::NO_CONTENT);
    let status = api.call(&format!("GET {path}/transcoding"), me, None).await.is(StatusCode::OK);
    assert_eq!((&status["status"], &status["transcoding_error"]), (&json!("ready"), &Value::Null));
    let item = api.call(&format!("GET {path}"), me, None).await.is(StatusCode::OK);
    assert_eq!((&item["duration_seconds"], &item["creator"]["name"]), (&json!(60), &json!("ann")));
    let texts = json!({ "title": "The engine", "description": "at work" });
    api.call(&format!("PATCH {path}"), me, texts).await.is(StatusCode::OK);
    let listed = api.call("GET /v1/media?status=ready&sort=title", me, None).await.is(StatusCode::OK);
    assert_eq!((&listed["total"], &listed["items"][0]["title"]), (&json!(1), &json!("The engine")));
    let unused = api.call("GET /v1/media/unused", me, None).await.is(StatusCode::OK);
    assert_eq!(unused.as_array().unwrap().len(), 1);
    let summary = api.call("GET /v1/media/summary", me, None).await.is(StatusCode::OK);
    assert_eq!((&summary["ready"], &summary["bytes"]), (&json!(1), &json!(1000)));
    api.call(&format!("DELETE {path}"), me, None).await.is(StatusCode::NO_CONTENT);
    api.call(&format!("GET {path}"), me, None).await.problem(404, "not-found");
}

#[tokio::test]
async fn three_attempts_may_fail() {
    let mut api = api().await;
    let ann = api.creator("ann").await;
    let me = Some(&*ann);
    let path = announce(&api, &ann).await;
    api.call(&format!("POST {path}/uploaded"), me, json!({})).await.is(StatusCode::OK);
    for attempt in 1..=3 {
        api.call(&format!("POST {path}/transcoding"), me, json!({})).await.is(StatusCode::OK);
        let job = api.outbox.jobs.try_recv().unwrap().id;
        let failed = json!({ "job": job, "outcome": "failed", "error": "no picture" });
        api.webhook("/v1/webhooks/transcoding", &failed).await.is(StatusCode::NO_CONTENT);
        let again = api.call(&format!("POST {path}/retry"), me, None).await;
        if attempt < 3 {
            assert_eq!(again.is(StatusCode::OK)["transcoding_attempts"], attempt);
        } else {
            again.problem(409, "attempts-exhausted");
        }
    }
}

#[tokio::test]
async fn a_job_that_is_not_handed_over_leaves_the_item_where_it_was() {
    let mut api = api().await;
    let ann = api.creator("ann").await;
    let path = announce(&api, &ann).await;
    api.call(&format!("POST {path}/uploaded"), Some(&ann), json!({})).await.is(StatusCode::OK);
    api.outbox.jobs.close();
    let start = format!("POST {path}/transcoding");
    let answer = api.call(&start, Some(&ann), json!({})).await;
    assert_eq!(answer.headers["retry-after"], "1");
    answer.problem(503, "unavailable");
    let status = api.call(&format!("GET {path}/transcoding"), Some(&ann), None).await.is(StatusCode::OK);
    assert_eq!(status["status"], "uploaded");
}

#[tokio::test]
async fn reports_have_to_be_signed() {
    let api = api().await;
    let body = completed("none").to_string();
    let now = chrono::Utc::now().timestamp();
    for header in [
        signature::sign(body.as_bytes(), "another", now),
        signature::sign(b"another", SECRET, now),
        signature::sign(body.as_bytes(), SECRET, now - 3600),
    ] {
        let request = Request::post("/v1/webhooks/transcoding").header("x-signature", header);
        let answer = api.send(request.body(Body::from(body.clone())).unwrap()).await;
        answer.problem(401, "unauthenticated");
    }
    api.webhook("/v1/webhooks/transcoding", &completed("none")).await.problem(404, "not-found");
    api.webhook("/v1/webhooks/transcoding", &json!({ "job": 1 })).await.problem(422, "invalid");
}

#[tokio::test]
async fn progress_is_that_of_the_job_that_is_running() {
    let mut api = api().await;
    let ann = api.creator("ann").await;
    let me = Some(&*ann);
    let path = announce(&api, &ann).await;
    api.call(&format!("POST {path}/uploaded"), me, json!({})).await.is(StatusCode::OK);
    api.call(&format!("POST {path}/transcoding"), me, json!({})).await.is(StatusCode::OK);
    let job = api.outbox.jobs.try_recv().unwrap().id;
    let report = async |api: &Api, job: &str, percent: u32| {
        let report = json!({ "job": job, "outcome": "progress", "percent": percent, "step": "audio" });
        api.webhook("/v1/webhooks/transcoding", &report).await
    };
    let shown = async |api: &Api| {
        let status = api.call(&format!("GET {path}/transcoding"), me, None).await.is(StatusCode::OK);
        status["transcoding_progress"].clone()
    };
    report(&api, &job, 40).await.is(StatusCode::NO_CONTENT);
    report(&api, &job, 30).await.is(StatusCode::NO_CONTENT);
    report(&api, &job, 101).await.problem(422, "invalid");
    report(&api, "another", 50).await.problem(404, "not-found");
    assert_eq!(shown(&api).await, 40);
    // Reports of an earlier attempt are ignored, both progress and results.
    let failed = json!({ "job": job, "outcome": "failed", "error": "no picture" });
    api.webhook("/v1/webhooks/transcoding", &failed).await.is(StatusCode::NO_CONTENT);
    api.call(&format!("POST {path}/retry"), me, None).await.is(StatusCode::OK);
    api.call(&format!("POST {path}/transcoding"), me, json!({})).await.is(StatusCode::OK);
    report(&api, &job, 90).await.problem(404, "not-found");
    api.webhook("/v1/webhooks/transcoding", &completed(&job)).await.problem(404, "not-found");
    assert_eq!(shown(&api).await, 0);
}
