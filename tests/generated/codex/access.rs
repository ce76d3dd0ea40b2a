//! Which content a user may open: pieces in every state, for users with every possible access.

use std::collections::BTreeSet;

use codex_catalog::access;
use codex_catalog::content::CreateContent;
use codex_catalog::library::{self, ListUserLibrary, ListUserLibrarySort};
use codex_catalog::{ContentId, UserId, UserScope, content};
use sqlward::Page;

use super::fixture::{Codex, draft, signed_in, utc};

/// A piece of alpha in every state, with every visibility and price, and users with every relation to all of them.
const EVERY_STATE: &str = "
insert into content (creator_id, organization_id, title, slug, content_type, status, visibility, price_cents)
select 'ann', o.id, 't', concat_ws('-', status, visibility, price), 'written', status, visibility, price
from organizations o,
    unnest(array['draft', 'published', 'archived']) status,
    unnest(array['public', 'private', 'members_only', 'purchased_only']) visibility,
    unnest(array[null, 0, 500]) price
where o.slug = 'alpha';

insert into users (id, name, email)
select id, id, id from unnest(array[
    'stranger', 'completed', 'disputed', 'refunded', 'pending', 'failed', 'subscription', 'complimentary', 'preview',
    'until later', 'until before', 'purchased', 'owner', 'admin', 'creator', 'subscriber', 'member', 'inactive owner',
    'invited admin', 'inactive member', 'owner of beta', 'grantee of another']) id;

insert into purchases (
    customer_id, content_id, organization_id, amount_paid_cents, creator_payout_cents, stripe_payment_intent_id, status,
    disputed_at)
select u.id, c.id, c.organization_id, 500, 500, u.id || c.id, replace(u.id, 'disputed', 'completed'),
    case u.id when 'disputed' then now() end
from users u, content c where u.id in ('completed', 'disputed', 'refunded', 'pending', 'failed');

insert into content_access (user_id, content_id, organization_id, access_type, expires_at)
select u.id, c.id, c.organization_id, case when u.id like 'until%' then 'subscription' else u.id end,
    case u.id when 'until later' then timestamptz '2025-01-02' when 'until before' then '2025-01-01' end
from users u, content c
where u.id in ('subscription', 'complimentary', 'preview', 'until later', 'until before', 'purchased');

insert into organization_memberships (user_id, organization_id, role, status)
select u.id, o.id, split_part(u.id, ' ', 2), split_part(u.id, ' ', 1)
from users u, organizations o
where u.id in ('inactive owner', 'invited admin', 'inactive member') and o.slug = 'alpha'
union all
select u.id, o.id, split_part(u.id, ' ', 1), 'active'
from users u, organizations o
where u.id in ('owner', 'admin', 'creator', 'subscriber', 'member') and o.slug = 'alpha'
    or u.id = 'owner of beta' and o.slug = 'beta';
";

/// Whether a user may open a piece: the expected result, written independently of the query.
fn is_open(person: &str, status: &str, visibility: &str, is_priced: bool) -> bool {
    let is_published = status == "published";
    match person {
        _ if is_published && visibility == "public" && !is_priced => true,
        "completed" | "subscription" | "complimentary" | "preview" | "until later" => true,
        "owner" | "admin" | "creator" => is_published && visibility != "private",
        "subscriber" | "member" => is_published && visibility == "members_only" && !is_priced,
        _ => false,
    }
}

