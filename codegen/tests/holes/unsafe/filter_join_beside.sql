-- why: another aggregate has no filter
-- kind: influence
--@ scope creator

--! filter_join_beside
select c.id, count(m.id) filter (where m.deleted_at is null) as n, count(*) as all_of_them from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null group by c.id
;
