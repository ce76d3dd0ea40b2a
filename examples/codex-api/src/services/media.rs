//! The states of a media item: uploading, uploaded, transcoding, ready or failed.
//!
//! Each state change is one statement that requires the previous state, so of two concurrent callers only one changes
//! the row. The functions here find out the reason for the other one.

use codex_catalog::media::{
    self, CompleteTranscoding, CreateMediaItem, RetryTranscodingRow, StartTranscodingRow,
};
use codex_catalog::{CreatorScope, MediaItem, MediaItemId, MediaItemStatus as Status};
use sqlward::{Database, Error, Result, ServiceKey};

use super::ATTEMPTS;

/// The result of a state change.
#[derive(Debug, PartialEq)]
pub enum Step<T> {
    /// The state was changed.
    Taken(T),
    /// The item is in this state, from which the change is not allowed.
    WrongState(Status),
    /// It has failed three times.
    AttemptsExhausted,
    /// There is no such item, or the caller may not change it.
    NotFound,
}

/// The result of removing an item.
#[derive(Debug, PartialEq, Eq)]
pub enum Removal {
    /// It was removed.
    Removed,
    /// Published content uses it.
    InUse,
    /// There is no such item, or it is not the caller's.
    NotFound,
}

/// Registers an upload. `None` if the account is closed.
pub async fn create(
    db: &Database,
    creator: &CreatorScope,
    new: &CreateMediaItem<'_>,
) -> Result<Option<MediaItem>> {
    sqlward::retry(ATTEMPTS, || db.transaction(async |tx| media::create_media_item(tx, creator, new).await))
        .await
}

/// Removes an item. It is locked first, to wait for a concurrent publication. Without that, the removing statement
/// would wait itself, and then continue with an outdated snapshot of content.
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

/// uploading -> uploaded.
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

/// failed -> uploaded, for another attempt.
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

/// Why a state change of the creator was refused. It is read afterwards, and only used for the response.
async fn why_not<T>(db: &Database, creator: &CreatorScope, id: MediaItemId) -> Result<Step<T>> {
    Ok(match media::get_transcoding_status(db, creator, id).await? {
        Some(item) if item.status == Status::Failed && item.transcoding_attempts >= 3 => {
            Step::AttemptsExhausted
        }
        Some(item) => Step::WrongState(item.status),
        None => Step::NotFound,
    })
}

/// A transcoding job.
#[derive(Debug, Clone, PartialEq)]
pub struct Job {
    /// The id that the service's reports carry.
    pub id: String,
    /// The item to transcode.
    pub item: StartTranscodingRow,
}

/// The result of starting a job.
pub enum Start {
    /// The service accepted the job.
    Started(Job),
    /// The service did not accept the job. The item is in its previous state again.
    Unreachable,
    /// The item cannot be transcoded now.
    Not(Step<()>),
}

/// uploaded -> transcoding. `hand_over` passes the job to the service. It is called outside of any transaction; if it
/// returns false, the item goes back to uploaded.
pub async fn start(
    db: &Database,
    key: &ServiceKey,
    creator: &CreatorScope,
    id: MediaItemId,
    priority: i32,
    hand_over: impl AsyncFnOnce(&Job) -> bool,
) -> Result<Start> {
    // The job's id is stored before the job is handed over, because the first report can arrive before `hand_over`
    // returns.
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

/// The result of a job.
pub enum Report<'a> {
    /// It succeeded, with these files. Their `id` and `job_id` are ignored.
    Completed(CompleteTranscoding<'a>),
    /// It failed, for this reason.
    Failed(&'a str),
}

/// The result of processing a report.
#[derive(Debug, PartialEq, Eq)]
pub enum Reported {
    /// The report was stored, and the item is in this state.
    Noted(Status),
    /// The item was in this state before: the report came twice or too late.
    AlreadyIn(Status),
    /// No item has this job.
    UnknownJob,
}

/// Stores the progress of a job. Reports that are late or go backwards change nothing.
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

/// transcoding -> ready or failed. Reports may be delivered more than once; only the first changes the item. Reports of
/// an abandoned job change nothing, even if the item is being transcoded again.
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
