//! Lists with filters, sorts and pages, compared with reference queries that use `is null or`, on hundreds of rows of
//! two tenants, some of them deleted.

use codex_catalog::commerce::{self, ListCustomers, ListCustomersSort};
use codex_catalog::content::{
    self, ListCreatorContent, ListCreatorContentSort, ListPublicContent, ListPublicContentKeyset,
    ListPublicContentKeysetSort, ListPublicContentSort,
};
use codex_catalog::library::{self, ListUserLibrary, ListUserLibrarySort};
use codex_catalog::media::{self, ListMediaItems, ListMediaItemsSort};
use codex_catalog::memberships::{self, ListMembers};
use codex_catalog::organizations::{self, ListOrganizations, ListOrganizationsSort};
use codex_catalog::{
    ContentId, ContentStatus, ContentType, ContentVisibility, MediaItemMediaType, MediaItemStatus,
    OrganizationId, OrganizationMembershipRole, OrganizationMembershipStatus,
};
use sqlward::{Cursor, ErrorKind, Keyset, Page, Paged};

use super::fixture::Codex;

/// Rows of Ann, Bob and thirty customers, generated from numbers, so that many of them are equal in the columns they
/// are sorted by.
pub const ROWS: &str = "
insert into users (id, name, email, deleted_at)
select 'u' || n, 'Name ' || n % 7, 'u' || n || '@example.org', case when n % 10 = 0 then now() end
from generate_series(1, 30) n;

insert into organization_memberships (organization_id, user_id, role, status, created_at)
select o.id, 'u' || n, (array['admin', 'creator', 'subscriber', 'member'])[1 + n % 4],
    (array['active', 'active', 'inactive', 'invited'])[1 + n / 4 % 4], timestamptz '2024-01-01' + n / 3 * interval '1 day'
from generate_series(1, 30) n join organizations o on o.slug = (array['alpha', 'beta'])[1 + n % 2];

insert into media_items (
    creator_id, title, media_type, status, r2_key, hls_master_playlist_key, duration_seconds, thumbnail_key, waveform_key,
    uploaded_at, created_at, deleted_at)
select u, 'Title ' || n % 9, (array['video', 'audio'])[1 + n % 2],
    (array['uploading', 'uploaded', 'ready', 'failed'])[1 + n % 4], u || '/' || n, 'hls', 10 * (n % 5), 'thumb', 'wave',
    case when n % 5 > 0 then timestamptz '2024-01-01' + n % 6 * interval '1 hour' end,
    timestamptz '2024-02-01' + n / 4 * interval '1 day', case when n % 11 = 0 then now() end
from generate_series(1, 60) n, unnest(array['ann', 'bob']) u;

insert into content (
    creator_id, organization_id, media_item_id, title, slug, description, content_type, category, visibility, status,
    published_at, view_count, purchase_count, created_at, updated_at, deleted_at)
select o.owner, case when n % 4 > 0 then o.id end,
    (select m.id from media_items m where m.creator_id = o.owner and m.r2_key = o.owner || '/' || n % 60),
    'Piece ' || n % 13, 'slug-' || n, case when n % 3 = 0 then 'about 50% Cats' end,
    (array['video', 'audio', 'written'])[1 + n % 3], (array['art', 'music', null])[1 + n % 3],
    (array['public', 'private', 'members_only', 'purchased_only'])[1 + n / 2 % 4],
    (array['draft', 'published', 'published', 'archived'])[1 + n / 3 % 4],
    case when n % 7 > 0 then timestamptz '2024-03-01' + n % 10 * interval '1.5 days' end, n % 5, n % 6,
    timestamptz '2024-03-01' + n / 5 * interval '1 day', timestamptz '2024-04-01' + n / 6 * interval '1 day',
    case when n % 11 = 0 then now() end
from generate_series(1, 150) n,
    (select id, replace(replace(slug, 'alpha', 'ann'), 'beta', 'bob') as owner from organizations
        where slug in ('alpha', 'beta')) o;

insert into purchases (
    customer_id, content_id, organization_id, amount_paid_cents, creator_payout_cents, stripe_payment_intent_id, status,
    created_at, purchased_at, disputed_at)
select 'u' || 1 + p.n % 29, c.id, c.organization_id, 100 * (p.n % 9), 100 * (p.n % 9), 'pi_' || c.id || p.n,
    (array['completed', 'completed', 'pending', 'refunded'])[1 + p.n % 4],
    timestamptz '2024-05-01' + p.n % 17 * interval '1 day', case when p.n % 3 > 0 then timestamptz '2024-05-02' end,
    case when p.n % 7 = 0 then timestamptz '2024-05-03' end
