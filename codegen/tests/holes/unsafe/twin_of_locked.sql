-- kind: value
-- The version that is read can be older than the one that is locked.
--@ scope creator

--! twin_of_locked
with c as (select c.id, c.creator_id, c.deleted_at from content c where c.creator_id = :creator_id and c.deleted_at is null for update) select d.title from content d join c on c.id = d.id;
