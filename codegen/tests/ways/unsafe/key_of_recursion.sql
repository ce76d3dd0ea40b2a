-- why: the recursive term reads notes of everybody
-- kind: value
--@ scope organization

--! key_of_recursion
with recursive x as (select m.user_id as u from memberships m where m.organization_id = :organization_id union select n.about_id from notes n join x on n.id = x.u)
insert into notes (id, organization_id, about_id)
select :id, :organization_id, x.u from x
;
