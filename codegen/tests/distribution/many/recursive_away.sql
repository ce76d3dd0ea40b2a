--! recursive_away
with recursive chain as (
    select organization_id, id from posts where organization_id = :org and id = :id
    union
    select p.organization_id, p.id from posts p join chain c on p.id = c.id + 1
) select * from chain;
