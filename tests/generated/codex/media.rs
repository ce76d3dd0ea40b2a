//! A creator's media.

use codex_catalog::MediaItemMediaType::{Audio, Video};
use codex_catalog::content::{self, CreateContent};
use codex_catalog::media::{ListMediaItems, UpdateMediaItem};
use codex_catalog::{ContentVisibility, MediaItemId, MediaItemStatus, media};
use sqlward::Page;

use super::fixture::{Codex, draft, page};

fn named<'a>(title: &'a str, description: Option<&'a str>, id: MediaItemId) -> UpdateMediaItem<'a> {
    UpdateMediaItem { title: Some(title), description, id }
}

#[tokio::test]
async fn an_item_belongs_to_its_creator() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let id = codex.upload(ann, "one", Video).await;
    let item = media::get_media_item(db, &ann.creator, id).await.unwrap().unwrap();
    assert_eq!((&item.creator.id, item.status), (&ann.id, MediaItemStatus::Uploading));
    assert_eq!(media::get_media_item(db, &bob.creator, id).await.unwrap(), None);
    assert_eq!(media::update_media_item(db, &bob.creator, &named("mine", None, id)).await.unwrap(), None);

    let update = async |change: UpdateMediaItem<'_>| {
        media::update_media_item(db, &ann.creator, &change).await.unwrap()
    };
    let updated = update(named("two", Some("text"), id)).await.unwrap();
    assert_eq!((&*updated.title, updated.description.as_deref()), ("two", Some("text")));
    assert_eq!(updated.r2_key, "ann/o/1", "the key starts with the creator's id");
    let nothing = UpdateMediaItem { title: None, description: None, id };
    assert_eq!(update(nothing).await.unwrap().description.as_deref(), Some("text"));
    let emptied = update(UpdateMediaItem { description: Some(""), ..nothing }).await.unwrap();
    assert_eq!((&*emptied.title, emptied.description), ("two", None));

    assert_eq!(codex.remove_item(&bob.creator, id).await, 0);
    assert_eq!(codex.remove_item(&ann.creator, id).await, 1);
    assert_eq!(codex.remove_item(&ann.creator, id).await, 0);
    assert_eq!(media::get_media_item(db, &ann.creator, id).await.unwrap(), None);
    assert_eq!(media::get_transcoding_status(db, &ann.creator, id).await.unwrap(), None);
    assert_eq!(update(named("x", None, id)).await, None);
    assert_eq!(media::mark_uploaded(db, &ann.creator, None, id).await.unwrap(), None);
    let locked = db.transaction(async |tx| media::lock_media_item(tx, &ann.creator, id).await);
    assert_eq!(locked.await.unwrap(), None);
    // The items of a deleted account are not found.
    let of_bob = codex.upload(bob, "one", Video).await;
    codex.sql("update users set deleted_at = now() where id = 'bob'").await;
    assert_eq!(media::get_media_item(db, &bob.creator, of_bob).await.unwrap(), None);
}

#[tokio::test]
async fn lists_filter_by_what_is_given() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    for number in 1..=3 {
        codex.upload(ann, &format!("video {number}"), Video).await;
    }
    codex.upload(ann, "audio", Audio).await;
    codex.video(ann, "ready").await;
    let removed = codex.upload(ann, "removed", Video).await;
    codex.remove_item(&ann.creator, removed).await;
    codex.upload(bob, "foreign", Video).await;

    let titles = async |status, kind, page| {
        let wanted = ListMediaItems { status, media_type: kind, ..Default::default() };
        let found = media::list_media_items(db, &ann.creator, &wanted, page).await.unwrap();
        if page == Page::default() {
            assert_eq!(usize::try_from(found.total).unwrap(), found.items.len());
        }
        found.items.into_iter().map(|item| item.title).collect::<Vec<_>>()
    };
    assert_eq!(titles(None, None, page()).await, ["ready", "audio", "video 3", "video 2", "video 1"]);
    assert_eq!(titles(None, Some(Audio), page()).await, ["audio"]);
    assert_eq!(titles(Some(MediaItemStatus::Ready), None, page()).await, ["ready"]);
    assert!(titles(Some(MediaItemStatus::Ready), Some(Audio), page()).await.is_empty());
    assert_eq!(titles(None, None, Page::new(2, 2).unwrap()).await, ["video 3", "video 2"]);
    assert!(titles(None, None, Page::new(4, 2).unwrap()).await.is_empty());
}

