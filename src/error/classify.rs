//! What the server's SQLSTATE means.

use tokio_postgres::error::DbError;

use super::ErrorKind;

/// The kind of an error that the server reports for a statement.
pub(super) fn kind(error: &DbError) -> ErrorKind {
    let code = error.code().code();
    match code {
        "23505" => ErrorKind::UniqueViolation,
        "23503" | "23001" => ErrorKind::ForeignKeyViolation,
        "23502" => ErrorKind::NotNullViolation,
        "23514" => ErrorKind::CheckViolation,
        "23P01" => ErrorKind::ExclusionViolation,
        "40001" => ErrorKind::Serialization,
        "40P01" => ErrorKind::Deadlock,
        "25P02" => ErrorKind::Aborted,
        // Statement timeout or cancel, lock timeout or NOWAIT, idle in transaction, transaction timeout, idle.
        "57014" | "55P03" | "25P03" | "25P04" | "57P05" => ErrorKind::Timeout,
        // Shutdowns and crashes, and a server that has no place left.
        "57P01" | "57P02" | "57P03" | "53300" => ErrorKind::Connection,
        _ => match code.get(..2) {
            Some("08") => ErrorKind::Connection,
            Some("22") => ErrorKind::Data,
            _ => ErrorKind::Other,
        },
    }
}

/// Whether a statement cannot be prepared because what it names is not there or is of another type. It could when
/// the code was generated, so the database has changed; a missing privilege is something else.
pub(super) fn is_drift(error: &DbError) -> bool {
    let code = error.code().code();
    code.starts_with("42") && code != "42501"
}

/// What an error says in a log: the server's message where that is made of names alone. Those of the other classes
/// can quote values, so that only the code is told.
pub(super) fn words(error: &DbError) -> String {
    let code = error.code().code();
    let of_names = ["08", "0A", "23", "25", "26", "28", "3D", "3F", "40", "42", "53", "55", "57"];
    if of_names.iter().any(|class| code.starts_with(class)) {
        format!("{} (SQLSTATE {code})", error.message())
    } else {
        format!("the server answers with SQLSTATE {code}")
    }
}

/// Whether a prepared statement can no longer be used: what it returns has changed under it, or it is gone.
pub(crate) fn is_stale(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|error| match error.code().code() {
        // The code is that of any unsupported feature; the routine is the same in every language of the server.
        "0A000" => error.routine() == Some("RevalidateCachedQuery"),
        "26000" => true,
        _ => false,
    })
}
