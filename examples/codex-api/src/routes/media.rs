//! A creator's media, and transcoding.

use axum::Json;
use axum::extract::State;
use codex_catalog::media::{
    self, CompleteTranscoding, CreateMediaItem, GetMediaItemRow, GetTranscodingStatusRow, ListMediaItems,
    ListMediaItemsSort, ListOrganizationMediaRow, MediaSummaryRow, RetryTranscodingRow, StartTranscodingRow,
    UpdateMediaItem,
};
use codex_catalog::{MediaItem, MediaItemId, MediaItemMediaType, MediaItemStatus};
use schemars::JsonSchema;
use serde::Deserialize;
use sqlward::{Database, Page, Paged};

use crate::app::{Outside, Service};
use crate::auth::{Creator, Studio};
use crate::bounds::Text;
use crate::extract::{Body, Created, Done, Path, Query};
use crate::openapi::Routes;
use crate::problem::{Problem, Result};
use crate::services::media::{self as service, Removal, Report, Reported, Start, Step};
use crate::signature::{Signed, Transcoding};

pub fn routes(routes: Routes) -> Routes {
    routes
        .get("/v1/media", list)
        .post("/v1/media", create)
        .get("/v1/media/unused", unused)
        .get("/v1/media/summary", summary)
        .get("/v1/media/{id}", show)
        .patch("/v1/media/{id}", update)
        .delete("/v1/media/{id}", remove)
        .post("/v1/media/{id}/uploaded", uploaded)
        .get("/v1/media/{id}/transcoding", transcoding)
        .post("/v1/media/{id}/transcoding", start)
        .post("/v1/media/{id}/retry", retry)
        .get("/v1/organizations/{organization}/media", of_organization)
        .post("/v1/webhooks/transcoding", report)
}

#[derive(Deserialize, JsonSchema)]
struct Listing {
    status: Option<MediaItemStatus>,
    media_type: Option<MediaItemMediaType>,
    #[serde(default)]
    sort: ListMediaItemsSort,
}

async fn list(
    State(db): State<Database>,
    Creator(creator): Creator,
    Query(Listing { status, media_type, sort }): Query<Listing>,
    Query(page): Query<Page>,
) -> Result<Json<Paged<MediaItem>>> {
    let listing = ListMediaItems { status, media_type, sort };
    Ok(Json(media::list_media_items(&db, &creator, &listing, page).await?))
}

#[derive(Deserialize, JsonSchema)]
struct NewMedia {
    title: Text<1, 255>,
    description: Option<Text<0, 10_000>>,
    media_type: MediaItemMediaType,
    file_name: Text<1, 200>,
    file_size_bytes: Option<u32>,
    mime_type: Option<Text<1, 100>>,
}

async fn create(
    State(db): State<Database>,
    Creator(creator): Creator,
    Body(new): Body<NewMedia>,
) -> Result<Created<MediaItem>> {
    // Each upload gets a folder of its own, so that no two files have the same key.
    let object_path = format!("{}/{}", uuid::Uuid::new_v4(), as_key(&new.file_name));
    let new = CreateMediaItem {
        title: &new.title,
        description: new.description.as_deref(),
        media_type: new.media_type,
        object_path: &object_path,
        file_size_bytes: new.file_size_bytes.map(i64::from),
        mime_type: new.mime_type.as_deref(),
    };
    service::create(&db, &creator, &new).await?.map(Created).ok_or_else(Problem::unauthenticated)
}

/// A file name with only those characters that are safe in URLs and file systems.
fn as_key(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' };
    let key: String = name.chars().map(plain).collect();
    match key.trim_start_matches('.') {
        "" => "_".to_owned(),
        key => key.to_owned(),
    }
}

async fn unused(
    State(db): State<Database>,
    Creator(creator): Creator,
    Query(page): Query<Page>,
) -> Result<Json<Vec<MediaItem>>> {
    Ok(Json(media::list_unused_media(&db, &creator, page).await?))
}

async fn summary(State(db): State<Database>, Creator(creator): Creator) -> Result<Json<MediaSummaryRow>> {
    Ok(Json(media::media_summary(&db, &creator).await?))
}

async fn show(
    State(db): State<Database>,
    Creator(creator): Creator,
    Path(id): Path<MediaItemId>,
) -> Result<Json<GetMediaItemRow>> {
    media::get_media_item(&db, &creator, id).await?.map(Json).ok_or_else(Problem::not_found)
}

/// Only the given fields are changed. An empty description is removed.
#[derive(Deserialize, JsonSchema)]
struct Texts {
    title: Option<Text<1, 255>>,
    description: Option<Text<0, 10_000>>,
}

async fn update(
    State(db): State<Database>,
    Creator(creator): Creator,
    Path(id): Path<MediaItemId>,
    Body(texts): Body<Texts>,
) -> Result<Json<MediaItem>> {
    let change =
        UpdateMediaItem { title: texts.title.as_deref(), description: texts.description.as_deref(), id };
    let updated = media::update_media_item(&db, &creator, &change).await?;
    updated.map(Json).ok_or_else(Problem::not_found)
}

async fn remove(
    State(db): State<Database>,
    Creator(creator): Creator,
    Path(id): Path<MediaItemId>,
) -> Result<Done> {
    match service::remove(&db, &creator, id).await? {
        Removal::Removed => Ok(Done),
        Removal::InUse => Err(Problem::conflict("media-in-use", "published content shows it")),
        Removal::NotFound => Err(Problem::not_found()),
    }
}

