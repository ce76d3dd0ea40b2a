-- why: an own live row is locked
-- level: basic
--@ scope creator

--! x028_for_update
--@ param id uuid
select id from content where id = :id and creator_id = :creator_id and deleted_at is null for update
;