/// The pieces in a user's library.
async fn library(codex: &Codex, user: &UserScope) -> BTreeSet<ContentId> {
    let all = ListUserLibrary {
        now: utc("2025-01-01"),
        content_type: None,
        organization_id: None,
        search: None,
        completed: false,
        in_progress: false,
        not_started: false,
        sort: ListUserLibrarySort::default(),
    };
    let page = Page::new(1, 100).unwrap();
    let listed = library::list_user_library(&codex.db, user, &all, page).await.unwrap();
    listed.items.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn a_piece_is_open_for_a_reason_alone() {
    let codex = Codex::new().await;
    let Codex { db, .. } = &codex;
    codex.sql(EVERY_STATE).await;
    let client = codex.client().await;
    let pieces = client
        .query("select id, status, visibility, coalesce(price_cents, 0) > 0 from content", &[])
        .await
        .unwrap();
    let people = client.query("select id from users where deleted_at is null", &[]).await.unwrap();
    let now = utc("2025-01-01");
    let (mut open, mut closed) = (0, 0);
    for person in &people {
        let id: String = person.get(0);
        let user = signed_in(&UserId(id.clone()));
        let listed = library(&codex, &user).await;
        for piece in &pieces {
            let (status, visibility): (&str, &str) = (piece.get(1), piece.get(2));
            let allowed = access::can_access_content(db, &user, ContentId(piece.get(0)), now).await.unwrap();
            // Ann owns alpha. Bob has nothing to do with it.
            let person = if id == "ann" { "owner" } else { &*id };
            assert_eq!(
                allowed,
                is_open(person, status, visibility, piece.get(3)),
                "{id}: {status}, {visibility}, priced: {}",
                piece.get::<_, bool>(3)
            );
            // The library lists only pieces that are open for a personal reason. With a price, no piece is free for
            // everyone.
            let is_own = is_open(person, status, visibility, true);
            assert_eq!(listed.contains(&ContentId(piece.get(0))), is_own, "{id}: {status}, {visibility}");
            *if allowed { &mut open } else { &mut closed } += 1;
        }
    }
    assert!(open > 200 && closed > 400, "{open} open, {closed} closed");

    // Nobody may open a deleted piece. In a removed organization only bought and granted pieces stay open.
    let open_to = async |person: &str| {
        let user = signed_in(&UserId::from(person));
        let mut open = 0;
        for piece in &pieces {
            open += usize::from(
                access::can_access_content(db, &user, ContentId(piece.get(0)), now).await.unwrap(),
            );
        }
        open
    };
    codex.sql("update organizations set deleted_at = now() where slug = 'alpha'").await;
    for (person, pieces) in [("stranger", 0), ("owner", 0), ("member", 0), ("completed", 36), ("preview", 36)]
    {
        assert_eq!(open_to(person).await, pieces, "{person}");
        assert_eq!(library(&codex, &signed_in(&UserId::from(person))).await.len(), pieces, "{person}");
    }
    codex.sql("update organizations set deleted_at = null; update content set deleted_at = now()").await;
    for person in ["stranger", "owner", "member", "completed", "preview"] {
        assert_eq!(open_to(person).await, 0, "{person}");
    }
}

#[tokio::test]
async fn a_player_gets_keys_of_what_is_open_and_ready() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let item = codex.video(ann, "video").await;
    let new = CreateContent {
        organization_id: Some(ann.organization_id),
        media_item_id: Some(item),
        price_cents: Some(500),
        ..draft("video")
    };
    let id = codex.create(&ann.creator, &new).await.unwrap().unwrap().id;
    codex.publish(&ann.creator, id).await.unwrap();
    let now = utc("2025-01-01");
    let eve = codex.person("eve").await;
    let source = async |user: &UserId| {
        let source = access::get_streaming_source(db, &signed_in(user), id, now).await.unwrap();
        source.map(|source| (source.media_item_id, source.hls_master_playlist_key, source.duration_seconds))
    };
    let playable = Some((item, "hls/1".to_owned(), 30));
    assert_eq!((source(&eve).await, source(&bob.id).await), (None, None));
    codex.bought(&eve, id, "pi_1").await;
    assert_eq!((source(&eve).await, source(&bob.id).await), (playable.clone(), None));
    assert_eq!(source(&ann.id).await, playable, "who manages the organization need not pay");

    let for_staff = async |organization| {
        let source = access::get_streaming_source_for_staff(db, organization, id).await.unwrap();
        source.map(|source| source.media_item_id)
    };
    codex.sql("update content set status = 'draft', visibility = 'private'").await;
    assert_eq!((source(&eve).await, source(&ann.id).await), (playable.clone(), None));
    assert_eq!((for_staff(&ann.organization).await, for_staff(&bob.organization).await), (Some(item), None));

    // No source if the media item belongs to somebody else, is not ready, or is deleted.
    for (change, back) in [
        ("creator_id = 'bob'", "creator_id = 'ann'"),
        ("status = 'transcoding'", "status = 'ready'"),
        ("deleted_at = now()", "deleted_at = null"),
    ] {
        codex.sql(&format!("update media_items set {change}")).await;
        assert_eq!((source(&eve).await, for_staff(&ann.organization).await), (None, None), "{change}");
        codex.sql(&format!("update media_items set {back}")).await;
    }
    assert_eq!((source(&eve).await, for_staff(&ann.organization).await), (playable, Some(item)));
    assert_eq!(codex.remove_item(&ann.creator, item).await, 1);
    assert_eq!((source(&eve).await, for_staff(&ann.organization).await), (None, None));
}

#[tokio::test]
async fn a_body_is_read_where_it_is_open() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let id = codex.published(ann, "one").await;
    codex.sql("update content set price_cents = 500").await;
    let body = async |user| {
        let body = access::get_body(db, user, id, utc("2025-01-01")).await.unwrap();
        body.map(|body| body.content_body)
    };
    assert_eq!((body(&bob.user).await, body(&ann.user).await), (None, Some("body".to_owned())));
    codex.bought(&bob.id, id, "pi_1").await;
    assert_eq!(body(&bob.user).await.as_deref(), Some("body"));
    codex.sql("update purchases set disputed_at = now()").await;
    assert_eq!(body(&bob.user).await, None);
    content::soft_delete_content(db, &ann.creator, id).await.unwrap();
    assert_eq!(body(&ann.user).await, None);
}
