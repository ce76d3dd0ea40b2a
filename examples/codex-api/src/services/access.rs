//! What users may open.

use chrono::{DateTime, Utc};
use codex_catalog::access::{self, GetStreamingSourceRow};
use codex_catalog::{ContentAccess, ContentId, OrganizationManager, UserId, UserScope, grants};
use sqlward::{Database, Error, Result, TransactionOptions};

/// The result of [`stream`].
#[derive(Debug, Clone, PartialEq)]
pub enum Streaming {
    /// Where the files are. Signing the links needs no database.
    Source(GetStreamingSourceRow),
    /// The user may open the piece, but it is a text or its media item is not ready.
    NothingToPlay,
    /// The piece does not exist or the user may not open it. The two are not told apart.
    Closed,
}

/// Looks up what a player needs to play a piece, if the user may open it at that time.
pub async fn stream(
    db: &Database,
    user: &UserScope,
    content_id: ContentId,
    now: DateTime<Utc>,
) -> Result<Streaming> {
    // Both queries have to see the same rows.
    let snapshot = TransactionOptions::new().repeatable_read().read_only();
    db.transaction_with(snapshot, async |tx| {
        if let Some(source) = access::get_streaming_source(tx, user, content_id, now).await? {
            return Ok(Streaming::Source(source));
        }
        let open = access::can_access_content(tx, user, content_id, now).await?;
        Ok::<_, Error>(if open { Streaming::NothingToPlay } else { Streaming::Closed })
    })
    .await
}

/// The result of [`give`].
#[derive(Debug, Clone, PartialEq)]
pub enum Gift {
    /// The user can now open the piece, for free and without end. This may have been so before.
    Given(ContentAccess),
    /// The organization has no such piece.
    NoSuchContent,
    /// The user is neither an active member nor a customer of the organization, or has a grant from another
    /// organization.
    Unrelated,
}

/// Gives a user free access to a piece of the organization.
pub async fn give(
    db: &Database,
    organization: &OrganizationManager,
    content_id: ContentId,
    grantee_id: &UserId,
) -> Result<Gift> {
    db.transaction(async |tx| {
        let given = grants::grant_complimentary_access(tx, organization, content_id, grantee_id).await?;
        if let Some(given) = given {
            return Ok(Gift::Given(given));
        }
        let exists = grants::is_content_of_organization(tx, organization, content_id).await?;
        Ok::<_, Error>(if exists { Gift::Unrelated } else { Gift::NoSuchContent })
    })
    .await
}
