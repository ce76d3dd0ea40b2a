-- why: the second claimed scope is not enforced
-- kind: value
--@ scope creator, organization

--! x139_both_scopes_one
select id from content where creator_id = :creator_id and deleted_at is null and :organization_id is not null
;
