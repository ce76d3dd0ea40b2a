//! Positions that a player sends after it was offline.

use codex_catalog::access::{self, SavePositionsItem};
use codex_catalog::{ContentId, content};

use super::fixture::{Codex, utc};

fn at(content_id: ContentId, position_seconds: i32) -> SavePositionsItem {
    SavePositionsItem { position_seconds, duration_seconds: 100, content_id }
}

#[tokio::test]
async fn each_position_is_kept_as_if_it_were_told_alone() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let [one, two, removed] = [
        codex.published(ann, "one").await,
        codex.published(ann, "two").await,
        codex.published(ann, "removed").await,
    ];
    let draft = codex.piece(ann, "draft").await;
    content::soft_delete_content(db, &ann.creator, removed).await.unwrap();
    let batch = [at(one, 10), at(draft, 5), at(two, 95), at(removed, 5), at(one, 7), at(two, 3), at(one, 20)];
    let saved = access::save_positions(db, &bob.user, utc("2025-01-01"), &batch).await.unwrap();
    let saved: Vec<_> = saved
        .into_iter()
        .map(|row| row.map(|row| (row.content_id, row.position_seconds, row.completed)))
        .collect();
    // Pieces that the user may no longer open or never could are skipped, and no position moves back.
    assert_eq!(
        saved,
        [
            Some((one, 10, false)),
            None,
            Some((two, 95, true)),
            None,
            Some((one, 10, false)),
            Some((two, 95, true)),
            Some((one, 20, false)),
        ]
    );
    let stored = async |id: &str| {
        let sql = "select content_id, position_seconds, completed from video_playback where user_id = $1 order by position_seconds";
        let rows = codex.rows(sql, &id).await;
        rows.iter().map(|row| (ContentId(row.get(0)), row.get(1), row.get(2))).collect::<Vec<_>>()
    };
    assert_eq!(stored("bob").await, [(one, 20, false), (two, 95, true)]);
    assert_eq!(stored("ann").await, []);
    // Ann's positions do not change Bob's.
    access::save_positions(db, &ann.user, utc("2025-01-01"), &[at(one, 1)]).await.unwrap();
    assert_eq!((stored("ann").await, stored("bob").await.len()), (vec![(one, 1, false)], 2));
    // The piece has become shorter: the position is limited to its end.
    let cut = SavePositionsItem { duration_seconds: 15, ..at(one, 5) };
    access::save_positions(db, &bob.user, utc("2025-01-01"), &[cut]).await.unwrap();
    assert_eq!(stored("bob").await, [(one, 15, false), (two, 95, true)]);
}

#[tokio::test]
async fn all_positions_are_kept_or_none() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let one = codex.published(ann, "one").await;
    let batch = [at(one, 10), SavePositionsItem { duration_seconds: i32::MAX, ..at(one, 20) }, at(one, 30)];
    codex.sql("alter table video_playback add constraint possible check (duration_seconds < 1000)").await;
    let error = access::save_positions(db, &bob.user, utc("2025-01-01"), &batch).await.unwrap_err();
    assert_eq!((error.item(), error.constraint_name()), (Some(1), Some("possible")));
    assert_eq!(codex.column("select count(*) from video_playback").await, ["0"]);
    assert!(access::save_positions(db, &bob.user, utc("2025-01-01"), &[]).await.unwrap().is_empty());
}

/// A batch is stored at one time. Grants that have expired by then do not count, even if the piece was watched before.
#[tokio::test]
async fn what_has_ended_is_not_stored() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let [ended, lasting] = [codex.published(ann, "ended").await, codex.published(ann, "lasting").await];
    codex.sql("update content set visibility = 'purchased_only', price_cents = 500").await;
    codex
        .sql(
            "insert into content_access (user_id, content_id, organization_id, access_type, expires_at)
             select 'bob', id, organization_id, 'subscription',
                 case slug when 'ended' then timestamptz '2025-01-01' else '2025-01-02' end
             from content",
        )
        .await;
    let saved = access::save_positions(db, &bob.user, utc("2025-01-01"), &[at(ended, 10), at(lasting, 10)])
        .await
        .unwrap();
    let saved: Vec<_> = saved.into_iter().map(|row| row.map(|row| row.content_id)).collect();
    assert_eq!(saved, [None, Some(lasting)]);
}
