--! either_way
select title from posts where organization_id = :org and id = 1 or organization_id = :org and state = 'draft';
