//! Functions that sqlward generated from `tests/catalogs/calls`.

use calls_catalog::calls::{self, AddEventsItem, GetArticleRow};
use calls_catalog::records::{self, ListDiscussedRow};
use calls_catalog::{ArticleId, ArticleStatus, OwnerScope};
use sqlward::{Database, Error};
use uuid::Uuid;

use crate::model::{DETAIL, Event, KIND, OWNER, TITLE, weight};
use crate::scenario::{Outcome, Peer};
use crate::sql;

pub struct Sqlward {
    db: Database,
    scope: OwnerScope,
}

fn of_article(article: &GetArticleRow) -> usize {
    let GetArticleRow { id, title, slug, summary, body, status, price_cents, view_count, created_at } =
        article;
    std::hint::black_box((id, status, price_cents, view_count, created_at));
    weight(title, slug, summary.as_deref(), body)
}

fn of_discussed(article: &ListDiscussedRow) -> usize {
    std::hint::black_box((&article.id, &article.created_at));
    let comments = article.comments.iter().map(|comment| {
        std::hint::black_box((&comment.id, &comment.created_at));
        1 + comment.author.len() + comment.body.len()
    });
    1 + article.title.len() + comments.sum::<usize>()
}

impl Peer for Sqlward {
    const NAME: &'static str = "sqlward";

    async fn open(url: &str, connections: usize) -> Outcome<Sqlward> {
        let (db, _) = sqlward::Builder::from_url(url)?.max_connections(connections).open();
        Ok(Sqlward { db, scope: OwnerScope::from_authenticated(OWNER.into()) })
    }

    async fn get(&self, id: Uuid) -> Outcome<usize> {
        let article = calls::get_article(&self.db, &self.scope, ArticleId(id)).await?;
        Ok(article.as_ref().map_or(0, of_article))
    }

    async fn list(&self) -> Outcome<usize> {
        let articles =
            calls::list_articles(&self.db, &self.scope, ArticleStatus::Published, sql::LISTED).await?;
        Ok(articles.iter().map(of_article).sum())
    }

    async fn insert(&self, amount: i32) -> Outcome<usize> {
        let id = calls::add_event(&self.db, &self.scope, KIND, DETAIL, amount).await?;
        Ok(usize::from(id.0 > 0))
    }

    async fn update(&self, id: Uuid) -> Outcome<usize> {
        Ok(calls::rename_article(&self.db, &self.scope, TITLE, ArticleId(id)).await? as usize)
    }

    async fn transaction(&self, id: Uuid) -> Outcome<usize> {
        let (id, scope) = (ArticleId(id), &self.scope);
        let work = self.db.transaction(async |tx| {
            let article = calls::get_article(tx, scope, id).await?;
            calls::rename_article(tx, scope, TITLE, id).await?;
            let event = calls::add_event(tx, scope, KIND, DETAIL, 1).await?;
            Ok::<_, Error>(article.as_ref().map_or(0, of_article) + usize::from(event.0 > 0))
        });
        Ok(work.await?)
    }

    async fn nested(&self) -> Outcome<usize> {
        let articles =
            records::list_discussed(&self.db, &self.scope, ArticleStatus::Published, sql::PARENTS).await?;
        Ok(articles.iter().map(of_discussed).sum())
    }

    async fn bulk(&self, events: &[Event]) -> Outcome<usize> {
        let items: Vec<AddEventsItem> = events
            .iter()
            .map(|Event { kind, detail, amount }| AddEventsItem {
                kind,
                detail: detail.as_deref(),
                amount: *amount,
            })
            .collect();
        Ok(calls::add_events(&self.db, &self.scope, &items).await? as usize)
    }
}
