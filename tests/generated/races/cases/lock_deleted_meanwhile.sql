-- why: the conditions on a locked row are checked again in its new version
-- first: update content set deleted_at = now() where id = 1
-- with: creator_id = 7
-- gives: 2|second
--@ scope creator
--! lock_deleted_meanwhile
select id, title from content
where creator_id = :creator_id and deleted_at is null
order by id
for update;