from generate_series(1, 400) p(n) join content c on c.slug = 'slug-' || 1 + p.n % 140 and c.organization_id is not null;

insert into content_access (user_id, content_id, organization_id, access_type, expires_at, created_at)
select 'u' || 1 + n % 5, c.id, c.organization_id,
    (array['complimentary', 'subscription', 'preview', 'purchased'])[1 + n % 4], case n % 3 when 0 then now() - interval '1 day' when 1 then now() + interval '1 day' end,
    timestamptz '2024-06-01' + n % 4 * interval '1 day'
from generate_series(1, 60) n join content c on c.slug = 'slug-' || n and c.organization_id is not null
on conflict do nothing;

insert into video_playback (user_id, content_id, position_seconds, duration_seconds, completed)
select 'u' || u, c.id, 5, 10, (length(c.slug) + u) % 2 = 0
from generate_series(1, 12) u join content c on hashtext(c.id::text || u) % 3 = 0;
";

/// Reads all pages and compares them, and the totals, with the rows of a reference query.
pub async fn same<T>(
    codex: &Codex,
    what: &str,
    reference: &str,
    id: impl Fn(&T) -> String,
    read: impl AsyncFn(Page) -> sqlward::Result<Paged<T>>,
) -> usize {
    let expected = codex.column(reference).await;
    let mut found = Vec::new();
    for number in 1.. {
        let page = read(Page::new(number, 7).unwrap()).await.unwrap();
        assert_eq!(page.total, expected.len() as u64, "{what}, page {number}");
        assert_eq!(page.total_pages, page.total.div_ceil(7), "{what}");
        // The page after the last one is empty.
        if page.items.is_empty() {
            break;
        }
        found.extend(page.items.iter().map(&id));
    }
    assert_eq!(found, expected, "{what}");
    found.len()
}

/// A SQL literal for a reference query.
pub fn literal(value: Option<impl ToString>) -> String {
    value.map_or("null".to_owned(), |value| format!("'{}'", value.to_string().replace('\'', "''")))
}

#[tokio::test]
async fn content_of_a_creator() {
    let codex = Codex::new().await;
    codex.sql(ROWS).await;
    let Codex { db, ann, .. } = &codex;
    let sorts = [
        (ListCreatorContentSort::Updated, "updated_at desc, id"),
        (ListCreatorContentSort::Created, "created_at desc, id"),
        (ListCreatorContentSort::Published, "published_at desc nulls last, id"),
        (ListCreatorContentSort::Title, "title, id"),
        (ListCreatorContentSort::Views, "view_count desc, id"),
        (ListCreatorContentSort::Sales, "purchase_count desc, id"),
    ];
    let mut rows = 0;
    // Every combination of filters, and every sort with some of them.
    for given in 0..128usize {
        let has = |bit: usize| given & 1 << bit != 0;
        let (sort, order) = sorts[(given + given / 6) % 6];
        let wanted = ListCreatorContent {
            status: has(0).then_some(ContentStatus::Published),
            content_type: has(1).then_some(ContentType::Written),
            visibility: has(2).then_some(ContentVisibility::Private),
            category: has(3).then_some("music"),
            organization_id: has(4).then_some(ann.organization_id),
            personal: has(5),
            search: has(6).then_some("50% CATS"),
            sort,
        };
        let reference = format!(
            "select id from content where creator_id = 'ann' and deleted_at is null
                and ({status} is null or status = {status}) and ({of_type} is null or content_type = {of_type})
                and ({visibility} is null or visibility = {visibility}) and ({category} is null or category = {category})
                and ({organization}::uuid is null or organization_id = {organization})
                and (not {personal} or organization_id is null)
                and ({search} is null or title ilike '%50\\% cats%' or description ilike '%50\\% cats%')
            order by {order}",
            status = literal(wanted.status),
            of_type = literal(wanted.content_type),
            visibility = literal(wanted.visibility),
            category = literal(wanted.category),
            organization = literal(wanted.organization_id),
            personal = wanted.personal,
            search = literal(wanted.search),
        );
        let read = async |page| content::list_creator_content(db, &ann.creator, &wanted, page).await;
        rows += same(&codex, &format!("{wanted:?}"), &reference, |row| row.id.to_string(), read).await;
    }
    assert!(rows > 500, "only {rows} rows were compared");
}

