//! The state that all routes share.

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
    /// Makes the service from a database, its key and the secrets. The outbox receives the mails and jobs to send.
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

    /// The secrets shared with other services.
    pub fn secrets(&self) -> &Secrets {
        &self.secrets
    }
}

/// The secrets with which other services sign their messages.
#[derive(Clone)]
pub struct Secrets {
    /// The payment provider.
    pub payments: String,
    /// The transcoding service.
    pub transcoding: String,
    /// The gateway that signs users in through other providers.
    pub gateway: String,
}

/// The service acting with its own rights, outside of any tenant. A route takes `State<Service>` instead of
/// `State<Database>` if it acts for no signed-in user: sign-up, session look-up, webhooks. Review these routes with
/// particular care.
#[derive(Clone)]
pub struct Service {
    db: Database,
    key: Arc<ServiceKey>,
}

impl Service {
    /// Makes a [`ServiceRole`] for this reason, which is logged.
    pub fn role(&self, reason: &'static str) -> ServiceRole<'_> {
        self.key.over(&self.db, reason)
    }

    /// The database, for services that open transactions of their own.
    pub fn db(&self) -> &Database {
        &self.db
    }

    /// The key, for services that open transactions of their own.
    pub fn key(&self) -> &ServiceKey {
        &self.key
    }
}

/// The sending half of the [`Outbox`].
#[derive(Clone)]
pub struct Outside {
    mail: Sender<Mail>,
    job: Sender<Job>,
}

/// Queues of mails and jobs that a worker has to send.
pub struct Outbox {
    /// Mail.
    pub mails: Receiver<Mail>,
    /// Jobs for the transcoding service.
    pub jobs: Receiver<Job>,
}

/// A mail to send.
pub struct Mail {
    /// The address.
    pub to: String,
    /// The content.
    pub message: Message,
}

/// The content of a mail. It holds tokens that only the recipient may see, so it has no `Debug`.
pub enum Message {
    /// Asks the recipient to verify the address.
    VerifyEmail {
        /// The token that verifies it.
        token: String,
    },
    /// Lets the recipient set a new password.
    ResetPassword {
        /// The token that allows it.
        token: String,
    },
}

impl Outside {
    /// Queues a mail. It is dropped if the queue is full; the user can request another.
    pub fn mail(&self, mail: Mail) {
        if self.mail.try_send(mail).is_err() {
            tracing::error!("a mail was not sent");
        }
    }

    /// Queues a job for the transcoding service. False if the queue is full.
    pub fn transcode(&self, job: Job) -> bool {
        self.job.try_send(job).is_ok()
    }
}

/// Ordinary routes only get the database, because the caller's tokens say what they may do.
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
