-- why: the token fills the owner column
-- level: basic
--@ scope organization

--! copy_of_organization
--@ copy readings(id, v)
