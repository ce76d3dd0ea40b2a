-- why: the old and the new row are the same row
-- level: basic
--@ scope creator

--! returning_old_and_new
update content set title = 'x' where creator_id = :creator_id and deleted_at is null returning old.title as was, new.title as is_now
;
