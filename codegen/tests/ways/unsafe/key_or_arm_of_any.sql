-- why: one arm of the union reads rows of everybody
-- kind: value
--@ scope organization

--! key_or_arm_of_any
insert into notes (id, organization_id, about_id)
select :id, :organization_id, x.u from (select m.user_id as u from memberships m where m.organization_id = :organization_id or m.role = 'owner' union select null) x
;
