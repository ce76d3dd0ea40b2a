//! Publishing, concurrently with changes of the same piece.

use std::pin::pin;
use std::time::Duration;

use codex_api::services::content::{Missing, Publication, publish_for};
use codex_catalog::content::CreateContent;
use codex_catalog::media;
use sqlward::Error;

use super::fixture::{Codex, draft};

#[tokio::test]
async fn staff_wait_for_the_removal_of_the_media_that_a_piece_shows() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    let video = codex.video(ann, "video").await;
    let shown = CreateContent {
        organization_id: Some(ann.organization_id),
        media_item_id: Some(video),
        ..draft("one")
    };
    let id = codex.create(&ann.creator, &shown).await.unwrap().unwrap().id;
    let mut publishing = pin!(publish_for(db, &ann.organization, id));
    db.transaction(async |tx| {
        assert_eq!(media::soft_delete_media_item(tx, &ann.creator, video).await?, 1);
        let waiting = async {
            let waits = "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
            while codex.client().await.query(waits, &[]).await.unwrap().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            early = &mut publishing => panic!("it did not wait: {early:?}"),
            () = waiting => Ok::<_, Error>(()),
        }
    })
    .await
    .unwrap();
    assert_eq!(publishing.await.unwrap(), Publication::Not(Missing::Media));
    let live = codex.column("select status from content where slug = 'one'").await;
    assert_eq!(live, ["draft"]);
}
