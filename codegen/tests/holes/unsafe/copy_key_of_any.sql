-- why: the items can refer to content of anyone
-- kind: value
--@ scope creator

--! copy_key_of_any
--@ copy notes(id, content_id, body)
