//! Two tenants, with deleted rows next to theirs.

use chrono::{DateTime, NaiveDateTime, Utc};
use codex_catalog::content::{self, CreateContent};
use codex_catalog::identity::{self, CreateUser};
use codex_catalog::media::{self, CompleteTranscoding, CreateMediaItem};
use codex_catalog::organizations::{self, CreateOrganizationWithOwner};
use codex_catalog::purchases::{self, RecordPurchase};
use codex_catalog::{
    Constraint, Content, ContentId, ContentVisibility, CreatorScope, MediaItemId, MediaItemMediaType,
    Organization, OrganizationId, OrganizationManager, OrganizationMembershipRole, PurchaseId, UserId,
    UserScope, grants, memberships,
};
use sqlward::testing::{self, TestDatabase};
use sqlward::{Database, Error, Page, ServiceKey, ServiceRole};
use tokio_postgres::types::{FromSqlOwned, ToSql};
use tokio_postgres::{Client, Row, SimpleQueryMessage};

const SCHEMA: &str = include_str!("../../../schema.sql");

/// A database of Codex in which Ann has the organization `alpha`, and Bob has `beta`.
pub struct Codex {
    /// The database.
    pub db: Database,
    /// A creator who owns an organization.
    pub ann: Tenant,
    /// Another creator in the same position, unrelated to Ann.
    pub bob: Tenant,
    /// A creator whose account is closed.
    pub gone: Tenant,
    /// A removed organization. Ann is still its owner.
    pub dead: OrganizationId,
    test: TestDatabase,
}

/// A creator with an organization, and the tokens for both.
pub struct Tenant {
    pub id: UserId,
    pub user: UserScope,
    pub creator: CreatorScope,
    pub organization_id: OrganizationId,
    pub organization: OrganizationManager,
}

impl Codex {
    pub async fn new() -> Codex {
        let test = testing::database(SCHEMA).with(include_str!("two_tenants.sql")).await.unwrap();
        let [ann, bob, gone] = [
            Tenant::of(&test.db, "ann", 'a').await,
            Tenant::of(&test.db, "bob", 'b').await,
            Tenant::of(&test.db, "gone", 'c').await,
        ];
        Codex { db: test.db.clone(), ann, bob, gone, dead: organization('d'), test }
    }

    /// The key of the database.
    pub fn key(&self) -> &ServiceKey {
        &self.test.key
    }

