-- why: the rows refer to content of whoever the items name
-- kind: value
--@ scope creator

--! copy_key_of_any
--@ copy notes(id, content_id, body)
