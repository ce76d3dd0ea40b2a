-- why: the sample is drawn over all tenants
-- kind: influence
--@ scope creator

--! x116_tablesample
select id from content tablesample system (10) where creator_id = :creator_id and deleted_at is null
;
