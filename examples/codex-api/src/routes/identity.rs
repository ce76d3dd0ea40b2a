//! Sign-up, sign-in, and the signed-in user's own account.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDateTime;
use codex_catalog::identity::{
    self, GetProfileRow, ListAccountsRow, ListSessionsRow, RegisterUserRow, UpgradeToCreatorRow,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sqlward::Database;

use crate::app::{Mail, Message, Outside, Service};
use crate::auth::{Caller, now};
use crate::bounds::{Email, Link, Password, Text};
use crate::extract::{Accepted, Body, Created, Done, Path, UserAgent};
use crate::limits::Limits;
use crate::openapi::Routes;
use crate::problem::{Problem, Result};
use crate::services::identity as accounts;
use crate::services::identity::{Registration, SignedIn, Unlinking};

pub fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/registrations", register)
        .post("/v1/sessions", sign_in)
        .post("/v1/email-verifications", verify_email)
        .post("/v1/password-resets", request_password_reset)
        .put("/v1/password-resets", reset_password)
        .get("/v1/me", profile)
        .patch("/v1/me", update_profile)
        .delete("/v1/me", close_account)
        .put("/v1/me/avatar", set_avatar)
        .delete("/v1/me/avatar", clear_avatar)
        .post("/v1/me/creator", become_creator)
        .get("/v1/me/sessions", sessions)
        .delete("/v1/me/sessions", sign_out_elsewhere)
        .delete("/v1/me/session", sign_out)
        .get("/v1/me/accounts", linked_accounts)
        .delete("/v1/me/accounts/{provider}", unlink_account)
}

#[derive(Deserialize, JsonSchema)]
struct NewUser {
    name: Text<1, 100>,
    email: Email,
    password: Password,
}

async fn register(
    State(service): State<Service>,
    State(outside): State<Outside>,
    State(limits): State<Arc<Limits>>,
    Body(new): Body<NewUser>,
) -> Result<Created<RegisterUserRow>> {
    limits.mails.count(&format!("registration {}", &*new.email))?;
    match accounts::register(service.db(), service.key(), &new.name, &new.email, &new.password).await? {
        Registration::Registered { user, token } => {
            outside.mail(Mail { to: user.email.clone(), message: Message::VerifyEmail { token } });
            Ok(Created(user))
        }
        Registration::EmailTaken => Err(Problem::conflict("email-taken", "someone has this address already")),
    }
}

#[derive(Deserialize, JsonSchema)]
struct Credentials {
    email: Email,
    password: Password,
}

/// A new session. Send its token with each request: `authorization: Bearer ...`.
#[derive(Serialize, JsonSchema)]
pub(super) struct Session {
    token: String,
    expires_at: NaiveDateTime,
}

impl From<SignedIn> for Session {
    fn from(session: SignedIn) -> Session {
        Session { token: session.token, expires_at: session.expires_at }
    }
}

async fn sign_in(
    State(service): State<Service>,
    State(limits): State<Arc<Limits>>,
    UserAgent(agent): UserAgent,
    Body(Credentials { email, password }): Body<Credentials>,
) -> Result<Created<Session>> {
    limits.passwords.count(&email)?;
    let (db, key) = (service.db(), service.key());
    let session = accounts::sign_in(db, key, &email, &password, agent.as_deref()).await?;
    session.map(|session| Created(session.into())).ok_or_else(Problem::unauthenticated)
}

#[derive(Deserialize, JsonSchema)]
struct OneTimeToken {
    token: Text<1, 200>,
}

async fn verify_email(
    State(service): State<Service>,
    State(limits): State<Arc<Limits>>,
    Body(given): Body<OneTimeToken>,
) -> Result<Done> {
    limits.tokens.count(of_token(&given.token))?;
    match accounts::verify_email(service.db(), service.key(), &given.token).await? {
        true => Ok(Done),
        false => Err(useless_token()),
    }
}

#[derive(Deserialize, JsonSchema)]
struct Address {
    email: Email,
}

/// The response does not tell whether there is an account with the address.
async fn request_password_reset(
    State(service): State<Service>,
    State(outside): State<Outside>,
    State(limits): State<Arc<Limits>>,
    Body(Address { email }): Body<Address>,
) -> Result<Accepted> {
    limits.mails.count(&format!("reset {}", &*email))?;
    let token = accounts::request_password_reset(service.db(), service.key(), &email).await?;
    if let Some(token) = token {
        outside.mail(Mail { to: email.to_string(), message: Message::ResetPassword { token } });
    }
    Ok(Accepted)
}

#[derive(Deserialize, JsonSchema)]
struct NewPassword {
    token: Text<1, 200>,
    password: Password,
}

