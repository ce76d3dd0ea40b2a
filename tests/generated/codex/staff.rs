//! Content, for an organization's staff and for the platform.

use codex_catalog::content::{self, AdminListContent, ListCreatorContent};
use codex_catalog::{ContentId, ContentStatus, MediaItemMediaType, organizations};
use sqlward::Page;

use super::fixture::{Codex, Tenant, page};

async fn slugs(codex: &Codex, of: &Tenant, status: ContentStatus, page: Page) -> Vec<String> {
    let wanted = AdminListContent { status: Some(status) };
    let rows = content::admin_list_content(&codex.db, &of.organization, &wanted, page).await.unwrap();
    rows.items.into_iter().map(|row| row.slug).collect()
}

#[tokio::test]
async fn staff_see_their_organization_alone() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let id = codex.piece(ann, "one").await;
    let get = async |of: &Tenant| content::get_organization_content(db, &of.organization, id).await.unwrap();
    assert_eq!(get(ann).await.unwrap().creator.email, "ann@x.org");
    assert_eq!(get(bob).await, None);
    codex.piece(ann, "two").await;
    assert_eq!(slugs(&codex, ann, ContentStatus::Draft, page()).await, ["two", "one"]);
    assert_eq!(slugs(&codex, ann, ContentStatus::Draft, Page::new(2, 1).unwrap()).await, ["one"]);
    assert!(slugs(&codex, ann, ContentStatus::Published, page()).await.is_empty());
    assert!(slugs(&codex, bob, ContentStatus::Draft, page()).await.is_empty());
}

#[tokio::test]
async fn staff_publish_take_back_and_delete() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let id = codex.piece(ann, "one").await;
    let publish = async |of: &Tenant| {
        let published =
            db.transaction(async |tx| content::admin_publish_content(tx, &of.organization, id).await);
        published.await.unwrap()
    };
    let unpublish =
        async |of: &Tenant| content::admin_unpublish_content(db, &of.organization, id).await.unwrap();
    let delete = async |of: &Tenant| content::admin_delete_content(db, &of.organization, id).await.unwrap();
    assert_eq!((publish(bob).await, unpublish(bob).await, delete(bob).await), (None, None, 0));
    let published = publish(ann).await.unwrap();
    assert_eq!((&published.creator_id, published.status), (&ann.id, ContentStatus::Published));
    let draft = unpublish(ann).await.unwrap();
    assert_eq!((draft.status, draft.published_at), (ContentStatus::Draft, published.published_at));
    assert_eq!(unpublish(ann).await, Some(draft), "a draft comes back as it is");
    assert_eq!((delete(ann).await, delete(ann).await), (1, 0));
    assert!(slugs(&codex, ann, ContentStatus::Draft, page()).await.is_empty());
    assert_eq!((publish(ann).await, unpublish(ann).await), (None, None));
    assert_eq!(content::get_organization_content(db, &ann.organization, id).await.unwrap(), None);
}

#[tokio::test]
async fn the_platform_counts_views_and_sales() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    let service = codex.service();
    let published = codex.published(ann, "one").await;
    let draft = codex.piece(ann, "two").await;
    let deleted = codex.published(ann, "three").await;
    content::soft_delete_content(db, &ann.creator, deleted).await.unwrap();
    let view = async |id| content::increment_view_count(&service, id).await.unwrap();
    assert_eq!((view(published).await, view(draft).await, view(deleted).await), (1, 0, 0));
    let sell = async |delta, id| content::adjust_purchase_count(&service, delta, id).await.unwrap();
    assert_eq!((sell(3, published).await, sell(-5, draft).await, sell(1, deleted).await), (1, 1, 0));
    let all = ListCreatorContent::default();
    let rows = content::list_creator_content(db, &ann.creator, &all, page()).await.unwrap().items;
    let counts = |id: ContentId| {
        rows.iter().find(|row| row.id == id).map(|row| (row.view_count, row.purchase_count)).unwrap()
    };
    assert_eq!((counts(published), counts(draft)), ((1, 3), (0, 0)));
    codex.upload(ann, "kept", MediaItemMediaType::Video).await;
    let removed = codex.upload(ann, "removed", MediaItemMediaType::Video).await;
    codex.remove_item(&ann.creator, removed).await;
    let totals = organizations::platform_counts(&service).await.unwrap();
    assert_eq!((totals.organizations, totals.media_items, totals.content), (3, 1, 2));
}
