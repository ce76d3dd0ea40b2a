//! A temporary database for trying the service: two users, each with an organization.

use codex_catalog::content::CreateContent;
use codex_catalog::mail::InsertEmailAudit;
use codex_catalog::media::{CompleteTranscoding, CreateMediaItem};
use codex_catalog::{
    ContentId, ContentVisibility, CreatorScope, MediaItemId, MediaItemMediaType, OrganizationId, UserScope,
    identity,
};
use sqlward::testing::TestDatabase;
use sqlward::{Database, ServiceKey};

use crate::app::{App, Mail, Message, Outbox, Secrets, Service};
use crate::auth::secret;
use crate::services::content::{self, Placed, Publication};
use crate::services::identity::{self as accounts, Registration};
use crate::services::mail::{self as mails, Delivery};
use crate::services::media::{self as transcoding, Report};
use crate::services::organizations::{self, Addressed, Founding};

/// The service over a temporary database.
pub struct Demo {
    /// The service.
    pub app: App,
    /// The mails and jobs that the service wants to send.
    pub outbox: Outbox,
    /// The session token of the owner of `engines`.
    pub ada: String,
    /// The session token of the owner of `compilers`.
    pub grace: String,
    /// Dropping it removes the database.
    _database: TestDatabase,
}

/// Starts a PostgreSQL server and fills a database with sample rows.
pub async fn start() -> Result<Demo, Box<dyn std::error::Error>> {
    let database = sqlward::testing::database(include_str!("../../../schema.sql")).await?;
    let (db, key) = Database::builder(database.config().clone()).open();
    let ada = Person::join(&db, &key, "Ada", "ada@example.org").await?;
    let engines = ada.found("Analytical Engines", "engines").await?;
    let engine = ada.film("The engine at work").await?;
    let notes = Piece { title: "Notes on the engine", slug: "notes", price: None, media: None };
    ada.publish(engines, &notes).await?;
    let film = Piece { title: "The engine at work", slug: "at-work", price: Some(999), media: Some(engine) };
    ada.publish(engines, &film).await?;
    let grace = Person::join(&db, &key, "Grace", "grace@example.org").await?;
    let compilers = grace.found("Compilers", "compilers").await?;
    let essay = Piece { title: "Why compilers", slug: "why", price: None, media: None };
    grace.publish(compilers, &essay).await?;
    let (ada, grace) = (ada.token, grace.token);
    let (app, outbox) =
        App::new(db, key, Secrets { payments: secret(), transcoding: secret(), gateway: secret() });
    Ok(Demo { app, outbox, ada, grace, _database: database })
}

/// Prints each mail instead of sending it, and writes it to the mail log.
pub async fn deliver(service: Service, mut outbox: Outbox) {
    loop {
        tokio::select! {
            Some(mail) = outbox.mails.recv() => {
                if let Err(error) = post(&service, &mail).await {
                    tracing::error!(%error, "a mail was not sent");
                }
            }
            Some(job) = outbox.jobs.recv() => println!("job {} to transcode {}", job.id, job.item.r2_key),
            else => return,
        }
    }
}

async fn post(service: &Service, mail: &Mail) -> sqlward::Result<Delivery> {
    let (template_name, token) = match &mail.message {
        Message::VerifyEmail { token } => ("verify-email", token),
        Message::ResetPassword { token } => ("reset-password", token),
    };
    let entry = InsertEmailAudit {
        template_name,
        recipient_email: &mail.to,
        organization_id: None,
        creator_id: None,
        metadata: None,
    };
    // A real application calls its mail provider here.
    let deliver = async || {
        println!("mail to {}: {template_name} {token}", mail.to);
        Ok(())
    };
    mails::send(service.db(), service.key(), &entry, deliver).await
}

/// A signed-in user.
struct Person<'a> {
    db: &'a Database,
    key: &'a ServiceKey,
    token: String,
    user: UserScope,
    creator: CreatorScope,
}

struct Piece {
    title: &'static str,
    slug: &'static str,
    price: Option<i32>,
    media: Option<MediaItemId>,
}

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

impl<'a> Person<'a> {
    async fn join(db: &'a Database, key: &'a ServiceKey, name: &str, email: &str) -> Outcome<Person<'a>> {
        let password = secret();
        let Registration::Registered { user, token: verification } =
            accounts::register(db, key, name, email, &password).await?
        else {
            return Err("the address is taken".into());
        };
        accounts::verify_email(db, key, &verification).await?;
        let session = accounts::sign_in(db, key, email, &password, Some("demo")).await?;
        let creator = CreatorScope::from_authenticated(user.id.clone());
        let user = UserScope::from_authenticated(user.id);
        identity::upgrade_to_creator(db, &user).await?;
        let token = session.ok_or("the password is wrong")?.token;
        Ok(Person { db, key, token, user, creator })
    }

    async fn found(&self, name: &str, slug: &str) -> Outcome<OrganizationId> {
        let new = Founding { name, slug, description: None, website_url: None };
        match organizations::found(self.db, self.key, &self.user, new).await? {
            Addressed::Done(organization) => Ok(organization.id),
            Addressed::SlugTaken | Addressed::Gone => Err("the organization was not founded".into()),
        }
    }

    /// A video that is uploaded and transcoded, so it can be played.
    async fn film(&self, title: &str) -> Outcome<MediaItemId> {
        let new = CreateMediaItem {
            title,
            description: None,
            media_type: MediaItemMediaType::Video,
            object_path: "engine.mp4",
            file_size_bytes: Some(52_000_000),
            mime_type: Some("video/mp4"),
        };
        let item = transcoding::create(self.db, &self.creator, &new).await?;
        let id = item.ok_or("the account is closed")?.id;
        transcoding::mark_uploaded(self.db, &self.creator, id, None).await?;
        let mut job = None;
        transcoding::start(self.db, self.key, &self.creator, id, 2, async |handed: &transcoding::Job| {
            job = Some(handed.id.clone());
            true
        })
        .await?;
        let outputs = CompleteTranscoding {
            hls_master_playlist_key: "hls/engine/master.m3u8",
            thumbnail_key: Some("thumbnails/engine.jpg"),
            duration_seconds: 754,
            hls_preview_key: None,
            waveform_key: None,
            waveform_image_key: None,
            mezzanine_key: None,
            mezzanine_status: None,
            ready_variants: None,
            width: Some(1920),
            height: Some(1080),
            loudness_integrated: None,
            loudness_peak: None,
            loudness_range: None,
            id,
            job_id: "",
        };
        let job = job.ok_or("the job was not handed over")?;
        transcoding::report(self.db, self.key, &job, Report::Completed(outputs)).await?;
        Ok(id)
    }

    async fn publish(&self, organization: OrganizationId, piece: &Piece) -> Outcome<ContentId> {
        let visibility = match piece.price {
            Some(_) => ContentVisibility::PurchasedOnly,
            None => ContentVisibility::Public,
        };
        let new = CreateContent {
            title: piece.title,
            slug: piece.slug,
            description: None,
            thumbnail_url: None,
            content_body: piece.media.is_none().then_some("It weaves algebraic patterns."),
            category: Some("history"),
            tags: None,
            visibility,
            price_cents: piece.price,
            organization_id: Some(organization),
            media_item_id: piece.media,
        };
        let Placed::Done(draft) = content::create(self.db, &self.creator, &new).await? else {
            return Err("the piece has no place".into());
        };
        match content::publish(self.db, &self.creator, draft.id).await? {
            Publication::Published(piece) => Ok(piece.id),
            Publication::NotFound | Publication::Not(_) => Err("the piece was not published".into()),
        }
    }
}
