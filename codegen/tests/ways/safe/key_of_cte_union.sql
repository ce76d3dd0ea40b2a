-- why: the same with a CTE
-- level: basic
--@ scope organization

--! key_of_cte_union
with x as (select m.user_id as u from memberships m where m.organization_id = :organization_id union select n.about_id from notes n where n.organization_id = :organization_id)
insert into notes (id, organization_id, about_id)
select :id, :organization_id, x.u from x where x.u is not null limit 1
;
