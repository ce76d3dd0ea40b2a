-- why: the ON of the second join says nothing of the first
-- kind: value
--@ scope creator

--! x137_left_on_left
select c.title from content c left join users u on u.id = :creator_id and c.creator_id = u.id where c.deleted_at is null
;
