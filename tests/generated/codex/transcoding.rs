//! The transcoding states of media: of several concurrent callers, only one changes the state.

use codex_catalog::MediaItemMediaType::{Audio, Video};
use codex_catalog::MediaItemStatus::{Failed, Ready, Uploaded};
use codex_catalog::media::{self, CompleteTranscoding};
use codex_catalog::{Constraint, MediaItemId};
use sqlward::ErrorKind;

use super::fixture::{Codex, Tenant, transcoded, violated};

/// The job id where it does not matter.
const JOB: &str = "job-0";

/// Creates an item that is being transcoded.
async fn transcoding(codex: &Codex, tenant: &Tenant, title: &str) -> MediaItemId {
    let id = codex.upload(tenant, title, Video).await;
    media::mark_uploaded(&codex.db, &tenant.creator, None, id).await.unwrap().unwrap();
    media::start_transcoding(&codex.db, &tenant.creator, 2, JOB, id).await.unwrap().unwrap();
    id
}

#[tokio::test]
async fn each_step_is_taken_once_and_by_its_creator() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let service = codex.service();
    let id = codex.upload(ann, "one", Video).await;
    assert!(
        media::start_transcoding(db, &ann.creator, 1, JOB, id).await.unwrap().is_none(),
        "not uploaded yet"
    );
    assert!(media::mark_uploaded(db, &bob.creator, Some(5), id).await.unwrap().is_none());
    let item = media::mark_uploaded(db, &ann.creator, Some(5), id).await.unwrap().unwrap();
    assert_eq!((item.status, item.file_size_bytes), (Uploaded, Some(5)));
    assert!(media::mark_uploaded(db, &ann.creator, None, id).await.unwrap().is_none());

    assert_eq!(media::record_trigger_failure(db, &bob.creator, "no answer", id).await.unwrap(), 0);
    assert_eq!(media::record_trigger_failure(db, &ann.creator, &"e".repeat(3000), id).await.unwrap(), 1);
    let status = media::get_transcoding_status(db, &ann.creator, id).await.unwrap().unwrap();
    assert_eq!(status.transcoding_error.unwrap().len(), 2000);
    assert_eq!(media::get_transcoding_status(db, &bob.creator, id).await.unwrap(), None);

    let refused = media::start_transcoding(db, &ann.creator, 9, JOB, id).await;
    assert_eq!(refused.as_ref().unwrap_err().kind(), ErrorKind::CheckViolation);
    assert_eq!(violated(refused), Constraint::CheckTranscodingPriority);
    assert!(media::start_transcoding(db, &bob.creator, 1, JOB, id).await.unwrap().is_none());
    let started = media::start_transcoding(db, &ann.creator, 1, JOB, id).await.unwrap().unwrap();
    assert_eq!((&*started.r2_key, started.transcoding_priority), ("ann/o/1", 1));

    assert_eq!(media::revert_transcoding_start(&service, id, JOB).await.unwrap(), 1);
    assert_eq!(media::revert_transcoding_start(&service, id, JOB).await.unwrap(), 0);
    media::start_transcoding(db, &ann.creator, 1, JOB, id).await.unwrap().unwrap();
    assert_eq!(media::set_transcoding_job(&service, "job-1", id, JOB).await.unwrap(), 1);
    let found = media::find_media_by_job(&service, "job-1", None).await.unwrap().unwrap();
    assert_eq!((found.id, found.creator_id), (id, ann.id.clone()));
    assert_eq!(media::find_media_by_job(&service, "job-2", None).await.unwrap(), None);
    assert_eq!(
        media::find_media_by_job(&service, "job-2", Some(id)).await.unwrap(),
        None,
        "another job has it"
    );
    codex.sql("update media_items set runpod_job_id = null").await;
    let found = media::find_media_by_job(&service, "job-2", Some(id)).await.unwrap();
    assert_eq!(found.unwrap().id, id, "no job is noted yet");
    codex.sql("update media_items set runpod_job_id = 'job-1'").await;

    let done = media::complete_transcoding(&service, &transcoded(id, "job-1")).await.unwrap().unwrap();
    assert_eq!((done.status, done.duration_seconds), (Ready, Some(30)));
    assert!(media::complete_transcoding(&service, &transcoded(id, "job-1")).await.unwrap().is_none());
    assert!(media::fail_transcoding(&service, "late", id, "job-1").await.unwrap().is_none());
    assert_eq!(media::set_transcoding_job(&service, "job-3", id, "job-1").await.unwrap(), 0);
}

