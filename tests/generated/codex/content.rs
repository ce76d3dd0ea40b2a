//! Content, for its creator.

use codex_catalog::OrganizationMembershipRole::{Creator, Member};
use codex_catalog::content::{self, AdminListContent, CreateContent, ListCreatorContent, UpdateContent};
use codex_catalog::{
    Constraint, Content, ContentId, ContentStatus, ContentType, ContentVisibility, CreatorScope,
    MediaItemMediaType, OrganizationId, media,
};
use serde_json::json;
use sqlward::{Page, Result};

use super::fixture::{Codex, draft, page, violated};

/// Creates a personal draft.
async fn create(codex: &Codex, creator: &CreatorScope, slug: &str) -> Result<Option<Content>> {
    codex.create(creator, &draft(slug)).await
}

#[tokio::test]
async fn a_draft_is_what_its_media_item_says() {
    let codex = Codex::new().await;
    let Codex { ann, bob, gone, .. } = &codex;
    let written = create(&codex, &ann.creator, "Words").await.unwrap().unwrap();
    assert_eq!(
        (&*written.slug, written.content_type, written.status),
        ("words", ContentType::Written, ContentStatus::Draft)
    );
    assert_eq!((&written.creator_id, written.organization_id), (&ann.id, None));
    assert_eq!(create(&codex, &gone.creator, "words").await.unwrap(), None);

    let video = codex.video(ann, "video").await;
    let foreign = codex.video(bob, "video").await;
    let removed = codex.upload(ann, "removed", MediaItemMediaType::Audio).await;
    codex.remove_item(&ann.creator, removed).await;
    let with = async |item| {
        let new = CreateContent { media_item_id: Some(item), price_cents: Some(500), ..draft("video") };
        codex.create(&ann.creator, &new).await.unwrap()
    };
    assert_eq!(with(foreign).await, None);
    assert_eq!(with(removed).await, None);
    let shown = with(video).await.unwrap();
    assert_eq!((shown.content_type, shown.price_cents), (ContentType::Video, Some(500)));
}

#[tokio::test]
async fn only_active_staff_publish_in_an_organization() {
    let codex = Codex::new().await;
    let Codex { ann, bob, dead, .. } = &codex;
    let [eve, dee] = [codex.person("eve").await, codex.person("dee").await];
    codex.join(ann, &eve, Creator).await;
    codex.join(ann, &dee, Member).await;
    let create = async |creator: &CreatorScope, organization: OrganizationId| {
        let new = CreateContent { organization_id: Some(organization), ..draft("one") };
        let made = codex.create(creator, &new).await.unwrap();
        made.is_some_and(|made| made.organization_id == Some(organization))
    };
    let [eve, dee] = [eve, dee].map(CreatorScope::from_authenticated);
    assert!(create(&eve, ann.organization_id).await);
    assert!(!create(&dee, ann.organization_id).await, "a member only looks on");
    assert!(!create(&bob.creator, ann.organization_id).await, "a stranger");
    assert!(!create(&ann.creator, *dead).await, "the organization was removed");
}

#[tokio::test]
async fn slugs_are_unique_where_they_are_seen() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let personal = create(&codex, &ann.creator, "one").await.unwrap().unwrap().id;
    assert_eq!(violated(create(&codex, &ann.creator, "ONE").await), Constraint::IdxUniqueContentSlugPersonal);
    create(&codex, &bob.creator, "one").await.unwrap().unwrap();
    let of_alpha = codex.piece(ann, "one").await;
    let again = CreateContent { organization_id: Some(ann.organization_id), ..draft("one") };
    let refused = codex.create(&ann.creator, &again).await;
    assert_eq!(refused.as_ref().unwrap_err().constraint(), Some(Constraint::IdxUniqueContentSlugPerOrg));

    let personal_free = async |creator, except| {
        content::is_personal_slug_available(db, creator, "ONE", except).await.unwrap()
    };
    assert!(!personal_free(&ann.creator, None).await && personal_free(&ann.creator, Some(personal)).await);
    let free = async |organization, except| {
        content::is_organization_content_slug_available(db, organization, "ONE", except).await.unwrap()
    };
    assert!(!free(&ann.organization, None).await && free(&ann.organization, Some(of_alpha)).await);
    assert!(free(&bob.organization, None).await);

    // A deleted piece frees its slug.
    assert_eq!(content::soft_delete_content(db, &ann.creator, personal).await.unwrap(), 1);
    assert!(personal_free(&ann.creator, None).await);
    create(&codex, &ann.creator, "one").await.unwrap().unwrap();
    assert_eq!(content::soft_delete_content(db, &ann.creator, of_alpha).await.unwrap(), 1);
    assert!(free(&ann.organization, None).await);
}

