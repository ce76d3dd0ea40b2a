-- Media items and their states: uploading -> uploaded -> transcoding -> ready or failed.
--
-- Each state change requires the previous state, so of two concurrent callers only one gets the row. Changes made by
-- transcoding also require the job's id, which is new for each attempt: a late report about an earlier attempt changes
-- nothing, even if the item is in the same state again.
--@ scope creator

--! create_media_item : MediaItem
--- Registers an upload. Its key always starts with the creator's id. The creator's row is locked, so that an account
--- that is being closed is closed first, giving no row, or sees the item.
--@ opt
with held as (
    select id
    from users
    where id = :creator_id and deleted_at is null
    for key share
)
insert into media_items (creator_id, title, description, media_type, r2_key, file_size_bytes, mime_type)
select
    u.id, :title, :description, :media_type, u.id || '/' || :object_path, :file_size_bytes, :mime_type
from held u
returning *;

--! get_media_item
--- A media item with its creator.
select
    m.id,
    m.title,
    m.description,
    m.media_type,
    m.status,
    m.mime_type,
    m.file_size_bytes,
    m.duration_seconds,
    m.width,
    m.height,
    m.thumbnail_key,
    m.waveform_key,
    m.uploaded_at,
    m.created_at,
    u.id as "creator.id",
    u.name as "creator.name",
    u.image as "creator.image"
from media_items m
join users u on u.id = m.creator_id and u.deleted_at is null
where m.id = :id and m.creator_id = :creator_id and m.deleted_at is null;

--! list_media_items
--- The creator's media; optionally in one state or of one type.
--@ page total
select *
from media_items
where creator_id = :creator_id
    and deleted_at is null
    and status = :status                                        --? status
    and media_type = :media_type                                --? media_type
order by created_at desc, id                                    --? sort created
--  order by uploaded_at desc nulls last, id                    --? sort uploaded
--  order by title, id                                          --? sort title
;

--! list_unused_media : MediaItem
--- Ready media items that no live content uses.
--@ page
select m.*
from media_items m
where m.creator_id = :creator_id
    and m.status = 'ready'
    and m.deleted_at is null
    and not exists (
        select from content c
        where c.media_item_id = m.id and c.creator_id = :creator_id and c.deleted_at is null
    )
order by m.uploaded_at desc nulls last, m.id;

--! media_summary
--- The creator's storage: items, bytes and playing time.
select
    count(*) as items,
    count(*) filter (where status = 'ready') as ready,
    count(*) filter (where status = 'failed') as failed,
    coalesce(sum(file_size_bytes), 0)::bigint as bytes,
    coalesce(sum(duration_seconds), 0) as duration_seconds
from media_items
where creator_id = :creator_id and deleted_at is null;

--! update_media_item : MediaItem
--- Changes title and description if given; an empty description becomes null. The state is only changed by the queries
--- below.
update media_items
set updated_at = now()
    , title = :title                                            --? title
    , description = nullif(:description, '')                    --? description
where id = :id and creator_id = :creator_id and deleted_at is null
returning *;

--! soft_delete_media_item
--- Removes a media item, unless published content uses it. Run it after `lock_media_item`, which waits for a
--- publication in progress; without that, this statement would wait itself and then not see that publication.
--@ tx
update media_items m
set deleted_at = now(), updated_at = now()
where m.id = :id
    and m.creator_id = :creator_id
    and m.deleted_at is null
    and not exists (
        select from content c
        where c.media_item_id = m.id
            and c.creator_id = :creator_id
            and c.status = 'published'
            and c.deleted_at is null
    );

--! lock_media_item
--- Locks a media item until the transaction ends.
select *
from media_items
where id = :id and creator_id = :creator_id and deleted_at is null
for update;

-- State changes by the creator

--! mark_uploaded (file_size_bytes?) : MediaItem
--- uploading -> uploaded.
update media_items
set status = 'uploaded',
    file_size_bytes = coalesce(:file_size_bytes, file_size_bytes),
    uploaded_at = now(),
    updated_at = now()
where id = :id and creator_id = :creator_id and status = 'uploading' and deleted_at is null
returning *;

--! start_transcoding (job_id!)
--- uploaded -> transcoding, with a priority from 0 (first) to 4 and a new job id for each attempt.
update media_items
set status = 'transcoding',
    transcoding_priority = :priority,
    transcoding_progress = 0,
    transcoding_step = null,
    transcoding_error = null,
    runpod_job_id = :job_id,
    updated_at = now()
where id = :id and creator_id = :creator_id and status = 'uploaded' and deleted_at is null
returning id, r2_key, media_type, transcoding_priority;

--! retry_transcoding
--- failed -> uploaded, if attempts are left.
update media_items
set status = 'uploaded', updated_at = now()
where id = :id
    and creator_id = :creator_id
    and status = 'failed'
    and transcoding_attempts < 3
    and deleted_at is null
returning id, transcoding_attempts;

--! get_transcoding_status
--- The state and progress of a media item.
select
    id,
    status,
    transcoding_progress,
    transcoding_step,
    transcoding_attempts,
    transcoding_error,
    mezzanine_status,
    ready_variants,
    updated_at
from media_items
where id = :id and creator_id = :creator_id and deleted_at is null;

