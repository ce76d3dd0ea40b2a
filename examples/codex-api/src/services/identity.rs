//! Accounts: sign-up, sign-in, one-time tokens, and closing the account.

use chrono::{Duration, NaiveDateTime};
use codex_catalog::identity::{self, CreateSession, CreateVerification, RegisterUser, RegisterUserRow};
use codex_catalog::{
    AccountId, Constraint, CreatorScope, SessionId, User, UserScope, VerificationTokenId, memberships,
};
use sqlward::{Database, Error, Result, ServiceKey, ServiceRole};
use uuid::Uuid;

use super::{ATTEMPTS, passwords};
use crate::auth::{Fingerprint, SESSION, now, secret};

/// The result of a sign-up.
pub enum Registration {
    /// The account was created. The token has to be sent to its address, which it verifies.
    Registered {
        /// The account.
        user: RegisterUserRow,
        /// The token.
        token: String,
    },
    /// There is an account with this address already.
    EmailTaken,
}

/// Creates an account with a password.
pub async fn register(
    db: &Database,
    key: &ServiceKey,
    name: &str,
    email: &str,
    password: &str,
) -> Result<Registration> {
    let hash = passwords::hash(password.to_owned()).await;
    let token = OneTimeToken::new();
    let registered = identity::register_user(
        &key.over(db, "sign-up"),
        &RegisterUser {
            id: &Uuid::new_v4().to_string().into(),
            name,
            email,
            account_id: &AccountId(Uuid::new_v4().to_string()),
            password: &hash,
            verification_id: &token.id,
            verification_value: token.value.as_str(),
            verification_expires_at: now() + Duration::days(2),
        },
    )
    .await;
    match registered {
        Ok(user) => Ok(Registration::Registered { user, token: token.text }),
        // The enum of constraints is generated from the schema, so renaming the constraint there is a compile error
        // here.
        Err(error) if error.constraint() == Some(Constraint::UsersEmailUnique) => {
            Ok(Registration::EmailTaken)
        }
        Err(error) => Err(error),
    }
}

/// A new session. The token is not stored, so this is the only copy.
pub struct SignedIn {
    /// The token that requests carry.
    pub token: String,
    /// When the session expires. Using the session extends it.
    pub expires_at: NaiveDateTime,
}

/// Signs in with a password. `None` if the address or the password is wrong; which one is not told.
pub async fn sign_in(
    db: &Database,
    key: &ServiceKey,
    email: &str,
    password: &str,
    user_agent: Option<&str>,
) -> Result<Option<SignedIn>> {
    let found = identity::find_user_with_accounts_by_email(&key.over(db, "sign-in"), email).await?;
    let hash = found.as_ref().and_then(|user| {
        let credential = user.accounts.iter().find(|account| account.provider_id == "credential")?;
        credential.password.clone()
    });
    let is_right = passwords::verify(password.to_owned(), hash).await;
    let Some(user) = found.filter(|_| is_right) else { return Ok(None) };
    begin_session(db, &UserScope::from_authenticated(user.id), user_agent, now()).await
}

/// Begins a new session, always with a new token. `None` if the account is closed.
pub(super) async fn begin_session(
    db: &Database,
    user: &UserScope,
    user_agent: Option<&str>,
    now: NaiveDateTime,
) -> Result<Option<SignedIn>> {
    let (token, expires_at) = (secret(), now + SESSION);
    let fingerprint = Fingerprint::of(&token);
    let session = CreateSession {
        id: &SessionId(Uuid::new_v4().to_string()),
        token: fingerprint.as_str(),
        expires_at,
        ip_address: None,
        user_agent,
    };
    let created = identity::create_session(db, user, &session).await?;
    Ok(created.map(|_| SignedIn { token, expires_at }))
}

/// Uses up the token that was sent to an address and marks the address as verified. False if the token is invalid, used
/// or expired.
pub async fn verify_email(db: &Database, key: &ServiceKey, token: &str) -> Result<bool> {
    let Some(token) = OneTimeToken::parse(token) else { return Ok(false) };
    let now = now();
    db.transaction(async |tx| {
        let service = key.within(tx, "verification of an e-mail address");
        let Some(user) = token.consume(&service, "", now).await? else { return Ok(false) };
        Ok(identity::mark_email_verified(&service, &user.id, &user.email).await? > 0)
    })
    .await
}

/// A token that verifies the address of an account, to be sent to that address.
pub async fn request_verification(
    db: &Database,
    key: &ServiceKey,
    email: &str,
    now: NaiveDateTime,
) -> Result<String> {
    let token = OneTimeToken::new();
    let new = CreateVerification {
        id: &token.id,
        identifier: email,
        value: token.value.as_str(),
        expires_at: now + Duration::days(2),
    };
    identity::create_verification(&key.over(db, "verification of an e-mail address"), &new).await?;
    Ok(token.text)
}

