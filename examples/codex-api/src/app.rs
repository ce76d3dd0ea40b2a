//! What the routes share.

use std::sync::Arc;

use axum::extract::FromRef;
use sqlward::{Database, ServiceKey, ServiceRole};

/// The state of the service. Cloning it is cheap.
#[derive(Clone)]
pub struct App {
    db: Database,
    service: Service,
    secrets: Arc<Secrets>,
}

impl App {
    /// The service over a database, with the key that came with it.
    pub fn new(db: Database, key: ServiceKey, secrets: Secrets) -> App {
        let service = Service { db: db.clone(), key: Arc::new(key) };
        App { db, service, secrets: Arc::new(secrets) }
    }

    /// The secrets it shares with other services.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }
}

/// What other services sign their messages with.
#[derive(Clone)]
pub struct Secrets {
    /// The payment provider.
    pub payments: String,
    /// The transcoding service.
    pub transcoding: String,
}

/// The service's own right, beyond any tenant. A route that takes `State<Service>` rather than `State<Database>` is
/// one that acts for nobody who is signed in: sign-up, the look-up of sessions, webhooks. These are the ones to review.
#[derive(Clone)]
pub struct Service {
    db: Database,
    key: Arc<ServiceKey>,
}

impl Service {
    /// The service at work, for this reason, which the log is told.
    pub fn role(&self, reason: &'static str) -> ServiceRole<'_> {
        self.key.over(&self.db, reason)
    }

    /// The database, for services that open transactions of their own.
    pub fn db(&self) -> &Database {
        &self.db
    }

    /// The key, for them.
    pub fn key(&self) -> &ServiceKey {
        &self.key
    }
}

/// Ordinary routes see the database alone: what they do takes the caller's tokens.
impl FromRef<App> for Database {
    fn from_ref(app: &App) -> Database {
        app.db.clone()
    }
}

impl FromRef<App> for Service {
    fn from_ref(app: &App) -> Service {
        app.service.clone()
    }
}
