-- why: UPDATE from a UNION
-- level: basic
--@ scope organization

--! key_of_union_updated
update notes n set about_id = x.u from (select m.user_id as u from memberships m where m.organization_id = :organization_id union select m.user_id as u from memberships m where m.organization_id = :organization_id and m.role = 'owner') x where n.id = :id and n.organization_id = :organization_id
;
