//! Content, for creators and for an organization's staff.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::media::film;
use crate::support::{Api, api};

/// Creates a draft and returns its id.
pub async fn draft(api: &Api, creator: &str, slug: &str, more: Value) -> String {
    let mut new = json!({ "title": slug, "slug": slug, "visibility": "public" });
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let draft = api.call("POST /v1/content", Some(creator), new).await.is(StatusCode::CREATED);
    assert_eq!(draft["status"], "draft");
    draft["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_piece_is_written_published_and_archived() {
    let mut api = api().await;
    let ann = api.creator("ann").await;
    let me = Some(&*ann);
    let id = draft(&api, &ann, "notes", json!({ "tags": ["a", "b"] })).await;
    let same = json!({ "title": "x", "slug": "notes", "visibility": "public" });
    api.call("POST /v1/content", me, same).await.problem(409, "slug-taken");
    let publish = format!("POST /v1/content/{id}/publish");
    api.call(&publish, me, None).await.problem(409, "body-missing");
    let change = json!({ "content_body": "It weaves.", "price_cents": 500, "category": "history" });
    let changed = api.call(&format!("PATCH /v1/content/{id}"), me, change).await.is(StatusCode::OK);
    assert_eq!((&changed["title"], &changed["price_cents"]), (&json!("notes"), &json!(500)));
    let published = api.call(&publish, me, None).await.is(StatusCode::OK);
    assert_eq!(published["status"], "published");
    let bare = json!({ "content_body": "" });
    api.call(&format!("PATCH /v1/content/{id}"), me, bare).await.problem(409, "body-missing");
    // Publishing again changes nothing.
    let again = api.call(&publish, me, None).await.is(StatusCode::OK);
    assert_eq!(again["published_at"], published["published_at"]);
    api.call(&format!("POST /v1/content/{id}/unpublish"), me, None).await.is(StatusCode::OK);
    api.call(&format!("POST /v1/content/{id}/unpublish"), me, None).await.problem(404, "not-found");
    let picture = json!({ "url": "https://example.org/a.png" });
    api.call(&format!("PUT /v1/content/{id}/thumbnail"), me, picture).await.is(StatusCode::NO_CONTENT);
    api.call(&format!("DELETE /v1/content/{id}/thumbnail"), me, None).await.is(StatusCode::NO_CONTENT);
    api.call(&format!("POST /v1/content/{id}/archive"), me, None).await.is(StatusCode::OK);
    api.call(&publish, me, None).await.problem(409, "archived");
    let shown = api.call(&format!("GET /v1/content/{id}"), me, None).await.is(StatusCode::OK);
    assert_eq!((&shown["creator"]["name"], &shown["media_item"]), (&json!("ann"), &Value::Null));
    let counts = api.call("GET /v1/content/counts", me, None).await.is(StatusCode::OK);
    assert_eq!(counts, json!([{ "status": "archived", "pieces": 1, "paid": 1 }]));
    let listed = "GET /v1/content?personal=true&search=NOTE&category=history&sort=title&limit=5";
    let listed = api.call(listed, me, None).await.is(StatusCode::OK);
    assert_eq!((&listed["total"], &listed["limit"]), (&json!(1), &json!(5)));
    api.call(&format!("DELETE /v1/content/{id}"), me, None).await.is(StatusCode::NO_CONTENT);
    for request in [format!("GET /v1/content/{id}"), format!("DELETE /v1/content/{id}"), publish] {
        api.call(&request, me, None).await.problem(404, "not-found");
    }
    // The slug of a removed piece can be used again.
    draft(&api, &ann, "notes", json!({})).await;
}

#[tokio::test]
async fn a_film_is_published_when_it_can_be_played() {
    let mut api = api().await;
    let (ann, bob) = (api.creator("ann").await, api.creator("bob").await);
    let me = Some(&*ann);
    let new = json!({ "title": "Engine", "media_type": "video", "file_name": "engine.mp4" });
    let item = api.call("POST /v1/media", me, new).await.is(StatusCode::CREATED)["id"].clone();
    // A creator cannot use another creator's media item.
    let stolen = json!({ "title": "x", "slug": "x", "visibility": "public", "media_item_id": item });
    api.call("POST /v1/content", Some(&bob), stolen).await.problem(422, "invalid");
    let waiting = draft(&api, &ann, "waiting", json!({ "media_item_id": item })).await;
    let publish = format!("POST /v1/content/{waiting}/publish");
    api.call(&publish, me, None).await.problem(409, "media-not-ready");
    let item = item.as_str().unwrap();
    api.call(&format!("DELETE /v1/media/{item}"), me, None).await.is(StatusCode::NO_CONTENT);
    api.call(&publish, me, None).await.problem(409, "media-missing");

    let item = film(&mut api, &ann).await;
    let ready = draft(&api, &ann, "ready", json!({ "media_item_id": item })).await;
    api.call(&format!("POST /v1/content/{ready}/publish"), me, None).await.is(StatusCode::OK);
    api.call(&format!("DELETE /v1/media/{item}"), me, None).await.problem(409, "media-in-use");
}

#[tokio::test]
async fn of_removing_a_film_and_publishing_it_at_once_one_is_done() {
    let mut api = api().await;
    let ann = api.creator("ann").await;
    for round in 0..8 {
        let item = film(&mut api, &ann).await;
        let piece = draft(&api, &ann, &format!("piece-{round}"), json!({ "media_item_id": item })).await;
        let (publish, remove) =
            (format!("POST /v1/content/{piece}/publish"), format!("DELETE /v1/media/{item}"));
        let (published, removed) =
            tokio::join!(api.call(&publish, Some(&ann), None), api.call(&remove, Some(&ann), None));
        assert_ne!(published.status.is_success(), removed.status.is_success(), "{published:?} {removed:?}");
    }
}

#[tokio::test]
async fn staff_look_after_the_content_of_their_organization() {
    let mut api = api().await;
    let (ann, bob) = (api.creator("ann").await, api.creator("bob").await);
    let (me, other) = (Some(&*ann), Some(&*bob));
    let id = api.found(&ann, "engines").await;
    let body = json!({ "content_body": "It weaves." });
    let piece = draft(&api, &ann, "notes", body).await;
    let home = json!({ "organization_id": id });
    let put = format!("PUT /v1/content/{piece}/organization");
    api.call(&put, other, home.clone()).await.problem(404, "not-found");
    api.call(&put, me, home.clone()).await.is(StatusCode::OK);
    // Someone who is not a member cannot create content in the organization.
    let foreign = json!({ "title": "x", "slug": "x", "visibility": "public", "organization_id": id });
    api.call("POST /v1/content", other, foreign).await.problem(422, "invalid");

    let path = format!("/v1/organizations/engines/content/{piece}");
    for request in [format!("GET {path}"), format!("POST {path}/publish"), format!("DELETE {path}")] {
        api.call(&request, other, None).await.problem(404, "not-found");
    }
    let drafts = "GET /v1/organizations/engines/content?status=draft";
    assert_eq!(api.call(drafts, me, None).await.is(StatusCode::OK)["items"][0]["slug"], "notes");
    api.call(&format!("POST {path}/publish"), me, None).await.is(StatusCode::OK);
    let shown = api.call(&format!("GET {path}"), me, None).await.is(StatusCode::OK);
    assert_eq!(
        (&shown["status"], &shown["creator"]["email"]),
        (&json!("published"), &json!("ann@example.org"))
    );
    api.call(&format!("POST {path}/unpublish"), me, None).await.is(StatusCode::OK);
    let empty = draft(&api, &ann, "empty", home.clone()).await;
    let publish = format!("POST /v1/organizations/engines/content/{empty}/publish");
    api.call(&publish, me, None).await.problem(409, "body-missing");
    let media = api.call("GET /v1/organizations/engines/media", me, None).await.is(StatusCode::OK);
    assert_eq!(media, json!([]));
    let moved =
        api.call(&format!("DELETE /v1/content/{piece}/organization"), me, None).await.is(StatusCode::OK);
    assert_eq!((&moved["organization_id"], &moved["status"]), (&Value::Null, &json!("draft")));
    api.call(&put, me, home).await.is(StatusCode::OK);
    api.call(&format!("DELETE {path}"), me, None).await.is(StatusCode::NO_CONTENT);
    api.call(&format!("GET /v1/content/{piece}"), me, None).await.problem(404, "not-found");
}
