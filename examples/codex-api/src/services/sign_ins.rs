//! Signing in through other providers.
//!
//! A separate gateway service speaks the providers' protocols and tells this service which account a person has at the
//! provider. A provider's statement about an e-mail address is not trusted: it does not give access to an account with
//! that address. Instead, a signed-in user links the provider's account with a ticket that the gateway returns.

use chrono::{Duration, NaiveDateTime};
use codex_catalog::identity::{self, CreateAccount, CreateUser, CreateVerification, UpsertOauthAccount};
use codex_catalog::{AccountId, Constraint, UserId, UserScope};
use sqlward::{Database, Error, Result, ServiceKey};
use uuid::Uuid;

use super::ATTEMPTS;
use super::identity::{OneTimeToken, SignedIn, begin_session};
use crate::auth::now;

/// An account at a provider, and the tokens that the provider issued for it.
#[derive(Debug, Clone, Copy)]
pub struct Identity<'a> {
    /// The provider.
    pub provider_id: &'a str,
    /// The id of the account there.
    pub account_id: &'a str,
    /// The provider's access token.
    pub access_token: Option<&'a str>,
    /// The provider's refresh token.
    pub refresh_token: Option<&'a str>,
    /// The provider's OpenID Connect ID token.
    pub id_token: Option<&'a str>,
    /// The scope that the user granted.
    pub granted_scope: Option<&'a str>,
}

/// A new user.
#[derive(Debug, Clone, Copy)]
pub struct Newcomer<'a> {
    /// The name.
    pub name: &'a str,
    /// The e-mail address, which is not verified yet.
    pub email: &'a str,
}

/// A ticket for linking a provider's account.
pub struct Ticket {
    /// The token that the gateway returns.
    pub token: String,
    /// When it expires.
    pub expires_at: NaiveDateTime,
}

/// The prefix that marks a one-time token as a ticket. No e-mail address contains a space.
const TICKET: &str = "account of ";

/// Makes a ticket for the signed-in user. It can be used once, within ten minutes.
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

/// The result of linking.
#[derive(Debug, PartialEq, Eq)]
pub enum Linking {
    /// The account is linked. It may have been before.
    Linked,
    /// The provider's account is linked to another user.
    OfSomeoneElse,
    /// The ticket is invalid, used or expired, or its user's account is closed.
    UselessTicket,
}

/// Links a provider's account to the user that the ticket was made for. The ticket is used up in any case.
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

/// The result of signing in.
pub enum SignIn {
    /// The user is signed in.
    SignedIn(SignedIn),
    /// The user was registered and signed in. The token has to be sent to their address, which it verifies.
    Registered {
        /// The new session.
        session: SignedIn,
        /// The token for verifying the address.
        verification: String,
    },
    /// No user has linked the provider's account, and no name and address were given to register one.
    Unknown,
    /// There is an account with this address. If it is theirs, they have to sign in to it and link the provider.
    EmailTaken,
}

/// Signs in the user who has linked the provider's account, or registers a new user.
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

/// Registers a user with a linked account, in one transaction.
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
