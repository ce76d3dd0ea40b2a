//! `diesel-async`, which builds its own queries and loads children by a second one, as its associations do.

use std::error::Error;

use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use diesel_async::pooled_connection::deadpool::{Object, Pool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::model::{self, DETAIL, KIND, OWNER, TITLE, weight};
use crate::scenario::{Outcome, Peer};
use crate::sql;

diesel::table! {
    articles (id) {
        id -> Uuid,
        owner_id -> Text,
        title -> Text,
        slug -> Text,
        summary -> Nullable<Text>,
        body -> Text,
        status -> Text,
        price_cents -> Nullable<Integer>,
        view_count -> BigInt,
        created_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    comments (id) {
        id -> Uuid,
        article_id -> Uuid,
        author -> Text,
        body -> Text,
        created_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    events (id) {
        id -> BigInt,
        owner_id -> Text,
        kind -> Text,
        detail -> Nullable<Text>,
        amount -> Integer,
    }
}

diesel::joinable!(comments -> articles (article_id));
diesel::allow_tables_to_appear_in_same_query!(articles, comments);

#[derive(Debug, Clone, Copy, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
struct Status(model::Status);

impl FromSql<Text, Pg> for Status {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Status> {
        let text = std::str::from_utf8(value.as_bytes())?;
        Ok(Status(model::Status::from_text(text).map_err(|error| error as Box<dyn Error + Send + Sync>)?))
    }
}

impl ToSql<Text, Pg> for Status {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <str as ToSql<Text, Pg>>::to_sql(self.0.as_str(), out)
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = articles, check_for_backend(Pg))]
struct Article {
    id: Uuid,
    title: String,
    slug: String,
    summary: Option<String>,
    body: String,
    status: Status,
    price_cents: Option<i32>,
    view_count: i64,
    created_at: DateTime<Utc>,
}

impl Article {
    fn weight(&self) -> usize {
        let Article { id, title, slug, summary, body, status, price_cents, view_count, created_at } = self;
        std::hint::black_box((id, status, price_cents, view_count, created_at));
        weight(title, slug, summary.as_deref(), body)
    }
}

#[derive(Queryable, Selectable, Identifiable)]
#[diesel(table_name = articles, check_for_backend(Pg))]
struct Discussed {
    id: Uuid,
    title: String,
    created_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(table_name = comments, belongs_to(Discussed, foreign_key = article_id), check_for_backend(Pg))]
struct Comment {
    id: Uuid,
    article_id: Uuid,
    author: String,
    body: String,
    created_at: DateTime<Utc>,
}

#[derive(Insertable)]
#[diesel(table_name = events)]
struct Event<'a> {
    owner_id: &'a str,
    kind: &'a str,
    detail: Option<&'a str>,
    amount: i32,
}

pub struct Diesel {
    pool: Pool<AsyncPgConnection>,
}

impl Diesel {
    async fn connection(&self) -> Outcome<Object<AsyncPgConnection>> {
        Ok(self.pool.get().await?)
    }
}

async fn get(connection: &mut AsyncPgConnection, id: Uuid) -> QueryResult<Option<Article>> {
    let of_owner = articles::id.eq(id).and(articles::owner_id.eq(OWNER)).and(articles::deleted_at.is_null());
    articles::table.filter(of_owner).select(Article::as_select()).first(connection).await.optional()
}

async fn insert(connection: &mut AsyncPgConnection, amount: i32) -> QueryResult<i64> {
    let event = Event { owner_id: OWNER, kind: KIND, detail: DETAIL, amount };
    diesel::insert_into(events::table).values(event).returning(events::id).get_result(connection).await
}

async fn update(connection: &mut AsyncPgConnection, id: Uuid) -> QueryResult<usize> {
    let of_owner = articles::id.eq(id).and(articles::owner_id.eq(OWNER)).and(articles::deleted_at.is_null());
    let values = (articles::title.eq(TITLE), articles::view_count.eq(articles::view_count + 1));
    diesel::update(articles::table.filter(of_owner)).set(values).execute(connection).await
}

impl Peer for Diesel {
    const NAME: &'static str = "diesel-async";

    async fn open(url: &str, connections: usize) -> Outcome<Diesel> {
        // By default this pool sends a query before each call to test the connection. The other pools do not.
        let mut config = ManagerConfig::default();
        config.recycling_method = RecyclingMethod::Fast;
        let manager = AsyncDieselConnectionManager::new_with_config(url, config);
        Ok(Diesel { pool: Pool::builder(manager).max_size(connections).build()? })
    }

    async fn get(&self, id: Uuid) -> Outcome<usize> {
        let mut connection = self.connection().await?;
        Ok(get(&mut connection, id).await?.map_or(0, |article| article.weight()))
    }

    async fn list(&self) -> Outcome<usize> {
        let mut connection = self.connection().await?;
        let articles: Vec<Article> = articles::table
            .filter(articles::owner_id.eq(OWNER))
            .filter(articles::status.eq(Status(model::Status::Published)))
            .filter(articles::deleted_at.is_null())
            .order((articles::created_at.desc(), articles::id))
            .limit(sql::LISTED)
            .select(Article::as_select())
            .load(&mut connection)
            .await?;
        Ok(articles.iter().map(Article::weight).sum())
    }

    async fn insert(&self, amount: i32) -> Outcome<usize> {
        let mut connection = self.connection().await?;
        Ok(usize::from(insert(&mut connection, amount).await? > 0))
    }

    async fn update(&self, id: Uuid) -> Outcome<usize> {
        let mut connection = self.connection().await?;
        Ok(update(&mut connection, id).await?)
    }

    async fn transaction(&self, id: Uuid) -> Outcome<usize> {
        let mut connection = self.connection().await?;
        let work = connection.transaction(async |connection| {
            let article = get(connection, id).await?;
            update(connection, id).await?;
            let event = insert(connection, 1).await?;
            QueryResult::Ok((article, event))
        });
        let (article, event) = work.await?;
        Ok(article.map_or(0, |article| article.weight()) + usize::from(event > 0))
    }

    async fn nested(&self) -> Outcome<usize> {
        let mut connection = self.connection().await?;
        let parents: Vec<Discussed> = articles::table
            .filter(articles::owner_id.eq(OWNER))
            .filter(articles::status.eq(Status(model::Status::Published)))
            .filter(articles::deleted_at.is_null())
            .order((articles::created_at.desc(), articles::id))
            .limit(sql::PARENTS)
            .select(Discussed::as_select())
            .load(&mut connection)
            .await?;
        let children: Vec<Comment> = Comment::belonging_to(&parents)
            .filter(comments::deleted_at.is_null())
            .order((comments::created_at, comments::id))
            .select(Comment::as_select())
            .load(&mut connection)
            .await?;
        let all = children.grouped_by(&parents).into_iter().zip(parents);
        let weights = all.map(|(comments, Discussed { id, title, created_at })| {
            std::hint::black_box((&id, &created_at));
            let comments = comments.iter().map(|Comment { id, article_id, author, body, created_at }| {
                std::hint::black_box((id, article_id, created_at));
                1 + author.len() + body.len()
            });
            1 + title.len() + comments.sum::<usize>()
        });
        Ok(weights.sum())
    }

    async fn bulk(&self, events: &[model::Event]) -> Outcome<usize> {
        let mut connection = self.connection().await?;
        let events: Vec<Event> = events
            .iter()
            .map(|model::Event { kind, detail, amount }| Event {
                owner_id: OWNER,
                kind,
                detail: detail.as_deref(),
                amount: *amount,
            })
            .collect();
        Ok(diesel::insert_into(events::table).values(&events).execute(&mut connection).await?)
    }
}
