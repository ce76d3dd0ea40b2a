//! Periodic maintenance.

use chrono::Utc;
use codex_api::services::chores::{Swept, sweep};
use sqlward::Database;

use crate::support::api;

#[tokio::test]
async fn what_has_ended_is_swept_and_nothing_else() {
    let mut api = api().await;
    api.join("ann").await;
    let kept = api.join("bob").await;
    let client = api.database.client().await.unwrap();
    let ended = "update sessions set expires_at = now() - interval '1 hour'
         where user_id = (select id from users where name = 'ann')";
    client.execute(ended, &[]).await.unwrap();
    let (db, key) = Database::builder(api.database.config().clone()).open();
    let swept = sweep(&db, &key, Utc::now()).await.unwrap();
    assert_eq!(swept, Swept { sessions: 1, tokens: 0, stuck: 0 });
    let swept = sweep(&db, &key, Utc::now() + chrono::TimeDelta::days(3)).await.unwrap();
    assert_eq!(swept, Swept { sessions: 0, tokens: 2, stuck: 0 });
    api.call("GET /v1/me", Some(&kept), None).await.is(axum::http::StatusCode::OK);
}
