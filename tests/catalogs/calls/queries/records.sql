--@ scope owner

--! list_discussed
--- Articles with their comments, as records.
select a.id, a.title, a.created_at, array(
    select x
    from (
        select c.id, c.author, c.body, c.created_at
        from comments c
        where c.article_id = a.id and c.deleted_at is null
        order by c.created_at, c.id
    ) x
) as comments
from articles a
where a.owner_id = :owner_id and a.status = :status and a.deleted_at is null
order by a.created_at desc, a.id
limit :count;
