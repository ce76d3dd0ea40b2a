--! outer_condition_on_a_lateral
select p.title, l.n from posts p cross join lateral (select count(*) as n from comments c where c.post = p.id) l where p.organization_id = :org;
