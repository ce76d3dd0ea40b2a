-- why: an aggregate is always there
-- kind: value
--@ scope creator

--! x125_exists_offset_agg
select c.id from content c where c.deleted_at is null and c.creator_id in (select max(u.id) from users u where u.id = :creator_id or true)
;
