//! Handwritten code like that which the compiler generates: a function of each kind.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sqlward::types::{BytesMut, FromSql, IsNull, ToSql, Type, is_named, to_sql_checked};
use sqlward::{
    Executor, FromRow, Page, Query, Result, Row, RowStream, ServiceRole, ServiceTransaction, Transaction,
    Writer,
};
use uuid::Uuid;

/// The schema of the functions.
pub const SCHEMA: &str = "
    create type mood as enum ('calm', 'loud');
    create table users (
        id text primary key,
        email text not null constraint users_email_key unique,
        mood mood not null default 'calm'
    );
    create table content (
        id uuid primary key default gen_random_uuid(),
        creator_id text not null references users,
        title varchar(100) not null check (title <> ''),
        price_cents integer,
        organization_id integer,
        created_at timestamptz not null default now()
    );
    create table organizations (id integer primary key, name text not null, motto text);
    insert into users (id, email) values ('u1', 'one@example.org'), ('u2', 'two@example.org');
";

/// `content.id`
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentId(pub Uuid);

impl ToSql for ContentId {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.0.to_sql(ty, out)
    }

    fn accepts(ty: &Type) -> bool {
        <Uuid as ToSql>::accepts(ty)
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for ContentId {
    fn from_sql(
        ty: &Type,
        raw: &'a [u8],
    ) -> std::result::Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Uuid::from_sql(ty, raw).map(ContentId)
    }

    fn accepts(ty: &Type) -> bool {
        <Uuid as FromSql>::accepts(ty)
    }
}

/// `create type mood as enum`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// `calm`
    Calm,
    /// `loud`
    Loud,
}

impl ToSql for Mood {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        let text = match self {
            Mood::Calm => "calm",
            Mood::Loud => "loud",
        };
        text.to_sql(ty, out)
    }

    fn accepts(ty: &Type) -> bool {
        is_named(ty, "public", "mood") || <&str as ToSql>::accepts(ty)
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Mood {
    fn from_sql(
        _: &Type,
        raw: &'a [u8],
    ) -> std::result::Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        match raw {
            b"calm" => Ok(Mood::Calm),
            b"loud" => Ok(Mood::Loud),
            _ => Err(format!("`{}` is not a mood", String::from_utf8_lossy(raw)).into()),
        }
    }

    fn accepts(ty: &Type) -> bool {
        is_named(ty, "public", "mood") || <&str as FromSql>::accepts(ty)
    }
}

/// A constraint of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint {
    /// A constraint of `users`.
    UsersEmailKey,
    /// A constraint of `content`.
    ContentTitleCheck,
}

impl FromStr for Constraint {
    type Err = UnknownConstraint;

    fn from_str(name: &str) -> std::result::Result<Self, UnknownConstraint> {
        match name {
            "users_email_key" => Ok(Constraint::UsersEmailKey),
            "content_title_check" => Ok(Constraint::ContentTitleCheck),
            _ => Err(UnknownConstraint),
        }
    }
}

/// The error for a name that is no constraint of the schema.
#[derive(Debug)]
pub struct UnknownConstraint;

impl fmt::Display for UnknownConstraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such constraint")
    }
}

/// The token of the scope `creator`: proof that the caller is `creator_id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatorScope {
    creator_id: String,
}

impl CreatorScope {
    /// Makes a token for a caller who has just been authenticated.
    pub fn from_authenticated(creator_id: impl Into<String>) -> Self {
        CreatorScope { creator_id: creator_id.into() }
    }

    /// The value that the parameter `creator_id` has in queries of this scope.
    pub fn creator_id(&self) -> &String {
        &self.creator_id
    }
}

/// A row with a nested struct from an outer join.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Content {
    pub id: ContentId,
    pub title: String,
    pub price_cents: Option<i32>,
    pub organization: Option<ContentOrganization>,
}

/// The `organization` of a [`Content`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContentOrganization {
    pub name: String,
    pub motto: Option<String>,
}

impl FromRow for Content {
    const COLUMNS: &'static [(&'static str, &'static str)] = &[
        ("id", "uuid"),
        ("title", "varchar"),
        ("price_cents", "int4"),
        ("organization.name", "text"),
        ("organization.motto", "text"),
    ];

    fn from_row(row: &Row) -> Result<Self> {
        Ok(Content {
            id: row.get(0)?,
            title: row.get(1)?,
            price_cents: row.get(2)?,
            organization: if row.is_null(&[3, 4]) {
                None
            } else {
                Some(ContentOrganization { name: row.get(3)?, motto: row.get(4)? })
            },
        })
    }
}

/// The parameters of [`create_content`].
pub struct CreateContent<'a> {
    pub title: &'a str,
    pub price_cents: Option<i32>,
    pub organization_id: Option<i32>,
}

pub async fn create_content(
    db: &impl Writer,
    scope: &CreatorScope,
    params: &CreateContent<'_>,
) -> Result<ContentId> {
    static QUERY: Query = Query::new(
        "content::create_content",
        "insert into content (creator_id, title, price_cents, organization_id)\nvalues ($1, $2, $3, $4) returning id",
        &[Type::TEXT, Type::VARCHAR, Type::INT4, Type::INT4],
        &[("id", "uuid")],
    )
    .in_scope("creator");
    let params: &[&(dyn ToSql + Sync)] =
        &[scope.creator_id(), &params.title, &params.price_cents, &params.organization_id];
    let (id,) = db.fetch_one(&QUERY, params).await?;
    Ok(id)
}

