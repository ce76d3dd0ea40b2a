//! The table of routes, the router and the OpenAPI document agree.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use codex_api::openapi::Auth;

use crate::support::api;

#[tokio::test]
async fn the_document_lists_every_route() {
    let api = api().await;
    let document = api.call("GET /openapi.json", None, None).await.is(StatusCode::OK);
    let described: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect();
    let routes = codex_api::routes::routes();
    let table: BTreeSet<String> =
        routes.table().iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    assert_eq!(described, table);
    assert_eq!(table.len(), routes.table().len(), "a route is there twice");

    let names: BTreeSet<&str> = routes.table().iter().map(|route| &*route.name).collect();
    assert_eq!(names.len(), routes.table().len(), "two routes have one name");

    // The router's `Debug` shows all its paths, including any that were not added through `Routes`.
    let (router, _) = codex_api::routes::routes().build();
    let shown = format!("{router:?}");
    let paths: BTreeSet<&str> = routes.table().iter().map(|route| route.path).collect();
    let fallback = |path: &&str| *path == "/" || path.contains("__private__axum");
    let known = shown.split('"').filter(|part| part.starts_with('/') && !fallback(part));
    let known: BTreeSet<&str> = known.collect();
    assert_eq!(known, paths);
}

#[tokio::test]
async fn references_in_the_document_lead_somewhere() {
    let api = api().await;
    let document = api.call("GET /openapi.json", None, None).await.is(StatusCode::OK);
    let text = document.to_string();
    let references: BTreeSet<&str> =
        text.split("\"$ref\":\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(references.contains("#/components/schemas/Content"));
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    // The comment of a column in the schema is the description of its field.
    let content = &document["components"]["schemas"]["Content"]["properties"];
    assert_eq!(content["price_cents"]["description"], "NULL for free.");
    let status = &document["components"]["schemas"]["ContentStatus"]["enum"];
    assert_eq!(*status, serde_json::json!(["draft", "published", "archived"]));
    let list = &document["paths"]["/v1/media"]["get"]["parameters"];
    let limit = list.as_array().unwrap().iter().find(|one| one["name"] == "limit").unwrap();
    assert_eq!((&limit["schema"]["maximum"], &limit["required"]), (&100.into(), &false.into()));
    let names: Vec<&str> = list.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    for name in ["status", "media_type", "sort", "page", "limit"] {
        assert!(names.contains(&name), "{name} in {names:?}");
    }
}

/// The service decides access by its own clock. A client that could choose the time could use grants that have expired.
#[tokio::test]
async fn nobody_who_asks_says_what_time_it_is() {
    let api = api().await;
    let document = api.call("GET /openapi.json", None, None).await.is(StatusCode::OK).to_string();
    assert!(document.contains("\"position_seconds\""), "what is asked for is not described");
    assert!(!document.contains("\"now\""), "a request names the moment");
}

#[tokio::test]
async fn each_kind_of_caller_is_asked_for() {
    let api = api().await;
    let routes = codex_api::routes::routes();
    for route in routes.table() {
        let path = route.path.split('/').map(|part| if part.starts_with('{') { "none" } else { part });
        let request = format!("{} {}", route.method, path.collect::<Vec<_>>().join("/"));
        let answer = api.call(&request, None, serde_json::json!({})).await;
        match route.auth {
            Auth::Anyone => assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{request}"),
            Auth::User
            | Auth::Creator
            | Auth::Operator
            | Auth::Member
            | Auth::Studio
            | Auth::Manager
            | Auth::Service => {
                answer.problem(401, "unauthenticated");
            }
        }
        assert_ne!(api.call(&request, None, None).await.status, StatusCode::METHOD_NOT_ALLOWED, "{request}");
    }
}
