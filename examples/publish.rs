//! A creator signs up, uploads a video, publishes a text, and looks at both.
//!
//! ```console
//! $ createdb codex && psql codex -f schema.sql
//! $ DATABASE_URL=postgres://localhost/codex cargo run --example publish
//! ```

use std::process::ExitCode;

use codex_catalog::content::{self, CreateContent};
use codex_catalog::identity::{self, CreateUser};
use codex_catalog::media::{self, CreateMediaItem};
use codex_catalog::{Constraint, ContentVisibility, CreatorScope, MediaItemMediaType, UserId};
use sqlward::{Database, Error, Page, Result, ServiceKey};

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Database::from_env() {
        Ok((db, key)) => run(&db, &key).await,
        Err(error) => Err(error),
    };
    match result {
        Ok(lines) => {
            println!("{}", lines.join("\n"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}\n(schema.sql must have been run there: psql codex -f schema.sql)");
            ExitCode::FAILURE
        }
    }
}

/// Runs the example, and returns the lines to print.
pub async fn run(db: &Database, key: &ServiceKey) -> Result<Vec<String>> {
    // No user is signed in yet, so signing up takes the service role, which needs the key and a reason.
    let sign_up = key.over(db, "sign-up");
    let id = UserId::from("ada");
    let id = match identity::find_user_by_email(&sign_up, "ada@example.org").await? {
        Some(user) => user.id,
        None => {
            let ada = CreateUser { id: &id, name: "Ada", email: "ada@example.org", image: None };
            identity::create_user(&sign_up, &ada).await?.id
        }
    };

    // From here on the token is the scope of each query.
    let creator = CreatorScope::from_authenticated(id);

    let video = CreateMediaItem {
        title: "The analytical engine",
        description: None,
        media_type: MediaItemMediaType::Video,
        object_path: "engine.mp4",
        file_size_bytes: None,
        mime_type: Some("video/mp4"),
    };
    let mut lines = Vec::new();
    if let Some(video) =
        db.transaction(async |tx| media::create_media_item(tx, &creator, &video).await).await?
    {
        // Each state change is one query. If two callers run it concurrently, only one gets the row.
        let uploaded = media::mark_uploaded(db, &creator, Some(52_000_000), video.id).await?;
        lines.push(format!("uploaded {}: {}", video.r2_key, uploaded.is_some()));
    }

    // Both changes are in one transaction.
    let published = db
        .transaction(async |tx| {
            let Some(draft) = content::create_content(tx, &creator, &notes()).await? else { return Ok(None) };
            content::publish_content(tx, &creator, draft.id).await
        })
        .await;
    match published {
        Ok(piece) => {
            lines.extend(piece.map(|piece| format!("published {} at {:?}", piece.slug, piece.published_at)))
        }
        // The slug is taken if the example was run before.
        Err(error) if is_taken(&error) => lines.push("the slug is taken".to_owned()),
        Err(error) => return Err(error),
    }

    for piece in
        content::list_creator_content(db, &creator, &Default::default(), Page::default()).await?.items
    {
        // `media_item` is one `Option` for all its columns. A written piece has none.
        let plays = piece.media_item.map_or("text".to_owned(), |item| format!("{} {}", item.id, item.status));
        lines.push(format!("content: {} ({}), {plays}", piece.title, piece.status));
    }
    for item in media::list_media_items(db, &creator, &Default::default(), Page::default()).await?.items {
        lines.push(format!("media: {} ({})", item.title, item.status));
    }
    Ok(lines)
}

fn notes() -> CreateContent<'static> {
    CreateContent {
        title: "Notes on the engine",
        slug: "notes",
        description: None,
        thumbnail_url: None,
        content_body: Some("It weaves algebraic patterns."),
        category: None,
        tags: None,
        visibility: ContentVisibility::Public,
        price_cents: None,
        organization_id: None,
        media_item_id: None,
    }
}

fn is_taken(error: &Error) -> bool {
    error.constraint() == Some(Constraint::IdxUniqueContentSlugPersonal)
}
