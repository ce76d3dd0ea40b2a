//! Playback positions.

use chrono::{DateTime, Utc};
use codex_catalog::access::{self, UpsertPlayback};
use codex_catalog::{ContentId, Playback, UserScope};
use sqlward::{Database, Result};

/// The progress that a player reports.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// The piece.
    pub content_id: ContentId,
    /// The current position.
    pub position_seconds: i32,
    /// The length of the piece.
    pub duration_seconds: i32,
}

/// The result of storing a position.
#[derive(Debug, Clone, PartialEq)]
pub enum Stored {
    /// The stored position. It can be a later one, from another device.
    Stored(Playback),
    /// The numbers are not possible.
    Impossible,
    /// The piece does not exist or the user may not open it.
    Closed,
}

/// Stores a user's position in a piece that they may open.
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
