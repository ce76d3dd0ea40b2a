//! What the routes share.

use std::sync::Arc;

use axum::extract::FromRef;
use sqlward::{Database, ServiceKey, ServiceRole};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::limits::Limits;
use crate::services::media::Job;

/// The state of the service. Cloning it is cheap.
#[derive(Clone)]
pub struct App {
    db: Database,
    service: Service,
    outside: Outside,
    secrets: Arc<Secrets>,
    limits: Arc<Limits>,
}

impl App {
    /// The service over a database, with the key that came with it, and what it wants to have sent.
    pub fn new(db: Database, key: ServiceKey, secrets: Secrets) -> (App, Outbox) {
        let ((mail, mails), (job, jobs)) = (channel(256), channel(256));
        let service = Service { db: db.clone(), key: Arc::new(key) };
        let app = App {
            db,
            service,
            outside: Outside { mail, job },
            secrets: Arc::new(secrets),
            limits: Arc::default(),
        };
        (app, Outbox { mails, jobs })
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
    /// The gateway of those who sign in by way of other providers.
    pub gateway: String,
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

/// The way to those who send mail and transcode.
#[derive(Clone)]
pub struct Outside {
    mail: Sender<Mail>,
    job: Sender<Job>,
}

/// What is to be sent, for whoever does it.
pub struct Outbox {
    /// Mail.
    pub mails: Receiver<Mail>,
    /// Work for the transcoding service.
    pub jobs: Receiver<Job>,
}

/// A mail that is to be sent.
pub struct Mail {
    /// The address.
    pub to: String,
    /// What it says.
    pub message: Message,
}

/// What a mail says. The tokens in it are for the reader alone, so that none of this can be printed.
pub enum Message {
    /// That the address can be verified.
    VerifyEmail {
        /// By this.
        token: String,
    },
    /// That a new password can be set.
    ResetPassword {
        /// By this.
        token: String,
    },
}

impl Outside {
    /// Sends a mail, if it is not too many. The person can ask for another.
    pub fn mail(&self, mail: Mail) {
        if self.mail.try_send(mail).is_err() {
            tracing::error!("a mail was not sent");
        }
    }

    /// Whether the transcoding service has the job.
    pub fn transcode(&self, job: Job) -> bool {
        self.job.try_send(job).is_ok()
    }
}

/// Ordinary routes see the database alone: what they do takes the caller's tokens.
impl FromRef<App> for Database {
    fn from_ref(app: &App) -> Database {
        app.db.clone()
    }
}

impl FromRef<App> for Outside {
    fn from_ref(app: &App) -> Outside {
        app.outside.clone()
    }
}

impl FromRef<App> for Service {
    fn from_ref(app: &App) -> Service {
        app.service.clone()
    }
}

impl FromRef<App> for Arc<Limits> {
    fn from_ref(app: &App) -> Arc<Limits> {
        app.limits.clone()
    }
}
