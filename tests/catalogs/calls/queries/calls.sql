--@ scope owner

--! get_article
--- One row by its primary key.
select id, title, slug, summary, body, status, price_cents, view_count, created_at
from articles
where id = :id and owner_id = :owner_id and deleted_at is null;

--! list_articles
--- The newest articles.
select id, title, slug, summary, body, status, price_cents, view_count, created_at
from articles
where owner_id = :owner_id and status = :status and deleted_at is null
order by created_at desc, id
limit :count;

--! add_event
--- Inserts one row.
insert into events (owner_id, kind, detail, amount)
values (:owner_id, :kind, :detail, :amount)
returning id;

--! rename_article
--- Updates one row, if it belongs to the owner.
update articles set title = :title, view_count = view_count + 1
where id = :id and owner_id = :owner_id and deleted_at is null;

--! list_discussed_as_json
--- Articles with their comments, as JSON.
select a.id, a.title, a.created_at, (
    select coalesce(
        jsonb_agg(
            jsonb_build_object('id', c.id, 'author', c.author, 'body', c.body, 'created_at', c.created_at)
            order by c.created_at, c.id
        ),
        '[]'
    )
    from comments c
    where c.article_id = a.id and c.deleted_at is null
) as comments
from articles a
where a.owner_id = :owner_id and a.status = :status and a.deleted_at is null
order by a.created_at desc, a.id
limit :count;

--! add_events
--- Inserts many rows.
insert into events (owner_id, kind, detail, amount)
select :owner_id, item.kind, item.detail, item.amount
from unnest(:kind::text[], :detail::text[], :amount::int4[]) item (kind, detail, amount);
