//! Imports of drafts by COPY.

use codex_catalog::imports::{self, ImportDraftsItem};
use codex_catalog::{Constraint, ContentType};
use futures_util::stream;
use sqlward::{Error, items};

use super::fixture::{Codex, violated};

fn draft(slug: &str) -> ImportDraftsItem {
    ImportDraftsItem {
        title: format!("About {slug}"),
        slug: slug.to_owned(),
        description: None,
        content_type: ContentType::Written,
        content_body: Some("body".to_owned()),
        category: None,
    }
}

#[tokio::test]
async fn drafts_are_those_of_whose_token_it_is() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let lines = "one\ntwo\nthree";
    let drafts = || items(lines.lines().map(draft));
    assert_eq!(imports::import_drafts(db, &ann.creator, drafts()).await.unwrap(), 3);
    // Slugs are unique for each creator.
    assert_eq!(imports::import_drafts(db, &bob.creator, drafts()).await.unwrap(), 3);
    let taken = imports::import_drafts(db, &bob.creator, items(["four", "two"].map(draft))).await;
    assert_eq!(taken.as_ref().unwrap_err().item(), Some(1));
    assert_eq!(violated(taken), Constraint::IdxUniqueContentSlugPersonal);
    // A slug with upper case letters would never be found, because look-ups are in lower case.
    let upper = imports::import_drafts(db, &bob.creator, items(["four", "Five"].map(draft))).await;
    assert_eq!(upper.as_ref().unwrap_err().item(), Some(1));
    assert_eq!(violated(upper), Constraint::CheckContentSlugLower);
    for tenant in [ann, bob] {
        let rows = "select row(title, slug, status, organization_id, content_body, view_count)::text
                    from content where creator_id = $1 order by slug";
        let rows = codex.rows(rows, &tenant.id.0).await;
        let rows: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        assert_eq!(
            rows,
            ["one", "three", "two"].map(|slug| format!("(\"About {slug}\",{slug},draft,,body,0)"))
        );
    }
}

#[tokio::test]
async fn a_source_that_fails_leaves_nothing() {
    #[derive(Debug, PartialEq)]
    enum Failed {
        Source,
        Database,
    }
    impl From<Error> for Failed {
        fn from(_: Error) -> Failed {
            Failed::Database
        }
    }
    let codex = Codex::new().await;
    let source = stream::iter([Ok(draft("one")), Err(Failed::Source), Ok(draft("two"))]);
    let imported = imports::import_drafts(&codex.db, &codex.ann.creator, source).await;
    assert_eq!(imported, Err(Failed::Source));
    assert_eq!(codex.column("select count(*) from content").await, ["0"]);
}
