-- why: an owner column that is not listed is filled from the token all the same
-- level: basic
--@ scope creator

--! copy_owner_added
--@ copy codes(id, code, body)
