-- why: one arm reads rows of everybody
-- kind: value
--@ scope organization

--! key_of_union_of_any
insert into notes (id, organization_id, about_id)
select :id, :organization_id, x.u from (select m.user_id as u from memberships m where m.organization_id = :organization_id union all select m.user_id from memberships m where m.role = 'owner') x
;
