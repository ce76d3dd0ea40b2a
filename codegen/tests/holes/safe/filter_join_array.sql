-- why: the filter excludes padded rows
-- level: basic
--@ scope creator

--! filter_join_array
select c.title, jsonb_agg(jsonb_build_object('id', m.id, 'title', m.title) order by m.title) filter (where m.id is not null and m.deleted_at is null) as media from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null group by c.id order by count(m.id) filter (where m.deleted_at is null) desc
;
