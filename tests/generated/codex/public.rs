//! The public pages.

use codex_catalog::OrganizationMembershipRole::{Creator, Member, Owner};
use codex_catalog::content::{
    self, BrowseOrganizationContent, CreateContent, DiscoverContent, ListContentByTags, ListPublicContent,
    ListPublicContentKeyset, ListPublicContentKeysetSort, ListPublicContentOfCreator, ListPublicContentSort,
};
use codex_catalog::memberships::ListPublicMembers;
use codex_catalog::{
    ContentId, ContentVisibility, CreatorScope, OrganizationId, UserId, UserScope, memberships, organizations,
};
use serde_json::json;
use sqlward::{Keyset, Page, Result};

use super::fixture::{Codex, Tenant, draft, page};

/// All published content of an organization.
fn published(organization_id: OrganizationId) -> ListPublicContent<'static> {
    ListPublicContent {
        organization_id,
        content_type: None,
        search: None,
        sort: ListPublicContentSort::Newest,
    }
}

/// The same, the best selling first.
fn browsed(organization_id: OrganizationId) -> BrowseOrganizationContent<'static> {
    BrowseOrganizationContent { organization_id, content_type: None, category: None, search: None }
}

/// The published content of an organization that has all of the tags.
fn tagged(organization_id: OrganizationId, tags: &[String]) -> ListContentByTags<'_> {
    ListContentByTags { organization_id, all_of: Some(tags), any_of: None }
}

/// All published content of a creator.
fn by(id: &UserId) -> ListPublicContentOfCreator<'_> {
    ListPublicContentOfCreator { id, personal: false }
}

/// All members of an organization.
fn members_of(slug: &str) -> ListPublicMembers<'_> {
    ListPublicMembers { slug, role: None }
}

/// Creates and publishes a piece in the tenant's organization.
async fn publish(codex: &Codex, tenant: &Tenant, new: CreateContent<'_>) -> ContentId {
    let new =
        CreateContent { organization_id: Some(tenant.organization_id), content_body: Some("body"), ..new };
    let id = codex.create(&tenant.creator, &new).await.unwrap().unwrap().id;
    codex.publish(&tenant.creator, id).await.unwrap();
    id
}

/// One visible piece in Ann's organization, `shown`, and one of each kind that must not be visible.
async fn with_hidden_pieces(codex: &Codex) -> ContentId {
    let Codex { db, ann, .. } = codex;
    let tags = json!(["a", "b"]);
    let shown = CreateContent {
        category: Some("music"),
        price_cents: Some(500),
        description: Some("a description"),
        tags: Some(&tags),
        ..draft("shown")
    };
    let hidden = |slug| CreateContent { slug, ..shown };
    publish(codex, ann, CreateContent { visibility: ContentVisibility::Private, ..hidden("private") }).await;
    let deleted = publish(codex, ann, hidden("deleted")).await;
    content::soft_delete_content(db, &ann.creator, deleted).await.unwrap();
    let unpublished = publish(codex, ann, hidden("draft")).await;
    content::unpublish_content(db, &ann.creator, unpublished).await.unwrap().unwrap();
    publish(codex, ann, shown).await
}

/// The pieces in each public list of the organization.
async fn seen(codex: &Codex, of: OrganizationId) -> Result<Vec<Vec<ContentId>>> {
    let (db, ann) = (&codex.db, &codex.ann.id);
    let mut seen = Vec::new();
    seen.push(
        content::list_public_content(db, &published(of), page())
            .await?
            .items
            .iter()
            .map(|row| row.id)
            .collect(),
    );
    seen.push(
        content::browse_organization_content(db, &browsed(of), page())
            .await?
            .items
            .iter()
            .map(|row| row.id)
            .collect(),
    );
    seen.push(
        content::list_content_by_tags(db, &tagged(of, &["a".into()]), page())
            .await?
            .items
            .iter()
            .map(|row| row.id)
            .collect(),
    );
    seen.push(
        content::search_content(db, "description", of, page())
            .await?
            .items
            .iter()
            .map(|row| row.id)
            .collect(),
    );
    let recent = content::recent_content_per_creator(db, of, std::slice::from_ref(ann)).await?;
    seen.push(recent.iter().map(|row| row.id).collect());
    let by_slug = content::get_public_content_by_slug(db, of, "SHOWN").await?;
    seen.push(by_slug.iter().map(|row| row.id).collect());
    Ok(seen)
}

