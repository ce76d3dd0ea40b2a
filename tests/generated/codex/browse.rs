//! The public lists, compared with reference queries on the rows of `lists`.

use codex_catalog::content::{
    self, BrowseOrganizationContent, DiscoverContent, ListContentByTags, ListPublicContentOfCreator,
};
use codex_catalog::{ContentType, UserId};

use super::fixture::Codex;
use super::lists::{ROWS, literal, public, same};

/// Tags, texts and prices, a removed organization, and an author whose account is closed.
const CHANGES: &str = "
update content set tags = (array['[\"a\"]', '[\"a\", \"b\"]', '[\"b\", \"c\"]', '[]', null]::jsonb[])[1 + length(title) % 2 + view_count % 4];
update content set description = (array['Blue whales sing', 'blue, blue is the sea', 'Cats whisper', null])[1 + view_count % 4];
insert into content (creator_id, organization_id, title, slug, content_type, status, visibility, published_at)
select 'ann', id, 'Unseen', 'unseen', 'video', 'published', 'public', now() from organizations where slug in ('dead', 'orphan');
insert into content (creator_id, organization_id, title, slug, content_type, status, visibility, published_at, tags, description)
select 'gone', id, 'Unseen', 'unseen', 'video', 'published', 'public', now(), '[\"a\", \"b\"]', 'blue whales' from organizations where slug = 'alpha';
";

async fn codex() -> Codex {
    let codex = Codex::new().await;
    codex.sql(ROWS).await;
    codex.sql(CHANGES).await;
    codex
}

/// All combinations of a type, a category and a search text.
fn filters() -> impl Iterator<Item = (Option<ContentType>, Option<&'static str>, Option<&'static str>)> {
    (0..8).map(|given| {
        let has = |bit: usize| given & 1 << bit != 0;
        (has(0).then_some(ContentType::Audio), has(1).then_some("music"), has(2).then_some("Piece 1"))
    })
}

/// The same filters as SQL conditions.
fn conditions(filters: (Option<ContentType>, Option<&str>, Option<&str>)) -> String {
    format!(
        "({0} is null or c.content_type = {0}) and ({1} is null or c.category = {1})
            and ({2} is null or concat_ws(' ', c.title, c.description) ilike '%' || {2} || '%')",
        literal(filters.0),
        literal(filters.1),
        literal(filters.2)
    )
}

#[tokio::test]
async fn an_organizations_catalogue_is_filtered_and_sorted() {
    let codex = codex().await;
    let Codex { db, ann, .. } = &codex;
    let mut rows = 0;
    for filters in filters() {
        let (content_type, category, search) = filters;
        let wanted = BrowseOrganizationContent {
            organization_id: ann.organization_id,
            content_type,
            category,
            search,
        };
        let reference = format!(
            "select c.id from {} and {} order by c.purchase_count desc, c.view_count desc, c.id",
            public(ann.organization_id),
            conditions(filters)
        );
        let read = async |page| content::browse_organization_content(db, &wanted, page).await;
        rows += same(&codex, &format!("{wanted:?}"), &reference, |row| row.id.to_string(), read).await;
    }
    assert!(rows > 50, "only {rows} rows were compared");
}

#[tokio::test]
async fn everything_published_is_discovered() {
    let codex = codex().await;
    let db = &codex.db;
    for filters in filters() {
        let (content_type, category, search) = filters;
        let wanted = DiscoverContent { content_type, category, search };
        let reference = format!(
            "select c.id from content c join organizations o on o.id = c.organization_id join users u on u.id = c.creator_id
            where c.status = 'published' and c.visibility <> 'private' and c.deleted_at is null and o.deleted_at is null
                and u.deleted_at is null and {} order by c.published_at desc nulls last, c.id",
            conditions(filters)
        );
        let read = async |page| content::discover_content(db, &wanted, page).await;
        same(&codex, &format!("{wanted:?}"), &reference, |row| row.id.to_string(), read).await;
    }
}

#[tokio::test]
async fn a_creators_pieces_are_all_or_the_personal_ones() {
    let codex = codex().await;
    let db = &codex.db;
    for creator in ["ann", "bob", "gone", "u1"] {
        for personal in [false, true] {
            let id = UserId::from(creator);
            let wanted = ListPublicContentOfCreator { id: &id, personal };
            let reference = format!(
                "select c.id from content c join users u on u.id = c.creator_id left join organizations o on o.id = c.organization_id
                where u.id = '{creator}' and c.status = 'published' and c.visibility <> 'private' and c.deleted_at is null
                    and o.deleted_at is null and u.deleted_at is null and (not {personal} or c.organization_id is null)
                order by c.published_at desc nulls last, c.id"
            );
            let read = async |page| content::list_public_content_of_creator(db, &wanted, page).await;
            let what = format!("{creator} {personal}");
            let found = same(&codex, &what, &reference, |row| row.id.to_string(), read).await;
            assert_eq!(found > 0, ["ann", "bob"].contains(&creator), "{what}");
        }
    }
}

#[tokio::test]
async fn tags_are_all_or_any() {
    let codex = codex().await;
    let Codex { db, ann, .. } = &codex;
    let sets = [None, Some(vec![]), Some(vec!["a"]), Some(vec!["a", "b"]), Some(vec!["c", "unknown"])];
    let sets = sets.map(|tags| tags.map(|tags| tags.into_iter().map(str::to_owned).collect::<Vec<_>>()));
    let mut rows = 0;
    for (all_of, any_of) in sets.iter().flat_map(|all| sets.iter().map(move |any| (all, any))) {
        let wanted = ListContentByTags {
            organization_id: ann.organization_id,
            all_of: all_of.as_deref(),
            any_of: any_of.as_deref(),
        };
        let each =
            |tags: &[String]| tags.iter().map(|tag| format!("tags @> '[\"{tag}\"]'")).collect::<Vec<_>>();
        let all = all_of.as_ref().map_or("true".into(), |tags| {
            [each(tags), vec!["tags is not null".into()]].concat().join(" and ")
        });
        let any = any_of
            .as_ref()
            .map_or("true".into(), |tags| [each(tags), vec!["false".into()]].concat().join(" or "));
        let reference = format!(
            "select c.id from {} and ({all}) and ({any}) order by c.published_at desc nulls last, c.id",
            public(ann.organization_id)
        );
        let read = async |page| content::list_content_by_tags(db, &wanted, page).await;
        rows += same(&codex, &format!("{wanted:?}"), &reference, |row| row.id.to_string(), read).await;
    }
    assert!(rows > 50, "only {rows} rows were compared");
}

#[tokio::test]
async fn words_are_found_and_ranked() {
    let codex = codex().await;
    let Codex { db, ann, .. } = &codex;
    for (search, is_there) in [
        ("blue", true),
        ("blue -sea", true),
        ("\"blue whales\"", true),
        ("whale", false),
        ("'); drop", false),
    ] {
        let reference = format!(
            "select id from (
                select c.id, to_tsvector('simple', concat_ws(' ', c.title, c.description)) as words from {}
            ) c where words @@ websearch_to_tsquery('simple', {text})
            order by ts_rank(words, websearch_to_tsquery('simple', {text})) desc, id",
            public(ann.organization_id),
            text = literal(Some(search)),
        );
        let read = async |page| content::search_content(db, search, ann.organization_id, page).await;
        let found = same(&codex, search, &reference, |row| row.id.to_string(), read).await;
        assert_eq!(found > 0, is_there, "{search}");
    }
}