#[tokio::test]
async fn what_tells_of_an_attempt_that_is_over_changes_nothing() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    let service = codex.service();
    let id = transcoding(&codex, ann, "one").await;
    media::fail_transcoding(&service, "no report", id, JOB).await.unwrap().unwrap();
    media::retry_transcoding(db, &ann.creator, id).await.unwrap().unwrap();
    media::start_transcoding(db, &ann.creator, 2, "job-1", id).await.unwrap().unwrap();
    // The item is in the same state again, but with another job.
    let state =
        "select row(status, runpod_job_id, transcoding_attempts, transcoding_progress, transcoding_error,
                     hls_master_playlist_key, updated_at)::text from media_items";
    let before = codex.column(state).await;
    assert!(media::complete_transcoding(&service, &transcoded(id, JOB)).await.unwrap().is_none());
    assert!(media::fail_transcoding(&service, "late", id, JOB).await.unwrap().is_none());
    assert_eq!(media::record_transcoding_progress(&service, 90, "late", JOB).await.unwrap(), 0);
    assert_eq!(media::set_transcoding_job(&service, "job-of-the-service", id, JOB).await.unwrap(), 0);
    assert_eq!(media::revert_transcoding_start(&service, id, JOB).await.unwrap(), 0);
    assert!(media::find_media_by_job(&service, JOB, Some(id)).await.unwrap().is_none());
    assert_eq!(codex.column(state).await, before);

    // The id that the service assigns replaces this one from then on.
    assert_eq!(media::set_transcoding_job(&service, "job-2", id, "job-1").await.unwrap(), 1);
    assert!(media::complete_transcoding(&service, &transcoded(id, "job-1")).await.unwrap().is_none());
    assert!(media::complete_transcoding(&service, &transcoded(id, "job-2")).await.unwrap().is_some());
}

#[tokio::test]
async fn of_many_who_start_at_once_one_does() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    let id = codex.upload(ann, "one", Video).await;
    media::mark_uploaded(db, &ann.creator, None, id).await.unwrap().unwrap();
    let start = || async { media::start_transcoding(db, &ann.creator, 2, JOB, id).await.unwrap().is_some() };
    let (a, b, c, d) = tokio::join!(start(), start(), start(), start());
    assert_eq!([a, b, c, d].into_iter().filter(|won| *won).count(), 1);
}

#[tokio::test]
async fn an_item_is_ready_only_with_what_a_player_needs() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    let service = codex.service();
    let video = transcoding(&codex, ann, "video").await;
    let audio = codex.upload(ann, "audio", Audio).await;
    media::mark_uploaded(db, &ann.creator, None, audio).await.unwrap().unwrap();
    media::start_transcoding(db, &ann.creator, 2, JOB, audio).await.unwrap().unwrap();
    let waveform_only =
        |id| CompleteTranscoding { thumbnail_key: None, waveform_key: Some("wave"), ..transcoded(id, JOB) };
    for (id, wrong, right) in [
        (video, waveform_only(video), transcoded(video, JOB)),
        (audio, transcoded(audio, JOB), waveform_only(audio)),
    ] {
        let refused = media::complete_transcoding(&service, &wrong).await;
        assert_eq!(violated(refused), Constraint::StatusReadyRequiresKeys);
        let done = media::complete_transcoding(&service, &right).await.unwrap().unwrap();
        assert_eq!((done.id, done.status), (id, Ready));
    }
}

