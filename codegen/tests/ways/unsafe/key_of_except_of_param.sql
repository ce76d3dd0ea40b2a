-- why: the left side is a parameter
-- kind: value
--@ scope organization

--! key_of_except_of_param
insert into notes (id, organization_id, about_id)
select :id, :organization_id, x.u from (select :other::int as u except select m.user_id as u from memberships m where m.organization_id = :organization_id) x
;
