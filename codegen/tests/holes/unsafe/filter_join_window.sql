-- why: window functions are computed over all rows
-- kind: influence
--@ scope creator

--! filter_join_window
select c.id, count(m.id) filter (where m.deleted_at is null) over () as n from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id where c.creator_id = :creator_id and c.deleted_at is null
;