#[tokio::test]
async fn a_piece_comes_with_what_it_belongs_to() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let get = async |creator, id| content::get_content(db, creator, id).await.unwrap();
    let personal = create(&codex, &ann.creator, "personal").await.unwrap().unwrap().id;
    let alone = get(&ann.creator, personal).await.unwrap();
    assert_eq!((&alone.creator.id, &alone.organization, &alone.media_item), (&ann.id, &None, &None));

    let video = codex.video(ann, "video").await;
    let new = CreateContent {
        organization_id: Some(ann.organization_id),
        media_item_id: Some(video),
        ..draft("with all")
    };
    let id = codex.create(&ann.creator, &new).await.unwrap().unwrap().id;
    let whole = get(&ann.creator, id).await.unwrap();
    assert_eq!(whole.organization.unwrap().slug, "alpha");
    let item = whole.media_item.unwrap();
    assert_eq!((item.id, &*item.title, item.duration_seconds), (video, "video", Some(30)));
    assert_eq!(get(&bob.creator, id).await, None);

    // A removed organization is not shown.
    codex.sql("update organizations set deleted_at = now() where slug = 'alpha'").await;
    assert_eq!(get(&ann.creator, id).await.unwrap().organization, None);
    content::soft_delete_content(db, &ann.creator, id).await.unwrap();
    assert_eq!(get(&ann.creator, id).await, None);
}

#[tokio::test]
async fn lists_and_counts_agree() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    for slug in ["p1", "p2", "p3"] {
        create(&codex, &ann.creator, slug).await.unwrap().unwrap();
    }
    let published = codex.published(ann, "o1").await;
    let deleted = codex.published(ann, "o2").await;
    content::soft_delete_content(db, &ann.creator, deleted).await.unwrap();
    codex.piece(bob, "foreign").await;
    create(&codex, &bob.creator, "foreign").await.unwrap().unwrap();
    let removed = create(&codex, &ann.creator, "removed").await.unwrap().unwrap().id;
    content::soft_delete_content(db, &ann.creator, removed).await.unwrap();

    let list = async |status, content_type, page| {
        let wanted = ListCreatorContent { status, content_type, ..Default::default() };
        let found = content::list_creator_content(db, &ann.creator, &wanted, page).await.unwrap();
        found.items.into_iter().map(|row| row.slug).collect::<Vec<_>>()
    };
    let count = async |status, content_type| {
        let wanted = ListCreatorContent { status, content_type, ..Default::default() };
        content::list_creator_content(db, &ann.creator, &wanted, page()).await.unwrap().total
    };
    assert_eq!(list(None, None, page()).await, ["o1", "p3", "p2", "p1"]);
    assert_eq!(list(None, None, Page::new(2, 3).unwrap()).await, ["p1"]);
    assert_eq!(list(Some(ContentStatus::Published), None, page()).await, ["o1"]);
    assert!(list(None, Some(ContentType::Video), page()).await.is_empty());
    assert_eq!(count(None, None).await, 4);
    assert_eq!(count(Some(ContentStatus::Draft), Some(ContentType::Written)).await, 3);

    let personal = content::list_personal_content(db, &ann.creator, page()).await.unwrap();
    assert_eq!(personal.iter().map(|row| &*row.slug).collect::<Vec<_>>(), ["p1", "p2", "p3"]);
    let own = async |creator, organization| {
        let rows =
            content::list_own_content_in_organization(db, creator, organization, page()).await.unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(own(&ann.creator, &ann.organization).await, [published]);
    assert!(own(&bob.creator, &ann.organization).await.is_empty());
    assert!(own(&ann.creator, &bob.organization).await.is_empty());

    let by_status = content::count_content_by_status(db, &ann.creator).await.unwrap();
    let by_status: Vec<_> = by_status.iter().map(|row| (row.status, row.pieces, row.paid)).collect();
    assert_eq!(by_status, [(ContentStatus::Draft, 3, 0), (ContentStatus::Published, 1, 0)]);
}

fn unchanged(id: ContentId) -> UpdateContent<'static> {
    UpdateContent {
        id,
        title: None,
        slug: None,
        description: None,
        content_body: None,
        category: None,
        tags: None,
        visibility: None,
        price_cents: None,
    }
}

