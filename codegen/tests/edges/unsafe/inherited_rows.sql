-- why: also reads rows of old_notes, which inherits and has a deleted_at
-- kind: value
--@ scope user

--! inherited_rows
SELECT body FROM notes WHERE user_id = :user_id
;
