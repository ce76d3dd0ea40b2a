-- why: the rows of old_notes come along, deleted ones too
-- kind: value
--@ scope user

--! inherited_rows
SELECT body FROM notes WHERE user_id = :user_id
;
