-- why: the key is of another row than the one in scope
-- kind: value
--@ scope organization

--! key_made_of_other_row
insert into notes (id, organization_id, about_id)
select :id, :organization_id, x.u from (select m.user_id as u from memberships m where m.organization_id = :organization_id union all select o.user_id from memberships m, memberships o where m.organization_id = :organization_id) x
;