#[tokio::test]
async fn hidden_pieces_are_in_no_list() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let shown = with_hidden_pieces(&codex).await;
    assert_eq!(seen(&codex, ann.organization_id).await.unwrap(), vec![vec![shown]; 6]);
    assert_eq!(seen(&codex, bob.organization_id).await.unwrap(), vec![vec![]; 6]);
    for slug in ["private", "deleted", "draft"] {
        let found = content::get_public_content_by_slug(db, ann.organization_id, slug).await.unwrap();
        assert_eq!(found, None, "{slug}");
    }
    assert_eq!(content::count_public_content(db, ann.organization_id).await.unwrap(), 1);
    let discovered = content::discover_content(db, &DiscoverContent::default(), page()).await.unwrap().items;
    assert_eq!(
        discovered.iter().map(|row| (row.id, &*row.organization.slug)).collect::<Vec<_>>(),
        [(shown, "alpha")]
    );
    let of_creator = content::list_public_content_of_creator(db, &by(&ann.id), page()).await.unwrap().items;
    assert_eq!(of_creator.iter().map(|row| row.id).collect::<Vec<_>>(), [shown]);
    let checkout = content::get_content_for_checkout(db, shown).await.unwrap().unwrap();
    assert_eq!((checkout.price_cents, checkout.organization_id), (500, ann.organization_id));

    // If the organization is removed, none of its content is shown.
    codex.sql("update organizations set deleted_at = now() where slug = 'alpha'").await;
    let without_recent = seen(&codex, ann.organization_id).await.unwrap();
    assert_eq!(without_recent, vec![vec![]; 6]);
    assert!(
        content::discover_content(db, &DiscoverContent::default(), page()).await.unwrap().items.is_empty()
    );
    assert!(
        content::list_public_content_of_creator(db, &by(&ann.id), page()).await.unwrap().items.is_empty()
    );
    assert_eq!(content::get_content_for_checkout(db, shown).await.unwrap(), None);
    assert_eq!(content::count_public_content(db, ann.organization_id).await.unwrap(), 0);
}

#[tokio::test]
async fn pieces_of_a_closed_account_are_gone() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    codex.published(ann, "shown").await;
    codex.sql("update users set deleted_at = now() where id = 'ann'").await;
    assert!(
        content::list_public_content(db, &published(ann.organization_id), page())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    assert!(
        content::browse_organization_content(db, &browsed(ann.organization_id), page())
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let by_slug = content::get_public_content_by_slug(db, ann.organization_id, "shown").await.unwrap();
    assert_eq!(by_slug, None);
    assert_eq!(content::count_public_content(db, ann.organization_id).await.unwrap(), 0);
    assert!(
        content::discover_content(db, &DiscoverContent::default(), page()).await.unwrap().items.is_empty()
    );
    assert!(
        content::list_public_content_of_creator(db, &by(&ann.id), page()).await.unwrap().items.is_empty()
    );
}

#[tokio::test]
async fn a_media_item_is_shown_while_it_can_be_played() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    let item = codex.video(ann, "video").await;
    publish(&codex, ann, CreateContent { media_item_id: Some(item), ..draft("video") }).await;
    publish(&codex, ann, draft("words")).await;
    let get = async |slug| {
        content::get_public_content_by_slug(db, ann.organization_id, slug).await.unwrap().unwrap()
    };
    assert_eq!(get("video").await.media_item.unwrap().duration_seconds, 30);
    assert_eq!(get("words").await.media_item, None);
    let stats = organizations::public_organization_stats(db, ann.organization_id).await.unwrap();
    assert_eq!((stats.videos, stats.written_pieces, stats.creators, stats.duration_seconds), (1, 1, 1, 30));
    for change in ["deleted_at = now()", "deleted_at = null, status = 'failed'"] {
        codex.sql(&format!("update media_items set {change}")).await;
        assert_eq!(get("video").await.media_item, None, "{change}");
        let stats = organizations::public_organization_stats(db, ann.organization_id).await.unwrap();
        assert_eq!((stats.videos, stats.duration_seconds), (1, 0), "{change}");
        let list = content::list_public_content(db, &published(ann.organization_id), page()).await.unwrap();
        assert!(list.items.iter().all(|row| row.duration_seconds.is_none()), "{change}");
    }
}

