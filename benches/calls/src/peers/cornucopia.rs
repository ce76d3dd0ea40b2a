//! Code that cornucopia generated from the same queries, in `cornucopia/`:
//! `cargo sqlward generate --config benches/calls/cornucopia.toml --backend cornucopia`. It has no
//! records, so that children come as JSON.

use cornucopia_calls::queries::calls::{self, GetArticleBorrowed, ListDiscussedAsJsonBorrowed};
use deadpool_postgres::{Client, Pool};
use uuid::Uuid;

use super::cached;
use crate::model::{Article, Comment, DETAIL, Discussed, Event, KIND, OWNER, Status, TITLE};
use crate::scenario::{Outcome, Peer};
use crate::sql;

pub struct Cornucopia {
    pool: Pool,
}

impl Cornucopia {
    async fn client(&self) -> Outcome<Client> {
        Ok(self.pool.get().await?)
    }
}

fn article(row: GetArticleBorrowed) -> Outcome<Article> {
    Ok(Article {
        id: row.id,
        title: row.title.into(),
        slug: row.slug.into(),
        summary: row.summary.map(Into::into),
        body: row.body.into(),
        status: Status::from_text(row.status)?,
        price_cents: row.price_cents,
        view_count: row.view_count,
        created_at: row.created_at.into(),
    })
}

fn listed(row: calls::ListArticlesBorrowed) -> Outcome<Article> {
    let calls::ListArticlesBorrowed {
        id,
        title,
        slug,
        summary,
        body,
        status,
        price_cents,
        view_count,
        created_at,
    } = row;
    article(GetArticleBorrowed {
        id,
        title,
        slug,
        summary,
        body,
        status,
        price_cents,
        view_count,
        created_at,
    })
}

fn discussed(row: ListDiscussedAsJsonBorrowed) -> Outcome<Discussed> {
    let comments: Vec<Comment> = serde_json::from_str(row.comments.0.get())?;
    Ok(Discussed { id: row.id, title: row.title.into(), created_at: row.created_at.into(), comments })
}

impl Peer for Cornucopia {
    const NAME: &'static str = "cornucopia";

    async fn open(url: &str, connections: usize) -> Outcome<Cornucopia> {
        Ok(Cornucopia { pool: cached::pool(url, connections)? })
    }

    async fn get(&self, id: Uuid) -> Outcome<usize> {
        let client = self.client().await?;
        let found = calls::get_article().bind(&client, &id, &OWNER).map(article).opt().await?;
        Ok(found.transpose()?.map_or(0, |article| article.weight()))
    }

    async fn list(&self) -> Outcome<usize> {
        let client = self.client().await?;
        let (query, status) = (calls::list_articles(), Status::Published.as_str());
        let rows = query.bind(&client, &OWNER, &status, &sql::LISTED).map(listed).all().await?;
        let articles = rows.into_iter().collect::<Outcome<Vec<_>>>()?;
        Ok(articles.iter().map(Article::weight).sum())
    }

    async fn insert(&self, amount: i32) -> Outcome<usize> {
        let client = self.client().await?;
        let id = calls::add_event().bind(&client, &OWNER, &KIND, &DETAIL, &amount).one().await?;
        Ok(usize::from(id > 0))
    }

    async fn update(&self, id: Uuid) -> Outcome<usize> {
        let client = self.client().await?;
        Ok(calls::rename_article().bind(&client, &TITLE, &id, &OWNER).await? as usize)
    }

    async fn transaction(&self, id: Uuid) -> Outcome<usize> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        let found = calls::get_article().bind(&transaction, &id, &OWNER).map(article).opt().await?;
        let article = found.transpose()?;
        calls::rename_article().bind(&transaction, &TITLE, &id, &OWNER).await?;
        let event = calls::add_event().bind(&transaction, &OWNER, &KIND, &DETAIL, &1).one().await?;
        transaction.commit().await?;
        Ok(article.map_or(0, |article| article.weight()) + usize::from(event > 0))
    }

    async fn nested(&self) -> Outcome<usize> {
        let client = self.client().await?;
        let (query, status) = (calls::list_discussed_as_json(), Status::Published.as_str());
        let rows = query.bind(&client, &OWNER, &status, &sql::PARENTS).map(discussed).all().await?;
        let articles = rows.into_iter().collect::<Outcome<Vec<_>>>()?;
        Ok(articles.iter().map(Discussed::weight).sum())
    }

    async fn bulk(&self, events: &[Event]) -> Outcome<usize> {
        let client = self.client().await?;
        let kinds: Vec<&str> = events.iter().map(|event| &*event.kind).collect();
        let details: Vec<Option<&str>> = events.iter().map(|event| event.detail.as_deref()).collect();
        let amounts: Vec<i32> = events.iter().map(|event| event.amount).collect();
        Ok(calls::add_events().bind(&client, &OWNER, &kinds, &details, &amounts).await? as usize)
    }
}
