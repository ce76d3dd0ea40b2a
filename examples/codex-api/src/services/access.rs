//! Who may open what.

use chrono::{DateTime, Utc};
use codex_catalog::access::{self, GetStreamingSourceRow};
use codex_catalog::{ContentAccess, ContentId, OrganizationManager, UserId, UserScope, grants};
use sqlward::{Database, Error, Result, TransactionOptions};

/// What a player is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Streaming {
    /// Where the piece is. The links are to be signed, which needs no database.
    Source(GetStreamingSourceRow),
    /// It is open to the user, and there is nothing to play: it is written, or its media item is not ready.
    NothingToPlay,
    /// It is not open to the user, or does not exist: nobody learns which.
    Closed,
}

/// Looks up what a player needs of a piece, if it is open to the user at that moment.
pub async fn stream(
    db: &Database,
    user: &UserScope,
    content_id: ContentId,
    now: DateTime<Utc>,
) -> Result<Streaming> {
    // Both see the same rows.
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

/// What came of a gift.
#[derive(Debug, Clone, PartialEq)]
pub enum Gift {
    /// The piece is open to them, for free and for good; it may have been before.
    Given(ContentAccess),
    /// The organization has no such piece.
    NoSuchContent,
    /// They are neither active members nor customers of the organization, or have a grant of another one.
    Unrelated,
}

/// Gives someone a piece of the organization's.
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
