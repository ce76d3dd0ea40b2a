//! The statements of `tests/catalogs/calls`, for the peers that take them as text.

/// The limit of [`LIST`].
pub const LISTED: i64 = 100;

/// The limit of [`NESTED`].
pub const PARENTS: i64 = 20;

pub const GET: &str = "select id, title, slug, summary, body, status, price_cents, view_count, created_at from articles \
    where id = $1 and owner_id = $2 and deleted_at is null";

pub const LIST: &str = "select id, title, slug, summary, body, status, price_cents, view_count, created_at from articles \
    where owner_id = $1 and status = $2 and deleted_at is null order by created_at desc, id limit $3";

pub const INSERT: &str =
    "insert into events (owner_id, kind, detail, amount) values ($1, $2, $3, $4) returning id";

pub const UPDATE: &str = "update articles set title = $1, view_count = view_count + 1 \
    where id = $2 and owner_id = $3 and deleted_at is null";

pub const NESTED: &str = "select a.id, a.title, a.created_at, array(select x from (\
    select c.id, c.author, c.body, c.created_at from comments c \
    where c.article_id = a.id and c.deleted_at is null order by c.created_at, c.id) x) as comments \
    from articles a where a.owner_id = $1 and a.status = $2 and a.deleted_at is null \
    order by a.created_at desc, a.id limit $3";

pub const BULK: &str = "insert into events (owner_id, kind, detail, amount) \
    select $1, item.kind, item.detail, item.amount \
    from unnest($2::text[], $3::text[], $4::int4[]) item (kind, detail, amount)";
