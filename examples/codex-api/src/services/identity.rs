//! Accounts: sign-up and sign-in, one-time tokens, and the end.

use chrono::{Duration, NaiveDateTime};
use codex_catalog::identity::{self, CreateSession, CreateVerification, RegisterUser, RegisterUserRow};
use codex_catalog::{
    AccountId, Constraint, CreatorScope, SessionId, User, UserScope, VerificationTokenId, memberships,
};
use sqlward::{Database, Error, Result, ServiceKey, ServiceRole};
use uuid::Uuid;

use super::{ATTEMPTS, passwords};
use crate::auth::{Fingerprint, SESSION, now, secret};

/// What came of a sign-up.
pub enum Registration {
    /// There is an account now. The token goes to its address, and verifies it when it comes back.
    Registered {
        /// The account.
        user: RegisterUserRow,
        /// The token.
        token: String,
    },
    /// Someone has the address already.
    EmailTaken,
}

/// Makes an account with a password.
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
        // The constraint is the catalog's enum: renaming it in the schema does not leave this behind.
        Err(error) if error.constraint() == Some(Constraint::UsersEmailUnique) => {
            Ok(Registration::EmailTaken)
        }
        Err(error) => Err(error),
    }
}

/// A session that has begun. The token is the only copy.
pub struct SignedIn {
    /// What requests carry.
    pub token: String,
    /// Until when, unless it is used meanwhile.
    pub expires_at: NaiveDateTime,
}

/// Signs in with a password. `None` when address or password are wrong: nobody learns which.
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

/// A new session with a new token, whatever the caller had before. `None` when the account is closed.
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

/// Takes back the token that was sent to an address, and notes that the address is right. False when the token is wrong,
/// used up or too old.
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

/// A token that verifies the address of an account, for whoever reads its mail.
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

/// A token that lets whoever reads the mail of an address set a new password. `None` when nobody has that address, which
/// is not for the caller to know.
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

/// Sets a new password, ends all sessions, and takes back the other tokens that could set one. False when the token is
/// wrong, used up or too old. Of two that come at once each wants the other's row: the one that gives way finds its own
/// gone when it tries again.
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
            // The token has proven who it is, as a password would.
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

/// What came of taking a way to sign in away.
#[derive(Debug, PartialEq, Eq)]
pub enum Unlinking {
    /// It is gone.
    Unlinked,
    /// There would be none left.
    LastOne,
    /// There was none of that provider.
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

/// Closes the account. False while the caller owns a live organization or has live content or media.
pub async fn close_account(db: &Database, user: &UserScope) -> Result<bool> {
    // Whatever their role, they are the creator of what they made.
    let creator = CreatorScope::from_authenticated(user.user_id().clone());
    sqlward::retry(ATTEMPTS, || {
        db.transaction(async |tx| {
            // What is being added is there first, and then in the way.
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

/// What tells a token that resets a password from one that verifies an address: neither does for the other. No address
/// has a blank in it, so that none can be made to look like this.
const RESET: &str = "password of ";

/// A token that goes out by mail and comes back once: the id of its row, and a secret of which the row has the digest.
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

    /// Uses it up while it is good, and finds the live user whom it was sent to for that purpose.
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

    /// Uses it up while it is good, and tells whom or what it was for, if that was its purpose.
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