#[tokio::test]
async fn media_of_a_creator() {
    let codex = Codex::new().await;
    codex.sql(ROWS).await;
    let Codex { db, ann, .. } = &codex;
    for (sort, order) in [
        (ListMediaItemsSort::Created, "created_at desc, id"),
        (ListMediaItemsSort::Uploaded, "uploaded_at desc nulls last, id"),
        (ListMediaItemsSort::Title, "title, id"),
    ] {
        for status in [None, Some(MediaItemStatus::Ready)] {
            for media_type in [None, Some(MediaItemMediaType::Audio)] {
                let wanted = ListMediaItems { status, media_type, sort };
                let reference = format!(
                    "select id from media_items where creator_id = 'ann' and deleted_at is null
                        and ({0} is null or status = {0}) and ({1} is null or media_type = {1}) order by {order}",
                    literal(status),
                    literal(media_type),
                );
                let read = async |page| media::list_media_items(db, &ann.creator, &wanted, page).await;
                same(&codex, &format!("{wanted:?}"), &reference, |row| row.id.to_string(), read).await;
            }
        }
    }
}

#[tokio::test]
async fn organizations_and_their_members() {
    let codex = Codex::new().await;
    codex.sql(ROWS).await;
    let Codex { db, ann, .. } = &codex;
    for (sort, order) in
        [(ListOrganizationsSort::Created, "created_at desc, id"), (ListOrganizationsSort::Name, "name, id")]
    {
        for search in [None, Some("A"), Some("%")] {
            let wanted = ListOrganizations { search, sort };
            let text = literal(search);
            let reference = format!(
                "select id from organizations where deleted_at is null
                    and ({text} is null or strpos(lower(name), lower({text})) > 0 or strpos(lower(description), lower({text})) > 0)
                order by {order}"
            );
            let read = async |page| organizations::list_organizations(db, &wanted, page).await;
            same(&codex, &format!("{wanted:?}"), &reference, |row| row.id.to_string(), read).await;
        }
    }
    for status in
        [None, Some(OrganizationMembershipStatus::Active), Some(OrganizationMembershipStatus::Invited)]
    {
        for role in [None, Some(OrganizationMembershipRole::Creator)] {
            let wanted = ListMembers { status, role };
            let reference = format!(
                "select m.id from organization_memberships m join users u on u.id = m.user_id
                where m.organization_id = '{}' and u.deleted_at is null
                    and ({1} is null or m.status = {1}) and ({2} is null or m.role = {2})
                order by m.created_at, m.id",
                ann.organization_id,
                literal(status),
                literal(role),
            );
            let read = async |page| memberships::list_members(db, &ann.organization, &wanted, page).await;
            same(&codex, &format!("{wanted:?}"), &reference, |row| row.id.to_string(), read).await;
        }
    }
}

/// An organization's public content, for reference queries.
pub fn public(organization: OrganizationId) -> String {
    format!(
        "content c join organizations o on o.id = c.organization_id join users u on u.id = c.creator_id
        where c.organization_id = '{organization}' and c.status = 'published' and c.visibility <> 'private'
            and c.deleted_at is null and o.deleted_at is null and u.deleted_at is null"
    )
}

#[tokio::test]
async fn published_content() {
    let codex = Codex::new().await;
    codex.sql(ROWS).await;
    let Codex { db, ann, .. } = &codex;
    let organization_id = ann.organization_id;
    for (sort, order) in [
        (ListPublicContentSort::Newest, "c.published_at desc nulls last, c.id"),
        (ListPublicContentSort::Oldest, "c.published_at asc nulls last, c.id"),
        (ListPublicContentSort::Title, "c.title, c.id"),
    ] {
        for content_type in [None, Some(ContentType::Video)] {
            for search in [None, Some("piece 1")] {
                let wanted = ListPublicContent { organization_id, content_type, search, sort };
                let reference = format!(
                    "select c.id from {} and ({1} is null or c.content_type = {1})
                        and ({2} is null or c.title ilike '%piece 1%' or c.description ilike '%piece 1%') order by {order}",
                    public(organization_id),
                    literal(content_type),
                    literal(search),
                );
                let read = async |page| content::list_public_content(db, &wanted, page).await;
                same(&codex, &format!("{wanted:?}"), &reference, |row| row.id.to_string(), read).await;
            }
        }
    }
}

