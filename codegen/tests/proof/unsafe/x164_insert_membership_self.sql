-- why: the caller joins any organization
-- kind: influence
--@ scope creator

--! x164_insert_membership_self
--@ param organization_id uuid
insert into organization_memberships (organization_id, user_id) values (:organization_id, :creator_id)
;
