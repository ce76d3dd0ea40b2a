-- why: the group key is the organization
-- level: hard
--@ scope organization

--! x030_view_totals
select items from org_live_totals where organization_id = :organization_id
;