#[tokio::test]
async fn bodies_are_free_only_where_they_are_public_and_cost_nothing() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    let body =
        async |id| content::get_free_content_body(db, id).await.unwrap().and_then(|row| row.content_body);
    let free = publish(&codex, ann, draft("free")).await;
    assert_eq!(body(free).await.as_deref(), Some("body"));
    let paid = publish(&codex, ann, CreateContent { price_cents: Some(1), ..draft("paid") }).await;
    let members = CreateContent { visibility: ContentVisibility::MembersOnly, ..draft("members") };
    let members = publish(&codex, ann, members).await;
    assert_eq!(
        (body(paid).await, body(members).await, body(codex.piece(ann, "draft").await).await),
        (None, None, None)
    );
    codex.sql("update organizations set deleted_at = now() where slug = 'alpha'").await;
    assert_eq!(body(free).await, None);
}

#[tokio::test]
async fn pages_and_positions_give_every_piece_once() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    for number in 0..7 {
        publish(&codex, ann, draft(&format!("piece-{number}"))).await;
    }
    // Some have the same time of publication.
    codex.sql("update content set published_at = date_trunc('day', now()) where slug < 'piece-4'").await;
    let list = async |page| {
        content::list_public_content(db, &published(ann.organization_id), page).await.unwrap().items
    };
    let all = list(page()).await;
    assert_eq!(all.len(), 7);
    let mut paged = Vec::new();
    for number in 1..=4 {
        paged.extend(list(Page::new(number, 2).unwrap()).await);
    }
    assert_eq!(paged, all);

    let wanted = ListPublicContentKeyset {
        organization_id: ann.organization_id,
        content_type: None,
        sort: ListPublicContentKeysetSort::Newest,
    };
    let mut followed = Vec::new();
    let mut position = Keyset::new(2, None).unwrap();
    loop {
        let found = content::list_public_content_keyset(db, &wanted, &position).await.unwrap();
        followed.extend(found.items.iter().map(|row| row.id));
        let Some(next) = found.next else { break };
        position = Keyset::new(2, Some(next)).unwrap();
    }
    assert_eq!(followed, all.iter().map(|row| row.id).collect::<Vec<_>>());
    let recent = content::recent_content_per_creator(db, ann.organization_id, std::slice::from_ref(&ann.id))
        .await
        .unwrap();
    assert_eq!(recent.iter().map(|row| row.id).collect::<Vec<_>>(), followed[..4]);

    let first = Keyset::new(1, None).unwrap();
    let first = content::list_public_content_keyset(db, &wanted, &first).await.unwrap();
    let rest = Keyset::new(100, first.next).unwrap();
    let after = async || content::list_public_content_keyset(db, &wanted, &rest).await.unwrap().items.len();
    content::soft_delete_content(db, &ann.creator, all[3].id).await.unwrap();
    assert_eq!(after().await, 5);
    codex.sql("update organizations set deleted_at = now() where slug = 'alpha'").await;
    assert_eq!(after().await, 0);
}

