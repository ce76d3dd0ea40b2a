-- why: a full join keeps both sides whole
-- kind: value
--@ scope creator

--! x138_full_join_on
select c.title, m.title as t2 from content c full join media_items m on m.creator_id = c.creator_id and c.creator_id = :creator_id and c.deleted_at is null and m.deleted_at is null
;
