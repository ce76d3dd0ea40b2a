--! condition_on_a_union
select u.t from (select organization_id, title as t from posts union all select organization_id, body from comments) u
where u.organization_id = :org;
