//! Playback positions: stored for content that the user may open, and never moved back.

use codex_catalog::access::{self, ContinueWatching, UpsertPlayback};
use codex_catalog::playback::{self, ContentPerformance};
use codex_catalog::{ContentId, UserScope, content, grants};
use futures_util::future::join_all;

use super::fixture::{Codex, page, signed_in, utc};

/// Position and duration of a piece.
fn at(content_id: ContentId, position_seconds: i32, duration_seconds: i32) -> UpsertPlayback {
    UpsertPlayback { position_seconds, duration_seconds, content_id, now: utc("2025-01-01") }
}

#[tokio::test]
async fn the_position_never_moves_back_and_completion_stays() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let id = codex.published(ann, "one").await;
    let store = async |user: &UserScope, position, duration| {
        let stored = access::upsert_playback(db, user, &at(id, position, duration)).await.unwrap();
        stored.map(|stored| (stored.position_seconds, stored.completed))
    };
    assert_eq!(store(&bob.user, 40, 100).await, Some((40, false)));
    assert_eq!(store(&bob.user, 10, 100).await, Some((40, false)));
    assert_eq!(store(&bob.user, 94, 100).await, Some((94, false)));
    assert_eq!(store(&bob.user, 95, 100).await, Some((95, true)));
    assert_eq!(store(&bob.user, 1, 100).await, Some((95, true)));
    assert_eq!(store(&bob.user, 500, 100).await, Some((100, true)), "no further than the end");
    assert_eq!(store(&ann.user, i32::MAX, i32::MAX).await, Some((i32::MAX, true)));
    for (position, duration) in [(-1, 100), (0, 0), (5, -5)] {
        assert_eq!(store(&bob.user, position, duration).await, None);
    }

    // Each user has a position of their own.
    let stored = playback::get_playback(db, &bob.user, id).await.unwrap().unwrap();
    assert_eq!((stored.position_seconds, stored.duration_seconds, stored.completed), (100, 100, true));
    let other = codex.published(ann, "two").await;
    assert_eq!(playback::get_playback(db, &bob.user, other).await.unwrap(), None);
    let stored = playback::list_playback_for(db, &bob.user, &[id, other]).await.unwrap();
    assert_eq!(
        stored.iter().map(|row| (row.content_id, row.position_seconds)).collect::<Vec<_>>(),
        [(id, 100)]
    );
    assert!(playback::list_playback_for(db, &bob.user, &[]).await.unwrap().is_empty());

    // The piece has become shorter.
    assert_eq!(store(&bob.user, 5, 60).await, Some((60, true)));
    assert_eq!(store(&bob.user, 5, 90).await, Some((60, true)));
}

#[tokio::test]
async fn of_many_devices_at_once_the_furthest_counts() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let id = codex.published(ann, "one").await;
    let positions = [30, 96, 10, 50, 96, 2, 70, 5];
    let stored =
        join_all(positions.map(|position| async move {
            access::upsert_playback(db, &bob.user, &at(id, position, 100)).await
        }));
    assert!(stored.await.into_iter().all(|stored| stored.unwrap().is_some()));
    let kept = playback::get_playback(db, &bob.user, id).await.unwrap().unwrap();
    assert_eq!((kept.position_seconds, kept.completed), (96, true));
    assert_eq!(codex.column("select count(*) from video_playback").await, ["1"]);
}

#[tokio::test]
async fn nothing_is_stored_of_what_is_not_open() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let draft = codex.piece(ann, "draft").await;
    let priced = codex.published(ann, "priced").await;
    codex.sql("update content set price_cents = 500 where slug = 'priced'").await;
    let deleted = codex.published(ann, "deleted").await;
    content::soft_delete_content(db, &ann.creator, deleted).await.unwrap();
    for id in [draft, priced, deleted, ContentId("00000000-0000-4000-8000-0000000000ff".parse().unwrap())] {
        assert_eq!(access::upsert_playback(db, &bob.user, &at(id, 1, 100)).await.unwrap(), None);
    }
    assert_eq!(codex.column("select count(*) from video_playback").await, ["0"]);
    codex.bought(&bob.id, priced, "pi_1").await;
    assert!(access::upsert_playback(db, &bob.user, &at(priced, 1, 100)).await.unwrap().is_some());
}