pub async fn get_content(db: &impl Executor, scope: &CreatorScope, id: ContentId) -> Result<Option<Content>> {
    static QUERY: Query = Query::new(
        "content::get_content",
        "select c.id, title, price_cents, o.name as \"organization.name\", o.motto as \"organization.motto\"\n\
         from content c left join organizations o on o.id = c.organization_id\n\
         where c.id = $1 and creator_id = $2",
        &[Type::UUID, Type::TEXT],
        Content::COLUMNS,
    )
    .in_scope("creator");
    db.fetch_opt(&QUERY, &[&id, scope.creator_id()]).await
}

pub async fn list_titles(db: &impl Executor, scope: &CreatorScope, page: Page) -> Result<Vec<String>> {
    static QUERY: Query = Query::new(
        "content::list_titles",
        "select title from content where creator_id = $1 order by title limit $2 offset $3",
        &[Type::TEXT, Type::INT8, Type::INT8],
        &[("title", "varchar")],
    )
    .in_scope("creator");
    let rows = db.fetch_all(&QUERY, &[scope.creator_id(), &page.limit(), &page.offset()]).await?;
    Ok(rows.into_iter().map(|(title,)| title).collect())
}

pub async fn count_content(db: &impl Executor, scope: &CreatorScope) -> Result<i64> {
    static QUERY: Query = Query::new(
        "content::count_content",
        "select count(*) from content where creator_id = $1",
        &[Type::TEXT],
        &[("count", "int8")],
    )
    .in_scope("creator");
    let (count,) = db.fetch_one(&QUERY, &[scope.creator_id()]).await?;
    Ok(count)
}

pub async fn set_price(db: &impl Writer, scope: &CreatorScope, price_cents: i32) -> Result<u64> {
    static QUERY: Query = Query::new(
        "content::set_price",
        "update content set price_cents = $1 where creator_id = $2",
        &[Type::INT4, Type::TEXT],
        &[],
    )
    .in_scope("creator");
    db.execute(&QUERY, &[&price_cents, scope.creator_id()]).await
}

pub async fn stream_titles<'a>(
    db: &'a impl Executor,
    scope: &CreatorScope,
) -> Result<RowStream<'a, (String,)>> {
    static QUERY: Query = Query::new(
        "content::stream_titles",
        "select title from content where creator_id = $1 order by title",
        &[Type::TEXT],
        &[("title", "varchar")],
    )
    .in_scope("creator");
    db.fetch_stream(&QUERY, &[scope.creator_id()]).await
}

pub async fn add_user(db: &impl Writer, id: &str, email: &str, mood: Mood) -> Result<u64> {
    static QUERY: Query = Query::new(
        "users::add_user",
        "insert into users (id, email, mood) values ($1, $2, $3)",
        &[Type::TEXT, Type::TEXT, Type::UNKNOWN],
        &[],
    );
    db.execute(&QUERY, &[&id, &email, &mood]).await
}

pub async fn mood_of(db: &impl Executor, id: &str) -> Result<Option<Mood>> {
    static QUERY: Query = Query::new(
        "users::mood_of",
        "select mood from users where id = $1",
        &[Type::TEXT],
        &[("mood", "public.mood")],
    );
    Ok(db.fetch_opt(&QUERY, &[&id]).await?.map(|(mood,)| mood))
}

/// A function of system scope.
pub async fn find_user(db: &ServiceRole<'_>, email: &str) -> Result<Option<String>> {
    static QUERY: Query = Query::new(
        "users::find_user",
        "select id from users where email = $1",
        &[Type::TEXT],
        &[("id", "text")],
    )
    .in_scope("system");
    Ok(db.fetch_opt(&QUERY, &[&email]).await?.map(|(id,)| id))
}

/// A function that needs a transaction.
pub async fn lock_content(tx: &Transaction<'_>, scope: &CreatorScope, id: ContentId) -> Result<bool> {
    static QUERY: Query = Query::new(
        "content::lock_content",
        "select 1 as found from content where id = $1 and creator_id = $2 for update",
        &[Type::UUID, Type::TEXT],
        &[("found", "int4")],
    )
    .in_scope("creator");
    Ok(tx.fetch_opt::<(i32,)>(&QUERY, &[&id, scope.creator_id()]).await?.is_some())
}

/// A function of system scope that needs a transaction.
pub async fn lock_user(tx: &ServiceTransaction<'_>, id: &str) -> Result<Option<String>> {
    static QUERY: Query = Query::new(
        "users::lock_user",
        "select email from users where id = $1 for update",
        &[Type::TEXT],
        &[("email", "text")],
    )
    .in_scope("system");
    Ok(tx.fetch_opt(&QUERY, &[&id]).await?.map(|(email,)| email))
}

/// A function that grants a token.
pub async fn sign_in(db: &ServiceRole<'_>, email: &str) -> Result<Option<(CreatorScope, String)>> {
    static QUERY: Query = Query::new(
        "users::sign_in",
        "select id, email from users where email = $1",
        &[Type::TEXT],
        &[("id", "text"), ("email", "text")],
    )
    .in_scope("system");
    struct User(String, String);
    impl FromRow for User {
        const COLUMNS: &'static [(&'static str, &'static str)] = &[];
        fn from_row(row: &Row) -> Result<Self> {
            Ok(User(row.get(0)?, row.get(1)?))
        }
    }
    let user: Option<User> = db.fetch_opt(&QUERY, &[&email]).await?;
    Ok(user.map(|User(id, email)| (CreatorScope { creator_id: id }, email)))
}

/// A function without a result: `pg_notify` returns `void`.
pub async fn notify(db: &impl Writer, channel: &str, payload: &str) -> Result<()> {
    static QUERY: Query = Query::new(
        "events::notify",
        "select pg_notify($1, $2)",
        &[Type::TEXT, Type::TEXT],
        &[("pg_notify", "void")],
    );
    db.fetch_one(&QUERY, &[&channel, &payload]).await
}
