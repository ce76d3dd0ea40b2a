-- why: a column of the right side is a grouping key
-- kind: influence
--@ scope creator

--! filter_join_key
select m.kind, count(m.id) filter (where m.deleted_at is null) as n from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null group by m.kind
;
