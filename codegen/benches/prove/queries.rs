//! Single queries that grow in one dimension each.

use std::fmt::Write as _;

pub const POLICY: &str = r#"
schema = ["schema.sql"]
[soft_delete]
column = "deleted_at"
[scopes.creator]
id = "users.id"
param = "creator_id"
column = "creator_id"
owns.users = "id"
via.comments = { table = "posts", where = "status <> 'gone'" }
"#;

/// The number of views in a chain in which each reads the previous one.
const VIEWS: usize = 48;

pub fn schema() -> String {
    let mut sql = "
        create table users (id uuid primary key, name text not null, deleted_at timestamptz);
        create table posts (
            id uuid primary key, creator_id uuid not null references users, parent_id uuid references posts,
            title text not null, body text, status text not null, price int not null, deleted_at timestamptz);
        create table comments (
            id uuid primary key, post_id uuid not null references posts, body text not null, deleted_at timestamptz);
        create view view_0 as select * from posts where deleted_at is null;"
        .to_owned();
    for number in 1..=VIEWS {
        let before = number - 1;
        let _ = write!(
            sql,
            "create view view_{number} as select v.* from view_{before} v where v.price >= {number};"
        );
    }
    sql
}

/// A file with one query.
pub fn one(sql: &str) -> String {
    format!("--@ scope creator\n\n--! query\n{sql};\n")
}

/// A dimension in which a query grows.
pub struct Dimension {
    pub name: &'static str,
    pub sizes: &'static [usize],
    pub sql: fn(usize) -> String,
}

const LARGE: &[usize] = &[50, 100, 200, 400];
/// The reader of the server's trees accepts about 50 nested queries.
const DEEP: &[usize] = &[12, 24, 48];
const MANY: &[usize] = &[100, 1_000, 4_000];

const LIVE: &str = "creator_id = :creator_id and deleted_at is null";

fn live(name: &str) -> String {
    format!("{name}.creator_id = :creator_id and {name}.deleted_at is null")
}

/// The pieces for each number up to `size`, joined by a separator.
fn list(size: usize, between: &str, piece: impl Fn(usize) -> String) -> String {
    (1..=size).map(piece).collect::<Vec<_>>().join(between)
}

/// A text that is wrapped `size` times.
fn nest(size: usize, core: String, around: impl Fn(usize, String) -> String) -> String {
    (1..=size).fold(core, |inner, number| around(number, inner))
}

