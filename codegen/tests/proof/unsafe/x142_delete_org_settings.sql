-- why: the settings are not the creator's
-- kind: destroy
--@ scope creator

--! x142_delete_org_settings
--@ param organization_id uuid
delete from organization_settings where organization_id = :organization_id and :creator_id is not null
;
