-- why: an owner column that is not listed is filled from the token
-- level: basic
--@ scope creator

--! copy_owner_added
--@ copy codes(id, code, body)
