//! Rate limits.

use axum::http::{StatusCode, header};
use serde_json::json;

use crate::support::{PASSWORD, api};

#[tokio::test]
async fn passwords_are_not_tried_for_ever() {
    let mut api = api().await;
    let ann = api.join("ann").await;
    api.join("bob").await;
    let guess = |password: &str| json!({ "email": "Ann@example.org", "password": password });
    let mut refused = 0;
    for number in 0..20 {
        let answer = api.call("POST /v1/sessions", None, guess(&format!("wrong horse {number}"))).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            let wait: u32 = answer.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
            assert!((1..=30).contains(&wait), "{wait}");
            answer.problem(429, "too-many");
            refused += 1;
        } else {
            answer.problem(401, "unauthenticated");
        }
    }
    // The sign-in above was one attempt, and another one is allowed every thirty seconds.
    assert!(refused >= 5, "{refused}");
    // The right password is refused too, so that the response does not tell that it was right.
    api.call("POST /v1/sessions", None, guess(PASSWORD)).await.problem(429, "too-many");
    api.sign_in("bob@example.org", PASSWORD).await;
    api.call("GET /v1/me", Some(&ann), None).await.is(StatusCode::OK);
}

#[tokio::test]
async fn mails_and_tokens_have_limits_of_their_own() {
    let mut api = api().await;
    api.join("ann").await;
    let mut sent = Vec::new();
    for email in ["ann@example.org", "nobody@example.org"] {
        let mut accepted = 0;
        for _ in 0..10 {
            let answer = api.call("POST /v1/password-resets", None, json!({ "email": email })).await;
            accepted += usize::from(answer.status == StatusCode::ACCEPTED);
        }
        sent.push(accepted);
    }
    assert_eq!(sent, [5, 5], "the same, whether anyone has the address or not");
    let token = api.mailed("ann@example.org");
    let (id, secret) = token.split_once('.').unwrap();
    let reset = |token: String| json!({ "token": token, "password": "another horse" });
    let mut last = StatusCode::OK;
    for number in 0..20 {
        last = api.call("PUT /v1/password-resets", None, reset(format!("{id}.{number}"))).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    api.call("PUT /v1/password-resets", None, reset(format!("{id}.{secret}"))).await.problem(429, "too-many");
    let other = api.mailed("ann@example.org");
    api.call("PUT /v1/password-resets", None, reset(other)).await.is(StatusCode::NO_CONTENT);
}
