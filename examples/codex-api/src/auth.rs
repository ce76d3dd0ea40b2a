//! Authentication and authorization: who the caller is, and for which tenant they may act.
//!
//! A route declares what it needs in its arguments: a [`Caller`], a [`Creator`], an [`Operator`], or a [`Member`],
//! [`Studio`] or [`Manager`] of the organization in its path. They hold the tokens that generated functions take. No
//! other code makes tokens, and none is kept after the request.

use axum::extract::{FromRef, FromRequestParts, RawPathParams};
use axum::http::{header, request::Parts};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{Duration, NaiveDateTime, Utc};
use codex_catalog::memberships::{self, GetMyMembershipRow};
use codex_catalog::{
    CreatorScope, OrganizationId, OrganizationManager, OrganizationScope, OrganizationStudio, UserScope,
    identity, organizations,
};
use sha2::{Digest, Sha256};
use sqlward::Database;

use crate::app::{App, Service};
use crate::problem::Problem;

/// How long a session stays valid after its last use.
pub const SESSION: Duration = Duration::days(30);

/// A signed-in user.
pub struct Caller {
    /// The token of the user's scope.
    pub user: UserScope,
    /// Their role on the platform.
    pub role: String,
    /// The digest of the request's session token.
    pub session: Fingerprint,
}

/// A signed-in user whose platform role allows creating content.
pub struct Creator(pub CreatorScope);

/// A signed-in user who is staff of the platform.
pub struct Operator;

/// The organization in the path. No sign-in is needed: organizations are public.
pub struct Organization(pub OrganizationId);

/// An active member of the organization in the path.
pub struct Member {
    /// The token of the organization's scope.
    pub organization: OrganizationScope,
    /// The signed-in user.
    pub caller: Caller,
}

/// A member who may create content: owner, admin or creator.
pub struct Studio {
    /// The token of the role.
    pub organization: OrganizationStudio,
    /// The signed-in user.
    pub caller: Caller,
}

/// A member who may manage the organization: owner or admin.
pub struct Manager {
    /// The token of the role.
    pub organization: OrganizationManager,
    /// The signed-in user.
    pub caller: Caller,
}

/// The digest of a secret token. The database stores only this, so that a leaked table or backup is of no use for
/// signing in.
#[derive(Clone, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The digest of a secret. The secret is long and random, so an unsalted hash is enough.
    pub fn of(secret: &str) -> Fingerprint {
        Fingerprint(URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes())))
    }

    /// The text that the database stores.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A new secret token: 256 random bits, as text that can be used in a header or a link.
pub fn secret() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The current time in UTC, for the tables that store timestamps without time zone. Call it once for each operation.
pub fn now() -> NaiveDateTime {
    Utc::now().naive_utc()
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Caller, Problem> {
        let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, token) =
            given.and_then(|given| given.split_once(' ')).ok_or_else(Problem::unauthenticated)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Problem::unauthenticated());
        }
        let session = Fingerprint::of(token.trim());
        let (service, now) = (Service::from_ref(app), now());
        let role = service.role("look-up of a session");
        let found = identity::find_session_with_user(&role, session.as_str(), now)
            .await?
            .ok_or_else(Problem::unauthenticated)?;
        let user = UserScope::from_authenticated(found.user.id);
        // Using a session extends it. It is written at most once a day.
        if found.expires_at < now + SESSION - Duration::days(1) {
            let db = Database::from_ref(app);
            identity::extend_session(&db, &user, now + SESSION, session.as_str(), now).await?;
        }
        Ok(Caller { user, role: found.user.role, session })
    }
}

impl FromRequestParts<App> for Creator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Creator, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        match &*caller.role {
            "creator" | "admin" | "platform_owner" => {
                Ok(Creator(CreatorScope::from_authenticated(caller.user.user_id().clone())))
            }
            _ => Err(Problem::forbidden("this is for creators: become one first")),
        }
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Operator, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        match &*caller.role {
            "admin" | "platform_owner" => Ok(Operator),
            _ => Err(Problem::forbidden("this is for the platform's staff")),
        }
    }
}

impl FromRequestParts<App> for Organization {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Organization, Problem> {
        organization_in_path(parts, app).await.map(Organization)
    }
}

/// Membership is checked on each request, by a query that grants the token. A caller who is not a member, or has
/// another role, gets the same answer as for an organization that does not exist.
macro_rules! grants {
    ($extractor:ident, $query:path) => {
        impl FromRequestParts<App> for $extractor {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
                let caller = Caller::from_request_parts(parts, app).await?;
                let id = organization_in_path(parts, app).await?;
                let db = Database::from_ref(app);
                let granted: Option<(_, GetMyMembershipRow)> = $query(&db, &caller.user, id).await?;
                let (organization, _) = granted.ok_or_else(Problem::not_found)?;
                Ok($extractor { organization, caller })
            }
        }
    };
}

grants!(Member, memberships::get_my_membership);
grants!(Studio, memberships::get_my_studio_membership);
grants!(Manager, memberships::get_my_management_membership);

/// The id of the organization that the path names by id or slug. An id is not looked up: whether the organization is
/// live, and what the caller may do there, is checked later.
async fn organization_in_path(parts: &mut Parts, app: &App) -> Result<OrganizationId, Problem> {
    let params = RawPathParams::from_request_parts(parts, app).await.map_err(|_| Problem::not_found())?;
    let name = params.iter().find(|(name, _)| *name == "organization").map(|(_, value)| value);
    let name = name.unwrap_or_default();
    if let Ok(id) = name.parse() {
        return Ok(OrganizationId(id));
    }
    if name.contains(char::is_control) {
        return Err(Problem::not_found());
    }
    organizations::resolve_organization_id(&Database::from_ref(app), name)
        .await?
        .ok_or_else(Problem::not_found)
}
