//! How far viewers got.

use chrono::{DateTime, Utc};
use codex_catalog::access::{self, UpsertPlayback};
use codex_catalog::{ContentId, Playback, UserScope};
use sqlward::{Database, Result};

/// What a player reports.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Of which piece.
    pub content_id: ContentId,
    /// How far it is.
    pub position_seconds: i32,
    /// How long it lasts.
    pub duration_seconds: i32,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Stored {
    /// What is stored now. Another device may have been further.
    Stored(Playback),
    /// The numbers are none of a player's.
    Impossible,
    /// The piece is not open to the user, or does not exist.
    Closed,
}

/// Stores how far a user got in a piece, while it is open to them.
pub async fn store(
    db: &Database,
    user: &UserScope,
    progress: Progress,
    now: DateTime<Utc>,
) -> Result<Stored> {
    let Progress { content_id, position_seconds, duration_seconds } = progress;
    if position_seconds < 0 || duration_seconds <= 0 {
        return Ok(Stored::Impossible);
    }
    let progress = UpsertPlayback { position_seconds, duration_seconds, content_id, now };
    let stored = access::upsert_playback(db, user, &progress).await?;
    Ok(stored.map_or(Stored::Closed, Stored::Stored))
}
