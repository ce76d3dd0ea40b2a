//! Runs the service, and sends requests as different users.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use codex_api::app::{Message, Outbox, Secrets};
use codex_api::{App, router, signature};
use serde_json::{Value, json};
use sqlward::Database;
use sqlward::testing::TestDatabase;
use tower::ServiceExt;

/// The service over a test database.
pub struct Api {
    router: Router,
    /// The mails and jobs that the service wants to send.
    pub outbox: Outbox,
    /// The database, for checks that do not use the service.
    pub database: TestDatabase,
}

/// The secret of the payment provider and the transcoding service.
pub const SECRET: &str = "shared";
/// The password of all users.
pub const PASSWORD: &str = "correct horse";

/// A response.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

/// Starts the service.
pub async fn api() -> Api {
    let schema = include_str!("../../../../schema.sql");
    let database = sqlward::testing::database(schema).await.unwrap();
    let (db, key) = Database::builder(database.config().clone()).open();
    let secrets =
        Secrets { payments: SECRET.to_owned(), transcoding: SECRET.to_owned(), gateway: SECRET.to_owned() };
    let (app, outbox) = App::new(db, key, secrets);
    Api { router: router(app), outbox, database }
}

impl Api {
    /// Sends a request without changes.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let body = if text.is_empty() { Value::Null } else { json_of(&text) };
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Sends a request: `call("GET /v1/me", token, ())`.
    pub async fn call(&self, request: &str, token: Option<&str>, body: impl Into<Option<Value>>) -> Answer {
        let (method, path) = request.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body.into() {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    /// Sends a signed message of another service.
    pub async fn webhook(&self, path: &str, body: &Value) -> Answer {
        let body = body.to_string();
        let signature = signature::sign(body.as_bytes(), SECRET, chrono::Utc::now().timestamp());
        let request = Request::post(path).header("x-signature", signature);
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Registers a user, signs in, and returns the session's token.
    pub async fn join(&mut self, name: &str) -> String {
        let email = format!("{name}@example.org");
        let new = json!({ "name": name, "email": email, "password": PASSWORD });
        self.call("POST /v1/registrations", None, new).await.is(StatusCode::CREATED);
        let _ = self.mailed(&email);
        self.sign_in(&email, PASSWORD).await
    }

    /// Registers a creator and returns the session's token.
    pub async fn creator(&mut self, name: &str) -> String {
        let token = self.join(name).await;
        self.call("POST /v1/me/creator", Some(&token), None).await.is(StatusCode::OK);
        token
    }

    /// Signs in and returns the session's token.
    pub async fn sign_in(&self, email: &str, password: &str) -> String {
        let credentials = json!({ "email": email, "password": password });
        let session = self.call("POST /v1/sessions", None, credentials).await.is(StatusCode::CREATED);
        session["token"].as_str().unwrap().to_owned()
    }

    /// Creates an organization and returns its id.
    pub async fn found(&self, token: &str, slug: &str) -> String {
        let new = json!({ "name": slug, "slug": slug });
        let founded = self.call("POST /v1/organizations", Some(token), new).await.is(StatusCode::CREATED);
        founded["id"].as_str().unwrap().to_owned()
    }

    /// The token in the next mail, which has to be for this address.
    pub fn mailed(&mut self, address: &str) -> String {
        let mail = self.outbox.mails.try_recv().expect("a mail was sent");
        assert_eq!(mail.to, address);
        match mail.message {
            Message::VerifyEmail { token } | Message::ResetPassword { token } => token,
        }
    }
}

/// The JSON value of a response, or an array of the values on its lines.
fn json_of(text: &str) -> Value {
    serde_json::from_str(text)
        .unwrap_or_else(|_| text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect())
}

impl Answer {
    /// The body. Fails if the status is another one.
    #[track_caller]
    pub fn is(self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// The problem. Fails if its status or name is another one.
    #[track_caller]
    pub fn problem(self, status: u16, name: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(self.body["type"], format!("urn:codex:problem:{name}"), "{}", self.body);
        assert_eq!(self.body["status"], status);
        self.body
    }
}
