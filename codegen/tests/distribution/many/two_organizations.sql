--! two_organizations
select p.title, q.title from posts p join posts q on q.id = p.id where p.organization_id = :org and q.organization_id = :other;
