-- why: the owner is compared in FILTER
-- level: basic
--@ scope creator

--! filter_join_in_filter
select c.id, string_agg(m.title, ', ' order by m.title) filter (where m.deleted_at is null and m.creator_id = :creator_id) as titles from content c left join media m on m.id = c.media_id where c.creator_id = :creator_id and c.deleted_at is null group by c.id
;
