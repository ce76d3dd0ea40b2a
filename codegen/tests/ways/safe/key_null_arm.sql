-- why: one arm of the UNION is NULL
-- level: basic
--@ scope organization

--! key_null_arm
insert into notes (id, organization_id, about_id)
select :id, :organization_id, coalesce(x.u, y.user_id) from (select m.user_id as u from memberships m where m.organization_id = :organization_id union select null) x, memberships y where y.organization_id = :organization_id
;
