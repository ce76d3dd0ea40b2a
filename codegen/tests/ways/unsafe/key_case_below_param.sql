-- why: CASE can choose a parameter
-- kind: value
--@ scope organization

--! key_case_below_param
insert into notes (id, organization_id, about_id)
select :id, :organization_id, x.u from (select case when m.role = 'x' then m.user_id else :other end as u from memberships m where m.organization_id = :organization_id) x
;