#[tokio::test]
async fn updates_keep_what_is_not_given_and_reach_own_pieces_alone() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let id = codex.piece(ann, "one").await;
    let tags = json!(["a", "b"]);
    let change = UpdateContent {
        slug: Some("Two"),
        tags: Some(&tags),
        price_cents: Some(100),
        visibility: Some(ContentVisibility::MembersOnly),
        ..unchanged(id)
    };
    assert_eq!(content::update_content(db, &bob.creator, &change).await.unwrap(), None);
    let changed = content::update_content(db, &ann.creator, &change).await.unwrap().unwrap();
    assert_eq!((&*changed.title, &*changed.slug), ("one", "two"));
    assert_eq!((changed.tags.as_ref(), changed.price_cents), (Some(&tags), Some(100)));
    assert_eq!(
        (changed.visibility, changed.content_body.as_deref()),
        (ContentVisibility::MembersOnly, Some("body"))
    );
    let emptied = UpdateContent { content_body: Some(""), price_cents: Some(0), ..unchanged(id) };
    let changed = content::update_content(db, &ann.creator, &emptied).await.unwrap().unwrap();
    assert_eq!((changed.content_body, changed.price_cents, changed.tags), (None, None, Some(tags.clone())));
    let filled = UpdateContent { content_body: Some("body"), ..unchanged(id) };
    content::update_content(db, &ann.creator, &filled).await.unwrap().unwrap();
    codex.publish(&ann.creator, id).await.unwrap();
    assert_eq!(content::update_content(db, &ann.creator, &emptied).await.unwrap(), None, "it is published");
    content::update_content(db, &ann.creator, &filled).await.unwrap().unwrap();
    let negative = UpdateContent { price_cents: Some(-1), ..unchanged(id) };
    let refused = content::update_content(db, &ann.creator, &negative).await;
    assert_eq!(violated(refused), Constraint::CheckPriceNonNegative);

    assert_eq!(content::set_thumbnail(db, &bob.creator, Some("x"), id).await.unwrap(), 0);
    assert_eq!(content::set_thumbnail(db, &ann.creator, Some("x"), id).await.unwrap(), 1);
    assert_eq!(content::set_thumbnail(db, &ann.creator, None, id).await.unwrap(), 1);
    content::soft_delete_content(db, &ann.creator, id).await.unwrap();
    assert_eq!(content::update_content(db, &ann.creator, &change).await.unwrap(), None);
    assert_eq!(content::set_thumbnail(db, &ann.creator, None, id).await.unwrap(), 0);
}

#[tokio::test]
async fn publication_goes_by_its_steps() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let publish = async |creator, id| codex.publish(creator, id).await;
    let empty = create(&codex, &ann.creator, "empty").await.unwrap().unwrap().id;
    assert_eq!(publish(&ann.creator, empty).await, None, "there is nothing to read");

    let id = codex.piece(ann, "one").await;
    assert_eq!(publish(&bob.creator, id).await, None);
    let published = publish(&ann.creator, id).await.unwrap();
    assert_eq!(published.status, ContentStatus::Published);
    assert_eq!(publish(&ann.creator, id).await.unwrap().published_at, published.published_at);

    let unpublish = async |creator| content::unpublish_content(db, creator, id).await.unwrap();
    assert_eq!(unpublish(&bob.creator).await, None);
    let taken_back = unpublish(&ann.creator).await.unwrap();
    assert_eq!((taken_back.status, taken_back.published_at), (ContentStatus::Draft, published.published_at));
    assert_eq!(unpublish(&ann.creator).await, None, "it is a draft already");

    let archive = async |creator| content::archive_content(db, creator, id).await.unwrap();
    assert_eq!(archive(&bob.creator).await, None);
    assert_eq!(archive(&ann.creator).await.unwrap().status, ContentStatus::Archived);
    assert_eq!(archive(&ann.creator).await, None);
    assert_eq!(publish(&ann.creator, id).await, None, "the archive is final");

    assert_eq!(content::soft_delete_content(db, &bob.creator, id).await.unwrap(), 0);
    assert_eq!(content::soft_delete_content(db, &ann.creator, id).await.unwrap(), 1);
    assert_eq!(content::soft_delete_content(db, &ann.creator, id).await.unwrap(), 0);
}

#[tokio::test]
async fn a_video_is_published_when_it_can_be_played() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    let item = codex.upload(ann, "video", MediaItemMediaType::Video).await;
    let new = CreateContent { media_item_id: Some(item), ..draft("video") };
    let id = codex.create(&ann.creator, &new).await.unwrap().unwrap().id;
    assert_eq!(codex.publish(&ann.creator, id).await, None);
    media::mark_uploaded(db, &ann.creator, None, item).await.unwrap().unwrap();
    media::start_transcoding(db, &ann.creator, 2, "job", item).await.unwrap().unwrap();
    let done = media::complete_transcoding(&codex.service(), &super::fixture::transcoded(item, "job")).await;
    done.unwrap().unwrap();
    assert!(codex.publish(&ann.creator, id).await.is_some());
}

