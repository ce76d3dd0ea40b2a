//! `sqlx`, with the code to which its `query!` macros expand. The macros themselves need a database at compile time.

use sqlx::postgres::{PgPool, PgPoolOptions, PgRow};
use sqlx::types::chrono::{DateTime, Utc};
use sqlx::{Error, Row};
use uuid::Uuid;

use crate::model::{Article, Comment, DETAIL, Discussed, Event, KIND, OWNER, Status, TITLE};
use crate::scenario::{Outcome, Peer};
use crate::sql;

pub struct Sqlx {
    pool: PgPool,
}

fn article(row: PgRow) -> Result<Article, Error> {
    Ok(Article {
        id: row.try_get_unchecked(0)?,
        title: row.try_get_unchecked(1)?,
        slug: row.try_get_unchecked(2)?,
        summary: row.try_get_unchecked(3)?,
        body: row.try_get_unchecked(4)?,
        status: row.try_get_unchecked(5)?,
        price_cents: row.try_get_unchecked(6)?,
        view_count: row.try_get_unchecked(7)?,
        created_at: row.try_get_unchecked(8)?,
    })
}

fn discussed(row: PgRow) -> Result<Discussed, Error> {
    let comments: Vec<(Uuid, String, String, DateTime<Utc>)> = row.try_get_unchecked(3)?;
    let comments = comments.into_iter();
    let comments = comments.map(|(id, author, body, created_at)| Comment { id, author, body, created_at });
    Ok(Discussed {
        id: row.try_get_unchecked(0)?,
        title: row.try_get_unchecked(1)?,
        created_at: row.try_get_unchecked(2)?,
        comments: comments.collect(),
    })
}

fn event(row: PgRow) -> Result<i64, Error> {
    row.try_get_unchecked(0)
}

impl Peer for Sqlx {
    const NAME: &'static str = "sqlx";

    async fn open(url: &str, connections: usize) -> Outcome<Sqlx> {
        // By default this pool sends a query before each call to test the connection. The other pools do not.
        let options = PgPoolOptions::new().max_connections(connections as u32).test_before_acquire(false);
        Ok(Sqlx { pool: options.connect(url).await? })
    }

    async fn get(&self, id: Uuid) -> Outcome<usize> {
        let query = sqlx::query(sql::GET).bind(id).bind(OWNER).try_map(article);
        Ok(query.fetch_optional(&self.pool).await?.map_or(0, |article| article.weight()))
    }

    async fn list(&self) -> Outcome<usize> {
        let query =
            sqlx::query(sql::LIST).bind(OWNER).bind(Status::Published).bind(sql::LISTED).try_map(article);
        Ok(query.fetch_all(&self.pool).await?.iter().map(Article::weight).sum())
    }

    async fn insert(&self, amount: i32) -> Outcome<usize> {
        let query = sqlx::query(sql::INSERT).bind(OWNER).bind(KIND).bind(DETAIL).bind(amount);
        Ok(usize::from(query.try_map(event).fetch_one(&self.pool).await? > 0))
    }

    async fn update(&self, id: Uuid) -> Outcome<usize> {
        let query = sqlx::query(sql::UPDATE).bind(TITLE).bind(id).bind(OWNER);
        Ok(query.execute(&self.pool).await?.rows_affected() as usize)
    }

    async fn transaction(&self, id: Uuid) -> Outcome<usize> {
        let mut transaction = self.pool.begin().await?;
        let query = sqlx::query(sql::GET).bind(id).bind(OWNER).try_map(article);
        let article = query.fetch_optional(&mut *transaction).await?;
        sqlx::query(sql::UPDATE).bind(TITLE).bind(id).bind(OWNER).execute(&mut *transaction).await?;
        let query = sqlx::query(sql::INSERT).bind(OWNER).bind(KIND).bind(DETAIL).bind(1);
        let event = query.try_map(event).fetch_one(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(article.map_or(0, |article| article.weight()) + usize::from(event > 0))
    }

    async fn nested(&self) -> Outcome<usize> {
        let query = sqlx::query(sql::NESTED)
            .bind(OWNER)
            .bind(Status::Published)
            .bind(sql::PARENTS)
            .try_map(discussed);
        Ok(query.fetch_all(&self.pool).await?.iter().map(Discussed::weight).sum())
    }

    async fn bulk(&self, events: &[Event]) -> Outcome<usize> {
        let kinds: Vec<&str> = events.iter().map(|event| &*event.kind).collect();
        let details: Vec<Option<&str>> = events.iter().map(|event| event.detail.as_deref()).collect();
        let amounts: Vec<i32> = events.iter().map(|event| event.amount).collect();
        let query = sqlx::query(sql::BULK).bind(OWNER).bind(kinds).bind(details).bind(amounts);
        Ok(query.execute(&self.pool).await?.rows_affected() as usize)
    }
}
