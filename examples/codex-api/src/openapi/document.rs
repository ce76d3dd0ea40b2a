//! The OpenAPI document as a whole.

use axum::Extension;
use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::{Auth, Input, Operation, Output, Route};

/// The OpenAPI document of all routes, serialized.
#[derive(Debug, Clone)]
pub struct Document(Bytes);

impl Document {
    /// The document of these routes. `operations` are in the same order.
    pub(super) fn of(table: &[Route], operations: Vec<Value>, schemas: Map<String, Value>) -> Document {
        let mut paths = Map::new();
        for (route, mut operation) in table.iter().zip(operations) {
            operation["operationId"] = route.name.clone().into();
            operation["tags"] = json!([route.name.split('.').next()]);
            operation["x-caller"] = route.auth.name().into();
            match route.auth {
                Auth::Anyone => {}
                Auth::Service => operation["security"] = json!([{ "signature": [] }]),
                Auth::User | Auth::Creator | Auth::Operator | Auth::Member | Auth::Studio | Auth::Manager => {
                    operation["security"] = json!([{ "bearer": [] }]);
                }
            }
            let item = paths.entry(route.path).or_insert_with(|| json!({}));
            item[route.method.as_str().to_lowercase()] = operation;
        }
        let document = json!({
            "openapi": "3.1.0",
            "info": { "title": "Codex", "version": env!("CARGO_PKG_VERSION") },
            "paths": paths,
            "components": {
                "schemas": schemas,
                "securitySchemes": {
                    "bearer": { "type": "http", "scheme": "bearer" },
                    "signature": { "type": "apiKey", "in": "header", "name": "x-signature" },
                },
            },
        });
        Document(document.to_string().into())
    }
}

impl IntoResponse for Document {
    fn into_response(self) -> Response {
        ([(header::CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}

impl<T> Input for Extension<T> {
    fn describe(_: &mut Operation<'_>) {}
}

impl Output for Document {
    fn describe(operation: &mut Operation<'_>) {
        operation.response("200", "The document.", Some(("application/json", json!({ "type": "object" }))));
    }
}

impl Auth {
    /// Its name in the document.
    pub fn name(self) -> &'static str {
        match self {
            Auth::Anyone => "anyone",
            Auth::User => "user",
            Auth::Creator => "creator",
            Auth::Operator => "operator",
            Auth::Member => "member",
            Auth::Studio => "studio",
            Auth::Manager => "manager",
            Auth::Service => "service",
        }
    }
}
