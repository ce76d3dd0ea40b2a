-- why: a right join preserves this side
-- kind: influence
--@ scope creator

--! filter_join_right
select c.id, count(m.id) filter (where m.deleted_at is null) as n from content c right join media m on m.id = c.media_id and c.creator_id = :creator_id and c.deleted_at is null where m.creator_id = :creator_id group by c.id
;
