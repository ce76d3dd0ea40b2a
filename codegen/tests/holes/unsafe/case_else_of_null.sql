-- why: ELSE is also taken if the condition is NULL
-- kind: value
--@ scope organization

--! case_else_of_null
select id from content where deleted_at is null and case when organization_id <> :organization_id then false else true end
;