#[tokio::test]
async fn categories_tags_and_words_are_searched() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    with_hidden_pieces(&codex).await;
    publish(&codex, ann, CreateContent { category: Some("art"), ..draft("two words") }).await;
    publish(&codex, ann, CreateContent { category: Some("music"), ..draft("three") }).await;
    let counts = organizations::public_category_counts(db, ann.organization_id).await.unwrap();
    let counts: Vec<_> = counts.iter().map(|row| (&*row.category, row.pieces)).collect();
    assert_eq!(counts, [("music", 2), ("art", 1)]);
    let pieces = async || {
        let stats = organizations::public_organization_stats(db, ann.organization_id).await.unwrap();
        (
            stats.written_pieces,
            organizations::public_category_counts(db, ann.organization_id).await.unwrap().len(),
        )
    };
    assert_eq!(pieces().await, (3, 2));
    codex.sql("update organizations set deleted_at = now() where slug = 'alpha'").await;
    assert_eq!(pieces().await, (0, 0));
    codex.sql("update organizations set deleted_at = null where slug = 'alpha'").await;
    let with = async |tags: &[&str]| {
        let tags = tags.iter().map(|tag| tag.to_string()).collect::<Vec<_>>();
        let all = tagged(ann.organization_id, &tags);
        let any = ListContentByTags { all_of: None, any_of: Some(&tags), ..all };
        let all = content::list_content_by_tags(db, &all, page()).await.unwrap();
        let any = content::list_content_by_tags(db, &any, page()).await.unwrap();
        assert_eq!((all.items.len(), any.items.len()), (all.total as usize, any.total as usize));
        (all.total, any.total)
    };
    assert_eq!(
        (with(&["a", "b"]).await, with(&["a", "c"]).await, with(&["c"]).await),
        ((1, 1), (0, 1), (0, 0))
    );
    let found = content::search_content(db, "words two", ann.organization_id, page()).await.unwrap().items;
    assert_eq!(found.iter().map(|row| &*row.title).collect::<Vec<_>>(), ["two words"]);
    assert!(found[0].rank > 0.0);
    assert!(
        content::search_content(db, "words -two", ann.organization_id, page())
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

#[tokio::test]
async fn the_public_sees_active_members_and_what_they_publish() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let [eve, dee, left] = [codex.person("eve").await, codex.person("dee").await, codex.person("left").await];
    codex.join(ann, &eve, Creator).await;
    codex.join(ann, &dee, Member).await;
    codex.join(ann, &left, Creator).await;
    codex.join(bob, &eve, Creator).await;
    let left = UserScope::from_authenticated(left);
    memberships::leave_organization(db, &left, ann.organization_id).await.unwrap();
    codex.published(ann, "one").await;
    codex.piece(ann, "draft").await;
    let deleted = codex.published(ann, "deleted").await;
    content::soft_delete_content(db, &ann.creator, deleted).await.unwrap();

    let members = memberships::list_public_members(db, &members_of("Alpha"), page()).await.unwrap();
    let members: Vec<_> = members.items.iter().map(|row| (&*row.name, row.role)).collect();
    assert_eq!(members, [("ann", Owner), ("eve", Creator), ("dee", Member)]);
    let only = ListPublicMembers { role: Some(Creator), ..members_of("alpha") };
    let only = memberships::list_public_members(db, &only, page()).await.unwrap();
    assert_eq!((only.total, &*only.items[0].name), (1, "eve"));
    let creators = memberships::list_public_creators(db, "alpha", page()).await.unwrap();
    let stats = organizations::public_organization_stats(db, ann.organization_id).await.unwrap();
    assert_eq!((creators.total, stats.creators), (2, 2));
    let creators: Vec<_> = creators.items.iter().map(|row| (&*row.name, row.published_count)).collect();
    assert_eq!(creators, [("ann", 1), ("eve", 0)]);
    for slug in ["dead", "orphan", "unknown"] {
        let members = memberships::list_public_members(db, &members_of(slug), page()).await.unwrap();
        assert_eq!((members.items.len(), members.total), (0, 0), "{slug}");
        let creators = memberships::list_public_creators(db, slug, page()).await.unwrap();
        assert_eq!((creators.items.len(), creators.total), (0, 0), "{slug}");
    }
    let people = [ann.id.clone(), eve.clone(), dee];
    let elsewhere =
        memberships::other_organizations_of_users(db, &people, ann.organization_id).await.unwrap();
    let elsewhere: Vec<_> = elsewhere.iter().map(|row| (&row.user_id, &*row.organization.slug)).collect();
    assert_eq!(elsewhere, [(&eve, "beta")], "Ann's other one was removed, and Dee only looks on");
}

