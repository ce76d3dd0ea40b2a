-- why: where ELSE is taken the condition can be NULL too
-- kind: value
--@ scope organization

--! case_else_of_null
select id from content where deleted_at is null and case when organization_id <> :organization_id then false else true end
;
