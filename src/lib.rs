//! The runtime of sqlward: what generated functions run on.
//!
//! ```no_run
//! use sqlward::{Columns, Database, Executor, FromRow, Query, Result, Row, types::Type};
//!
//! // Generated from an annotated SQL file:
//! pub struct Greeting {
//!     pub text: String,
//! }
//!
//! impl FromRow for Greeting {
//!     const COLUMNS: Columns = &[("text", "text")];
//!     fn from_row(row: &Row) -> Result<Self> {
//!         Ok(Greeting { text: row.get(0)? })
//!     }
//! }
//!
//! pub async fn greet(db: &impl Executor, name: &str) -> Result<Greeting> {
//!     static QUERY: Query =
//!         Query::new("greetings::greet", "select 'Hello ' || $1 as text", &[Type::TEXT], Greeting::COLUMNS);
//!     db.fetch_one(&QUERY, &[&name]).await
//! }
//!
//! // Written by you:
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<()> {
//! let (db, _key) = Database::open("postgres://app:secret@localhost/app")?;
//! println!("{}", greet(&db, "world").await?.text);
//!
//! db.transaction(async |tx| {
//!     greet(tx, "one").await?;
//!     greet(tx, "two").await
//! })
//! .await?;
//! # Ok(())
//! # }
//! ```
//!
//! - [`Database`] is the pool. Generated functions that only read take any [`Executor`]: a [`Database`], a
//!   [`Transaction`] or a [`Replica`]. Those that write take a [`Writer`], which a [`Replica`] is not.
//! - [`Builder`] has the settings of connections: strings, time limits, encryption, poolers, replicas.
//! - [`ServiceKey`], which is returned when a database is opened, makes the [`ServiceRole`] that functions in system
//!   scope take.
//! - [`Error`] has a [`kind`](Error::kind), and never shows a value.
//! - `testing`, with the feature of that name, gives each test a database of its own.
//! - [`Query`], [`Part`], [`Variant`], [`Row`], [`FromRow`], [`Columns`] and [`types`] are for generated code.

mod batch;
mod call;
mod connection;
mod copy;
mod database;
mod error;
mod executor;
mod hidden;
mod json;
mod keyset;
mod observe;
mod page;
mod query;
mod row;
mod service;
mod statements;
mod stream;
#[cfg(feature = "testing")]
pub mod testing;
mod transaction;
pub mod types;
mod unnamed;

pub use batch::Batch;
pub use copy::{CopyRow, items};
pub use database::{Builder, Database, PoolMetrics, Replica, StatementMode};
pub use error::{Error, ErrorKind, Result};
pub use executor::{Executor, Writer};
pub use keyset::{Cursor, Keyset, KeysetPage};
pub use page::{Page, PageError, Paged};
pub use query::{Part, Query, Variant};
pub use row::{Columns, FromRow, Row};
pub use service::{ServiceKey, ServiceRole, ServiceTransaction};
pub use stream::RowStream;
pub use transaction::{Attempts, Retryable, Transaction, TransactionOptions, retry};
pub use types::{Interval, Range};

#[doc(no_inline)]
pub use futures_util::Stream;
