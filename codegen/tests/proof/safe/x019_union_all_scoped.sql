-- why: both arms scoped
-- level: basic
--@ scope creator

--! x019_union_all_scoped
select id from content where creator_id = :creator_id and deleted_at is null union all select id from media_items where creator_id = :creator_id and deleted_at is null order by 1 limit 5
;
