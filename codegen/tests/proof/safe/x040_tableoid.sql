-- why: tableoid is harmless
-- level: basic
--@ scope creator

--! x040_tableoid
select id, tableoid::text as t from content where creator_id = :creator_id and deleted_at is null
;
