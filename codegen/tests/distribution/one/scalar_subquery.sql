--! scalar_subquery
select o.name, (select count(*) from posts p where p.organization_id = :org) from organizations o;