#[tokio::test]
async fn pieces_move_between_their_creator_and_organizations() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, dead, .. } = &codex;
    let id = codex.published(ann, "one").await;
    let leave = async |creator| content::move_content_to_personal(db, creator, id).await;
    assert_eq!(leave(&bob.creator).await.unwrap(), None);
    let personal = leave(&ann.creator).await.unwrap().unwrap();
    // The trigger has made the piece a draft.
    assert_eq!(
        (personal.organization_id, personal.status, personal.published_at),
        (None, ContentStatus::Draft, None)
    );
    assert_eq!(leave(&ann.creator).await.unwrap(), None);

    let attach = async |creator, organization| {
        let moved = content::attach_content_to_organization(db, creator, id, organization).await.unwrap();
        moved.map(|moved| moved.organization_id)
    };
    assert_eq!(attach(&ann.creator, bob.organization_id).await, None);
    assert_eq!(attach(&ann.creator, *dead).await, None);
    assert_eq!(attach(&bob.creator, bob.organization_id).await, None);
    assert_eq!(attach(&ann.creator, ann.organization_id).await, Some(Some(ann.organization_id)));

    create(&codex, &ann.creator, "one").await.unwrap().unwrap();
    assert_eq!(violated(leave(&ann.creator).await), Constraint::IdxUniqueContentSlugPersonal);
}

#[tokio::test]
async fn what_is_deleted_takes_no_step() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    let id = codex.published(ann, "one").await;
    content::soft_delete_content(db, &ann.creator, id).await.unwrap();
    let creator = &ann.creator;
    for status in ["draft", "published"] {
        codex.sql(&format!("update content set status = '{status}'")).await;
        assert_eq!(codex.publish(creator, id).await, None, "{status}");
        assert_eq!(content::unpublish_content(db, creator, id).await.unwrap(), None, "{status}");
        assert_eq!(content::archive_content(db, creator, id).await.unwrap(), None, "{status}");
        assert_eq!(content::move_content_to_personal(db, creator, id).await.unwrap(), None, "{status}");
        assert_eq!(content::get_free_content_body(db, id).await.unwrap(), None, "{status}");
        let withdrawn =
            db.transaction(async |tx| content::withdraw_organization_content(tx, &ann.organization).await);
        assert_eq!(withdrawn.await.unwrap(), 0, "{status}");
    }
    codex.sql("update content set price_cents = 100").await;
    assert_eq!(content::get_content_for_checkout(db, id).await.unwrap(), None);
    codex.sql("update content set organization_id = null").await;
    let attached = content::attach_content_to_organization(db, creator, id, ann.organization_id).await;
    assert_eq!(attached.unwrap(), None);
}

#[tokio::test]
async fn deleted_media_are_shown_and_published_by_nothing() {
    let codex = Codex::new().await;
    let Codex { db, ann, gone, .. } = &codex;
    let item = codex.video(ann, "video").await;
    let new = CreateContent {
        media_item_id: Some(item),
        organization_id: Some(ann.organization_id),
        ..draft("video")
    };
    let id = codex.create(&ann.creator, &new).await.unwrap().unwrap().id;
    let shown = async || {
        let all = ListCreatorContent::default();
        let found = content::list_creator_content(db, &ann.creator, &all, page()).await.unwrap();
        found.items[0].media_item.as_ref().map(|item| item.id)
    };
    assert_eq!(shown().await, Some(item));
    assert_eq!(codex.remove_item(&ann.creator, item).await, 1);
    assert_eq!(shown().await, None);
    assert_eq!(codex.publish(&ann.creator, id).await, None);
    let by_staff = db.transaction(async |tx| content::admin_publish_content(tx, &ann.organization, id).await);
    assert_eq!(by_staff.await.unwrap(), None);
    let held = db.transaction(async |tx| {
        content::hold_media_for_content(tx, &ann.creator, item, MediaItemMediaType::Video).await
    });
    assert_eq!(held.await.unwrap(), None);
    assert!(media::list_organization_media(db, &ann.organization, page()).await.unwrap().is_empty());
    codex.sql("update media_items set deleted_at = null; update content set deleted_at = now()").await;
    assert!(media::list_organization_media(db, &ann.organization, page()).await.unwrap().is_empty());

    // If the creator's account is deleted, the pieces are not found, even by the creator.
    codex.sql("insert into content (id, creator_id, organization_id, title, slug, content_type)
               select gen_random_uuid(), 'gone', id, 'x', 'x', 'written' from organizations where slug = 'orphan'").await;
    let own = content::list_own_content_in_organization(db, &gone.creator, &gone.organization, page())
        .await
        .unwrap();
    assert_eq!(content::get_content(db, &gone.creator, own[0].id).await.unwrap(), None);
    assert_eq!(content::get_organization_content(db, &gone.organization, own[0].id).await.unwrap(), None);
    let all = AdminListContent::default();
    assert_eq!(content::admin_list_content(db, &gone.organization, &all, page()).await.unwrap().total, 0);
}