#[tokio::test]
async fn a_personal_piece_has_no_organization() {
    let codex = Codex::new().await;
    let (db, ann) = (&codex.db, &codex.ann);
    let creator: &CreatorScope = &ann.creator;
    let new = CreateContent { content_body: Some("body"), ..draft("alone") };
    let id = codex.create(creator, &new).await.unwrap().unwrap().id;
    codex.publish(creator, id).await.unwrap();
    codex.published(ann, "together").await;
    let rows = content::list_public_content_of_creator(db, &by(&ann.id), page()).await.unwrap().items;
    let rows: Vec<_> = rows.iter().map(|row| row.organization.as_ref().map(|found| &*found.slug)).collect();
    assert_eq!(rows, [Some("alpha"), None]);
    let personal = ListPublicContentOfCreator { personal: true, ..by(&ann.id) };
    let rows = content::list_public_content_of_creator(db, &personal, page()).await.unwrap();
    assert_eq!((rows.total, rows.items[0].id), (1, id));
}

#[tokio::test]
async fn the_newest_pieces_are_those_of_each_creator() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    for n in 0..40 {
        codex.published(ann, &format!("p{n}")).await;
    }
    // Pieces of three creators in two organizations, some hidden, some with the same time of publication, some without
    // one.
    codex
        .sql(
            "insert into users (id, name, email) values ('cid', 'cid', 'cid@x.org');
             update content set
                 creator_id = (array['ann', 'bob', 'cid'])[1 + substr(slug, 2)::int % 3],
                 organization_id = case when substr(slug, 2)::int % 5 = 0
                     then '00000000-0000-4000-8000-00000000000b'::uuid else organization_id end,
                 status = case when slug in ('p7', 'p11') then 'archived' else status end,
                 visibility = case when slug in ('p12', 'p16') then 'private' else visibility end,
                 deleted_at = case when slug in ('p2', 'p19') then now() end,
                 published_at = case when slug in ('p3', 'p4') then null
                     else now() - (substr(slug, 2)::int * 7919 % 40 / 2) * interval '1 hour' end",
        )
        .await;
    let creators = [ann.id.clone(), bob.id.clone()];
    for organization in [ann.organization_id, bob.organization_id] {
        let recent = content::recent_content_per_creator(db, organization, &creators).await.unwrap();
        let mut expected = Vec::new();
        for creator in &creators {
            let reference = format!(
                "select id from content
                 where creator_id = '{}' and organization_id = $1 and deleted_at is null and status = 'published'
                     and visibility <> 'private'
                 order by published_at desc nulls last, id limit 4",
                creator.0
            );
            let rows = codex.rows(&reference, &organization.0).await;
            expected.extend(rows.iter().map(|row| (creator.clone(), row.get(0))));
        }
        let recent: Vec<_> = recent.into_iter().map(|row| (row.creator_id, row.id.0)).collect();
        assert_eq!(recent, expected);
        assert!((4..=8).contains(&recent.len()), "{}", recent.len());
    }
}
