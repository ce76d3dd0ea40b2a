--! beside_reference_tables
select o.name, a.name, p.title from posts p
join organizations o on o.id = p.organization_id left join people a on a.id = p.author
where p.organization_id = :org;
