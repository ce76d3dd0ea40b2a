--! merge_by_id_alone
merge into notes n using (select :org::int as org, :id::int as id) s on n.id = s.id
when matched then update set body = 'new'
when not matched then insert (organization_id, id, body) values (s.org, s.id, 'merged');
