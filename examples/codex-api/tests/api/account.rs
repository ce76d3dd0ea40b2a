//! Accounts: sign-up, sign-in, tokens by mail, sessions, and closing the account.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::{PASSWORD, api};

#[tokio::test]
async fn someone_registers_verifies_and_signs_in() {
    let mut api = api().await;
    let new = json!({ "name": "Ann", "email": "Ann@Example.org", "password": PASSWORD });
    let user = api.call("POST /v1/registrations", None, new.clone()).await.is(StatusCode::CREATED);
    assert_eq!((&user["email"], &user["role"]), (&json!("ann@example.org"), &json!("customer")));
    assert!(!user.to_string().contains("argon2"), "{user}");
    api.call("POST /v1/registrations", None, new).await.problem(409, "email-taken");

    // The token in the mail can be used once.
    let mailed = json!({ "token": api.mailed("ann@example.org") });
    let made_up = json!({ "token": "a.b" });
    api.call("POST /v1/email-verifications", None, made_up).await.problem(400, "malformed");
    api.call("POST /v1/email-verifications", None, mailed.clone()).await.is(StatusCode::NO_CONTENT);
    api.call("POST /v1/email-verifications", None, mailed).await.problem(400, "malformed");

    let wrong = json!({ "email": "ann@example.org", "password": "wrong horse" });
    let nobody = json!({ "email": "bob@example.org", "password": PASSWORD });
    let wrong = api.call("POST /v1/sessions", None, wrong).await.problem(401, "unauthenticated");
    assert_eq!(wrong, api.call("POST /v1/sessions", None, nobody).await.problem(401, "unauthenticated"));

    let token = api.sign_in("ann@example.org", PASSWORD).await;
    let profile = api.call("GET /v1/me", Some(&token), None).await.is(StatusCode::OK);
    assert_eq!((&profile["name"], &profile["email_verified"]), (&json!("Ann"), &json!(true)));

    // The session's token and the password are not stored in plain text.
    let client = api.database.client().await.unwrap();
    let kept: String = client
        .query_one("select token || (select string_agg(a::text, '') from accounts a) from sessions", &[])
        .await
        .unwrap()
        .get(0);
    assert!(!kept.contains(&token) && !kept.contains(PASSWORD), "{kept}");
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_mail_and_ends_all_sessions() {
    let mut api = api().await;
    let before = api.join("ann").await;
    let address = |email: &str| json!({ "email": email });
    api.call("POST /v1/password-resets", None, address("nobody@example.org")).await.is(StatusCode::ACCEPTED);
    api.call("POST /v1/password-resets", None, address("ann@example.org")).await.is(StatusCode::ACCEPTED);
    let token = api.mailed("ann@example.org");
    let elsewhere = json!({ "token": token });
    let new = json!({ "token": token, "password": "another horse" });
    // A token can only be used for its purpose. An attempt to use it for another one uses it up.
    api.call("PUT /v1/password-resets", None, new).await.is(StatusCode::NO_CONTENT);
    api.call("POST /v1/email-verifications", None, elsewhere).await.problem(400, "malformed");
    api.call("GET /v1/me", Some(&before), None).await.problem(401, "unauthenticated");
    let old = json!({ "email": "ann@example.org", "password": PASSWORD });
    api.call("POST /v1/sessions", None, old).await.problem(401, "unauthenticated");
    api.sign_in("ann@example.org", "another horse").await;
}

#[tokio::test]
async fn a_token_does_not_do_for_what_it_was_not_made_for() {
    let mut api = api().await;
    let new = json!({ "name": "Ann", "email": "ann@example.org", "password": PASSWORD });
    api.call("POST /v1/registrations", None, new).await.is(StatusCode::CREATED);
    let verification = api.mailed("ann@example.org");
    let reset = json!({ "token": verification, "password": "another horse" });
    api.call("PUT /v1/password-resets", None, reset).await.problem(400, "malformed");
    // Registering an address that looks like the prefix of a reset token does not help either.
    let eve = |email: &str| json!({ "name": "Eve", "email": email, "password": PASSWORD });
    let purpose = eve("password of ann@example.org");
    api.call("POST /v1/registrations", None, purpose).await.problem(422, "invalid");
    let purpose = eve("password:ann@example.org");
    api.call("POST /v1/registrations", None, purpose).await.is(StatusCode::CREATED);
    let reset = json!({ "token": api.mailed("password:ann@example.org"), "password": "another horse" });
    api.call("PUT /v1/password-resets", None, reset).await.problem(400, "malformed");
    api.sign_in("ann@example.org", PASSWORD).await;
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let mut api = api().await;
    let here = api.join("ann").await;
    let there = api.sign_in("ann@example.org", PASSWORD).await;
    let sessions = api.call("GET /v1/me/sessions", Some(&here), None).await.is(StatusCode::OK);
    let current: Vec<_> = sessions.as_array().unwrap().iter().map(|one| one["is_current"].clone()).collect();
    assert_eq!(current, [json!(false), json!(true)]);
    assert!(!sessions.to_string().contains("token"), "{sessions}");
    api.call("DELETE /v1/me/sessions", Some(&here), None).await.is(StatusCode::NO_CONTENT);
    api.call("GET /v1/me", Some(&there), None).await.problem(401, "unauthenticated");
    api.call("DELETE /v1/me/session", Some(&here), None).await.is(StatusCode::NO_CONTENT);
    api.call("GET /v1/me", Some(&here), None).await.problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_profile_changes_and_the_last_account_stays() {
    let mut api = api().await;
    let (ann, _) = (api.join("ann").await, api.join("bob").await);
    let me = Some(&*ann);
    let picture = json!({ "url": "https://example.org/ann.png" });
    api.call("PUT /v1/me/avatar", me, picture).await.is(StatusCode::NO_CONTENT);
    let changed = api.call("PATCH /v1/me", me, json!({ "name": "Anna" })).await.is(StatusCode::OK);
    assert_eq!((&changed["name"], &changed["email"]), (&json!("Anna"), &json!("ann@example.org")));
    // The new address is verified by the token that is sent to it.
    let moved = api.call("PATCH /v1/me", me, json!({ "email": "anna@example.org" })).await.is(StatusCode::OK);
    assert_eq!(moved["email_verified"], false);
    let verification = json!({ "token": api.mailed("anna@example.org") });
    api.call("POST /v1/email-verifications", None, verification).await.is(StatusCode::NO_CONTENT);
    let verified = api.call("GET /v1/me", me, None).await.is(StatusCode::OK);
    assert_eq!(verified["email_verified"], true);
    api.call("PATCH /v1/me", me, json!({ "name": "Ann" })).await.is(StatusCode::OK);
    assert!(api.outbox.mails.try_recv().is_err(), "nothing to verify");
    let taken = api.call("PATCH /v1/me", me, json!({ "email": "bob@example.org" })).await;
    assert_eq!(taken.problem(409, "taken")["constraint"], "users_email_unique");
    api.call("DELETE /v1/me/avatar", me, None).await.is(StatusCode::NO_CONTENT);
    let accounts = api.call("GET /v1/me/accounts", me, None).await.is(StatusCode::OK);
    assert_eq!(accounts[0]["provider_id"], "credential");
    api.call("DELETE /v1/me/accounts/google", me, None).await.problem(404, "not-found");
    api.call("DELETE /v1/me/accounts/credential", me, None).await.problem(409, "last-account");
}

#[tokio::test]
async fn an_account_closes_when_nothing_depends_on_it() {
    let mut api = api().await;
    let ann = api.creator("ann").await;
    let me = Some(&*ann);
    api.call("POST /v1/me/creator", me, None).await.problem(409, "not-a-customer");
    let organization = api.found(&ann, "anns").await;
    api.call("DELETE /v1/me", me, None).await.problem(409, "account-in-use");
    api.call(&format!("DELETE /v1/organizations/{organization}"), me, None).await.is(StatusCode::NO_CONTENT);
    api.call("DELETE /v1/me", me, None).await.is(StatusCode::NO_CONTENT);
    api.call("GET /v1/me", me, None).await.problem(401, "unauthenticated");
    // The address is free again.
    api.join("ann").await;
}
