-- why: EXISTS as a value over own rows
-- level: basic
--@ scope creator

--! x178_exists_in_select
select c.id, exists (select 1 from comments k where k.content_id = c.id and k.deleted_at is null) as has from content c where c.creator_id = :creator_id and c.deleted_at is null
;
