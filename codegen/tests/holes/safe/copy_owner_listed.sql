-- why: the token fills the owner column, wherever it is listed
-- level: basic
--@ scope creator

--! copy_owner_listed
--@ copy codes(id, code, creator_id, body)
