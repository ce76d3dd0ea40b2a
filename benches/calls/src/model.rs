//! The structs of rows as an application would write them, for the peers that do not generate any.

use std::error::Error;

use chrono::{DateTime, Utc};
use fallible_iterator::FallibleIterator;
use postgres_protocol::types::{array_from_sql, int4_from_sql, oid_from_sql};
use serde::Deserialize;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use uuid::Uuid;

/// The owner of the articles.
pub const OWNER: &str = "owner-1";
pub const TITLE: &str = "A title that is about as long as titles are";
pub const KIND: &str = "viewed";
pub const DETAIL: Option<&str> = Some("by somebody who came from far away");

pub struct Article {
    pub id: Uuid,
    pub title: String,
    pub slug: String,
    pub summary: Option<String>,
    pub body: String,
    pub status: Status,
    pub price_cents: Option<i32>,
    pub view_count: i64,
    pub created_at: DateTime<Utc>,
}

pub struct Discussed {
    pub id: Uuid,
    pub title: String,
    pub created_at: DateTime<Utc>,
    pub comments: Vec<Comment>,
}

#[derive(Deserialize)]
pub struct Comment {
    pub id: Uuid,
    pub author: String,
    pub body: String,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "lowercase")]
pub enum Status {
    Draft,
    Published,
    Archived,
}

/// A row of the bulk insert.
pub struct Event {
    pub kind: String,
    pub detail: Option<String>,
    pub amount: i32,
}

/// A thousand events.
pub fn events() -> Vec<Event> {
    let event = |number: i32| Event {
        kind: KIND.to_owned(),
        detail: (number % 3 > 0).then(|| format!("by visitor {number}")),
        amount: number,
    };
    (0..1000).map(event).collect()
}

impl Article {
    pub fn weight(&self) -> usize {
        let Article { id, title, slug, summary, body, status, price_cents, view_count, created_at } = self;
        std::hint::black_box((id, status, price_cents, view_count, created_at));
        weight(title, slug, summary.as_deref(), body)
    }
}

pub fn weight(title: &str, slug: &str, summary: Option<&str>, body: &str) -> usize {
    1 + title.len() + slug.len() + summary.map_or(0, str::len) + body.len()
}

impl Discussed {
    pub fn weight(&self) -> usize {
        std::hint::black_box((&self.id, &self.created_at));
        1 + self.title.len() + self.comments.iter().map(Comment::weight).sum::<usize>()
    }
}

impl Comment {
    pub fn weight(&self) -> usize {
        std::hint::black_box((&self.id, &self.created_at));
        1 + self.author.len() + self.body.len()
    }
}

/// An array of records, which `tokio-postgres` has no type for.
pub struct Comments(pub Vec<Comment>);

impl<'a> FromSql<'a> for Comments {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Comments, Box<dyn Error + Sync + Send>> {
        let mut records = array_from_sql(raw)?.values();
        let mut comments = Vec::with_capacity(records.size_hint().0);
        while let Some(record) = records.next()? {
            let record = record.ok_or("no record")?;
            let (fields, mut rest) = record.split_at_checked(4).ok_or("no fields")?;
            if int4_from_sql(fields)? != 4 {
                return Err("other fields".into());
            }
            comments.push(Comment {
                id: field(&mut rest, &Type::UUID)?,
                author: field(&mut rest, &Type::TEXT)?,
                body: field(&mut rest, &Type::TEXT)?,
                created_at: field(&mut rest, &Type::TIMESTAMPTZ)?,
            });
        }
        Ok(Comments(comments))
    }

    fn accepts(ty: &Type) -> bool {
        *ty == Type::RECORD_ARRAY
    }
}

/// The next field of a record: the OID of its type, its length, its value.
fn field<'a, T: FromSql<'a>>(rest: &mut &'a [u8], ty: &Type) -> Result<T, Box<dyn Error + Sync + Send>> {
    let (oid, after) = rest.split_at_checked(4).ok_or("no type")?;
    if oid_from_sql(oid)? != ty.oid() {
        return Err("another type".into());
    }
    let (length, after) = after.split_at_checked(4).ok_or("no length")?;
    let length = usize::try_from(int4_from_sql(length)?)?;
    let (value, after) = after.split_at_checked(length).ok_or("no value")?;
    *rest = after;
    T::from_sql(ty, value)
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Draft => "draft",
            Status::Published => "published",
            Status::Archived => "archived",
        }
    }

    pub fn from_text(text: &str) -> Result<Status, Box<dyn Error + Sync + Send>> {
        match text {
            "draft" => Ok(Status::Draft),
            "published" => Ok(Status::Published),
            "archived" => Ok(Status::Archived),
            other => Err(format!("{other} is no status").into()),
        }
    }
}

impl<'a> FromSql<'a> for Status {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Status, Box<dyn Error + Sync + Send>> {
        Status::from_text(<&str>::from_sql(ty, raw)?)
    }

    fn accepts(ty: &Type) -> bool {
        <&str as FromSql>::accepts(ty)
    }
}

impl ToSql for Status {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        self.as_str().to_sql(ty, out)
    }

    fn accepts(ty: &Type) -> bool {
        <&str as ToSql>::accepts(ty)
    }

    to_sql_checked!();
}
