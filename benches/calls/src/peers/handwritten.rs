//! Handwritten calls of `tokio-postgres` at their best: the statements are prepared when a connection is opened and stored
//! with it in the pool, so that no call has to look one up.

use deadpool::managed::{self, Metrics, Object, Pool, RecycleError, RecycleResult};
use tokio_postgres::{Client, Config, NoTls, Row, Statement};
use uuid::Uuid;

use crate::model::{Article, Comments, DETAIL, Discussed, Event, KIND, OWNER, Status, TITLE};
use crate::scenario::{Outcome, Peer};
use crate::sql;

pub struct Handwritten {
    pool: Pool<Manager>,
}

struct Manager {
    config: Config,
}

/// A connection with its statements. It is boxed in the pool, since it is moved with every call.
struct Session {
    client: Client,
    statements: Statements,
}

struct Statements {
    get: Statement,
    list: Statement,
    insert: Statement,
    update: Statement,
    nested: Statement,
    bulk: Statement,
}

impl managed::Manager for Manager {
    type Type = Box<Session>;
    type Error = tokio_postgres::Error;

    async fn create(&self) -> Result<Box<Session>, tokio_postgres::Error> {
        let (client, connection) = self.config.connect(NoTls).await?;
        tokio::spawn(connection);
        let statements = Statements {
            get: client.prepare(sql::GET).await?,
            list: client.prepare(sql::LIST).await?,
            insert: client.prepare(sql::INSERT).await?,
            update: client.prepare(sql::UPDATE).await?,
            nested: client.prepare(sql::NESTED).await?,
            bulk: client.prepare(sql::BULK).await?,
        };
        Ok(Box::new(Session { client, statements }))
    }

    async fn recycle(&self, session: &mut Box<Session>, _: &Metrics) -> RecycleResult<Self::Error> {
        if session.client.is_closed() { Err(RecycleError::message("it is closed")) } else { Ok(()) }
    }
}

impl Handwritten {
    async fn session(&self) -> Outcome<Object<Manager>> {
        Ok(self.pool.get().await?)
    }
}

pub fn article(row: &Row) -> Result<Article, tokio_postgres::Error> {
    Ok(Article {
        id: row.try_get(0)?,
        title: row.try_get(1)?,
        slug: row.try_get(2)?,
        summary: row.try_get(3)?,
        body: row.try_get(4)?,
        status: row.try_get(5)?,
        price_cents: row.try_get(6)?,
        view_count: row.try_get(7)?,
        created_at: row.try_get(8)?,
    })
}

pub fn discussed(row: &Row) -> Result<Discussed, tokio_postgres::Error> {
    let Comments(comments) = row.try_get(3)?;
    Ok(Discussed { id: row.try_get(0)?, title: row.try_get(1)?, created_at: row.try_get(2)?, comments })
}

impl Peer for Handwritten {
    const NAME: &'static str = "tokio-postgres";

    async fn open(url: &str, connections: usize) -> Outcome<Handwritten> {
        let manager = Manager { config: url.parse()? };
        Ok(Handwritten { pool: Pool::builder(manager).max_size(connections).build()? })
    }

    async fn get(&self, id: Uuid) -> Outcome<usize> {
        let session = self.session().await?;
        let row = session.client.query_opt(&session.statements.get, &[&id, &OWNER]).await?;
        Ok(row.as_ref().map(article).transpose()?.map_or(0, |article| article.weight()))
    }

    async fn list(&self) -> Outcome<usize> {
        let session = self.session().await?;
        let rows = session
            .client
            .query(&session.statements.list, &[&OWNER, &Status::Published, &sql::LISTED])
            .await?;
        let articles = rows.iter().map(article).collect::<Result<Vec<_>, _>>()?;
        Ok(articles.iter().map(Article::weight).sum())
    }

    async fn insert(&self, amount: i32) -> Outcome<usize> {
        let session = self.session().await?;
        let params: &[&(dyn tokio_postgres::types::ToSql + Sync)] = &[&OWNER, &KIND, &DETAIL, &amount];
        let row = session.client.query_one(&session.statements.insert, params).await?;
        let id: i64 = row.try_get(0)?;
        Ok(usize::from(id > 0))
    }

    async fn update(&self, id: Uuid) -> Outcome<usize> {
        let session = self.session().await?;
        Ok(session.client.execute(&session.statements.update, &[&TITLE, &id, &OWNER]).await? as usize)
    }

    async fn transaction(&self, id: Uuid) -> Outcome<usize> {
        let session = &mut **self.session().await?;
        let statements = &session.statements;
        let transaction = session.client.transaction().await?;
        let row = transaction.query_opt(&statements.get, &[&id, &OWNER]).await?;
        let article = row.as_ref().map(article).transpose()?;
        transaction.execute(&statements.update, &[&TITLE, &id, &OWNER]).await?;
        let row = transaction.query_one(&statements.insert, &[&OWNER, &KIND, &DETAIL, &1]).await?;
        let event: i64 = row.try_get(0)?;
        transaction.commit().await?;
        Ok(article.map_or(0, |article| article.weight()) + usize::from(event > 0))
    }

    async fn nested(&self) -> Outcome<usize> {
        let session = self.session().await?;
        let rows = session
            .client
            .query(&session.statements.nested, &[&OWNER, &Status::Published, &sql::PARENTS])
            .await?;
        let articles = rows.iter().map(discussed).collect::<Result<Vec<_>, _>>()?;
        Ok(articles.iter().map(Discussed::weight).sum())
    }

    async fn bulk(&self, events: &[Event]) -> Outcome<usize> {
        let session = self.session().await?;
        let kinds: Vec<&str> = events.iter().map(|event| &*event.kind).collect();
        let details: Vec<Option<&str>> = events.iter().map(|event| event.detail.as_deref()).collect();
        let amounts: Vec<i32> = events.iter().map(|event| event.amount).collect();
        let statement = &session.statements.bulk;
        Ok(session.client.execute(statement, &[&OWNER, &kinds, &details, &amounts]).await? as usize)
    }
}
