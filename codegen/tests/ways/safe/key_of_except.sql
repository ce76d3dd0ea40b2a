-- why: the left side of EXCEPT gives users of visible rows
-- level: basic
--@ scope organization

--! key_of_except
insert into notes (id, organization_id, about_id)
select :id, :organization_id, x.u from (select m.user_id as u from memberships m where m.organization_id = :organization_id except select n.about_id from notes n where n.organization_id = :organization_id) x
;
