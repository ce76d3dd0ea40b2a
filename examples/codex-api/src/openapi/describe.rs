//! How the arguments and results of routes are described in the OpenAPI document.

use std::future::Future;

use axum::Json;
use axum::extract::State;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::Auth;
use crate::auth::{Caller, Creator, Manager, Member, Operator, Organization, Studio};
use crate::extract::{Accepted, Body, Created, Done, Path, Query, UserAgent};
use crate::lines::{self, Lines};
use crate::problem::Problem;
use crate::signature::Signed;

/// An argument of a route.
pub trait Input {
    /// Adds the argument to the operation.
    fn describe(operation: &mut Operation<'_>);
}

/// The result of a route.
pub trait Output {
    /// Adds the responses to the operation.
    fn describe(operation: &mut Operation<'_>);
}

/// A route's function. All its arguments are [`Input`]s and its result is an [`Output`].
pub trait Endpoint<Arguments> {
    /// Adds its arguments and responses to the operation.
    fn describe(operation: &mut Operation<'_>);
}

/// An operation that is being built.
pub struct Operation<'a> {
    path: &'static str,
    auth: Auth,
    schemas: &'a mut SchemaGenerator,
    parameters: Vec<Value>,
    body: Option<Value>,
    responses: Map<String, Value>,
}

impl<'a> Operation<'a> {
    pub(super) fn new(path: &'static str, schemas: &'a mut SchemaGenerator) -> Operation<'a> {
        let (parameters, responses) = (Vec::new(), Map::new());
        Operation { path, auth: Auth::Anyone, schemas, parameters, body: None, responses }
    }

    /// Sets who may call it.
    pub fn auth(&mut self, auth: Auth) {
        self.auth = auth;
    }

    /// Adds a request body.
    pub fn body<T: JsonSchema>(&mut self) {
        let schema = self.schema::<T>();
        self.body =
            Some(json!({ "required": true, "content": { "application/json": { "schema": schema } } }));
    }

    /// Adds a response with a status.
    pub fn response(&mut self, status: &str, description: &str, content: Option<(&str, Value)>) {
        let mut response = json!({ "description": description });
        if let Some((media_type, schema)) = content {
            response["content"] = json!({ media_type: { "schema": schema } });
        }
        self.responses.insert(status.to_owned(), response);
    }

    /// The schema of a type, or a reference to it.
    pub fn schema<T: JsonSchema>(&mut self) -> Value {
        self.schemas.subschema_for::<T>().to_value()
    }

    fn in_path(&mut self, name: &str, schema: Value) {
        self.parameters.push(json!({ "name": name, "in": "path", "required": true, "schema": schema }));
    }

    pub(super) fn finish(self) -> (Auth, Value) {
        let mut operation = json!({ "responses": self.responses });
        if !self.parameters.is_empty() {
            operation["parameters"] = Value::Array(self.parameters);
        }
        if let Some(body) = self.body {
            operation["requestBody"] = body;
        }
        (self.auth, operation)
    }
}

macro_rules! endpoint {
    ($($argument:ident)*) => {
        impl<F, Answer, $($argument),*> Endpoint<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> Answer,
            Answer: Future,
            Answer::Output: Output,
            $($argument: Input,)*
        {
            fn describe(operation: &mut Operation<'_>) {
                $(<$argument as Input>::describe(operation);)*
                <Answer::Output as Output>::describe(operation);
            }
        }
    };
}

endpoint!();
endpoint!(A);
endpoint!(A B);
endpoint!(A B C);
endpoint!(A B C D);
endpoint!(A B C D E);

/// The state is not part of the request.
impl<T> Input for State<T> {
    fn describe(_: &mut Operation<'_>) {}
}

/// The header is optional and not described.
impl Input for UserAgent {
    fn describe(_: &mut Operation<'_>) {}
}

impl<S, T: JsonSchema> Input for Signed<S, T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.auth(Auth::Service);
        operation.body::<T>();
    }
}

impl<T: JsonSchema> Input for Body<T> {
    fn describe(operation: &mut Operation<'_>) {
        operation.body::<T>();
    }
}

impl<T: JsonSchema> Input for Path<T> {
    fn describe(operation: &mut Operation<'_>) {
        let name = operation.path.rsplit_once('{').and_then(|(_, rest)| rest.split_once('}'));
        let (name, _) = name.expect("a route that takes a path has a place for it");
        let schema = operation.schema::<T>();
        operation.in_path(name, schema);
    }
}

impl<T: JsonSchema> Input for Query<T> {
    fn describe(operation: &mut Operation<'_>) {
        let schema = T::json_schema(operation.schemas).to_value();
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
            let required = required.iter().any(|required| required == name);
            operation
                .parameters
                .push(json!({ "name": name, "in": "query", "required": required, "schema": schema }));
        }
    }
}

macro_rules! tokens {
    ($($extractor:ident $auth:ident $in_organization:literal;)*) => {
        $(impl Input for $extractor {
            fn describe(operation: &mut Operation<'_>) {
                operation.auth(Auth::$auth);
                if $in_organization {
                    operation.in_path("organization", json!({ "type": "string", "description": "Its id or its slug." }));
                }
            }
        })*
    };
}

tokens! {
    Organization Anyone true;
    Caller User false;
    Creator Creator false;
    Operator Operator false;
    Member Member true;
    Studio Studio true;
    Manager Manager true;
}

impl<T: Output> Output for Result<T, Problem> {
    fn describe(operation: &mut Operation<'_>) {
        T::describe(operation);
        let problem = operation.schema::<Problem>();
        operation.response("default", "It failed.", Some(("application/problem+json", problem)));
    }
}

impl<T: JsonSchema> Output for Json<T> {
    fn describe(operation: &mut Operation<'_>) {
        let schema = operation.schema::<T>();
        operation.response("200", "Here it is.", Some(("application/json", schema)));
    }
}

impl<T: JsonSchema> Output for Created<T> {
    fn describe(operation: &mut Operation<'_>) {
        let schema = operation.schema::<T>();
        operation.response("201", "It was made.", Some(("application/json", schema)));
    }
}

impl<T: JsonSchema> Output for Lines<T> {
    fn describe(operation: &mut Operation<'_>) {
        let schema = operation.schema::<T>();
        operation.response("200", "Here they are, one on each line.", Some((lines::MEDIA_TYPE, schema)));
    }
}

impl Output for Accepted {
    fn describe(operation: &mut Operation<'_>) {
        operation.response("202", "It will be looked at.", None);
    }
}

impl Output for Done {
    fn describe(operation: &mut Operation<'_>) {
        operation.response("204", "Done.", None);
    }
}
