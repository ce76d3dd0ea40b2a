//! Administration, for the platform's staff.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::api;

#[tokio::test]
async fn fees_are_planned_by_the_platforms_staff() {
    let mut api = api().await;
    let ann = api.creator("ann").await;
    let plan = |basis_points: u32, from: &str| json!({ "basis_points": basis_points, "from": from });
    let later = "2100-01-01T00:00:00Z";
    api.call("POST /v1/platform/fees", Some(&ann), plan(1, later)).await.problem(403, "forbidden");
    let client = api.database.client().await.unwrap();
    client.execute("update users set role = 'platform_owner'", &[]).await.unwrap();
    let me = Some(&*ann);
    api.call("GET /v1/platform/fees/current", me, None).await.problem(404, "not-found");
    let past = api.call("POST /v1/platform/fees", me, plan(500, "2020-01-01T00:00:00Z")).await;
    assert_eq!(past.problem(422, "invalid")["pointer"], "/from");
    api.call("POST /v1/platform/fees", me, plan(10_001, later)).await.problem(422, "invalid");
    api.call("POST /v1/platform/fees", me, plan(500, later)).await.is(StatusCode::CREATED);
    api.call("POST /v1/platform/fees", me, plan(600, later)).await.problem(409, "not-after-last");
    api.call("POST /v1/platform/fees", me, plan(700, "2101-01-01T00:00:00Z")).await.is(StatusCode::CREATED);
    let at = |at: &str| format!("GET /v1/platform/fees/current?at={at}");
    for (moment, fee) in [("2100-12-31T00:00:00Z", 500), ("2101-01-01T00:00:00Z", 700)] {
        let current = api.call(&at(moment), me, None).await.is(StatusCode::OK);
        assert_eq!(current["platform_fee_percentage"], fee);
    }
    let all = api.call("GET /v1/platform/fees", me, None).await.is(StatusCode::OK);
    assert_eq!((&all["total"], &all["items"][0]["platform_fee_percentage"]), (&json!(2), &json!(700)));
    let counts = api.call("GET /v1/platform/counts", me, None).await.is(StatusCode::OK);
    assert_eq!(counts["users"][0]["users"], 1);
}
