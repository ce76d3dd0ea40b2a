//! Why a call failed.

mod classify;
mod make;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use tokio_postgres::error::DbError;

pub(crate) use classify::is_stale;
pub(crate) use make::DRIFT_HELP;

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed.
///
/// Neither `Display`, nor `Debug`, nor the sources show a value: no parameter, no DETAIL of the server, no password.
/// `Display` names the query and says what happened. Text that may quote a value has to be asked for, with
/// [`Error::detail`], [`Error::server_message`] and [`Error::conversion`].
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    query: Option<&'static str>,
    message: Cow<'static, str>,
    rows: Option<u64>,
    item: Option<u64>,
    server: Option<Box<DbError>>,
    source: Option<Cause>,
    conversion: Option<Cause>,
    outcome_unknown: bool,
}

pub(crate) type Cause = Box<dyn std::error::Error + Send + Sync>;

/// What kind of failure an [`Error`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Another row has this key already.
    UniqueViolation,
    /// A referenced row does not exist, or the row is still referenced.
    ForeignKeyViolation,
    /// A NOT NULL column got no value.
    NotNullViolation,
    /// A row fails a CHECK.
    CheckViolation,
    /// A row conflicts with another under an exclusion constraint.
    ExclusionViolation,
    /// Concurrent transactions could not be serialized; the transaction can be run again.
    Serialization,
    /// The transaction was aborted to end a deadlock; it can be run again.
    Deadlock,
    /// A statement or a lock took too long, a statement was cancelled, or no connection became free in time.
    Timeout,
    /// There is no connection, or it broke; [`Error::is_outcome_unknown`] tells whether something may have been done.
    Connection,
    /// A query returned no row or several where it should return one; [`Error::rows`] says how many. A row out of scope
    /// counts as missing. The query has run: outside of a transaction, what it wrote is kept.
    RowCount,
    /// The database does not have the schema that the code was generated for.
    Drift,
    /// A parameter cannot be encoded as the type that the server expects.
    Encode,
    /// A column cannot be decoded as the type that the code expects. The query has run: outside of a transaction, what
    /// it wrote is kept.
    Decode,
    /// The server finds a value malformed or out of range.
    Data,
    /// A cursor was forged, damaged, or made by another query or order. The client has to start again without one.
    Cursor,
    /// An earlier statement of the transaction had failed, so that it cannot continue and is not committed.
    Aborted,
    /// The service role was made with the key of another database.
    ServiceKey,
    /// The configuration cannot be used.
    Configuration,
    /// Anything else; [`Error::code`] tells more.
    Other,
}

impl Error {
    /// What kind of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The query that failed: `content::get_content`.
    pub fn query(&self) -> Option<&'static str> {
        self.0.query
    }

    /// Whether running the whole transaction again can succeed: it failed by a serialization failure or a deadlock.
    pub fn is_retryable(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Serialization | ErrorKind::Deadlock)
    }

    /// Whether the outcome is unknown: the connection broke after COMMIT, or a query outside of a transaction, was sent
    /// and before it was answered. Check before you try again. After any other failure nothing was written, except for the
    /// two kinds that say otherwise.
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.outcome_unknown
    }

    /// Whether the query should return one row and found none.
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::RowCount && self.0.rows == Some(0)
    }

    /// How many rows there were, if their number is the failure.
    pub fn rows(&self) -> Option<u64> {
        self.0.rows
    }

    /// Which item of a batch or a copy failed, counted from 0, if known. A copy's foreign keys are checked only when all rows
    /// have arrived, so the item is unknown for them.
    pub fn item(&self) -> Option<u64> {
        self.0.item
    }

    /// The violated constraint, as the catalog's enum: `error.constraint() == Some(Constraint::UsersEmailKey)`.
    ///
    /// `None` if no constraint was violated, or if the enum does not have it.
    pub fn constraint<C: FromStr>(&self) -> Option<C> {
        self.constraint_name()?.parse().ok()
    }

    /// The name of the violated constraint.
    pub fn constraint_name(&self) -> Option<&str> {
        self.db()?.constraint()
    }

    /// The table that the failure is about.
    pub fn table(&self) -> Option<&str> {
        self.db()?.table()
    }

    /// The column that the failure is about, if there is one, as for NOT NULL.
    pub fn column(&self) -> Option<&str> {
        self.db()?.column()
    }

    /// The server's SQLSTATE, five characters.
    pub fn code(&self) -> Option<&str> {
        Some(self.db()?.code().code())
    }

    /// The server's own message. It may contain values, as in `invalid input syntax for type integer: "secret"`.
    pub fn server_message(&self) -> Option<&str> {
        Some(self.db()?.message())
    }

    /// The server's DETAIL. It contains values, as in `Key (email)=(a@example.org) already exists.`, and does not belong
    /// in a log.
    pub fn detail(&self) -> Option<&str> {
        self.db()?.detail()
    }

    /// The server's hint.
    pub fn hint(&self) -> Option<&str> {
        self.db()?.hint()
    }

    /// Why a parameter or a column could not be converted. It may quote the value, as in
    /// `invalid type: string "secret", expected u32`.
    pub fn conversion(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.0.conversion.as_deref()
    }

    fn db(&self) -> Option<&DbError> {
        self.0.server.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(query) = self.0.query {
            write!(f, "{query}: ")?;
        }
        if let Some(item) = self.0.item {
            write!(f, "items[{item}]: ")?;
        }
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What the server said is left out, as in Display.
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("query", &self.0.query)
            .field("item", &self.0.item)
            .field("message", &self.0.message)
            .field("code", &self.code())
            .field("source", &self.0.source)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
