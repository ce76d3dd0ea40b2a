-- why: two left joins; DISTINCT removes the effect of the number of matches
-- level: basic
--@ scope creator

--! filter_join_two
select c.id, count(distinct m.id) filter (where m.deleted_at is null) as media, count(distinct k.id) filter (where k.deleted_at is null) as comments from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id left join comments k on k.content_id = c.id where c.creator_id = :creator_id and c.deleted_at is null and c.status = 'published' group by c.id
;