#[tokio::test]
async fn what_was_begun_goes_on_while_it_is_open() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let eve = codex.person("eve").await;
    let user = signed_in(&eve);
    let free = codex.published(ann, "free").await;
    let of_beta = codex.published(bob, "of-beta").await;
    let granted = codex.published(ann, "granted").await;
    codex.sql("update content set visibility = 'purchased_only' where slug = 'granted'").await;
    let finished = codex.published(ann, "finished").await;
    codex.bought(&eve, granted, "pi_1").await;
    for (id, position) in [(free, 5), (of_beta, 5), (granted, 5), (finished, 100)] {
        access::upsert_playback(db, &user, &at(id, position, 100)).await.unwrap().unwrap();
        access::upsert_playback(db, &ann.user, &at(id, position, 100)).await.unwrap();
    }
    // The purchase is refunded, and three days of access are granted instead.
    codex
        .sql(
            "update purchases set status = 'refunded';
               update content_access set access_type = 'preview', expires_at = '2025-01-04'",
        )
        .await;
    let going_on = async |user: &UserScope, organization_id, now: &str, how_many| {
        let wanted = ContinueWatching { now: utc(now), organization_id, how_many };
        let rows = access::continue_watching(db, user, &wanted).await.unwrap();
        rows.into_iter().map(|row| row.slug).collect::<Vec<_>>()
    };
    assert_eq!(going_on(&user, None, "2025-01-03", 10).await, ["granted", "of-beta", "free"]);
    assert_eq!(going_on(&user, None, "2025-01-03", 1).await, ["granted"]);
    assert_eq!(going_on(&user, None, "2025-01-04", 10).await, ["of-beta", "free"]);
    let alpha = Some(ann.organization_id);
    assert_eq!(going_on(&user, alpha, "2025-01-03", 10).await, ["granted", "free"]);
    assert!(going_on(&bob.user, None, "2025-01-03", 10).await.is_empty());
    content::soft_delete_content(db, &ann.creator, free).await.unwrap();
    content::unpublish_content(db, &bob.creator, of_beta).await.unwrap();
    assert_eq!(going_on(&user, None, "2025-01-03", 10).await, ["granted"]);
    assert!(grants::has_active_grant(db, &user, granted, utc("2025-01-03")).await.unwrap());
    assert!(going_on(&user, None, "2025-01-04", 10).await.is_empty());
}

#[tokio::test]
async fn managers_see_how_their_pieces_are_watched() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let one = codex.published(ann, "one").await;
    codex.published(ann, "two").await;
    let deleted = codex.published(ann, "deleted").await;
    let foreign = codex.published(bob, "foreign").await;
    for (user, id, position) in
        [(&ann.user, one, 100), (&bob.user, one, 50), (&ann.user, deleted, 5), (&ann.user, foreign, 5)]
    {
        access::upsert_playback(db, user, &at(id, position, 100)).await.unwrap().unwrap();
    }
    content::soft_delete_content(db, &ann.creator, deleted).await.unwrap();
    codex
        .sql(
            "update video_playback set updated_at = '2025-01-01';
               update video_playback set updated_at = '2025-02-01' where user_id = 'bob'",
        )
        .await;
    let performance = async |tenant: &super::fixture::Tenant, since: Option<&str>, until: Option<&str>| {
        let wanted = ContentPerformance { since: since.map(utc), until: until.map(utc) };
        let rows = playback::content_performance(db, &tenant.organization, &wanted, page()).await.unwrap();
        let row = |row: playback::ContentPerformanceRow| {
            (row.title, row.viewers, row.watched_seconds, row.mean_completion, row.completions)
        };
        rows.into_iter().map(row).collect::<Vec<_>>()
    };
    let line = |title: &str, viewers, seconds, mean, completions| {
        (title.to_owned(), viewers, seconds, mean, completions)
    };
    let unseen = line("two", 0, 0, 0.0, 0);
    assert_eq!(performance(ann, None, None).await, [line("one", 2, 150, 75.0, 1), unseen.clone()]);
    assert_eq!(
        performance(ann, Some("2025-01-15"), None).await,
        [line("one", 1, 50, 50.0, 0), unseen.clone()]
    );
    assert_eq!(performance(ann, None, Some("2025-01-15")).await, [line("one", 1, 100, 100.0, 1), unseen]);
    assert_eq!(performance(bob, None, None).await, [line("foreign", 1, 5, 5.0, 0)]);
    // A duration of zero, which no query stores.
    codex.sql("update video_playback set duration_seconds = 0").await;
    assert_eq!(performance(bob, None, None).await, [line("foreign", 1, 5, 0.0, 0)]);
}
