-- why: the output is a key of every grouping set
-- level: basic
--@ scope creator, organization

--! grouping_set_owner
insert into pins (id, creator_id, organization_id, content_id) select t.id, :creator_id, t.organization_id, t.id from (select organization_id, id, title from content where creator_id = :creator_id and organization_id = :organization_id and deleted_at is null group by organization_id, id, rollup (title)) t
;
