//! What the server's SQLSTATE means.

use tokio_postgres::error::{DbError, Severity};

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

/// Whether a statement cannot be prepared because a name is missing or has another type. It could be when the code was
/// generated, so the database has changed. A missing privilege is not drift.
pub(super) fn is_drift(error: &DbError) -> bool {
    let code = error.code().code();
    code.starts_with("42") && code != "42501"
}

/// Whether the server closes the connection after it.
pub(super) fn is_fatal(error: &DbError) -> bool {
    matches!(error.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
}

/// What an error says in a log: the server's message if that contains only names. Other messages may quote values, so
/// only their code is shown: class 42 in `$1::regclass`, and any class raised by a function of the database.
pub(super) fn words(error: &DbError) -> String {
    let code = error.code().code();
    let of_names = ["08", "23", "25", "26", "28", "3D", "40", "53", "55", "57"];
    let named = of_names.iter().any(|class| code.starts_with(class));
    let denied = code == "42501" && error.routine() == Some("aclcheck_error");
    let stale = code == "0A000" && error.routine() == Some(STALE);
    if (named || denied || stale) && !is_raised(error) {
        all_words(error)
    } else {
        format!("the server answers with SQLSTATE {code}")
    }
}

/// The server's message, whatever it quotes.
pub(super) fn all_words(error: &DbError) -> String {
    format!("{} (SQLSTATE {})", error.message(), error.code().code())
}

/// Whether the message was raised by a function of the database, as with RAISE of PL/pgSQL, and not by the server itself:
/// then the source file that the server reports is that of the function's language.
fn is_raised(error: &DbError) -> bool {
    let languages = ["pl_exec.c", "plpy_elog.c", "plperl.c", "pltcl.c"];
    error.file().is_some_and(|file| languages.contains(&file) || !file.ends_with(".c"))
}

/// Whether a prepared statement is unusable: its result type has changed, or it does not exist any more.
pub(crate) fn is_stale(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(is_stale_answer)
}

pub(super) fn is_stale_answer(error: &DbError) -> bool {
    match error.code().code() {
        // All unsupported features have this code; the routine's name does not depend on the language of messages.
        "0A000" => error.routine() == Some(STALE),
        "26000" => true,
        _ => false,
    }
}

/// The server's routine that finds that a statement's result type has changed since it was prepared.
const STALE: &str = "RevalidateCachedQuery";
