-- why: rows that are marked are not removed
-- kind: destroy
--@ scope user

--! remove
delete from notes where id = :id and user_id = :user_id and not deleted
;
