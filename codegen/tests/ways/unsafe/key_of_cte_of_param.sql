-- why: one arm of the CTE is a parameter
-- kind: value
--@ scope organization

--! key_of_cte_of_param
with x as (select m.user_id as u from memberships m where m.organization_id = :organization_id union select :other)
insert into notes (id, organization_id, about_id)
select :id, :organization_id, x.u from x
;
