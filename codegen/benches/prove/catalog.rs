//! A catalog of any size: similar tables, and for each of them twenty queries of the kinds that applications have.

use std::fmt::Write as _;

/// The number of queries for each table.
pub const QUERIES_OF_A_TABLE: usize = 20;

/// The policy in `sqlward.toml`. Top-level keys can be put before it, and sections after it.
pub const POLICY: &str = r#"
schema = ["schema.sql"]
[soft_delete]
column = "deleted_at"
[scopes.creator]
id = "users.id"
param = "creator_id"
column = "creator_id"
owns.users = "id"
"#;

/// The schema with this number of tables.
pub fn schema(tables: usize) -> String {
    let mut sql =
        "create table users (id uuid primary key, name text not null, deleted_at timestamptz);\n".to_owned();
    for number in 1..=tables {
        let _ = writeln!(
            sql,
            "create table items_{number} (
                id uuid primary key default gen_random_uuid(), creator_id uuid not null references users,
                title text not null, body text, status text not null check (status in ('draft', 'published')),
                price int not null, position int, created_at timestamptz not null default now(),
                updated_at timestamptz, deleted_at timestamptz, unique (creator_id, title));"
        );
    }
    sql
}

/// The queries for a table, with their names.
pub fn queries(table: usize) -> [(&'static str, String); QUERIES_OF_A_TABLE] {
    QUERIES.map(|(name, sql)| {
        let own = "creator_id = :creator_id and deleted_at is null";
        (name, sql.replace("TABLE", &format!("items_{table}")).replace("OWN", own))
    })
}

const QUERIES: [(&str, &str); QUERIES_OF_A_TABLE] = [
    ("get", "select * from TABLE where id = :id and OWN"),
    ("get_by_title", "select * from TABLE where title = :title and OWN"),
    ("is_there", "select exists (select 1 from TABLE where id = :id and OWN) as found"),
    ("list", "select * from TABLE where OWN order by created_at desc limit :count"),
    ("list_in_order", "select id, title, price from TABLE where OWN and status = :status order by position"),
    ("list_by_price", "select id, title from TABLE where OWN and price between :low and :high"),
    ("list_some", "select id, title from TABLE where OWN and id = any (:ids)"),
    ("search", "select id, title from TABLE where OWN and (title ilike :term or body ilike :term)"),
    (
        "list_with_creator",
        "select i.id, i.title, u.name from TABLE i join users u on u.id = i.creator_id and u.deleted_at is null \
         where i.creator_id = :creator_id and i.deleted_at is null",
    ),
    (
        "creator_with_items",
        "select u.name, i.title from users u left join TABLE i on i.creator_id = u.id and i.deleted_at is null \
         where u.id = :creator_id and u.deleted_at is null",
    ),
    ("count_by_status", "select status, count(*) as items from TABLE where OWN group by status"),
    (
        "totals",
        "select count(*) as items, sum(price) as total, max(created_at) as latest from TABLE where OWN",
    ),
    (
        "rank",
        "select id, row_number() over (partition by creator_id order by price) as rank from TABLE where OWN",
    ),
    (
        "recent",
        "with recent as (select * from TABLE where OWN order by created_at desc limit 10) \
         select id, title from recent where price > 0",
    ),
    (
        "add",
        "insert into TABLE (creator_id, title, body, status, price) \
         values (:creator_id, :title, :body, 'draft', :price) returning *",
    ),
    (
        "add_if_new",
        "insert into TABLE (creator_id, title, status, price) values (:creator_id, :title, 'draft', 0) \
         on conflict (creator_id, title) do nothing",
    ),
    (
        "update",
        "update TABLE set title = :title, body = :body, updated_at = now() where id = :id and OWN returning *",
    ),
    ("set_status", "update TABLE set status = :status where id = any (:ids) and OWN"),
    ("move_to", "update TABLE set position = :position where id = :id and OWN"),
    ("remove", "update TABLE set deleted_at = now() where id = :id and OWN"),
];

/// The queries of these tables as one file.
pub fn file(tables: std::ops::RangeInclusive<usize>) -> String {
    let mut text = "--@ scope creator\n".to_owned();
    for (table, (name, sql)) in tables.flat_map(|table| queries(table).map(|query| (table, query))) {
        let _ = writeln!(text, "\n--! {name}_{table}\n{sql};");
    }
    text
}
