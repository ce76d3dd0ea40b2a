//! Parses requests: bodies, query strings and paths. Mistakes in them become problems.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::de::value::{Error, StrDeserializer};
use serde::de::{DeserializeOwned, IntoDeserializer};

use crate::app::App;
use crate::problem::Problem;

/// The `User-Agent` header.
pub struct UserAgent(pub Option<String>);

impl FromRequestParts<App> for UserAgent {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Ok(UserAgent(agent.map(|agent| agent.chars().take(200).collect())))
    }
}

/// A JSON body. It is validated while it is parsed, so an invalid body never reaches a route.
pub struct Body<T>(pub T);

/// The parameters of the query string.
pub struct Query<T>(pub T);

/// A period of time in a query string: from `since`, before `until`.
#[derive(serde::Deserialize, schemars::JsonSchema)]
pub struct Period {
    /// The start, inclusive.
    pub since: Option<DateTime<Utc>>,
    /// The end, exclusive.
    pub until: Option<DateTime<Utc>>,
}

/// The last parameter of the path. One that is not a valid id is answered with 404, as an unknown id is.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = media_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Problem::malformed(status, "the body has to be application/json"));
        }
        let bytes = Bytes::from_request(request, app)
            .await
            .map_err(|rejection| Problem::malformed(rejection.status(), "the body cannot be read"))?;
        parse(&bytes).map(Body)
    }
}

/// Parses a body that was already read.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let pointer = pointer(error.path());
        let error = error.into_inner();
        if error.is_data() {
            Problem::invalid(wanted(&error.to_string())).at(pointer)
        } else {
            Problem::malformed(StatusCode::BAD_REQUEST, "the body is not JSON")
        }
    })?;
    deserializer
        .end()
        .map_err(|_| Problem::malformed(StatusCode::BAD_REQUEST, "there is more than one JSON value"))?;
    Ok(value)
}

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match axum::extract::Query::from_request_parts(parts, app).await {
            Ok(axum::extract::Query(value)) => Ok(Query(value)),
            Err(rejection) => {
                let text = rejection.body_text();
                let text = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
                Err(Problem::invalid(wanted(text)).at("?"))
            }
        }
    }
}

impl<T: DeserializeOwned> FromRequestParts<App> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, app).await.map_err(|_| Problem::not_found())?;
        let (_, value) = params.iter().last().ok_or_else(Problem::not_found)?;
        if value.contains(char::is_control) {
            return Err(Problem::not_found());
        }
        let value: StrDeserializer<'_, Error> = value.into_deserializer();
        T::deserialize(value).map(Path).map_err(|_| Problem::not_found())
    }
}

/// What was expected in place of an invalid value. The value is left out, because it may be a password.
fn wanted(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or_default();
    match message.split_once(", expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => message.to_owned(),
    }
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let segment = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { variant } => format!("/{variant}"),
        Segment::Unknown => String::new(),
    };
    path.iter().map(segment).collect()
}

/// 201, with the new row.
pub struct Created<T>(pub T);

impl<T: serde::Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

/// 202: the request will be processed later.
pub struct Accepted;

impl IntoResponse for Accepted {
    fn into_response(self) -> Response {
        StatusCode::ACCEPTED.into_response()
    }
}

/// 204: the request succeeded and there is no content.
pub struct Done;

impl Done {
    /// Succeeds if a row was changed. Otherwise the row does not exist or is not the caller's: 404.
    pub fn one(rows: u64) -> Result<Done, Problem> {
        if rows == 0 { Err(Problem::not_found()) } else { Ok(Done) }
    }
}

impl IntoResponse for Done {
    fn into_response(self) -> Response {
        StatusCode::NO_CONTENT.into_response()
    }
}
