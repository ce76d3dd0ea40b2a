-- why: COALESCE can be a parameter
-- kind: value
--@ scope organization

--! key_chosen_below_param
insert into notes (id, organization_id, about_id)
select :id, :organization_id, x.u from (select coalesce(n.about_id, :other) as u from notes n where n.organization_id = :organization_id) x
;
