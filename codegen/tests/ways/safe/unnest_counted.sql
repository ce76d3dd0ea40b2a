-- why: a left join from the elements of the set
-- level: hard
--@ scope organizations

--! unnest_counted
select o.id, count(n.id) from unnest(:organization_ids::int[]) o (id) left join notes n on n.organization_id = o.id group by o.id
;