#[derive(Deserialize, JsonSchema)]
struct Upload {
    file_size_bytes: Option<u32>,
}

async fn uploaded(
    State(db): State<Database>,
    Creator(creator): Creator,
    Path(id): Path<MediaItemId>,
    Body(upload): Body<Upload>,
) -> Result<Json<MediaItem>> {
    let bytes = upload.file_size_bytes.map(i64::from);
    taken(service::mark_uploaded(&db, &creator, id, bytes).await?).map(Json)
}

async fn transcoding(
    State(db): State<Database>,
    Creator(creator): Creator,
    Path(id): Path<MediaItemId>,
) -> Result<Json<GetTranscodingStatusRow>> {
    media::get_transcoding_status(&db, &creator, id).await?.map(Json).ok_or_else(Problem::not_found)
}

#[derive(Deserialize, JsonSchema)]
struct Urgency {
    /// 0 is the most urgent, 4 the least.
    #[serde(default = "ordinary")]
    #[schemars(range(min = 0, max = 4))]
    priority: i32,
}

fn ordinary() -> i32 {
    2
}

async fn start(
    State(acting): State<Service>,
    State(outside): State<Outside>,
    Creator(creator): Creator,
    Path(id): Path<MediaItemId>,
    Body(Urgency { priority }): Body<Urgency>,
) -> Result<Json<StartTranscodingRow>> {
    let hand_over = async |job: &service::Job| outside.transcode(job.clone());
    match service::start(acting.db(), acting.key(), &creator, id, priority, hand_over).await? {
        Start::Started(job) => Ok(Json(job.item)),
        Start::Unreachable => Err(Problem::unavailable()),
        Start::Not(step) => Err(refused(step)),
    }
}

async fn retry(
    State(db): State<Database>,
    Creator(creator): Creator,
    Path(id): Path<MediaItemId>,
) -> Result<Json<RetryTranscodingRow>> {
    taken(service::retry(&db, &creator, id).await?).map(Json)
}

fn taken<T>(step: Step<T>) -> Result<T> {
    match step {
        Step::Taken(row) => Ok(row),
        other => Err(refused(other)),
    }
}

fn refused<T>(step: Step<T>) -> Problem {
    match step {
        Step::AttemptsExhausted => Problem::conflict("attempts-exhausted", "three attempts have failed"),
        Step::NotFound => Problem::not_found(),
        Step::Taken(_) | Step::WrongState(_) => {
            Problem::conflict("wrong-state", "it is in a state from which this does not lead on")
        }
    }
}

async fn of_organization(
    State(db): State<Database>,
    studio: Studio,
    Query(page): Query<Page>,
) -> Result<Json<Vec<ListOrganizationMediaRow>>> {
    Ok(Json(media::list_organization_media(&db, &studio.organization, page).await?))
}

/// A report of the transcoding service about a job.
#[derive(Deserialize, JsonSchema)]
struct JobReport {
    job: Text<1, 255>,
    #[serde(flatten)]
    outcome: JobOutcome,
}

#[derive(Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "snake_case")]
enum JobOutcome {
    /// The job is running: its progress and current step.
    Progress {
        percent: u8,
        step: Text<1, 100>,
    },
    Failed {
        error: Text<1, 2000>,
    },
    Completed(Outputs),
}

#[derive(Deserialize, JsonSchema)]
struct Outputs {
    hls_master_playlist_key: Text<1, 500>,
    hls_preview_key: Option<Text<1, 500>>,
    thumbnail_key: Option<Text<1, 500>>,
    waveform_key: Option<Text<1, 500>>,
    duration_seconds: u16,
    width: Option<u16>,
    height: Option<u16>,
}

async fn report(State(acting): State<Service>, signed: Signed<Transcoding, JobReport>) -> Result<Done> {
    let report = signed.message;
    let outcome = match &report.outcome {
        JobOutcome::Progress { percent: 101.., .. } => {
            return Err(Problem::invalid("expected up to 100 percent").at("/percent"));
        }
        JobOutcome::Progress { percent, step } => {
            let (db, key) = (acting.db(), acting.key());
            return noted(service::progress(db, key, &report.job, (*percent).into(), step).await?);
        }
        JobOutcome::Failed { error } => Report::Failed(error),
        JobOutcome::Completed(outputs) => Report::Completed(CompleteTranscoding {
            hls_master_playlist_key: &outputs.hls_master_playlist_key,
            hls_preview_key: outputs.hls_preview_key.as_deref(),
            thumbnail_key: outputs.thumbnail_key.as_deref(),
            waveform_key: outputs.waveform_key.as_deref(),
            waveform_image_key: None,
            mezzanine_key: None,
            mezzanine_status: None,
            ready_variants: None,
            duration_seconds: outputs.duration_seconds.into(),
            width: outputs.width.map(i32::from),
            height: outputs.height.map(i32::from),
            loudness_integrated: None,
            loudness_peak: None,
            loudness_range: None,
            id: MediaItemId(uuid::Uuid::nil()),
            job_id: "",
        }),
    };
    noted(service::report(acting.db(), acting.key(), &report.job, outcome).await?)
}

fn noted(outcome: Reported) -> Result<Done> {
    match outcome {
        // A repeated report gets the same response as the first, because the service repeats it until it succeeds.
        Reported::Noted(_) | Reported::AlreadyIn(_) => Ok(Done),
        Reported::UnknownJob => Err(Problem::not_found()),
    }
}
