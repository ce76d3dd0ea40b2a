-- A deleted copy of each row of "tenant" that can be deleted, and the rows that belong to it, which are not deleted. So
-- a request can only be refused because of the deletion. The ids and the mark are those of another tenant, "ghost".
create function pg_temp.ghost(id uuid) returns uuid immutable language sql as
$$ select md5('ghost-' || thing)::uuid from unnest(array['org', 'reel', 'spare', 'uploading', 'uploaded', 'failed',
       'transcoding', 'draft', 'placed', 'old', 'private', 'note', 'film']) thing where md5('tenant-' || thing)::uuid = id $$;

insert into users
select (jsonb_populate_record(u, jsonb_build_object('id', replace(id, 'tenant', 'ghost'), 'name', 'ghostsecret',
       'email', replace(email, 'tenant', 'ghost'), 'deleted_at', now()))).* from users u;

insert into organizations
select (jsonb_populate_record(o, jsonb_build_object('id', pg_temp.ghost(id), 'name', 'ghostsecret', 'slug', 'ghost-org',
       'deleted_at', now()))).* from organizations o;

-- Closing an account ends its memberships. Removing an organization does not.
insert into organization_memberships (organization_id, user_id, role, status)
select organization_id, replace(user_id, 'tenant', 'ghost'), role, 'inactive' from organization_memberships
union all
select pg_temp.ghost(organization_id), user_id, role, status from organization_memberships;

insert into media_items
select (jsonb_populate_record(m, jsonb_build_object('id', pg_temp.ghost(id), 'title', 'ghostsecret', 'deleted_at', now(),
       'runpod_job_id', replace(runpod_job_id, 'tenant', 'ghost')))).* from media_items m;

insert into content
select (jsonb_populate_record(c, jsonb_build_object('id', pg_temp.ghost(id), 'title', 'ghostsecret',
       'slug', 'ghostsecret-' || slug, 'content_body', 'ghostsecret', 'deleted_at', now()))).* from content c;

-- Rows of customers with a removed piece, and of deleted customers with a live piece.
insert into content_access (user_id, content_id, organization_id, access_type)
select user_id, pg_temp.ghost(content_id), organization_id, access_type from content_access
union all
select replace(user_id, 'tenant', 'ghost'), content_id, organization_id, access_type from content_access;

insert into video_playback (user_id, content_id, position_seconds, duration_seconds)
select user_id, pg_temp.ghost(content_id), position_seconds, duration_seconds from video_playback;
