//! The states of a piece of content: draft, published, archived.

use codex_catalog::content::{self, AdminPublishContentRow, CreateContent};
use codex_catalog::{
    Constraint, Content, ContentId, ContentStatus as Status, ContentType, CreatorScope, MediaItemId,
    MediaItemMediaType, MediaItemStatus, OrganizationId, OrganizationManager,
};
use sqlward::{Database, Error, Result, Transaction};

use super::ATTEMPTS;

/// The result of adding, changing or moving a piece.
#[derive(Debug, PartialEq)]
pub enum Placed {
    /// It was stored.
    Done(Box<Content>),
    /// Another piece of that organization, or of the creator alone, has the slug.
    SlugTaken,
    /// The piece, the media item or the organization does not exist or is not available to the creator.
    OutOfReach,
    /// A published text must keep its body.
    BodyNeeded,
}

/// Adds a draft.
pub async fn create(db: &Database, creator: &CreatorScope, new: &CreateContent<'_>) -> Result<Placed> {
    let created = sqlward::retry(ATTEMPTS, || {
        db.transaction(async |tx| content::create_content(tx, creator, new).await)
    });
    placed(created.await)
}

/// Changes the fields of a piece.
pub async fn update(
    db: &Database,
    creator: &CreatorScope,
    change: &content::UpdateContent<'_>,
) -> Result<Placed> {
    let placed = placed(content::update_content(db, creator, change).await)?;
    if placed == Placed::OutOfReach && content::get_content(db, creator, change.id).await?.is_some() {
        return Ok(Placed::BodyNeeded);
    }
    Ok(placed)
}

/// Moves a piece into an organization.
pub async fn attach(
    db: &Database,
    creator: &CreatorScope,
    id: ContentId,
    organization: OrganizationId,
) -> Result<Placed> {
    placed(content::attach_content_to_organization(db, creator, id, organization).await)
}

/// Takes a piece out of its organization. It becomes a draft.
pub async fn detach(db: &Database, creator: &CreatorScope, id: ContentId) -> Result<Placed> {
    placed(content::move_content_to_personal(db, creator, id).await)
}

fn placed(result: Result<Option<Content>>) -> Result<Placed> {
    let taken = [Constraint::IdxUniqueContentSlugPersonal, Constraint::IdxUniqueContentSlugPerOrg];
    match result {
        Ok(row) => Ok(row.map_or(Placed::OutOfReach, |row| Placed::Done(Box::new(row)))),
        Err(error) if error.constraint().is_some_and(|violated| taken.contains(&violated)) => {
            Ok(Placed::SlugTaken)
        }
        Err(error) => Err(error),
    }
}

/// The result of publishing.
#[derive(Debug, PartialEq)]
pub enum Publication<T> {
    /// It is published. It may have been before.
    Published(T),
    /// There is no such piece, or the caller may not publish it.
    NotFound,
    /// It cannot be published yet.
    Not(Missing),
}

/// What prevents a piece from being published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// It is archived, which is final.
    Archived,
    /// A text needs a body.
    Body,
    /// Video and audio need a media item that has not been removed.
    Media,
    /// Its media item is not ready to play.
    ReadyMedia(MediaItemStatus),
}

/// draft -> published. The piece and its media item are locked, so that what was checked still holds when the piece is
/// published.
pub async fn publish(db: &Database, creator: &CreatorScope, id: ContentId) -> Result<Publication<Content>> {
    sqlward::retry(ATTEMPTS, || {
        db.transaction(async |tx| {
            let Some(piece) = content::lock_content(tx, creator, id).await? else {
                return Ok::<_, Error>(Publication::NotFound);
            };
            if let Some(missing) = missing(tx, creator, &piece).await? {
                return Ok(Publication::Not(missing));
            }
            let published = content::publish_content(tx, creator, id).await?;
            Ok(published.map_or(Publication::NotFound, Publication::Published))
        })
    })
    .await
}

async fn missing(tx: &Transaction<'_>, creator: &CreatorScope, piece: &Content) -> Result<Option<Missing>> {
    if piece.status == Status::Archived {
        return Ok(Some(Missing::Archived));
    }
    let media_type = match piece.content_type {
        ContentType::Written => return Ok(piece.content_body.is_none().then_some(Missing::Body)),
        ContentType::Video => MediaItemMediaType::Video,
        ContentType::Audio => MediaItemMediaType::Audio,
    };
    let Some(id): Option<MediaItemId> = piece.media_item_id else { return Ok(Some(Missing::Media)) };
    Ok(match content::hold_media_for_content(tx, creator, id, media_type).await? {
        None => Some(Missing::Media),
        Some(item) if item.status == MediaItemStatus::Ready => None,
        Some(item) => Some(Missing::ReadyMedia(item.status)),
    })
}

/// The same for an organization's staff. They only learn that the media item is missing, not its state.
pub async fn publish_for(
    db: &Database,
    organization: &OrganizationManager,
    id: ContentId,
) -> Result<Publication<AdminPublishContentRow>> {
    sqlward::retry(ATTEMPTS, || {
        db.transaction(async |tx| {
            if let Some(piece) = content::admin_publish_content(tx, organization, id).await? {
                return Ok::<_, Error>(Publication::Published(piece));
            }
            Ok(match content::get_organization_content(tx, organization, id).await? {
                None => Publication::NotFound,
                Some(piece) if piece.status == Status::Archived => Publication::Not(Missing::Archived),
                Some(piece) if piece.content_type == ContentType::Written => Publication::Not(Missing::Body),
                Some(_) => Publication::Not(Missing::Media),
            })
        })
    })
    .await
}
