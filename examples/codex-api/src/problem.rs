//! Error responses: `application/problem+json`, RFC 9457.
//!
//! A problem never tells more than the client may know. A row of somebody else, a deleted row and a row that never
//! existed are all the same 404. Internal errors are logged, and a [`sqlward::Error`] in the log shows no values.

use std::num::NonZeroU16;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use sqlward::{Error, ErrorKind};

/// An error response.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Problem {
    /// The kind of problem. Programs compare the part after the last colon.
    #[serde(rename = "type")]
    kind: String,
    /// The kind of problem, for people.
    title: &'static str,
    /// The HTTP status.
    #[serde(serialize_with = "number")]
    #[schemars(with = "u16")]
    status: StatusCode,
    /// What is wrong with this request in particular.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// The database constraint that was violated.
    #[serde(skip_serializing_if = "Option::is_none")]
    constraint: Option<String>,
    /// Where the mistake is in the body, query or path, as a JSON pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// After how many seconds to retry.
    #[serde(skip)]
    retry_after: Option<NonZeroU16>,
}

/// The result of a route: a response or a problem.
pub type Result<T> = std::result::Result<T, Problem>;

impl Problem {
    fn new(status: StatusCode, name: &str, title: &'static str) -> Problem {
        let kind = format!("urn:codex:problem:{name}");
        Problem { kind, title, status, detail: None, constraint: None, pointer: None, retry_after: None }
    }

    /// 404. It does not tell whether the row does not exist or is not the caller's.
    pub fn not_found() -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "not-found", "There is nothing here for you.")
    }

    /// 401: no session, or one that has expired.
    pub fn unauthenticated() -> Problem {
        Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", "Sign in first.")
    }

    /// 403: the caller is signed in but not allowed to do this.
    pub fn forbidden(detail: &'static str) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, "forbidden", "You may not do this.").because(detail)
    }

    /// 409: the current state does not allow it. `name` is for programs.
    pub fn conflict(name: &str, detail: &'static str) -> Problem {
        Problem::new(StatusCode::CONFLICT, name, "This cannot be done as things stand.").because(detail)
    }

    /// 422: the request was parsed but its values are invalid.
    pub fn invalid(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "The request is not valid.").because(detail)
    }

    /// The request cannot be parsed.
    pub fn malformed(status: StatusCode, detail: impl Into<String>) -> Problem {
        Problem::new(status, "malformed", "The request cannot be read.").because(detail)
    }

    /// 500. The client is told no details.
    pub fn internal() -> Problem {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "The service has failed.")
    }

    /// 503: the service is temporarily unavailable.
    pub fn unavailable() -> Problem {
        let busy = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The service is busy.");
        Problem { retry_after: Some(NonZeroU16::MIN), ..busy }
    }

    /// 429: too many attempts.
    pub fn too_many(wait: Duration) -> Problem {
        let many = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "This was tried too often.");
        let seconds = u16::try_from(wait.as_secs()).unwrap_or(u16::MAX);
        Problem { retry_after: Some(NonZeroU16::new(seconds).unwrap_or(NonZeroU16::MIN)), ..many }
    }

    /// Adds where the mistake is.
    pub fn at(self, pointer: impl Into<String>) -> Problem {
        Problem { pointer: Some(pointer.into()), ..self }
    }

    fn because(self, detail: impl Into<String>) -> Problem {
        Problem { detail: Some(detail.into()), ..self }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        // The request may have taken effect, so the client should check before it sends it again.
        if error.is_outcome_unknown() {
            tracing::error!(%error, "outcome unknown");
            return Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "outcome-unknown",
                "It may or may not have been done; look before you do it again.",
            );
        }
        let problem = match error.kind() {
            ErrorKind::UniqueViolation | ErrorKind::ExclusionViolation => {
                Problem::new(StatusCode::CONFLICT, "taken", "Something else has this already.")
            }
            ErrorKind::ForeignKeyViolation => Problem::invalid("it refers to something that is not there"),
            ErrorKind::CheckViolation | ErrorKind::NotNullViolation | ErrorKind::Data => {
                Problem::invalid("a value is out of its bounds")
            }
            ErrorKind::Cursor => {
                Problem::malformed(StatusCode::BAD_REQUEST, "begin again without the cursor")
            }
            ErrorKind::RowCount if error.is_not_found() => Problem::not_found(),
            ErrorKind::Serialization | ErrorKind::Deadlock | ErrorKind::Timeout | ErrorKind::Connection => {
                tracing::warn!(%error, "unavailable");
                Problem::unavailable()
            }
            // Schema drift, a bug, or a kind that is newer than this code: someone has to investigate.
            _ => {
                tracing::error!(%error, "failed");
                Problem::internal()
            }
        };
        // The constraint's name says which value is wrong without showing the value.
        Problem { constraint: error.constraint_name().map(str::to_owned), ..problem }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).expect("a problem is plain data");
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.get().into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

fn number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}