#[tokio::test]
async fn failures_are_tried_again_three_times() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let service = codex.service();
    let id = transcoding(&codex, ann, "one").await;
    for attempt in 1..=3 {
        let failed = media::fail_transcoding(&service, "broken", id, JOB).await.unwrap().unwrap();
        assert_eq!((failed.creator_id, failed.transcoding_attempts), (ann.id.clone(), attempt));
        assert!(media::fail_transcoding(&service, "broken", id, JOB).await.unwrap().is_none());
        assert!(media::retry_transcoding(db, &bob.creator, id).await.unwrap().is_none());
        let retried = media::retry_transcoding(db, &ann.creator, id).await.unwrap();
        assert_eq!(retried.is_some(), attempt < 3);
        if attempt < 3 {
            media::start_transcoding(db, &ann.creator, 2, JOB, id).await.unwrap().unwrap();
        }
    }
    let status = media::get_transcoding_status(db, &ann.creator, id).await.unwrap().unwrap();
    assert_eq!((status.status, status.transcoding_error.as_deref()), (Failed, Some("broken")));
}

#[tokio::test]
async fn workers_start_and_start_again_what_waits() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    let service = codex.service();
    let id = codex.upload(ann, "one", Video).await;
    let dispatch = async || media::dispatch_transcoding(&service, JOB, id).await.unwrap().is_some();
    let requeue = async || media::requeue_media(&service, id).await.unwrap();
    assert!(!dispatch().await, "not uploaded yet");
    media::mark_uploaded(db, &ann.creator, None, id).await.unwrap().unwrap();
    for attempt in 1..=3 {
        assert_eq!((requeue().await, dispatch().await, dispatch().await), (0, true, false));
        assert_eq!(requeue().await, 0, "it is under way");
        media::fail_transcoding(&service, "broken", id, JOB).await.unwrap().unwrap();
        assert!(!dispatch().await, "it has failed");
        assert_eq!(requeue().await, u64::from(attempt < 3));
    }
    codex.sql("update media_items set transcoding_attempts = 0, deleted_at = now()").await;
    assert_eq!((requeue().await, dispatch().await), (0, false));
    codex.sql("update media_items set status = 'uploaded'").await;
    assert!(!dispatch().await);
}

#[tokio::test]
async fn progress_goes_forward_while_its_job_runs() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    let service = codex.service();
    let [id, other] = [transcoding(&codex, ann, "one").await, transcoding(&codex, ann, "two").await];
    for (id, job) in [(id, "job-1"), (other, "job-2")] {
        assert_eq!(media::set_transcoding_job(&service, job, id, JOB).await.unwrap(), 1);
    }
    let report = async |percent, step| {
        let noted = media::record_transcoding_progress(&service, percent, step, "job-1").await.unwrap();
        let status = media::get_transcoding_status(db, &ann.creator, id).await.unwrap().unwrap();
        (noted, status.transcoding_progress, status.transcoding_step)
    };
    assert_eq!(report(40, "audio").await, (1, 40, Some("audio".to_owned())));
    assert_eq!(report(30, "late").await, (0, 40, Some("audio".to_owned())));
    assert_eq!(report(40, "video").await, (1, 40, Some("video".to_owned())));
    let refused = media::record_transcoding_progress(&service, 101, "x", "job-1").await;
    assert_eq!(violated(refused), Constraint::CheckTranscodingProgress);
    let of_other = media::get_transcoding_status(db, &ann.creator, other).await.unwrap().unwrap();
    assert_eq!((of_other.transcoding_progress, of_other.transcoding_step), (0, None));

    media::fail_transcoding(&service, "broken", id, "job-1").await.unwrap().unwrap();
    assert_eq!(report(90, "late").await, (0, 40, Some("video".to_owned())));
    media::retry_transcoding(db, &ann.creator, id).await.unwrap().unwrap();
    media::start_transcoding(db, &ann.creator, 2, JOB, id).await.unwrap().unwrap();
    assert_eq!(report(90, "late").await, (0, 0, None), "the job before is none of the new attempt's");
    assert_eq!(media::set_transcoding_job(&service, "job-1", id, JOB).await.unwrap(), 1);
    codex.sql("update media_items set deleted_at = now() where title = 'one'").await;
    assert_eq!(media::record_transcoding_progress(&service, 50, "x", "job-1").await.unwrap(), 0);
}

