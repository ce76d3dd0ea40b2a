//! The HTTP layer: a module for each domain, a function for each route.

mod analytics;
mod browse;
mod content;
mod health;
mod identity;
mod library;
mod media;
mod memberships;
mod organizations;
mod platform;
mod purchases;
mod sales;
mod sign_ins;
mod staff;

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::trace::{DefaultOnResponse, TraceLayer};
use tracing::Level;

use crate::app::App;
use crate::openapi::{Document, Routes};
use crate::problem::Problem;

/// The largest request body. A piece's text has up to 100,000 characters.
const BODY: usize = 512 * 1024;
/// The time limit of a request. When it is exceeded, a transaction in progress is rolled back.
const TIME: Duration = Duration::from_secs(30);

/// All routes of the service.
pub fn routes() -> Routes {
    let routes = Routes::new().get("/health", health::check).get("/openapi.json", document);
    [
        identity::routes,
        sign_ins::routes,
        organizations::routes,
        memberships::routes,
        media::routes,
        content::routes,
        staff::routes,
        browse::routes,
        purchases::routes,
        library::routes,
        sales::routes,
        analytics::routes,
        platform::routes,
    ]
    .into_iter()
    .fold(routes, |routes, add| add(routes))
}

/// The router of the service, with its middleware.
pub fn router(app: App) -> Router {
    let (router, document) = routes().build();
    router
        .layer(Extension(document))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || {
            Problem::malformed(StatusCode::METHOD_NOT_ALLOWED, "this path has other methods")
        })
        .with_state(app)
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn(in_time))
        .layer(CatchPanicLayer::custom(|_| Problem::internal().into_response()))
        .layer(middleware::from_fn(for_the_caller))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_response(DefaultOnResponse::new().level(Level::INFO)),
        )
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
}

/// The OpenAPI document.
async fn document(Extension(document): Extension<Document>) -> Document {
    document
}

async fn in_time(request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(TIME, next.run(request)).await;
    answer.unwrap_or_else(|_| Problem::unavailable().into_response())
}

/// Adds headers that forbid caches to store the response, and browsers to guess its content type.
async fn for_the_caller(request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}

/// The tracing span of a request. It has the route but not the path, query or headers, since these contain values.
fn span(request: &axum::http::Request<axum::body::Body>) -> tracing::Span {
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let id = request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok());
    tracing::info_span!("request", method = %request.method(), route, id)
}