#[rustfmt::skip]
pub fn dimensions() -> Vec<Dimension> {
    let dimension = |name, sizes, sql| Dimension { name, sizes, sql };
    vec![
        dimension("inner-joins", LARGE, |n| {
            let joins = list(n, "\n", |i| format!("join posts p{i} on p{i}.parent_id = p{}.id and {}", i - 1, live(&format!("p{i}"))));
            format!("select p0.id from posts p0 {joins} where {}", live("p0"))
        }),
        dimension("same-row", LARGE, |n| {
            let joins = list(n, "\n", |i| format!("join posts p{i} on p{i}.id = p{}.id", i - 1));
            format!("select p0.id from posts p0 {joins} where {}", live("p0"))
        }),
        dimension("same-row-below", LARGE, |n| {
            let exists = list(n, " and ", |i| format!("exists (select from posts q{i} where q{i}.id = p0.id)"));
            format!("select p0.id from posts p0 where {} and {exists}", live("p0"))
        }),
        dimension("comma-joins", LARGE, |n| {
            let tables = list(n, ", ", |i| format!("posts p{i}"));
            let conditions = list(n, " and ", |i| format!("p{i}.parent_id = p{}.id and {}", i - 1, live(&format!("p{i}"))));
            format!("select p0.id from posts p0, {tables} where {} and {conditions}", live("p0"))
        }),
        dimension("owner-chain", LARGE, |n| {
            let joins = list(n, "\n", |i| format!("join posts p{i} on p{i}.creator_id = p{}.creator_id and p{i}.deleted_at is null", i - 1));
            format!("select p0.id from posts p0 {joins} where {}", live("p0"))
        }),
        dimension("joins-via", LARGE, |n| {
            let joins = list(n, "\n", |i| format!("join comments c{i} on c{i}.post_id = p.id and c{i}.deleted_at is null"));
            format!("select p.id from posts p {joins} where {} and p.status <> 'gone'", live("p"))
        }),
        dimension("joins-via-in-vain", LARGE, |n| {
            let joins = list(n, "\n", |i| format!("join comments c{i} on c{i}.post_id = p{i}.id and c{i}.deleted_at is null join posts p{} on p{}.id = p{i}.id", i + 1, i + 1));
            format!("select p1.id from posts p1 {joins}")
        }),
        dimension("left-joins", LARGE, |n| {
            let joins = list(n, "\n", |i| format!("left join posts p{i} on p{i}.parent_id = p{}.id and {}", i - 1, live(&format!("p{i}"))));
            format!("select p0.id from posts p0 {joins} where {}", live("p0"))
        }),
        dimension("left-joins-reduced", LARGE, |n| {
            let joins = list(n, "\n", |i| format!("left join posts p{i} on p{i}.parent_id = p{}.id and {}", i - 1, live(&format!("p{i}"))));
            format!("select p0.id from posts p0 {joins} where {} and p{n}.price = 1", live("p0"))
        }),
        dimension("left-joins-nested", LARGE, |n| {
            let joins = nest(n, "posts p0".to_owned(), |i, inner| {
                let inner = if i == 1 { inner } else { format!("({inner})") };
                format!("posts p{i} left join {inner} on p{0}.parent_id = p{i}.id and {1}", i - 1, live(&format!("p{}", i - 1)))
            });
            format!("select p{n}.id from {joins} where {}", live(&format!("p{n}")))
        }),
        dimension("anti-joins", LARGE, |n| {
            let joins = list(n, "\n", |i| format!("left join posts p{i} on p{i}.parent_id = p0.id and {}", live(&format!("p{i}"))));
            let tests = list(n, " and ", |i| format!("p{i}.id is null"));
            format!("select p0.id from posts p0 {joins} where {} and {tests}", live("p0"))
        }),
        dimension("full-joins", LARGE, |n| {
            let joins = list(n, "\n", |i| format!("full join (select * from posts where {LIVE}) p{i} using (id)"));
            format!("select count(*) from (select * from posts where {LIVE}) p0 {joins}")
        }),
        dimension("from-subqueries", LARGE, |n| {
            let joins = list(n, "\n", |i| format!("join (select id, parent_id, creator_id from posts where deleted_at is null) p{i} on p{i}.parent_id = p{}.id and p{i}.creator_id = :creator_id", i - 1));
            format!("select p0.id from posts p0 {joins} where {}", live("p0"))
        }),
        dimension("from-limits", LARGE, |n| {
            let joins = list(n, "\n", |i| format!("left join lateral (select q.id from posts q where q.parent_id = p0.id and {} limit 1) p{i} on true", live("q")));
            format!("select p0.id from posts p0 {joins} where {}", live("p0"))
        }),
        dimension("conjuncts", MANY, |n| {
            format!("select id from posts where {LIVE} and {}", list(n, " and ", |i| format!("price <> {i}")))
        }),
        dimension("null-conjuncts", MANY, |n| {
            format!("select id from posts where {LIVE} and {}", list(n, " and ", |_| "(title <> body) is not true".to_owned()))
        }),
        dimension("nested-subqueries", DEEP, |n| {
            nest(n, format!("select * from posts where {LIVE}"), |i, inner| format!("select * from ({inner}) s{i} where price > {i}"))
        }),
        dimension("nested-limits", DEEP, |n| {
            nest(n, format!("select * from posts where {LIVE}"), |i, inner| format!("select * from ({inner} limit 10) s{i} where price > {i}"))
        }),
        dimension("nested-exists", DEEP, |n| {
            let inner = nest(n, "true".to_owned(), |i, inner| format!("exists (select 1 from posts p{} where p{}.parent_id = p{i}.id and {} and {inner})", i - 1, i - 1, live(&format!("p{}", i - 1))));
            format!("select id from posts p{n} where {} and {inner}", live(&format!("p{n}")))
        }),
        dimension("exists", LARGE, |n| {
            let tests = list(n, " and ", |_| "exists (select 1 from comments c where c.post_id = p.id and c.deleted_at is null)".to_owned());
            format!("select p.id from posts p where {} and p.status <> 'gone' and {tests}", live("p"))
        }),
        dimension("exists-limit", LARGE, |n| {
            let tests = list(n, " and ", |_| "exists (select 1 from comments c where c.post_id = p.id and c.deleted_at is null limit 1)".to_owned());
            format!("select p.id from posts p where {} and p.status <> 'gone' and {tests}", live("p"))
        }),
        dimension("not-exists", LARGE, |n| {
            let tests = list(n, " and ", |_| "not exists (select 1 from comments c where c.post_id = p.id and c.deleted_at is null)".to_owned());
            format!("select p.id from posts p where {} and p.status <> 'gone' and {tests}", live("p"))
        }),
        dimension("scalar-sublinks", LARGE, |n| {
            let counts = list(n, ", ", |i| format!("(select count(*) from comments c where c.post_id = p.id and c.deleted_at is null) as n{i}"));
            format!("select {counts} from posts p where {} and p.status <> 'gone'", live("p"))
        }),
        dimension("union", LARGE, |n| {
            format!("select id from posts where {LIVE} union all {}", list(n, " union all ", |i| format!("select id from posts where {LIVE} and price = {i}")))
        }),
        dimension("intersect", LARGE, |n| {
            format!("select id from posts where {LIVE} intersect {}", list(n, " intersect ", |i| format!("select id from posts where {LIVE} and price = {i}")))
        }),
        dimension("or-arms", MANY, |n| {
            format!("select id from posts where {LIVE} and ({})", list(n, " or ", |i| format!("(price = {i} and status = 'new')")))
        }),
        dimension("or-arms-own", MANY, |n| {
            format!("select id from posts where {}", list(n, " or ", |i| format!("({LIVE} and price = {i})")))
        }),
        dimension("and-of-or", MANY, |n| {
            format!("select id from posts where {LIVE} and {}", list(n, " and ", |i| format!("(price = {i} or status = 'new')")))
        }),
        dimension("and-or-nest", LARGE, |n| {
            let inner = nest(n, LIVE.to_owned(), |i, inner| format!("{LIVE} and (price = {i} or ({inner}))"));
            format!("select id from posts where {inner}")
        }),
        dimension("and-or-nest-exists", LARGE, |n| {
            let core = "exists (select 1 from comments c where c.post_id = p.id and c.deleted_at is null)".to_owned();
            let inner = nest(n, core, |i, inner| format!("p.status <> 'gone' and (p.price = {i} or ({inner}))"));
            format!("select id from posts p where {} and {inner}", live("p"))
        }),
        dimension("cte-chain", LARGE, |n| {
            let ctes = list(n, ", ", |i| match i {
                1 => format!("c1 as (select * from posts where {LIVE})"),
                _ => format!("c{i} as (select * from c{} where price > {i})", i - 1),
            });
            format!("with {ctes} select id from c{n}")
        }),
        dimension("cte-chain-doubling", &[16, 32, 64, 128], |n| {
            let ctes = list(n, ", ", |i| match i {
                1 => format!("c1 as (select * from posts where {LIVE})"),
                _ => format!("c{i} as (select a.* from c{0} a join c{0} b on a.id = b.parent_id)", i - 1),
            });
            format!("with {ctes} select id from c{n}")
        }),
        dimension("cte-readers", LARGE, |n| {
            let joins = list(n, "\n", |i| format!("join c c{i} on c{i}.parent_id = c0.id"));
            format!("with c as (select * from posts where {LIVE}) select c0.id from c c0 {joins}")
        }),
        dimension("case-nest", LARGE, |n| {
            let inner = nest(n, "price".to_owned(), |i, inner| format!("case when price > {i} then {inner} else 0 end"));
            format!("select {inner} as value from posts where {LIVE}")
        }),
        dimension("coalesce-nest", LARGE, |n| {
            let inner = nest(n, "body".to_owned(), |_, inner| format!("coalesce(nullif(title, ''), {inner})"));
            format!("select {inner} as value from posts where {LIVE}")
        }),
        dimension("in-list", MANY, |n| {
            format!("select id from posts where {LIVE} and price in ({})", list(n, ", ", |i| i.to_string()))
        }),
        dimension("views", DEEP, |n| format!("select id from view_{n} where creator_id = :creator_id")),
        dimension("insert-rows", MANY, |n| {
            let rows = list(n, ", ", |i| format!("(gen_random_uuid(), :creator_id, 'title {i}', 'new', {i})"));
            format!("insert into posts (id, creator_id, title, status, price) values {rows}")
        }),
        dimension("values-columns", LARGE, |n| {
            let row = list(n, ", ", |i| i.to_string());
            let names = list(n, ", ", |i| format!("c{i}"));
            format!("select * from (values ({row}), ({row})) v ({names})")
        }),
        dimension("columns", LARGE, |n| {
            format!("select {} from posts where {LIVE}", list(n, ", ", |i| format!("price + {i} as c{i}")))
        }),
    ]
}
