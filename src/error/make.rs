//! Constructors of errors, one for each cause.

use std::borrow::Cow;
use std::io;
use std::time::Duration;

use postgres_types::{Type, WasNull, WrongType};
use sqlward_connect::Place;
use tokio_postgres::error::{DbError, ErrorPosition};

use super::classify;
use super::{Cause, Error, ErrorKind, Inner};
use crate::Query;
use crate::connection::Unserved;
use crate::json::JsonError;
use crate::types::FieldError;

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Error {
        let message = message.into();
        Error(Box::new(Inner {
            kind,
            query: None,
            message,
            rows: None,
            item: None,
            server: None,
            source: None,
            conversion: None,
            outcome_unknown: false,
        }))
    }

    /// Names the query.
    pub(crate) fn of(mut self, query: &Query) -> Error {
        self.0.query = Some(query.name());
        self
    }

    /// Says which item it is about.
    pub(crate) fn at_item(mut self, item: u64) -> Error {
        self.0.item = Some(item);
        self
    }

    /// Names the item of a copy, if the server does: `COPY notes, line 3, column title`.
    pub(crate) fn at_line(mut self) -> Error {
        let place = self.db().and_then(DbError::where_).and_then(|place| {
            // The context of a trigger comes before it.
            let copy = place.lines().rev().find_map(|line| line.strip_prefix("COPY "))?;
            let (_, line) = copy.rsplit_once(", line ")?;
            let digits = line.find(|c: char| !c.is_ascii_digit()).map_or(line, |end| &line[..end]);
            digits.parse::<u64>().ok()?.checked_sub(1)
        });
        self.0.item = place;
        self
    }

    /// A value of an item cannot be encoded as its column's type.
    pub(crate) fn encode(query: &Query, index: usize, cause: Cause) -> Error {
        let (name, ty) = query.columns().get(index).copied().unwrap_or(("?", "unknown"));
        let mut error = Error::new(ErrorKind::Encode, format!("cannot send column `{name}` of type {ty}"));
        error.converting(cause);
        error
    }

    /// Whether a prepared statement is unusable.
    pub(crate) fn is_stale(&self) -> bool {
        self.db().is_some_and(classify::is_stale_answer)
    }

    /// The statement had been sent when it failed: if the connection broke, its outcome is unknown.
    pub(crate) fn sent(mut self) -> Error {
        if self.broke() {
            self.0.outcome_unknown = true;
            self.0.message = format!("{}; whether it was done is unknown", self.0.message).into();
        }
        self
    }

    /// Whether the connection can no longer be used.
    pub(crate) fn broke(&self) -> bool {
        let fatal = |error: &DbError| classify::is_fatal(error);
        self.0.kind == ErrorKind::Connection || self.db().is_some_and(fatal)
    }

    /// A statement failed.
    pub(crate) fn call(error: tokio_postgres::Error) -> Error {
        let broken = error.is_closed();
        let words = error.to_string();
        match error.into_source().map(|source| source.downcast::<DbError>()) {
            Some(Ok(server)) => {
                let words = classify::words(&server);
                Error::server(classify::kind(&server), words, server)
            }
            Some(Err(source)) if !broken && is_of_a_value(&*source) => {
                let mut error = Error::new(ErrorKind::Encode, words);
                error.converting(source);
                error
            }
            Some(Err(source)) => {
                let mut error = Error::new(ErrorKind::Connection, words);
                error.0.source = Some(source);
                error
            }
            None => Error::new(ErrorKind::Connection, words),
        }
    }

    /// A statement could not be prepared.
    pub(crate) fn prepare(error: tokio_postgres::Error) -> Error {
        let mut error = Error::call(error);
        let Some(server) = error.db() else { return error };
        // No value has been sent yet, so none can be quoted.
        let words = classify::all_words(server);
        if classify::is_drift(server) {
            error.0.kind = ErrorKind::Drift;
            error.0.message = format!("{words}; {DRIFT_HELP}").into();
        } else {
            error.0.message = words.into();
        }
        error
    }

    /// A call has a different number of parameters than its statement.
    pub(crate) fn parameter_count(takes: usize, given: usize) -> Error {
        let message = format!("the statement takes {takes} parameters, but {given} were given");
        Error::new(ErrorKind::Encode, message)
    }

    /// The server no longer answers.
    pub(crate) fn unheard() -> Error {
        Error::new(
            ErrorKind::Connection,
            "the server has not answered for so long that the connection was closed",
        )
    }

    /// A statement took longer than a limit that the client had to enforce.
    pub(crate) fn given_up(limit: Duration) -> Error {
        let message = format!(
            "no answer within {limit:?}, so the server was asked to stop; whether it was done is unknown"
        );
        let mut error = Error::new(ErrorKind::Timeout, message);
        error.0.outcome_unknown = true;
        error
    }

    /// An unnamed statement failed, possibly while it was parsed. Then the server gives a position in its text, which it does
    /// not for anything that fails later, when values could be quoted.
    pub(crate) fn parsed(mut self) -> Error {
        let Some(server) = self.db() else { return self };
        if matches!(server.position(), Some(ErrorPosition::Original(_))) && classify::is_drift(server) {
            self.0.message = format!("{}; {DRIFT_HELP}", classify::all_words(server)).into();
            self.0.kind = ErrorKind::Drift;
        }
        self
    }

    /// The columns of a statement are not those of the generated code.
    pub(crate) fn drift(difference: String) -> Error {
        Error::new(ErrorKind::Drift, format!("{difference}; {DRIFT_HELP}"))
    }

    /// A connection could not be had from the pool.
    pub(crate) fn unserved(why: Unserved, size: usize, wait: Duration) -> Error {
        match why {
            Unserved::Over => {
                let message = format!("no connection became free within {wait:?}: all {size} are in use");
                Error::new(ErrorKind::Timeout, message)
            }
            Unserved::Closed => Error::new(ErrorKind::Connection, "the pool of connections is closed"),
        }
    }

    /// The server cannot be reached.
    pub(crate) fn unreachable(place: &Place, error: io::Error) -> Error {
        // Connection refused, or a certificate is: the message comes from the operating system or rustls, and has no value.
        let message = format!("cannot connect to the database at {place}: {error}");
        let mut unreachable = Error::new(ErrorKind::Connection, message);
        unreachable.0.source = Some(Box::new(error));
        unreachable
    }

    /// The server, or something in front of it, does not start a session.
    pub(crate) fn refused(place: &Place, error: tokio_postgres::Error) -> Error {
        let mut refused = Error::call(error);
        refused.0.kind = ErrorKind::Connection;
        // No values have been sent yet that a cause could quote.
        refused.0.source = refused.0.source.take().or(refused.0.conversion.take());
        let cause = refused.0.source.as_ref().map(|cause| format!(": {cause}")).unwrap_or_default();
        let message = format!("cannot connect to the database at {place}: {}{cause}", refused.0.message);
        refused.0.message = message.into();
        refused
    }

    /// The server does not start a session in time.
    pub(crate) fn no_answer(place: &Place, limit: Duration) -> Error {
        let message = format!("cannot connect to the database at {place}: no answer within {limit:?}");
        Error::new(ErrorKind::Connection, message)
    }

    /// The server is not of the kind that `target_session_attrs` asks for.
    pub(crate) fn other_kind(place: &Place) -> Error {
        let message =
            format!("cannot connect to the database at {place}: it does not satisfy target_session_attrs");
        Error::new(ErrorKind::Connection, message)
    }

    /// A query returned another number of rows than one.
    pub(crate) fn row_count(rows: u64) -> Error {
        let message = if rows == 0 {
            Cow::from("expected one row, got none")
        } else {
            Cow::from(format!("expected one row, got {rows}"))
        };
        let mut error = Error::new(ErrorKind::RowCount, message);
        error.0.rows = Some(rows);
        error
    }

    /// A column cannot be decoded.
    pub(crate) fn decode(
        query: &Query,
        index: usize,
        column: Option<(&str, &Type)>,
        cause: Option<Box<dyn std::error::Error + Sync + Send>>,
    ) -> Error {
        let mut message = match column {
            Some((name, ty)) => format!("cannot read column {} `{name}` of type {ty}", index + 1),
            None => format!("the row has no column {}", index + 1),
        };
        let cause = match cause.map(|cause| cause.downcast::<FieldError>()) {
            Some(Ok(field)) => {
                message = format!("{message}: {field}");
                field.conversion
            }
            Some(Err(cause)) => Some(cause),
            None => None,
        };
        if cause.as_ref().is_some_and(|cause| cause.to_string() == SEVERAL_DIMENSIONS) {
            message.push_str(": it is an array of arrays, which `to_jsonb` or `unnest` can read");
        }
        let mut decode = Error::new(ErrorKind::Decode, message).of(query);
        if let Some(cause) = cause {
            decode.converting(cause);
        }
        decode
    }

    /// A column of JSON cannot be decoded.
    pub(crate) fn decode_json(query: &Query, index: usize, column: &str, error: JsonError) -> Error {
        let (path, problem) = error.below(column);
        let message = format!("cannot read column {} `{column}`: `{path}` {problem}", index + 1);
        Error::new(ErrorKind::Decode, message).of(query)
    }

    /// A value could not be converted. The message says so only if the types do not match, since other reasons quote the value.
    fn converting(&mut self, source: Cause) {
        if source.is::<WrongType>() || source.is::<WasNull>() {
            self.0.source = Some(source);
        } else {
            self.0.conversion = Some(source);
        }
    }

    fn server(kind: ErrorKind, words: String, server: Box<DbError>) -> Error {
        let mut error = Error::new(kind, words);
        error.0.server = Some(server);
        error
    }
}

/// What `postgres-types` says of an array that a `Vec` cannot hold.
const SEVERAL_DIMENSIONS: &str = "array contains too many dimensions";

pub(crate) const DRIFT_HELP: &str = "the database does not have the schema that this code was generated for: apply the missing \
             migrations, or run `sqlward generate` with its schema";

/// Whether a client-side failure is about a parameter and not about the connection. A text that cannot be encoded is also
/// an `io::Error`, but of a kind that sockets do not use.
fn is_of_a_value(source: &(dyn std::error::Error + 'static)) -> bool {
    source.downcast_ref::<io::Error>().is_none_or(|error| error.kind() == io::ErrorKind::InvalidInput)
}
