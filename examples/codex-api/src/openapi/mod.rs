//! Generates the service's OpenAPI document from the types of its routes.
//!
//! Routes are added to [`Routes`], which also describes them: each argument of a route's function is an [`Input`] and
//! its result an [`Output`], which know how to describe themselves. So the document has every route and agrees with
//! the functions' types. Schemas come from `schemars`, which the catalog's row types derive too.

mod describe;
mod document;

use std::any::type_name;

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{MethodFilter, on};
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use crate::app::App;

pub use describe::{Endpoint, Input, Operation, Output};
pub use document::Document;

/// The routes of the service.
pub struct Routes {
    router: Router<App>,
    table: Vec<Route>,
    operations: Vec<Value>,
    schemas: SchemaGenerator,
}

/// A route as clients see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, with `{name}` for parameters.
    pub path: &'static str,
    /// The module and function: `content.publish`.
    pub name: String,
    /// Who may call it.
    pub auth: Auth,
}

/// Who may call a route. It follows from the arguments of its function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// Anyone.
    Anyone,
    /// Signed-in users.
    User,
    /// Creators.
    Creator,
    /// Staff of the platform.
    Operator,
    /// Active members of the organization in the path.
    Member,
    /// Its owners, admins and creators.
    Studio,
    /// Its owners and admins.
    Manager,
    /// Another service, whose messages are signed.
    Service,
}

impl Routes {
    /// No routes.
    pub fn new() -> Routes {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
        });
        Routes {
            router: Router::new(),
            table: Vec::new(),
            operations: Vec::new(),
            schemas: settings.into_generator(),
        }
    }

    /// Adds a route that reads.
    pub fn get<H, T, A>(self, path: &'static str, handler: H) -> Routes
    where
        H: Handler<T, App> + Endpoint<A>,
        T: 'static,
    {
        self.route(Method::GET, path, handler)
    }

    /// Adds a route that creates something or starts an action.
    pub fn post<H, T, A>(self, path: &'static str, handler: H) -> Routes
    where
        H: Handler<T, App> + Endpoint<A>,
        T: 'static,
    {
        self.route(Method::POST, path, handler)
    }

    /// Adds a route that replaces something.
    pub fn put<H, T, A>(self, path: &'static str, handler: H) -> Routes
    where
        H: Handler<T, App> + Endpoint<A>,
        T: 'static,
    {
        self.route(Method::PUT, path, handler)
    }

    /// Adds a route that changes the given fields.
    pub fn patch<H, T, A>(self, path: &'static str, handler: H) -> Routes
    where
        H: Handler<T, App> + Endpoint<A>,
        T: 'static,
    {
        self.route(Method::PATCH, path, handler)
    }

    /// Adds a route that removes something.
    pub fn delete<H, T, A>(self, path: &'static str, handler: H) -> Routes
    where
        H: Handler<T, App> + Endpoint<A>,
        T: 'static,
    {
        self.route(Method::DELETE, path, handler)
    }

    /// All routes, for tests that check each of them.
    pub fn table(&self) -> &[Route] {
        &self.table
    }

    /// The router and its OpenAPI document.
    pub fn build(mut self) -> (Router<App>, Document) {
        let document = Document::of(&self.table, self.operations, self.schemas.take_definitions(true));
        (self.router, document)
    }

    fn route<H, T, A>(mut self, method: Method, path: &'static str, handler: H) -> Routes
    where
        H: Handler<T, App> + Endpoint<A>,
        T: 'static,
    {
        let mut operation = Operation::new(path, &mut self.schemas);
        H::describe(&mut operation);
        let (auth, value) = operation.finish();
        self.operations.push(value);
        self.table.push(Route { method: method.clone(), path, name: name::<H>(), auth });
        let filter = MethodFilter::try_from(method).expect("the methods above are known");
        self.router = self.router.route(path, on(filter, handler));
        self
    }
}

impl Default for Routes {
    fn default() -> Routes {
        Routes::new()
    }
}

/// The route's name: `content.publish` for the function `codex_api::routes::content::publish`.
fn name<H>() -> String {
    let path: Vec<&str> = type_name::<H>().rsplit("::").take(2).collect();
    path.into_iter().rev().collect::<Vec<_>>().join(".")
}
