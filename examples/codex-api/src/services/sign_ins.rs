//! Signing in by way of other providers.
//!
//! Their protocols are spoken by a gateway, another service, which tells who someone has shown to be there. Nobody is known
//! by an address: that a provider says someone has it makes them nobody's account's owner here. An account is linked by who
//! is signed in to it, with a ticket that the gateway brings back.

use chrono::{Duration, NaiveDateTime};
use codex_catalog::identity::{self, CreateAccount, CreateUser, CreateVerification, UpsertOauthAccount};
use codex_catalog::{AccountId, Constraint, UserId, UserScope};
use sqlward::{Database, Error, Result, ServiceKey};
use uuid::Uuid;

use super::ATTEMPTS;
use super::identity::{OneTimeToken, SignedIn, begin_session};
use crate::auth::now;

/// Who someone is at a provider, and what the provider gave for them.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    /// The provider.
    pub provider_id: &'a str,
    /// Their account there.
    pub account_id: &'a str,
    /// What lets this platform act for them there.
    pub access_token: Option<&'a str>,
    /// What gives a new one of these.
    pub refresh_token: Option<&'a str>,
    /// What the provider says of them, signed.
    pub id_token: Option<&'a str>,
    /// What they allowed.
    pub granted_scope: Option<&'a str>,
}

/// What someone new is called.
#[derive(Debug, Clone, Copy)]
pub struct Newcomer<'a> {
    /// Their name.
    pub name: &'a str,
    /// Their address, which is to be verified.
    pub email: &'a str,
}

/// A ticket to link a provider's account, which has begun to run out.
pub struct Ticket {
    /// What the gateway brings back.
    pub token: String,
    /// Until when.
    pub expires_at: NaiveDateTime,
}

/// What tells a ticket from the other one-time tokens. No address has a blank in it.
const TICKET: &str = "account of ";

/// A ticket for whoever is signed in. It is good once, and for ten minutes.
pub async fn ticket(db: &Database, key: &ServiceKey, user: &UserScope) -> Result<Ticket> {
    let (token, expires_at) = (OneTimeToken::new(), now() + Duration::minutes(10));
    let identifier = format!("{TICKET}{}", user.user_id());
    let new = CreateVerification {
        id: &token.id,
        identifier: &identifier,
        value: token.value.as_str(),
        expires_at,
    };
    identity::create_verification(&key.over(db, "link of a provider's account"), &new).await?;
    Ok(Ticket { token: token.text, expires_at })
}

/// What came of linking.
#[derive(Debug, PartialEq, Eq)]
pub enum Linking {
    /// It is linked, now or before.
    Linked,
    /// It is someone else's way to sign in.
    OfSomeoneElse,
    /// The ticket is wrong, used up or too old, or the account that it is for is closed.
    UselessTicket,
}

/// Links a provider's account to that of whoever the ticket was made for. The ticket is used up, whatever comes of it.
pub async fn link(db: &Database, key: &ServiceKey, ticket: &str, identity: &Identity<'_>) -> Result<Linking> {
    let Some(ticket) = OneTimeToken::parse(ticket) else { return Ok(Linking::UselessTicket) };
    let now = now();
    sqlward::retry(ATTEMPTS, || {
        db.transaction(async |tx| {
            let service = key.within(tx, "link of a provider's account");
            let Some(user) = ticket.redeem(&service, TICKET, now).await? else {
                return Ok::<_, Error>(Linking::UselessTicket);
            };
            let user = UserScope::from_authenticated(UserId(user));
            if identity::get_profile(tx, &user).await?.is_none() {
                return Ok(Linking::UselessTicket);
            }
            let linked = identity::upsert_oauth_account(tx, &user, &refreshed(identity, &new_id())).await?;
            Ok(linked.map_or(Linking::OfSomeoneElse, |_| Linking::Linked))
        })
    })
    .await
}

/// What came of signing in.
pub enum SignIn {
    /// They are signed in.
    SignedIn(SignedIn),
    /// They are new, and signed in. The token goes to their address, and verifies it when it comes back.
    Registered {
        /// Their session.
        session: SignedIn,
        /// The token.
        verification: String,
    },
    /// Nobody has linked the provider's account, and nothing is said of who it would be.
    Unknown,
    /// Someone has the address already. It may be them: then they sign in and link it.
    EmailTaken,
}

/// Signs in whoever has linked the provider's account, or registers them.
pub async fn sign_in(
    db: &Database,
    key: &ServiceKey,
    identity: &Identity<'_>,
    newcomer: Option<Newcomer<'_>>,
    user_agent: Option<&str>,
) -> Result<SignIn> {
    let (service, now) = (key.over(db, "sign-in by a provider"), now());
    let known =
        identity::find_account_by_provider(&service, identity.provider_id, identity.account_id).await?;
    if let Some(account) = known {
        let user = UserScope::from_authenticated(account.user_id);
        identity::upsert_oauth_account(db, &user, &refreshed(identity, &account.id)).await?;
        let session = begin_session(db, &user, user_agent, now).await?;
        return Ok(session.map_or(SignIn::Unknown, SignIn::SignedIn));
    }
    let Some(newcomer) = newcomer else { return Ok(SignIn::Unknown) };
    let user = match register(db, key, identity, newcomer).await {
        Ok(user) => user,
        Err(error) if error.constraint() == Some(Constraint::UsersEmailUnique) => {
            return Ok(SignIn::EmailTaken);
        }
        Err(error) => return Err(error),
    };
    let verification = super::identity::request_verification(db, key, newcomer.email, now).await?;
    let session = begin_session(db, &user, user_agent, now).await?;
    Ok(session.map_or(SignIn::Unknown, |session| SignIn::Registered { session, verification }))
}

/// Both, or neither.
async fn register(
    db: &Database,
    key: &ServiceKey,
    identity: &Identity<'_>,
    newcomer: Newcomer<'_>,
) -> Result<UserScope> {
    let id = UserId(Uuid::new_v4().to_string());
    let user = CreateUser { id: &id, name: newcomer.name, email: newcomer.email, image: None };
    let account = CreateAccount {
        id: &new_id(),
        account_id: identity.account_id,
        provider_id: identity.provider_id,
        access_token: identity.access_token,
        refresh_token: identity.refresh_token,
        id_token: identity.id_token,
        access_token_expires_at: None,
        refresh_token_expires_at: None,
        granted_scope: identity.granted_scope,
        password: None,
        owner_id: &id,
    };
    db.transaction(async |tx| {
        let service = key.within(tx, "registration by a provider");
        identity::create_user(&service, &user).await?;
        identity::create_account(&service, &account).await?;
        Ok::<_, Error>(())
    })
    .await?;
    Ok(UserScope::from_authenticated(id))
}

fn new_id() -> AccountId {
    AccountId(Uuid::new_v4().to_string())
}

fn refreshed<'a>(identity: &Identity<'a>, id: &'a AccountId) -> UpsertOauthAccount<'a> {
    UpsertOauthAccount {
        id,
        account_id: identity.account_id,
        provider_id: identity.provider_id,
        access_token: identity.access_token,
        refresh_token: identity.refresh_token,
        id_token: identity.id_token,
        access_token_expires_at: None,
        refresh_token_expires_at: None,
        granted_scope: identity.granted_scope,
    }
}
