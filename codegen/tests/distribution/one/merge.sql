--! merge
merge into posts p using (select :org::int as org, :id::int as id) s on p.organization_id = s.org and p.id = s.id
when matched then update set views = 0
when not matched then insert (organization_id, id, title) values (s.org, s.id, 'merged');