#[tokio::test]
async fn published_content_after_a_cursor() {
    let codex = Codex::new().await;
    codex.sql(ROWS).await;
    let Codex { db, ann, bob, .. } = &codex;
    let organization_id = ann.organization_id;
    let (newest, title) = (ListPublicContentKeysetSort::Newest, ListPublicContentKeysetSort::Title);
    let mut cursors: Vec<Cursor> = Vec::new();
    for (sort, order) in [(newest, "c.published_at desc, c.id"), (title, "c.title, c.id")] {
        for content_type in [None, Some(ContentType::Audio)] {
            for limit in [1, 4, 100] {
                let wanted = ListPublicContentKeyset { organization_id, content_type, sort };
                let reference = format!(
                    "select c.id from {} and c.published_at is not null and ({1} is null or c.content_type = {1})
                    order by {order}",
                    public(organization_id),
                    literal(content_type),
                );
                let expected = codex.column(&reference).await;
                let (mut found, mut after): (Vec<String>, _) = (Vec::new(), None);
                loop {
                    // The cursor is converted to text and back, as a client sends it.
                    let page =
                        Keyset::new(limit, after.map(|cursor: Cursor| cursor.as_str().into())).unwrap();
                    let page = content::list_public_content_keyset(db, &wanted, &page).await.unwrap();
                    assert!(page.items.len() <= limit as usize);
                    assert_eq!(page.next.is_some(), found.len() + page.items.len() < expected.len());
                    found.extend(page.items.iter().map(|row| row.id.to_string()));
                    cursors.extend(page.next.clone());
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                }
                assert_eq!(found, expected, "{wanted:?} by {limit}");
            }
        }
    }

    let read = async |organization_id, sort, cursor: Cursor| {
        let wanted = ListPublicContentKeyset { organization_id, content_type: None, sort };
        content::list_public_content_keyset(db, &wanted, &Keyset::new(100, Some(cursor)).unwrap()).await
    };
    let first = cursors[0].clone();
    // A cursor gives no access: with another organization's id it returns that organization's rows.
    let foreign = read(bob.organization_id, newest, first.clone()).await.unwrap();
    let of_bob = codex.column(&format!("select c.id from {}", public(bob.organization_id))).await;
    assert!(foreign.items.iter().all(|row| of_bob.contains(&row.id.to_string())));
    // A cursor of another sort, or an invalid one, is refused before the query is sent.
    let kind = async |sort, cursor| read(organization_id, sort, cursor).await.unwrap_err().kind();
    assert_eq!(kind(title, first.clone()).await, ErrorKind::Cursor);
    assert_eq!(kind(newest, Cursor::from("made up")).await, ErrorKind::Cursor);
    let error = read(organization_id, title, first).await.unwrap_err();
    let words = "content::list_public_content_keyset: the cursor belongs to another query or sort: start again without one";
    assert_eq!(error.to_string(), words);
}

#[tokio::test]
async fn a_library_has_each_piece_once() {
    let codex = Codex::new().await;
    codex.sql(ROWS).await;
    let Codex { db, ann, .. } = &codex;
    let sorts = [
        (ListUserLibrarySort::Recent, "acquired_at desc, id"),
        (ListUserLibrarySort::Title, "title, id"),
        (ListUserLibrarySort::Duration, "duration_seconds desc nulls last, id"),
    ];
    let mut rows = 0;
    for (person, given) in ["u1", "u2", "u3", "u4", "ann"]
        .iter()
        .flat_map(|person| (0..64usize).map(move |given| (person, given)))
    {
        let has = |bit: usize| given & 1 << bit != 0;
        let (sort, order) = sorts[given % 3];
        let wanted = ListUserLibrary {
            now: chrono::Utc::now(),
            content_type: has(0).then_some(ContentType::Audio),
            organization_id: has(1).then_some(ann.organization_id),
            search: has(2).then_some("PIECE 1"),
            completed: has(3),
            in_progress: has(4),
            not_started: has(5),
            sort,
        };
        let reference = format!(
            "with all_of_it as (
                select p.content_id as id, coalesce(p.purchased_at, p.created_at) as at from purchases p
                    where p.customer_id = '{person}' and p.status = 'completed' and p.disputed_at is null
                union select content_id, created_at from content_access
                    where user_id = '{person}' and access_type <> 'purchased' and coalesce(expires_at, 'infinity') > '{now}'
                union select c.id, m.created_at from content c join organization_memberships m using (organization_id)
                    where m.user_id = '{person}' and m.status = 'active' and m.role = any ('{{owner,admin,creator}}')
                        and c.status = 'published' and c.visibility <> 'private'
            ), found as (
                select c.id, c.title, max(a.at) as acquired_at, v.id is not null as begun, v.completed,
                    (select duration_seconds from media_items m where m.id = c.media_item_id and m.status = 'ready'
                        and m.deleted_at is null) as duration_seconds
                from all_of_it a join content c on c.id = a.id and c.deleted_at is null
                left join video_playback v on v.content_id = c.id and v.user_id = '{person}'
                where ({of_type} is null or c.content_type = {of_type})
                    and ({organization}::uuid is null or c.organization_id = {organization})
                    and ({search} is null or c.title ilike '%piece 1%')
                group by c.id, v.id
            )
            select id from found where (not {completed} or completed) and (not {in_progress} or begun and not completed)
                and (not {not_started} or not begun)
            order by {order}",
            now = wanted.now,
            of_type = literal(wanted.content_type),
            organization = literal(wanted.organization_id),
            search = literal(wanted.search),
            completed = wanted.completed,
            in_progress = wanted.in_progress,
            not_started = wanted.not_started,
        );
        let user = codex_catalog::UserScope::from_authenticated((*person).into());
        let read = async |page| library::list_user_library(db, &user, &wanted, page).await;
        rows +=
            same(&codex, &format!("{person}, {wanted:?}"), &reference, |row| row.id.to_string(), read).await;
    }
    assert!(rows > 300, "only {rows} rows were compared");
}

