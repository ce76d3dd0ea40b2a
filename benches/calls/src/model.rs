//! The structs of rows as an application would write them, for the peers that do not generate any.

use std::error::Error;

use chrono::{DateTime, Utc};
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
