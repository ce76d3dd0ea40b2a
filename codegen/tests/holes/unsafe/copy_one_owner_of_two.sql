-- why: the creator is the caller, but the organization is whatever the items say
-- kind: value
--@ scope creator

--! copy_one_owner_of_two
--@ copy content(id, organization_id, slug, title, status, price)