    /// The service role.
    pub fn service(&self) -> ServiceRole<'_> {
        self.key().over(&self.db, "test")
    }

    /// Runs SQL for which the catalog has no query.
    pub async fn sql(&self, text: &str) {
        self.client().await.batch_execute(text).await.unwrap();
    }

    /// A client that does not use the catalog.
    pub async fn client(&self) -> Client {
        self.test.client().await.unwrap()
    }

    /// The first column of the result of any SQL, as text.
    pub async fn column(&self, sql: &str) -> Vec<String> {
        let rows = self.test.client().await.unwrap().simple_query(sql).await.unwrap();
        let rows = rows.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or("null").to_owned()),
            _ => None,
        });
        rows.collect()
    }

    /// The rows of a query with one parameter.
    pub async fn rows(&self, text: &str, param: &(dyn ToSql + Sync)) -> Vec<Row> {
        self.test.client().await.unwrap().query(text, &[param]).await.unwrap()
    }

    /// The first value of a query with one parameter.
    pub async fn value<T: FromSqlOwned>(&self, text: &str, param: &(dyn ToSql + Sync)) -> T {
        self.rows(text, param).await[0].get(0)
    }

    /// Registers another user.
    pub async fn person(&self, id: &str) -> UserId {
        let id = UserId::from(id);
        register(&self.service(), &id).await;
        id
    }

    /// Creates an organization.
    pub async fn found(
        &self,
        new: &CreateOrganizationWithOwner<'_>,
    ) -> sqlward::Result<Option<Organization>> {
        let founded = self.db.transaction(async |tx| {
            let service = self.key().within(tx, "test");
            organizations::create_organization_with_owner(&service, new).await
        });
        founded.await
    }

    /// Waits until this many statements wait for a lock.
    pub async fn locks_awaited(&self, how_many: usize) {
        let client = self.client().await;
        let waits =
            "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
        while client.query(waits, &[]).await.unwrap().len() < how_many {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    /// Makes a user an active member of the tenant's organization.
    pub async fn join(&self, tenant: &Tenant, person: &UserId, role: OrganizationMembershipRole) {
        let organization = &tenant.organization;
        memberships::invite_member(&self.db, organization, role, &tenant.id, person).await.unwrap().unwrap();
        let person = UserScope::from_authenticated(person.clone());
        let accepted = memberships::accept_invitation(&self.db, &person, tenant.organization_id).await;
        assert_eq!(accepted.unwrap(), 1);
    }

    /// Creates a media item of the tenant that has not been uploaded yet.
    pub async fn upload(&self, tenant: &Tenant, title: &str, media_type: MediaItemMediaType) -> MediaItemId {
        let item = CreateMediaItem {
            title,
            description: None,
            media_type,
            object_path: "o/1",
            file_size_bytes: Some(1000),
            mime_type: None,
        };
        let created =
            self.db.transaction(async |tx| media::create_media_item(tx, &tenant.creator, &item).await);
        created.await.unwrap().unwrap().id
    }

    /// Creates a video of the tenant that is ready to play.
    pub async fn video(&self, tenant: &Tenant, title: &str) -> MediaItemId {
        let id = self.upload(tenant, title, MediaItemMediaType::Video).await;
        media::mark_uploaded(&self.db, &tenant.creator, None, id).await.unwrap().unwrap();
        media::start_transcoding(&self.db, &tenant.creator, 2, "job", id).await.unwrap().unwrap();
        media::complete_transcoding(&self.service(), &transcoded(id, "job")).await.unwrap().unwrap();
        id
    }

    /// Removes a media item and returns the number of removed rows.
    pub async fn remove_item(&self, creator: &CreatorScope, id: MediaItemId) -> u64 {
        let removed = self.db.transaction(async |tx| {
            media::lock_media_item(tx, creator, id).await?;
            media::soft_delete_media_item(tx, creator, id).await
        });
        removed.await.unwrap()
    }

    /// Creates a draft.
    pub async fn create(
        &self,
        creator: &CreatorScope,
        new: &CreateContent<'_>,
    ) -> sqlward::Result<Option<Content>> {
        self.db.transaction(async |tx| content::create_content(tx, creator, new).await).await
    }

    /// draft -> published.
    pub async fn publish(&self, creator: &CreatorScope, id: ContentId) -> Option<Content> {
        let published = self.db.transaction(async |tx| content::publish_content(tx, creator, id).await);
        published.await.unwrap()
    }

    /// Creates a draft with a body in the tenant's organization.
    pub async fn piece(&self, tenant: &Tenant, slug: &str) -> ContentId {
        let draft = CreateContent {
            organization_id: Some(tenant.organization_id),
            content_body: Some("body"),
            ..draft(slug)
        };
        self.create(&tenant.creator, &draft).await.unwrap().unwrap().id
    }

    /// The same, published.
    pub async fn published(&self, tenant: &Tenant, slug: &str) -> ContentId {
        let id = self.piece(tenant, slug).await;
        self.publish(&tenant.creator, id).await.unwrap();
        id
    }

    /// Records a completed purchase of a piece, with its grant.
    pub async fn bought(&self, customer_id: &UserId, content_id: ContentId, payment_id: &str) -> PurchaseId {
        let bought = self.db.transaction(async |tx| {
            let service = self.key().within(tx, "test");
            let payment = payment(customer_id, content_id, payment_id);
            let (customer, bought) = purchases::record_purchase(&service, &payment).await?.unwrap();
            grants::grant_purchased_access(tx, &customer, bought.id).await?.unwrap();
            Ok::<_, Error>(bought.id)
        });
        bought.await.unwrap()
    }
}

impl Tenant {
    async fn of(db: &Database, id: &str, organization_ends_in: char) -> Tenant {
        let (id, organization_id) = (UserId::from(id), organization(organization_ends_in));
        let user = UserScope::from_authenticated(id.clone());
        let creator = CreatorScope::from_authenticated(id.clone());
        let granted = memberships::get_my_management_membership(db, &user, organization_id).await;
        let (organization, _) = granted.unwrap().unwrap();
        Tenant { id, user, creator, organization_id, organization }
    }
}

/// The id of an organization in `two_tenants.sql`.
fn organization(last: char) -> OrganizationId {
    OrganizationId(format!("00000000-0000-4000-8000-00000000000{last}").parse().unwrap())
}

async fn register(service: &ServiceRole<'_>, id: &UserId) {
    let email = format!("{}@X.org", id.0.to_uppercase());
    let user = CreateUser { id, name: &id.0, email: &email, image: None };
    identity::create_user(service, &user).await.unwrap();
}

/// The arguments for creating an organization.
pub fn founding<'a>(founder_id: &'a UserId, slug: &'a str) -> CreateOrganizationWithOwner<'a> {
    CreateOrganizationWithOwner {
        founder_id,
        name: slug,
        slug,
        description: None,
        logo_url: None,
        website_url: None,
    }
}

/// The arguments for a personal text without body or price.
pub fn draft(slug: &str) -> CreateContent<'_> {
    CreateContent {
        title: slug,
        slug,
        description: None,
        thumbnail_url: None,
        content_body: None,
        category: None,
        tags: None,
        visibility: ContentVisibility::Public,
        price_cents: None,
        organization_id: None,
        media_item_id: None,
    }
}