--! record_trigger_failure (error!)
--- Stores that the transcoding service could not be reached. The state stays the same.
update media_items
set transcoding_error = left(:error, 2000), updated_at = now()
where id = :id and creator_id = :creator_id and status = 'uploaded' and deleted_at is null;

-- State changes by the transcoding service

--! set_transcoding_job (job_id!)
--- Replaces the job id that the item was started with by the id that the service assigned.
--@ scope system: "the transcoding worker acts for no user"
update media_items
set runpod_job_id = :job_id, updated_at = now()
where id = :id and status = 'transcoding' and runpod_job_id = :started_as and deleted_at is null;

--! requeue_media
--- failed -> uploaded, for a worker that retries the items from `claim_retryable_media`.
--@ scope system: "the transcoding worker acts for no user"
update media_items
set status = 'uploaded', updated_at = now()
where id = :id and status = 'failed' and transcoding_attempts < 3 and deleted_at is null;

--! dispatch_transcoding (job_id!)
--- uploaded -> transcoding by the worker, with the item's priority and a new job id.
--@ scope system: "the transcoding worker acts for no user"
update media_items
set status = 'transcoding',
    transcoding_progress = 0,
    transcoding_step = null,
    transcoding_error = null,
    runpod_job_id = :job_id,
    updated_at = now()
where id = :id and status = 'uploaded' and deleted_at is null
returning id, r2_key, media_type, transcoding_priority;

--! record_transcoding_progress (step!)
--- Stores the progress of the running job. Late reports change nothing.
--@ scope system: "the service's callback carries a job id and no user"
update media_items
set transcoding_progress = :percent, transcoding_step = :step, updated_at = now()
where runpod_job_id = :job_id
    and status = 'transcoding'
    and transcoding_progress <= :percent
    and deleted_at is null;

--! find_media_by_job (id?)
--- The item that a callback of the service is about: the one with its job id (the latest, if the service reused the
--- id), or else the one with its item id, if no job id is stored yet.
--@ scope system: "the service's callback carries a job id and no user"
select id, creator_id, media_type, status, transcoding_attempts
from media_items
where (runpod_job_id = :job_id or (id = :id and runpod_job_id is null)) and deleted_at is null
order by runpod_job_id is null, updated_at desc, id
limit 1;

--! revert_transcoding_start
--- transcoding -> uploaded, if the job could not be handed over.
--@ scope system: "the transcoding worker acts for no user"
update media_items
set status = 'uploaded', runpod_job_id = null, updated_at = now()
where id = :id and status = 'transcoding' and runpod_job_id = :job_id and deleted_at is null;

--! complete_transcoding (hls_master_playlist_key!, duration_seconds!) : MediaItem
--- transcoding -> ready, with what a player needs. Video has to have a thumbnail and audio a waveform, which the
--- constraint `status_ready_requires_keys` checks.
--@ scope system: "the service's callback carries a job id and no user"
update media_items
set status = 'ready',
    hls_master_playlist_key = :hls_master_playlist_key,
    hls_preview_key = :hls_preview_key,
    thumbnail_key = :thumbnail_key,
    waveform_key = :waveform_key,
    waveform_image_key = :waveform_image_key,
    mezzanine_key = :mezzanine_key,
    mezzanine_status = :mezzanine_status,
    ready_variants = :ready_variants,
    duration_seconds = :duration_seconds,
    width = :width,
    height = :height,
    loudness_integrated = :loudness_integrated,
    loudness_peak = :loudness_peak,
    loudness_range = :loudness_range,
    transcoding_error = null,
    updated_at = now()
where id = :id and status = 'transcoding' and runpod_job_id = :job_id and deleted_at is null
returning *;

--! fail_transcoding (error!)
--- transcoding -> failed, and counts the attempt.
--@ scope system: "the service's callback carries a job id and no user"
update media_items
set status = 'failed',
    transcoding_error = left(:error, 2000),
    transcoding_attempts = transcoding_attempts + 1,
    updated_at = now()
where id = :id and status = 'transcoding' and runpod_job_id = :job_id and deleted_at is null
returning id, creator_id, transcoding_attempts;

--! recover_stuck_transcoding
--- Marks items as failed that have had no report since the cutoff.
--@ scope system: "sweep over all creators"
update media_items
set status = 'failed',
    transcoding_error = 'no report from the transcoding service',
    transcoding_attempts = transcoding_attempts + 1,
    updated_at = now()
where status = 'transcoding' and updated_at < :cutoff and deleted_at is null
returning id, creator_id, transcoding_attempts;

--! claim_retryable_media
--- Failed items with attempts left, the most urgent and oldest first. Rows that another worker has locked are skipped.
--@ scope system: "queue over all creators"
select id, creator_id, media_type, r2_key, transcoding_priority, transcoding_attempts
from media_items
where status = 'failed' and transcoding_attempts < 3 and deleted_at is null
order by transcoding_priority, updated_at, id
limit :batch_size
for update skip locked;

-- For an organization

--! list_organization_media
--- The media items used by an organization's live content, by title. Media belong to creators; an organization only
--- reaches them through its content.
--@ scope organization
--@ page
select
    c.id as content_id,
    c.title as content_title,
    m.id,
    m.title,
    m.media_type,
    m.status,
    m.duration_seconds,
    m.thumbnail_key
from content c
join media_items m on m.id = c.media_item_id and m.deleted_at is null
where c.organization_id = :organization_id and c.deleted_at is null
order by m.title, c.id;