#[tokio::test]
async fn customers_with_what_they_spent() {
    let codex = Codex::new().await;
    codex.sql(ROWS).await;
    codex.sql("update purchases set currency = 'eur' where stripe_payment_intent_id like '%3'").await;
    let Codex { db, ann, .. } = &codex;
    let sorts = [
        (
            ListCustomersSort::Spent,
            "coalesce(sum(amount_paid_cents) filter (where currency = 'usd'), 0) desc, u.id",
        ),
        (ListCustomersSort::Recent, "max(coalesce(p.purchased_at, p.created_at)) desc, u.id"),
        (ListCustomersSort::Name, "u.name, u.id"),
        (ListCustomersSort::Purchases, "count(*) desc, u.id"),
    ];
    let piece = codex.column("select content_id from purchases where status = 'completed' and organization_id = (select id from organizations where slug = 'alpha') order by content_id limit 1").await;
    let piece = ContentId(piece[0].parse().unwrap());
    let mut rows = 0;
    for given in 0..32usize {
        let has = |bit: usize| given & 1 << bit != 0;
        let (sort, order) = sorts[(given + given / 4) % 4];
        let wanted = ListCustomers {
            search: has(0).then_some("NAME 1"),
            content_id: has(1).then_some(piece),
            since: has(2).then(|| "2024-05-02T00:00:00Z".parse().unwrap()),
            min_spent_cents: has(3).then_some(1500),
            max_spent_cents: has(4).then_some(3000),
            currency: "USD",
            sort,
        };
        let reference = format!(
            "select u.id from users u join purchases p on p.customer_id = u.id
            where p.organization_id = '{organization}' and p.status = 'completed' and p.disputed_at is null and u.deleted_at is null
                and ({search} is null or u.name ilike '%name 1%' or u.email ilike '%name 1%')
                and ({piece}::uuid is null or u.id in (select customer_id from purchases
                    where organization_id = '{organization}' and status = 'completed' and disputed_at is null and content_id = {piece}))
            group by u.id
            having ({since}::timestamptz is null or min(coalesce(p.purchased_at, p.created_at)) >= {since})
                and ({min}::int is null or coalesce(sum(amount_paid_cents) filter (where currency = 'usd'), 0) >= {min}::int)
                and ({max}::int is null or coalesce(sum(amount_paid_cents) filter (where currency = 'usd'), 0) <= {max}::int)
            order by {order}",
            organization = ann.organization_id,
            search = literal(wanted.search),
            piece = literal(wanted.content_id),
            since = literal(wanted.since),
            min = literal(wanted.min_spent_cents),
            max = literal(wanted.max_spent_cents),
        );
        let read = async |page| commerce::list_customers(db, &ann.organization, &wanted, page).await;
        rows += same(&codex, &format!("{wanted:?}"), &reference, |row| row.id.0.clone(), read).await;
    }
    assert!(rows > 50, "only {rows} rows were compared");
}
