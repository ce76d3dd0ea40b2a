-- why: the token of the organization fills its column
-- level: basic
--@ scope organization

--! copy_of_organization
--@ copy readings(id, v)
