-- why: the output is a copy of the key that a grouping set replaces by NULL
-- kind: write
--@ scope creator, organization

--! grouping_set_blanks_owner
insert into pins (id, creator_id, organization_id, content_id) select t.id, :creator_id, t.here, t.id from (select s.there, s.here, s.id from (select organization_id as there, organization_id as here, id from content where creator_id = :creator_id and organization_id = :organization_id and deleted_at is null) s group by s.there, s.id, rollup (s.here)) t
;
