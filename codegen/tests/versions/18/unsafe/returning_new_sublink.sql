-- why: the new title is any text, and the condition is about the old one
-- kind: value
--@ scope creator

--! returning_new_sublink
--@ param title text
update content set title = :title
where creator_id = :creator_id and deleted_at is null and title = :creator_id
returning (select max(c.title) from content c where c.creator_id = new.title and c.deleted_at is null) as found
;
