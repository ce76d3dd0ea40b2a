-- why: also deletes from old_notes, which inherits and has a deleted_at
-- kind: opaque
--@ scope user

--! inherited_rows_delete
DELETE FROM notes WHERE user_id = :user_id
;
