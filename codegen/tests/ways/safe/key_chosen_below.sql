-- why: COALESCE in a subquery, of keys of visible rows
-- level: basic
--@ scope organization

--! key_chosen_below
insert into notes (id, organization_id, about_id)
select :id, :organization_id, x.u from (select coalesce(n.about_id, m.user_id) as u from memberships m left join notes n on n.organization_id = m.organization_id where m.organization_id = :organization_id) x
;
