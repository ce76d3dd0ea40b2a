//! Transactions, row locks and retries.

use std::time::Duration;

use codex_catalog::MediaItemMediaType::{Audio, Video};
use codex_catalog::content::{self, CreateContent};
use codex_catalog::{Constraint, media, organizations};
use sqlward::{Error, ErrorKind, TransactionOptions, retry};

use super::fixture::{Codex, draft};

#[tokio::test]
async fn a_failed_transaction_leaves_nothing() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    let failed = db.transaction(async |tx| {
        content::create_content(tx, &ann.creator, &draft("one")).await?;
        content::create_content(tx, &ann.creator, &draft("one")).await
    });
    let error = failed.await.unwrap_err();
    assert_eq!(error.constraint(), Some(Constraint::IdxUniqueContentSlugPersonal));
    assert_eq!(error.query(), Some("content::create_content"));
    assert_eq!(content::count_creator_content(db, &ann.creator).await.unwrap(), 0);
}

#[tokio::test]
async fn a_nested_transaction_may_fail_alone() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    let slug = db
        .transaction(async |tx| {
            content::create_content(tx, &ann.creator, &draft("one")).await?;
            for slug in ["one", "one-2"] {
                let made = tx.transaction(async |inner| {
                    content::create_content(inner, &ann.creator, &draft(slug)).await
                });
                match made.await {
                    Ok(made) => return Ok(made.map(|made| made.slug)),
                    Err(error) if error.kind() == ErrorKind::UniqueViolation => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(None)
        })
        .await;
    assert_eq!(slug.unwrap().as_deref(), Some("one-2"));
    assert_eq!(content::count_creator_content(db, &ann.creator).await.unwrap(), 2);
}

#[tokio::test]
async fn locks_reach_own_live_rows_and_hold_until_the_end() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let id = codex.piece(ann, "one").await;
    let deleted = codex.piece(ann, "two").await;
    content::soft_delete_content(db, &ann.creator, deleted).await.unwrap();
    let item = codex.video(ann, "video").await;
    db.transaction(async |tx| {
        assert!(content::lock_content(tx, &bob.creator, id).await?.is_none());
        assert!(content::lock_content(tx, &ann.creator, deleted).await?.is_none());
        assert!(media::lock_media_item(tx, &bob.creator, item).await?.is_none());
        assert!(media::lock_media_item(tx, &ann.creator, item).await?.is_some());
        assert!(organizations::lock_organization(tx, &bob.organization).await?.is_some());
        assert!(content::lock_content(tx, &ann.creator, id).await?.is_some());
        // A statement for the same row waits.
        let wait = content::archive_content(db, &ann.creator, id);
        assert!(tokio::time::timeout(Duration::from_millis(100), wait).await.is_err());
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    // The cancelled call may have reached the server and taken effect there.
    let piece = content::get_content(db, &ann.creator, id).await.unwrap();
    assert!(piece.is_some());
}

#[tokio::test]
async fn media_cannot_go_while_content_is_made_of_it() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let item = codex.video(ann, "video").await;
    let made = db.transaction(async |tx| {
        assert!(media::lock_media_item(tx, &ann.creator, item).await?.is_some());
        assert!(content::hold_media_for_content(tx, &bob.creator, item, Video).await?.is_none());
        assert!(content::hold_media_for_content(tx, &ann.creator, item, Audio).await?.is_none());
        let held = content::hold_media_for_content(tx, &ann.creator, item, Video).await?.unwrap();
        let new = CreateContent { media_item_id: Some(held.id), ..draft("video") };
        content::create_content(tx, &ann.creator, &new).await
    });
    assert_eq!(made.await.unwrap().unwrap().media_item_id, Some(item));
}

#[tokio::test]
async fn conflicting_transactions_are_run_again() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    // Each creates a piece only if there are fewer than three. Without serializable isolation, all of them could see
    // fewer.
    let create = async |number: usize| {
        retry(20, || {
            let options = TransactionOptions::new().serializable();
            db.transaction_with(options, async |tx| {
                let count = content::count_creator_content(tx, &ann.creator).await?;
                if count >= 3 {
                    return Ok(false);
                }
                let slug = format!("piece-{number}");
                Ok::<_, Error>(content::create_content(tx, &ann.creator, &draft(&slug)).await?.is_some())
            })
        })
        .await
        .unwrap()
    };
    let made = tokio::join!(create(1), create(2), create(3), create(4), create(5));
    let made = [made.0, made.1, made.2, made.3, made.4].into_iter().filter(|made| *made).count();
    assert_eq!(made, 3);
    assert_eq!(content::count_creator_content(db, &ann.creator).await.unwrap(), 3);
}
