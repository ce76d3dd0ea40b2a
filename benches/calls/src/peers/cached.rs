//! Handwritten calls of `tokio-postgres` as most write them: with `deadpool-postgres`, whose cache of statements is keyed by
//! their text.

use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod};
use tokio_postgres::NoTls;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::handwritten::{article, discussed};
use crate::model::{Article, DETAIL, Discussed, Event, KIND, OWNER, Status, TITLE};
use crate::scenario::{Outcome, Peer};
use crate::sql;

pub struct Cached {
    pool: Pool,
}

/// A pool of `deadpool-postgres` with its default settings.
pub fn pool(url: &str, connections: usize) -> Outcome<Pool> {
    let config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = Manager::from_config(url.parse()?, NoTls, config);
    Ok(Pool::builder(manager).max_size(connections).build()?)
}

impl Peer for Cached {
    const NAME: &'static str = "deadpool-postgres";

    async fn open(url: &str, connections: usize) -> Outcome<Cached> {
        Ok(Cached { pool: pool(url, connections)? })
    }

    async fn get(&self, id: Uuid) -> Outcome<usize> {
        let client = self.pool.get().await?;
        let statement = client.prepare_cached(sql::GET).await?;
        let row = client.query_opt(&statement, &[&id, &OWNER]).await?;
        Ok(row.as_ref().map(article).transpose()?.map_or(0, |article| article.weight()))
    }

    async fn list(&self) -> Outcome<usize> {
        let client = self.pool.get().await?;
        let statement = client.prepare_cached(sql::LIST).await?;
        let rows = client.query(&statement, &[&OWNER, &Status::Published, &sql::LISTED]).await?;
        let articles = rows.iter().map(article).collect::<Result<Vec<_>, _>>()?;
        Ok(articles.iter().map(Article::weight).sum())
    }

    async fn insert(&self, amount: i32) -> Outcome<usize> {
        let client = self.pool.get().await?;
        let statement = client.prepare_cached(sql::INSERT).await?;
        let params: &[&(dyn ToSql + Sync)] = &[&OWNER, &KIND, &DETAIL, &amount];
        let id: i64 = client.query_one(&statement, params).await?.try_get(0)?;
        Ok(usize::from(id > 0))
    }

    async fn update(&self, id: Uuid) -> Outcome<usize> {
        let client = self.pool.get().await?;
        let statement = client.prepare_cached(sql::UPDATE).await?;
        Ok(client.execute(&statement, &[&TITLE, &id, &OWNER]).await? as usize)
    }

    async fn transaction(&self, id: Uuid) -> Outcome<usize> {
        let mut client = self.pool.get().await?;
        let transaction = client.transaction().await?;
        let statement = transaction.prepare_cached(sql::GET).await?;
        let row = transaction.query_opt(&statement, &[&id, &OWNER]).await?;
        let article = row.as_ref().map(article).transpose()?;
        let statement = transaction.prepare_cached(sql::UPDATE).await?;
        transaction.execute(&statement, &[&TITLE, &id, &OWNER]).await?;
        let statement = transaction.prepare_cached(sql::INSERT).await?;
        let row = transaction.query_one(&statement, &[&OWNER, &KIND, &DETAIL, &1]).await?;
        let event: i64 = row.try_get(0)?;
        transaction.commit().await?;
        Ok(article.map_or(0, |article| article.weight()) + usize::from(event > 0))
    }

    async fn nested(&self) -> Outcome<usize> {
        let client = self.pool.get().await?;
        let statement = client.prepare_cached(sql::NESTED).await?;
        let rows = client.query(&statement, &[&OWNER, &Status::Published, &sql::PARENTS]).await?;
        let articles = rows.iter().map(discussed).collect::<Result<Vec<_>, _>>()?;
        Ok(articles.iter().map(Discussed::weight).sum())
    }

    async fn bulk(&self, events: &[Event]) -> Outcome<usize> {
        let client = self.pool.get().await?;
        let statement = client.prepare_cached(sql::BULK).await?;
        let kinds: Vec<&str> = events.iter().map(|event| &*event.kind).collect();
        let details: Vec<Option<&str>> = events.iter().map(|event| event.detail.as_deref()).collect();
        let amounts: Vec<i32> = events.iter().map(|event| event.amount).collect();
        Ok(client.execute(&statement, &[&OWNER, &kinds, &details, &amounts]).await? as usize)
    }
}
