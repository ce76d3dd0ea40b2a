//! The public pages.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::content::draft;
use crate::media::film;
use crate::support::{Api, api};

/// Creates and publishes a piece in an organization.
async fn publish(api: &Api, creator: &str, organization: &str, slug: &str, more: Value) -> String {
    let mut more = more;
    more["organization_id"] = organization.into();
    let id = draft(api, creator, slug, more).await;
    api.call(&format!("POST /v1/content/{id}/publish"), Some(creator), None).await.is(StatusCode::OK);
    id
}

#[tokio::test]
async fn anyone_browses_what_is_published() {
    let mut api = api().await;
    let ann = api.creator("ann").await;
    let organization = api.found(&ann, "engines").await;
    let free = json!({ "content_body": "It weaves.", "tags": ["looms"], "category": "history" });
    let free = publish(&api, &ann, &organization, "notes", free).await;
    let item = film(&mut api, &ann).await;
    let film = json!({ "media_item_id": item, "price_cents": 999, "visibility": "purchased_only" });
    let film = publish(&api, &ann, &organization, "film", film).await;
    let hidden = json!({ "content_body": "x", "visibility": "private" });
    let hidden = publish(&api, &ann, &organization, "hidden", hidden).await;
    let get =
        async |path: &str| api.call(&format!("GET /v1/browse{path}"), None, None).await.is(StatusCode::OK);
    let slugs = |list: &Value| -> Vec<String> {
        list["items"].as_array().unwrap().iter().map(|row| row["slug"].as_str().unwrap().to_owned()).collect()
    };

    assert_eq!(slugs(&get("").await), ["film", "notes"]);
    let listed = get("/organizations/engines/content?sort=title").await;
    assert_eq!((slugs(&listed), &listed["total"]), (vec!["film".into(), "notes".into()], &json!(2)));
    assert_eq!(slugs(&get("/organizations/engines/content?content_type=video").await), ["film"]);
    assert_eq!(slugs(&get("/organizations/engines/search?q=notes").await), ["notes"]);
    assert_eq!(slugs(&get("/organizations/engines/tagged?all_of=looms").await), ["notes"]);
    let shown = get("/organizations/engines/content/film").await;
    assert_eq!((&shown["media_item"]["duration_seconds"], &shown["price_cents"]), (&json!(60), &json!(999)));
    assert_eq!(get("/organizations/engines/stats").await["categories"][0]["pieces"], 1);
    assert_eq!(
        get("/organizations/engines/categories").await,
        json!([{ "category": "history", "pieces": 1 }])
    );

    // With a cursor, one piece on each page.
    let first = get("/organizations/engines/newest?limit=1").await;
    assert_eq!(slugs(&first), ["film"]);
    let after = first["next"].as_str().unwrap();
    let second = get(&format!("/organizations/engines/newest?limit=1&after={after}")).await;
    assert_eq!((slugs(&second), &second["next"]), (vec!["notes".into()], &Value::Null));
    let made_up = "GET /v1/browse/organizations/engines/newest?after=x";
    api.call(made_up, None, None).await.problem(400, "malformed");

    let ann_id = shown["creator"]["id"].as_str().unwrap();
    let profile = get(&format!("/creators/{ann_id}")).await;
    assert_eq!((&profile["published_count"], profile.get("email")), (&json!(2), None));
    assert_eq!(slugs(&get(&format!("/creators/{ann_id}/content")).await), ["film", "notes"]);
    assert_eq!(get("/slugs/engines/members").await["items"][0]["name"], "ann");
    assert_eq!(get("/slugs/engines/creators").await["items"][0]["published_count"], 2);

    assert_eq!(get(&format!("/content/{free}/body")).await["content_body"], "It weaves.");
    for sold in [&film, &hidden] {
        let body = format!("GET /v1/browse/content/{sold}/body");
        api.call(&body, None, None).await.problem(404, "not-found");
    }
    let view = format!("POST /v1/browse/content/{free}/views");
    api.call(&view, None, None).await.is(StatusCode::NO_CONTENT);
    assert_eq!(get("/organizations/engines/content/notes").await["view_count"], 1);
    assert_eq!(slugs(&get("/organizations/engines/popular").await), ["notes", "film"]);

    // If the organization is removed, none of its content is shown.
    api.call("DELETE /v1/organizations/engines", Some(&ann), None).await.is(StatusCode::NO_CONTENT);
    assert_eq!(get("").await["total"], 0);
    api.call(&view, None, None).await.problem(404, "not-found");
}
