--! left_join_by_parameter
select o.name, p.title from organizations o
left join posts p on p.organization_id = :org and p.id = o.id;