#[tokio::test]
async fn the_summary_adds_up_live_items() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let empty = media::media_summary(db, &bob.creator).await.unwrap();
    assert_eq!((empty.items, empty.bytes, empty.duration_seconds), (0, 0, 0));
    codex.video(ann, "one").await;
    codex.upload(ann, "two", Video).await;
    let removed = codex.upload(ann, "removed", Video).await;
    codex.remove_item(&ann.creator, removed).await;
    let summary = media::media_summary(db, &ann.creator).await.unwrap();
    assert_eq!((summary.items, summary.ready, summary.failed), (2, 1, 0));
    assert_eq!((summary.bytes, summary.duration_seconds), (2000, 30));
    assert_eq!(media::media_summary(db, &bob.creator).await.unwrap(), empty);
}

#[tokio::test]
async fn what_is_published_keeps_its_media() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let [shown, unused] = [codex.video(ann, "shown").await, codex.video(ann, "unused").await];
    let piece = CreateContent {
        media_item_id: Some(shown),
        organization_id: Some(ann.organization_id),
        visibility: ContentVisibility::Private,
        ..draft("one")
    };
    let piece = codex.create(&ann.creator, &piece).await.unwrap().unwrap().id;
    codex.publish(&ann.creator, piece).await.unwrap();

    let free = async || {
        let items = media::list_unused_media(db, &ann.creator, page()).await.unwrap();
        items.into_iter().map(|item| item.id).collect::<Vec<_>>()
    };
    assert_eq!(free().await, [unused]);
    assert!(media::list_unused_media(db, &bob.creator, page()).await.unwrap().is_empty());
    let of_organization = media::list_organization_media(db, &ann.organization, page()).await.unwrap();
    assert_eq!(
        of_organization.iter().map(|row| (row.id, row.content_id)).collect::<Vec<_>>(),
        [(shown, piece)]
    );
    assert!(media::list_organization_media(db, &bob.organization, page()).await.unwrap().is_empty());

    assert_eq!(codex.remove_item(&ann.creator, shown).await, 0);
    content::unpublish_content(db, &ann.creator, piece).await.unwrap().unwrap();
    assert_eq!(codex.remove_item(&ann.creator, shown).await, 1);
    assert!(media::list_organization_media(db, &ann.organization, page()).await.unwrap().is_empty());
    // All columns of the media item are NULL, so the field is `None`.
    let piece = content::get_content(db, &ann.creator, piece).await.unwrap().unwrap();
    assert_eq!(piece.media_item, None);
}

#[tokio::test]
async fn media_are_held_by_live_content_of_their_creator_alone() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    let [free, removed] = [codex.video(ann, "free").await, codex.video(ann, "removed").await];
    let piece = CreateContent { media_item_id: Some(free), ..draft("one") };
    let piece = codex.create(&ann.creator, &piece).await.unwrap().unwrap().id;
    codex.publish(&ann.creator, piece).await.unwrap();
    content::soft_delete_content(db, &ann.creator, piece).await.unwrap();
    // No query allows this. But if Bob's content did refer to Ann's item, she could still remove it.
    codex
        .sql(&format!(
            "insert into content (creator_id, media_item_id, title, slug, content_type, status)
             values ('bob', '{free}', 'foreign', 'foreign', 'video', 'published')"
        ))
        .await;
    assert_eq!(codex.remove_item(&ann.creator, removed).await, 1);
    let unused = media::list_unused_media(db, &ann.creator, page()).await.unwrap();
    assert_eq!(unused.iter().map(|item| item.id).collect::<Vec<_>>(), [free]);
    assert_eq!(codex.remove_item(&ann.creator, free).await, 1);
}
