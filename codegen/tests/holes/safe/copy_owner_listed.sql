-- why: the token fills the owner column at any position of the list
-- level: basic
--@ scope creator

--! copy_owner_listed
--@ copy codes(id, code, creator_id, body)
