-- why: claimed both, holds both
-- level: basic
--@ scope creator, organization

--! x032_both_scopes
select id from content where creator_id = :creator_id and organization_id = :organization_id and deleted_at is null
;
