-- why: the condition is about the old title, the subquery uses the new one
-- kind: value
--@ scope creator

--! returning_new_sublink
--@ param title text
update content set title = :title
where creator_id = :creator_id and deleted_at is null and title = :creator_id
returning (select max(c.title) from content c where c.creator_id = new.title and c.deleted_at is null) as found
;