async fn reset_password(
    State(service): State<Service>,
    State(limits): State<Arc<Limits>>,
    Body(new): Body<NewPassword>,
) -> Result<Done> {
    limits.tokens.count(of_token(&new.token))?;
    match accounts::reset_password(service.db(), service.key(), &new.token, &new.password).await? {
        true => Ok(Done),
        false => Err(useless_token()),
    }
}

/// The id part of a token. Attempts are limited by it, because the rest is the secret that could be guessed.
fn of_token(token: &str) -> &str {
    token.split_once('.').map_or(token, |(id, _)| id)
}

pub(super) fn useless_token() -> Problem {
    Problem::malformed(StatusCode::BAD_REQUEST, "the token is wrong, used up or too old").at("/token")
}

async fn profile(State(db): State<Database>, caller: Caller) -> Result<Json<GetProfileRow>> {
    let profile = identity::get_profile(&db, &caller.user).await?;
    profile.map(Json).ok_or_else(Problem::not_found)
}

#[derive(Deserialize, JsonSchema)]
struct ProfileChange {
    name: Option<Text<1, 100>>,
    email: Option<Email>,
}

/// A new address has to be verified again, so a token is sent to it.
async fn update_profile(
    State(service): State<Service>,
    State(outside): State<Outside>,
    State(limits): State<Arc<Limits>>,
    caller: Caller,
    Body(change): Body<ProfileChange>,
) -> Result<Json<GetProfileRow>> {
    let (name, email) = (change.name.as_deref(), change.email.as_deref());
    if email.is_some() {
        limits.mails.count(&format!("change by {}", caller.user.user_id()))?;
    }
    let profile = identity::update_profile(service.db(), &caller.user, name, email).await?;
    let profile = profile.ok_or_else(Problem::not_found)?;
    if email.is_some() && !profile.email_verified {
        let (db, key) = (service.db(), service.key());
        let token = accounts::request_verification(db, key, &profile.email, now()).await?;
        outside.mail(Mail { to: profile.email.clone(), message: Message::VerifyEmail { token } });
    }
    Ok(Json(profile))
}

async fn close_account(State(db): State<Database>, caller: Caller) -> Result<Done> {
    match accounts::close_account(&db, &caller.user).await? {
        true => Ok(Done),
        false => Err(Problem::conflict(
            "account-in-use",
            "remove your content and media first, and hand over or remove the organizations that you own",
        )),
    }
}

#[derive(Deserialize, JsonSchema)]
struct Picture {
    url: Link,
}

async fn set_avatar(
    State(db): State<Database>,
    caller: Caller,
    Body(picture): Body<Picture>,
) -> Result<Done> {
    Done::one(identity::set_avatar(&db, &caller.user, &picture.url).await?)
}

async fn clear_avatar(State(db): State<Database>, caller: Caller) -> Result<Done> {
    Done::one(identity::clear_avatar(&db, &caller.user).await?)
}

async fn become_creator(State(db): State<Database>, caller: Caller) -> Result<Json<UpgradeToCreatorRow>> {
    let upgraded = identity::upgrade_to_creator(&db, &caller.user).await?;
    let already = || Problem::conflict("not-a-customer", "only customers become creators");
    upgraded.map(Json).ok_or_else(already)
}

async fn sessions(State(db): State<Database>, caller: Caller) -> Result<Json<Vec<ListSessionsRow>>> {
    let current = caller.session.as_str();
    Ok(Json(identity::list_sessions(&db, &caller.user, current, now()).await?))
}

async fn sign_out_elsewhere(State(db): State<Database>, caller: Caller) -> Result<Done> {
    identity::revoke_other_sessions(&db, &caller.user, caller.session.as_str()).await?;
    Ok(Done)
}

async fn sign_out(State(db): State<Database>, caller: Caller) -> Result<Done> {
    identity::delete_session(&db, &caller.user, caller.session.as_str()).await?;
    Ok(Done)
}

async fn linked_accounts(State(db): State<Database>, caller: Caller) -> Result<Json<Vec<ListAccountsRow>>> {
    Ok(Json(identity::list_accounts(&db, &caller.user).await?))
}

async fn unlink_account(
    State(db): State<Database>,
    caller: Caller,
    Path(provider): Path<String>,
) -> Result<Done> {
    match accounts::unlink(&db, &caller.user, &provider).await? {
        Unlinking::Unlinked => Ok(Done),
        Unlinking::NotLinked => Err(Problem::not_found()),
        Unlinking::LastOne => Err(Problem::conflict("last-account", "there would be no way to sign in left")),
    }
}