/// A token for setting a new password, to be sent to the address. `None` if there is no account with this address; the
/// caller must not be told.
pub async fn request_password_reset(db: &Database, key: &ServiceKey, email: &str) -> Result<Option<String>> {
    let service = key.over(db, "reset of a password");
    let Some(user) = identity::find_user_by_email(&service, email).await? else { return Ok(None) };
    let token = OneTimeToken::new();
    identity::create_verification(
        &service,
        &CreateVerification {
            id: &token.id,
            identifier: &format!("{RESET}{}", user.email),
            value: token.value.as_str(),
            expires_at: now() + Duration::hours(1),
        },
    )
    .await?;
    Ok(Some(token.text))
}

/// Sets a new password, ends all sessions, and removes the other reset tokens of the account. False if the token is
/// invalid, used or expired. Two concurrent calls with different tokens of an account can deadlock. The one that is
/// aborted is retried and finds its token removed.
pub async fn reset_password(db: &Database, key: &ServiceKey, token: &str, password: &str) -> Result<bool> {
    let Some(token) = OneTimeToken::parse(token) else { return Ok(false) };
    let (now, hash) = (now(), passwords::hash(password.to_owned()).await);
    sqlward::retry(ATTEMPTS, || {
        db.transaction(async |tx| {
            let service = key.within(tx, "reset of a password");
            let Some(user) = token.consume(&service, RESET, now).await? else {
                return Ok::<_, Error>(false);
            };
            identity::discard_verifications(&service, &format!("{RESET}{}", user.email)).await?;
            // Presenting the token has authenticated the user, like a password.
            let scope = UserScope::from_authenticated(user.id);
            if identity::update_password(tx, &scope, &hash).await? == 0 {
                return Ok(false);
            }
            identity::revoke_sessions(tx, &scope).await?;
            Ok(true)
        })
    })
    .await
}

/// The result of removing a way to sign in.
#[derive(Debug, PartialEq, Eq)]
pub enum Unlinking {
    /// It is gone.
    Unlinked,
    /// It is the only one, so it was kept.
    LastOne,
    /// The account is not linked to this provider.
    NotLinked,
}

/// Removes a way to sign in.
pub async fn unlink(db: &Database, user: &UserScope, provider: &str) -> Result<Unlinking> {
    sqlward::retry(ATTEMPTS, || {
        db.transaction(async |tx| {
            if identity::unlink_account(tx, user, provider).await? > 0 {
                return Ok::<_, Error>(Unlinking::Unlinked);
            }
            let left = identity::list_accounts(tx, user).await?;
            let is_there = left.iter().any(|account| account.provider_id == provider);
            Ok(if is_there { Unlinking::LastOne } else { Unlinking::NotLinked })
        })
    })
    .await
}

/// Closes the account. False while the user owns a live organization or has live content or media.
pub async fn close_account(db: &Database, user: &UserScope) -> Result<bool> {
    // The user's own content and media are in creator scope, whatever the user's role.
    let creator = CreatorScope::from_authenticated(user.user_id().clone());
    sqlward::retry(ATTEMPTS, || {
        db.transaction(async |tx| {
            // Waits for requests that are adding content or media, so that their rows are seen.
            let account = identity::lock_account(tx, &creator).await?;
            if account.is_none() || identity::close_account(tx, &creator).await? == 0 {
                return Ok::<_, Error>(false);
            }
            identity::revoke_sessions(tx, user).await?;
            memberships::leave_all_organizations(tx, user).await?;
            Ok(true)
        })
    })
    .await
}

/// The prefix that marks a token as one for resetting a password. A token for verifying an address has the address in
/// this place, and no address contains a space, so neither can be used for the other.
const RESET: &str = "password of ";

/// A one-time token that is sent by mail. It consists of the id of its row and a secret, of which the row has the
/// digest.
pub(super) struct OneTimeToken {
    pub(super) text: String,
    pub(super) id: VerificationTokenId,
    pub(super) value: Fingerprint,
}

impl OneTimeToken {
    pub(super) fn new() -> OneTimeToken {
        let (id, secret) = (Uuid::new_v4().simple().to_string(), secret());
        let value = Fingerprint::of(&secret);
        OneTimeToken { text: format!("{id}.{secret}"), id: VerificationTokenId(id), value }
    }

    pub(super) fn parse(text: &str) -> Option<OneTimeToken> {
        let (id, secret) = text.split_once('.')?;
        let value = Fingerprint::of(secret);
        Some(OneTimeToken { text: text.to_owned(), id: VerificationTokenId(id.to_owned()), value })
    }

    /// Uses up the token if it is valid and has this purpose, and finds the live user it was sent to.
    async fn consume(
        &self,
        service: &ServiceRole<'_>,
        purpose: &str,
        now: NaiveDateTime,
    ) -> Result<Option<User>> {
        match self.redeem(service, purpose, now).await? {
            Some(email) => identity::find_user_by_email(service, &email).await,
            None => Ok(None),
        }
    }

    /// Uses up the token if it is valid and has this purpose, and returns whom or what it is for.
    pub(super) async fn redeem(
        &self,
        service: &ServiceRole<'_>,
        purpose: &str,
        now: NaiveDateTime,
    ) -> Result<Option<String>> {
        let made_for = identity::consume_verification(service, &self.id, self.value.as_str(), now).await?;
        Ok(made_for.as_deref().and_then(|made_for| made_for.strip_prefix(purpose)).map(str::to_owned))
    }
}
