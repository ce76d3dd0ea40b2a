//! The way of a media item: uploading, uploaded, transcoding, ready or failed.
//!
//! Each step is one statement that names the state it comes from, so that of two who take it one gets the row. What is
//! here tells the other why.

use codex_catalog::media::{
    self, CompleteTranscoding, CreateMediaItem, RetryTranscodingRow, StartTranscodingRow,
};
use codex_catalog::{CreatorScope, MediaItem, MediaItemId, MediaItemStatus as Status};
use sqlward::{Database, Error, Result, ServiceKey};

use super::ATTEMPTS;

/// What came of a step.
#[derive(Debug, PartialEq)]
pub enum Step<T> {
    /// It was taken.
    Taken(T),
    /// It does not lead on from the state that the item is in.
    WrongState(Status),
    /// Three attempts have failed.
    AttemptsExhausted,
    /// There is no such item, or not for the caller.
    NotFound,
}

/// What came of removing an item.
#[derive(Debug, PartialEq, Eq)]
pub enum Removal {
    /// It is gone.
    Removed,
    /// Published content shows it.
    InUse,
    /// There is no such item, or not for the caller.
    NotFound,
}

/// Announces an upload. `None` when the account is closed.
pub async fn create(
    db: &Database,
    creator: &CreatorScope,
    new: &CreateMediaItem<'_>,
) -> Result<Option<MediaItem>> {
    sqlward::retry(ATTEMPTS, || db.transaction(async |tx| media::create_media_item(tx, creator, new).await))
        .await
}

/// Removes an item. It is locked first: the statement that removes it would otherwise wait for a publication that is under
/// way, and go on with what it had seen of content before.
pub async fn remove(db: &Database, creator: &CreatorScope, id: MediaItemId) -> Result<Removal> {
    sqlward::retry(ATTEMPTS, || {
        db.transaction(async |tx| {
            if media::lock_media_item(tx, creator, id).await?.is_none() {
                return Ok::<_, Error>(Removal::NotFound);
            }
            let removed = media::soft_delete_media_item(tx, creator, id).await? > 0;
            Ok(if removed { Removal::Removed } else { Removal::InUse })
        })
    })
    .await
}

/// uploading -> uploaded
pub async fn mark_uploaded(
    db: &Database,
    creator: &CreatorScope,
    id: MediaItemId,
    bytes: Option<i64>,
) -> Result<Step<MediaItem>> {
    match media::mark_uploaded(db, creator, bytes, id).await? {
        Some(item) => Ok(Step::Taken(item)),
        None => why_not(db, creator, id).await,
    }
}

/// failed -> uploaded, for another attempt
pub async fn retry(
    db: &Database,
    creator: &CreatorScope,
    id: MediaItemId,
) -> Result<Step<RetryTranscodingRow>> {
    match media::retry_transcoding(db, creator, id).await? {
        Some(item) => Ok(Step::Taken(item)),
        None => why_not(db, creator, id).await,
    }
}

/// Why a step of the creator's was not taken. It is looked up after the fact, for the answer alone.
async fn why_not<T>(db: &Database, creator: &CreatorScope, id: MediaItemId) -> Result<Step<T>> {
    Ok(match media::get_transcoding_status(db, creator, id).await? {
        Some(item) if item.status == Status::Failed && item.transcoding_attempts >= 3 => {
            Step::AttemptsExhausted
        }
        Some(item) => Step::WrongState(item.status),
        None => Step::NotFound,
    })
}

/// Work for the transcoding service.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// What its report will carry.
    pub id: String,
    /// What is to be done.
    pub item: StartTranscodingRow,
}

/// What came of starting.
pub enum Start {
    /// The service has the job.
    Started(Job),
    /// The service was not reached; the item is where it was.
    Unreachable,
    /// It could not be started.
    Not(Step<()>),
}

/// uploaded -> transcoding. `hand_over` gives the job to the service; it is called outside of any transaction, and when it
/// says no, the item goes back.
pub async fn start(
    db: &Database,
    key: &ServiceKey,
    creator: &CreatorScope,
    id: MediaItemId,
    priority: i32,
    hand_over: impl AsyncFnOnce(&Job) -> bool,
) -> Result<Start> {
    // The item knows the job before the service does: its report can be faster than this.
    let job_id = uuid::Uuid::new_v4().to_string();
    let Some(item) = media::start_transcoding(db, creator, priority, &job_id, id).await? else {
        return Ok(Start::Not(why_not(db, creator, id).await?));
    };
    let job = Job { id: job_id, item };
    if hand_over(&job).await {
        return Ok(Start::Started(job));
    }
    media::revert_transcoding_start(&key.over(db, "transcoding"), id, &job.id).await?;
    media::record_trigger_failure(db, creator, "the transcoding service could not be reached", id).await?;
    Ok(Start::Unreachable)
}

/// What became of a job.
pub enum Report<'a> {
    /// It can be played: with these, whose `id` and `job_id` are not looked at.
    Completed(CompleteTranscoding<'a>),
    /// It failed, for this reason.
    Failed(&'a str),
}

/// What came of a report.
#[derive(Debug, PartialEq, Eq)]
pub enum Reported {
    /// It is noted.
    Noted(Status),
    /// The item had moved on: the report came twice, or too late.
    AlreadyIn(Status),
    /// No item has such a job.
    UnknownJob,
}

/// How far a job has come. What is late, or goes back, changes nothing.
pub async fn progress(
    db: &Database,
    key: &ServiceKey,
    job: &str,
    percent: i32,
    step: &str,
) -> Result<Reported> {
    let service = key.over(db, "progress of a transcoding job");
    if media::record_transcoding_progress(&service, percent, step, job).await? > 0 {
        return Ok(Reported::Noted(Status::Transcoding));
    }
    let now = media::find_media_by_job(&service, job, None).await?;
    Ok(now.map_or(Reported::UnknownJob, |item| Reported::AlreadyIn(item.status)))
}

/// transcoding -> ready or failed. Reports come at least once; the first one counts. One of a job that has been given up
/// counts for nothing, also when the item is being transcoded again.
pub async fn report(db: &Database, key: &ServiceKey, job: &str, report: Report<'_>) -> Result<Reported> {
    let service = key.over(db, "report of a transcoding job");
    let Some(item) = media::find_media_by_job(&service, job, None).await? else {
        return Ok(Reported::UnknownJob);
    };
    let (moved, to) = match report {
        Report::Completed(outputs) => {
            let outputs = CompleteTranscoding { id: item.id, job_id: job, ..outputs };
            (media::complete_transcoding(&service, &outputs).await?.is_some(), Status::Ready)
        }
        Report::Failed(reason) => {
            (media::fail_transcoding(&service, reason, item.id, job).await?.is_some(), Status::Failed)
        }
    };
    if moved {
        return Ok(Reported::Noted(to));
    }
    let now = media::find_media_by_job(&service, job, None).await?;
    Ok(now.map_or(Reported::UnknownJob, |item| Reported::AlreadyIn(item.status)))
}
