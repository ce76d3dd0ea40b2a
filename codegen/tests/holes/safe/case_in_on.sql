-- why: a CASE in the ON of a left join
-- level: basic
--@ scope creator

--! case_in_on
select c.id, m.title from content c left join media m on m.id = c.media_id and case when m.creator_id = :creator_id and m.deleted_at is null then true else false end where c.creator_id = :creator_id and c.deleted_at is null
;
