//! Inserting many rows by one statement that takes a list of items.

use codex_catalog::content::{self, InsertContentBatchItem};
use codex_catalog::{ContentId, ContentVisibility, OrganizationId, UserId};
use sqlward::ErrorKind;

use super::fixture::{Codex, Tenant};

fn item<'a>(of: &'a Tenant, slug: &'a str, content_body: Option<&'a str>) -> InsertContentBatchItem<'a> {
    InsertContentBatchItem {
        creator_id: &of.id,
        organization_id: of.organization_id,
        title: slug,
        slug,
        visibility: ContentVisibility::Public,
        content_body,
    }
}

#[tokio::test]
async fn items_come_back_in_their_order() {
    let codex = Codex::new().await;
    let Codex { ann, bob, .. } = &codex;
    // The items are sorted neither by creator nor by slug.
    let slugs: Vec<String> = (0..2_000).map(|n| format!("s{}", n * 7_919 % 2_000)).collect();
    let items: Vec<_> = slugs
        .iter()
        .enumerate()
        .map(|(n, slug)| item(if n % 3 == 0 { ann } else { bob }, slug, (n % 2 == 0).then_some("body")))
        .collect();
    let made = content::insert_content_batch(&codex.service(), &items).await.unwrap();
    let made: Vec<_> = made.iter().map(|row| (&row.creator_id, &*row.slug)).collect();
    let given: Vec<_> = items.iter().map(|item| (item.creator_id, item.slug)).collect();
    assert_eq!(made, given);
}

#[tokio::test]
async fn it_stores_what_one_insert_for_each_item_would() {
    let codex = Codex::new().await;
    let Codex { ann, bob, gone, dead, .. } = &codex;
    let items = [
        item(ann, "ONE", Some("a, \"b\" {c} \\ NULL")),
        item(bob, "two", None),
        item(gone, "three", Some("")),
        InsertContentBatchItem { organization_id: *dead, ..item(ann, "four", None) },
        InsertContentBatchItem { visibility: ContentVisibility::Private, ..item(bob, "five", Some("")) },
    ];
    content::insert_content_batch(&codex.service(), &items).await.unwrap();
    let columns = "creator_id, organization_id, title, slug, visibility, content_body, status, content_type";
    let client = codex.client().await;
    let read = async || {
        let sql = format!("select row({columns})::text from content order by slug");
        let rows = client.query(&sql, &[]).await.unwrap();
        rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>()
    };
    let stored = read().await;
    codex.sql("delete from content").await;
    for InsertContentBatchItem { creator_id, organization_id, title, slug, visibility, content_body } in items
    {
        // The reference: one plain statement for each item.
        let (UserId(creator), OrganizationId(organization)) = (creator_id, &organization_id);
        let (slug, visibility) = (slug.to_lowercase(), visibility.as_str());
        let is_left_out = *creator == gone.id.0 || organization_id == *dead;
        if !is_left_out {
            let sql = format!(
                "insert into content ({columns}) values ($1, $2, $3, $4, $5, $6, 'draft', 'written')"
            );
            client
                .execute(&sql, &[creator, organization, &title, &slug, &visibility, &content_body])
                .await
                .unwrap();
        }
    }
    assert_eq!(stored, read().await);
    assert_eq!(stored.len(), 3);
}

#[tokio::test]
async fn it_is_all_of_them_or_none() {
    let codex = Codex::new().await;
    let long = "x".repeat(501);
    let items = [item(&codex.ann, "one", None), item(&codex.ann, &long, None)];
    let error = content::insert_content_batch(&codex.service(), &items).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Data);
    assert!(content::insert_content_batch(&codex.service(), &[]).await.unwrap().is_empty());
    let made = content::insert_content_batch(&codex.service(), &items[..1]).await.unwrap();
    let ids: Vec<ContentId> = made.into_iter().map(|row| row.id).collect();
    let rows = codex.client().await.query("select id from content", &[]).await.unwrap();
    assert_eq!(rows.iter().map(|row| ContentId(row.get(0))).collect::<Vec<_>>(), ids);
}
