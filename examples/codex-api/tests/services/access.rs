//! What users may open, and giving access.

use codex_api::services::access::{Gift, Streaming, give, stream};
use codex_catalog::OrganizationMembershipRole::Member;
use codex_catalog::content::CreateContent;
use codex_catalog::{ContentId, content};
use futures_util::future::join_all;

use super::fixture::{Codex, draft, utc};

#[tokio::test]
async fn a_player_is_told_what_it_may_know() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let item = codex.video(ann, "video").await;
    let new = CreateContent {
        organization_id: Some(ann.organization_id),
        media_item_id: Some(item),
        price_cents: Some(999),
        ..draft("video")
    };
    let id = codex.create(&ann.creator, &new).await.unwrap().unwrap().id;
    codex.publish(&ann.creator, id).await.unwrap();
    let play = async |id| stream(db, &bob.user, id, utc("2025-01-01")).await.unwrap();
    let nothing = ContentId("00000000-0000-4000-8000-0000000000ff".parse().unwrap());
    assert_eq!((play(id).await, play(nothing).await), (Streaming::Closed, Streaming::Closed));
    codex.bought(&bob.id, id, "pi_1").await;
    let source = play(id).await;
    assert!(matches!(&source, Streaming::Source(source) if source.media_item_id == item), "{source:?}");
    codex.sql("update media_items set status = 'failed'").await;
    assert_eq!(play(id).await, Streaming::NothingToPlay);
    content::soft_delete_content(db, &ann.creator, id).await.unwrap();
    assert_eq!(play(id).await, Streaming::Closed);
    let written = codex.published(ann, "written").await;
    assert_eq!(play(written).await, Streaming::NothingToPlay);
}

#[tokio::test]
async fn a_gift_is_given_once_to_who_is_related() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let id = codex.published(ann, "one").await;
    let member = codex.person("member").await;
    codex.join(ann, &member, Member).await;
    let gift = async |organization, id, grantee| give(db, organization, id, grantee).await.unwrap();
    assert_eq!(gift(&ann.organization, id, &bob.id).await, Gift::Unrelated);
    assert_eq!(gift(&bob.organization, id, &bob.id).await, Gift::NoSuchContent);
    let given = join_all((0..8).map(|_| gift(&ann.organization, id, &member))).await;
    assert!(given.iter().all(|given| matches!(given, Gift::Given(_))), "{given:?}");
    assert_eq!(codex.column("select count(*) from content_access").await, ["1"]);
    content::soft_delete_content(db, &ann.creator, id).await.unwrap();
    assert_eq!(gift(&ann.organization, id, &member).await, Gift::NoSuchContent);
}