/// The transcoding service's report of a finished video.
pub fn transcoded(id: MediaItemId, job_id: &str) -> CompleteTranscoding<'_> {
    CompleteTranscoding {
        id,
        job_id,
        hls_master_playlist_key: "hls/1",
        hls_preview_key: None,
        thumbnail_key: Some("thumbnail/1"),
        waveform_key: None,
        waveform_image_key: None,
        mezzanine_key: None,
        mezzanine_status: None,
        ready_variants: None,
        duration_seconds: 30,
        width: Some(1920),
        height: Some(1080),
        loudness_integrated: None,
        loudness_peak: None,
        loudness_range: None,
    }
}

/// A payment of ten dollars, with a platform fee of one dollar.
pub fn payment<'a>(
    customer_id: &'a UserId,
    content_id: ContentId,
    payment_id: &'a str,
) -> RecordPurchase<'a> {
    RecordPurchase {
        customer_id,
        amount_paid_cents: 1000,
        currency: "USD",
        payment_id,
        platform_fee_cents: 100,
        organization_fee_cents: 0,
        creator_payout_cents: 900,
        paid_at: utc("2025-01-01"),
        content_id,
    }
}

/// The token of a signed-in user.
pub fn signed_in(id: &UserId) -> UserScope {
    UserScope::from_authenticated(id.clone())
}

/// Midnight at the start of a day, in UTC.
pub fn utc(text: &str) -> DateTime<Utc> {
    day(text).and_utc()
}

/// Midnight at the start of a day.
pub fn day(text: &str) -> NaiveDateTime {
    format!("{text}T00:00:00").parse().unwrap()
}

/// The time of requests in tests of expiry.
pub fn now() -> NaiveDateTime {
    day("2025-01-01")
}

/// A time after `now`.
pub fn later() -> NaiveDateTime {
    day("2100-01-01")
}

/// A time before `now`.
pub fn earlier() -> NaiveDateTime {
    day("2020-01-01")
}

/// The first page.
pub fn page() -> Page {
    Page::default()
}

/// The constraint that the call violated.
#[track_caller]
pub fn violated<T>(result: sqlward::Result<T>) -> Constraint {
    let error: Error = result.err().expect("a constraint refuses");
    error.constraint().unwrap_or_else(|| panic!("{error}"))
}