#[tokio::test]
async fn items_without_report_fail_after_a_while() {
    let codex = Codex::new().await;
    let service = codex.service();
    let stuck = transcoding(&codex, &codex.ann, "stuck").await;
    let removed = transcoding(&codex, &codex.ann, "removed").await;
    codex.video(&codex.ann, "ready").await;
    codex.remove_item(&codex.ann.creator, removed).await;
    let hour = chrono::TimeDelta::hours(1);
    let sweep = async |cutoff| media::recover_stuck_transcoding(&service, cutoff).await.unwrap();
    assert!(sweep(chrono::Utc::now() - hour).await.is_empty());
    let failed = sweep(chrono::Utc::now() + hour).await;
    assert_eq!(failed.iter().map(|row| (row.id, row.transcoding_attempts)).collect::<Vec<_>>(), [(stuck, 1)]);
    assert!(sweep(chrono::Utc::now() + hour).await.is_empty());
}

#[tokio::test]
async fn workers_claim_different_items() {
    let codex = Codex::new().await;
    let (db, service) = (&codex.db, codex.service());
    let mut failed = Vec::new();
    for tenant in [&codex.ann, &codex.bob] {
        let id = transcoding(&codex, tenant, "one").await;
        media::fail_transcoding(&service, "broken", id, JOB).await.unwrap().unwrap();
        failed.push(id);
    }
    let mut claimed = db
        .transaction(async |first| {
            let first = codex.key().within(first, "worker 1");
            let of_first = media::claim_retryable_media(&first, 1).await?;
            let of_second = db.transaction(async |second| {
                let second = codex.key().within(second, "worker 2");
                media::claim_retryable_media(&second, 5).await
            });
            Ok::<_, sqlward::Error>([of_first, of_second.await?].concat())
        })
        .await
        .unwrap();
    claimed.sort_by_key(|row| row.id);
    failed.sort();
    assert_eq!(claimed.iter().map(|row| row.id).collect::<Vec<_>>(), failed);
}

#[tokio::test]
async fn what_is_deleted_takes_no_step() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    let service = codex.service();
    let id = transcoding(&codex, ann, "one").await;
    assert_eq!(media::set_transcoding_job(&service, "job-1", id, JOB).await.unwrap(), 1);
    assert_eq!(codex.remove_item(&ann.creator, id).await, 1);
    for status in ["uploading", "uploaded", "transcoding", "failed"] {
        codex.sql(&format!("update media_items set status = '{status}'")).await;
        assert!(media::mark_uploaded(db, &ann.creator, None, id).await.unwrap().is_none(), "{status}");
        assert!(media::start_transcoding(db, &ann.creator, 2, JOB, id).await.unwrap().is_none(), "{status}");
        assert!(media::retry_transcoding(db, &ann.creator, id).await.unwrap().is_none(), "{status}");
        assert_eq!(media::record_trigger_failure(db, &ann.creator, "x", id).await.unwrap(), 0, "{status}");
        assert_eq!(media::set_transcoding_job(&service, "job-2", id, "job-1").await.unwrap(), 0, "{status}");
        assert_eq!(media::revert_transcoding_start(&service, id, "job-1").await.unwrap(), 0, "{status}");
        assert!(
            media::complete_transcoding(&service, &transcoded(id, "job-1")).await.unwrap().is_none(),
            "{status}"
        );
        assert!(media::fail_transcoding(&service, "x", id, "job-1").await.unwrap().is_none(), "{status}");
        assert!(media::find_media_by_job(&service, "job-1", Some(id)).await.unwrap().is_none(), "{status}");
        let claimed = db
            .transaction(async |tx| media::claim_retryable_media(&codex.key().within(tx, "worker"), 5).await);
        assert!(claimed.await.unwrap().is_empty(), "{status}");
    }
}
