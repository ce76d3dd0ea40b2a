-- why: the old title is the creator
-- level: basic
--@ scope creator

--! returning_old_sublink
--@ param title text
update content set title = :title
where creator_id = :creator_id and deleted_at is null and title = :creator_id
returning (select max(c.title) from content c where c.creator_id = old.title and c.deleted_at is null) as found
;
