-- why: the share that is deleted had brought the project into scope before
-- level: hard
--@ scope user

--! way_left
with left_behind as (delete from shares where user_id = :user_id returning project_id, user_id)
select p.slug from projects p join left_behind l on l.project_id = p.id where p.deleted_at is null
;
