//! Signing in through other providers.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Api, api};

fn at(account: &str) -> Value {
    json!({ "provider_id": "github", "account_id": account, "access_token": format!("token of {account}") })
}

async fn ticket(api: &Api, who: &str) -> Value {
    let made = api.call("POST /v1/me/account-tickets", Some(who), None).await.is(StatusCode::CREATED);
    made["ticket"].clone()
}

#[tokio::test]
async fn an_account_is_linked_by_who_is_signed_in() {
    let mut api = api().await;
    let (ann, bob) = (api.join("ann").await, api.join("bob").await);
    let link = async |api: &Api, ticket: &Value, account| {
        api.webhook("/v1/webhooks/links", &json!({ "ticket": ticket, "at": at(account) })).await
    };
    let arrive =
        async |api: &Api, account| api.webhook("/v1/webhooks/sign-ins", &json!({ "at": at(account) })).await;
    arrive(&api, "ann-there").await.problem(404, "not-found");
    let of_ann = ticket(&api, &ann).await;
    link(&api, &of_ann, "ann-there").await.is(StatusCode::NO_CONTENT);
    // A ticket can be used once, and an account that is linked to one user cannot be linked to another.
    link(&api, &of_ann, "ann-again").await.problem(400, "malformed");
    let of_bob = ticket(&api, &bob).await;
    link(&api, &of_bob, "ann-there").await.problem(409, "account-taken");
    link(&api, &of_bob, "bob-there").await.problem(400, "malformed");
    let password = json!({ "ticket": ticket(&api, &bob).await, "at": { "provider_id": "credential", "account_id": "x" } });
    api.webhook("/v1/webhooks/links", &password).await.problem(422, "invalid");
    // A ticket cannot be used as a reset token.
    let reset = json!({ "token": ticket(&api, &bob).await, "password": "another horse" });
    api.call("PUT /v1/password-resets", None, reset).await.problem(400, "malformed");

    let session = arrive(&api, "ann-there").await.is(StatusCode::CREATED);
    let me = api.call("GET /v1/me", session["token"].as_str(), None).await.is(StatusCode::OK);
    assert_eq!(me["email"], "ann@example.org");
    let accounts = api.call("GET /v1/me/accounts", Some(&ann), None).await.is(StatusCode::OK);
    assert!(accounts.to_string().contains("ann-there") && !accounts.to_string().contains("token of"));
    // The last way to sign in cannot be removed.
    api.call("DELETE /v1/me/accounts/credential", Some(&ann), None).await.is(StatusCode::NO_CONTENT);
    api.call("DELETE /v1/me/accounts/github", Some(&ann), None).await.problem(409, "last-account");
    // A closed account cannot be linked or signed in to.
    let late = ticket(&api, &bob).await;
    api.call("DELETE /v1/me", Some(&bob), None).await.is(StatusCode::NO_CONTENT);
    link(&api, &late, "bob-there").await.problem(400, "malformed");
    api.call("DELETE /v1/me", Some(&ann), None).await.is(StatusCode::NO_CONTENT);
    arrive(&api, "ann-there").await.problem(404, "not-found");
}

#[tokio::test]
async fn nobody_is_known_by_the_address_that_a_provider_tells() {
    let mut api = api().await;
    api.join("ann").await;
    let arrive = async |api: &Api, account, email: &str| {
        let newcomer = json!({ "name": "Eve", "email": email });
        api.webhook("/v1/webhooks/sign-ins", &json!({ "at": at(account), "newcomer": newcomer })).await
    };
    arrive(&api, "eve-there", "ann@example.org").await.problem(409, "email-taken");
    let client = api.database.client().await.unwrap();
    let linked = "select count(*) from accounts where provider_id = 'github'";
    assert_eq!(client.query_one(linked, &[]).await.unwrap().get::<_, i64>(0), 0);

    let session = arrive(&api, "eve-there", "eve@example.org").await.is(StatusCode::CREATED);
    let me = api.call("GET /v1/me", session["token"].as_str(), None).await.is(StatusCode::OK);
    assert_eq!((&me["name"], &me["email_verified"]), (&json!("Eve"), &json!(false)));
    let verification = json!({ "token": api.mailed("eve@example.org") });
    api.call("POST /v1/email-verifications", None, verification).await.is(StatusCode::NO_CONTENT);
    // The same account at the provider is the same user, with a new session.
    let again = arrive(&api, "eve-there", "eve@example.org").await.is(StatusCode::CREATED);
    assert_ne!(again["token"], session["token"]);
    assert_eq!(client.query_one(linked, &[]).await.unwrap().get::<_, i64>(0), 1);
}
