//! Covered variants are not proven one by one (`analyse::covered`). Here they are, and everything must be the same.

#[path = "../benches/prove/compiler.rs"]
mod compiler;

use std::fmt::Write as _;
use std::path::Path;

use compiler::{Compiler, Workload};
use sqlward_codegen::analyse::Analysed;
use sqlward_codegen::diagnostics::Diagnostics;
use sqlward_codegen::infer::{self, Knowledge};
use sqlward_codegen::prove::{self, Distribution};

const SCHEMA: &str = "
    create table users (id uuid primary key, name text not null, deleted_at timestamptz);
    create table posts (
        id uuid primary key, creator_id uuid not null references users, parent_id uuid references posts,
        title text not null, body text, status text not null, price int not null, deleted_at timestamptz);
    create table tags (
        id uuid primary key, creator_id uuid not null references users, post_id uuid not null references posts,
        word text not null, deleted_at timestamptz);";

const POLICY: &str = r#"
schema = ["schema.sql"]
[soft_delete]
column = "deleted_at"
[scopes.creator]
id = "users.id"
param = "creator_id"
column = "creator_id"
owns.users = "id"
[scopes.public]
rows.posts = { where = "status = 'published'", columns = ["id", "title", "price", "status"] }
rows.users = { columns = ["id", "name"] }
"#;

/// The query with its covered variants as ordinary ones.
fn whole(query: &Analysed) -> Analysed {
    let mut whole = query.clone();
    for text in std::mem::take(&mut whole.covered) {
        whole.variants.push((text.variant, text.read().expect("what is like what was read can be read")));
    }
    whole.variants.sort_by_key(|(found, _)| {
        (!found.total, found.sort, found.after, found.given.count_ones(), found.given)
    });
    whole
}

/// All that is inferred and proven of queries, as text.
fn told(compiler: &Compiler, workload: &Workload, analysed: Vec<Analysed>) -> String {
    let mut diagnostics = Diagnostics::default();
    let knowledge = Knowledge::new(&mut diagnostics, &compiler.schema, &workload.project.config);
    let typed = infer::infer(&mut diagnostics, &knowledge, analysed);
    let mut told = String::new();
    for query in &typed.queries {
        let found = prove::examine(&workload.project.sources, &compiler.schema, &workload.policy, query);
        let _ = writeln!(told, "{}\n{:#?}", query.decl.path(), query.signature);
        let _ = writeln!(
            told,
            "{:#?}{:#?}{:#?}{:#?}",
            found.derivations, found.diagnostics, found.waivers, found.fired
        );
    }
    let distribution = Distribution::by(&compiler.schema, &["creator_id".to_owned()]).expect("there is one");
    let (sources, schema) = (&workload.project.sources, &compiler.schema);
    let _ = writeln!(told, "{:#?}", typed.rows);
    let (_, queries) = typed.take_queries();
    let judged = prove::prove(&mut diagnostics, sources, schema, &workload.policy, queries);
    for query in judged.proven.iter().map(|proven| &**proven).chain(&judged.rejected) {
        let placement = distribution.place(sources, schema, &workload.policy, query);
        let _ = writeln!(told, "{} {:?} {:?}", query.decl().path(), placement.shards, placement.keys);
    }
    let _ = writeln!(told, "{:#?}", diagnostics.into_sorted());
    told
}

/// Checks these queries. Returns the number of variants that are proven, and of those that are covered.
fn check(compiler: &mut Compiler, text: &str) -> (usize, usize) {
    let workload = compiler.analyse(text);
    let count = |of: fn(&Analysed) -> usize| workload.analysed.iter().map(of).sum();
    let counts = (count(|query| query.variants.len()), count(|query| query.covered.len()));
    let all = workload.analysed.iter().map(whole).collect();
    let (some, all) = (told(compiler, &workload, workload.analysed.clone()), told(compiler, &workload, all));
    let differ = some.lines().zip(all.lines()).position(|(some, all)| some != all);
    let around = |text: &str| {
        let from = differ.unwrap_or(0).saturating_sub(8);
        text.lines().skip(from).take(20).collect::<Vec<_>>().join("\n")
    };
    assert!(some == all, "of {text}\nsome:\n{}\nall:\n{}", around(&some), around(&all));
    counts
}

fn query(sql: &str) -> String {
    format!("--@ scope creator\n\n--! query\n{sql}\n;\n")
}

#[test]
fn conditions_come_together_without_being_looked_at_again() {
    let mut compiler = Compiler::start(SCHEMA, POLICY);
    let lines = "
        and p.title = :title          --? title
        and p.price > :least          --? least
        and p.price < :most           --? most
        and p.body is null            --? empty
        and exists (select 1 from tags t where t.post_id = p.id and t.creator_id = :creator_id
            and t.deleted_at is null) -- not marked
        and p.status = :status        --? status";
    let start =
        "select p.id, p.title, p.body from posts p where p.creator_id = :creator_id and p.deleted_at is null";
    // No line, each of the five, and all.
    assert_eq!(check(&mut compiler, &query(&format!("{start}{lines}"))), (7, 25));
    // The same for each order; all lines together only in the last one.
    let sorts = "order by p.title, p.id --? sort title\n-- order by p.price, p.id --? sort price";
    assert_eq!(check(&mut compiler, &query(&format!("{start}{lines}\n{sorts}\n"))), (13, 51));
    // With the total of a page, and with a page after a cursor.
    let total =
        query(&format!("{start}{lines}\norder by p.id\n")).replace("--! query", "--@ page total\n--! query");
    assert_eq!(check(&mut compiler, &total), (13, 51));
    let keyset =
        query(&format!("{start}{lines}\norder by p.id\n")).replace("--! query", "--@ keyset\n--! query");
    assert_eq!(check(&mut compiler, &keyset), (8, 56));
}

#[test]
fn twelve_lines_take_fourteen_proofs() {
    let mut compiler = Compiler::start(SCHEMA, POLICY);
    let line = |number: u32| format!("    and p.price <> {number} + :p{number}::int --? p{number}\n");
    let lines: String = (1..=12).map(line).collect();
    let sql = format!(
        "select p.id from posts p where p.creator_id = :creator_id and p.deleted_at is null\n{lines}"
    );
    let workload = compiler.analyse(&query(&sql));
    let [query] = &workload.analysed[..] else { panic!("{:#?}", workload.complaints()) };
    assert_eq!((query.variants.len(), query.covered.len()), (14, 4096 - 14));
    assert_eq!(workload.complaints(), [""; 0]);
}

#[test]
fn whatever_is_marked_what_is_told_is_the_same() {
    let mut compiler = Compiler::start(SCHEMA, POLICY);
    let own = "p.creator_id = :creator_id and p.deleted_at is null";
    let statements = [
        // The conditions that make the query safe are optional lines themselves.
        "select p.id from posts p where p.price > 0\nand p.creator_id = :creator_id --? mine\nand p.deleted_at is null --? live\nand p.title = :title --? title".to_owned(),
        // An optional line can be an arm of OR.
        format!("select p.id from posts p where {own}\nand p.title = :title --? title\nor p.price > :least --? least\nand p.body is null --? empty"),
        format!("select p.id from posts p where p.price = 1\nor {own}\nand p.title = :title --? title\nand p.price > :least --? least\nand p.body is null --? empty"),
        // Lines that are only valid together.
        format!("select p.id from posts p where {own}\nand p.price between :least --? least\nand :most --? most\nand p.body is null --? empty"),
        // Conditions outside of WHERE.
        format!("select p.id, t.word from posts p left join tags t on t.post_id = p.id and t.creator_id = :creator_id and t.deleted_at is null\nand t.word = :word --? word\nand t.word <> :other --? other\nwhere {own}\nand p.title = :title --? title"),
        format!("select p.id, t.word from posts p left join tags t on t.post_id = p.id and t.creator_id = :creator_id and t.deleted_at is null where {own}\nand t.word = :word --? word\nand t.id is null --? without\nand p.title = :title --? title"),
        format!("select p.status, count(*) as n, max(p.body) as body from posts p where {own}\nand p.title = :title --? title\nand p.price > :least --? least\ngroup by p.status\nhaving count(*) > 1 --? many"),
        format!("select p.id from posts p where {own} and not exists (select 1 from tags t where t.post_id = p.id and t.creator_id = :creator_id and t.deleted_at is null\nand t.word = :word --? word\nand t.word > :other --? other\n)\nand p.title = :title --? title"),
        format!("select q.id, q.body from (select * from posts p where {own}\nand p.title = :title --? title\nand p.price > :least --? least\nlimit 5) q where q.price > 0\nand q.body = :body --? body\nand q.body <> :other --? other"),
        format!("select p.id from posts p where {own}\nand p.title = :title --? title\nand p.price > :least --? least\nunion all select p.id from posts p where {own}\nand p.body is null --? empty"),
        format!("with c as (select * from posts p where {own}\nand p.title = :title --? title\n) select p.id from c p where true\nand p.price > :least --? least\nand exists (select 1 from c where c.parent_id = p.id) --? parents\nand p.body is null --? empty"),
        // FILTER restricts the rows of a join if WHERE does not use them.
        format!("select p.id, count(distinct t.id) filter (where t.deleted_at is null) as tags, count(distinct c.id) filter (where c.deleted_at is null) as children from posts p left join tags t on t.post_id = p.id and t.creator_id = :creator_id left join posts c on c.parent_id = p.id and c.creator_id = :creator_id where {own}\nand p.title = :title --? title\nand t.id is not null and t.deleted_at is null --? tagged\nand c.price > :least and c.deleted_at is null --? least\ngroup by p.id"),
        format!("select p.id, count(t.id) filter (where t.deleted_at is null) as tags from posts p left join tags t on t.post_id = p.id and t.creator_id = :creator_id where {own}\nand p.title = :title --? title\nand coalesce(t.word, 'x') = :word --? word\nand t.word is null --? without\ngroup by p.id"),
        // Different cardinalities: exactly one row, at most one, many.
        "select count(*) as n from users where true\nand id = :creator_id --? a\nand deleted_at is null --? b\nand name = :name --? c".to_owned(),
        "select 1 as one, :x::text as x\nwhere true --? a\nand :y::int > 1 --? a, y\nand :z::int > 1 --? a, z".to_owned(),
        format!("select p.title from posts p where {own}\nand p.id = :id --? id\nand p.title = :title --? title\nand p.price = 1 --? cheap"),
        // Writes.
        format!("update posts p set title = :new where {own}\nand p.title = :title --? title\nand p.price > :least --? least\nand p.body is null --? empty"),
        "insert into tags (id, creator_id, post_id, word) select gen_random_uuid(), :creator_id, p.id, 'new' from posts p where p.creator_id = :creator_id and p.deleted_at is null\nand p.title = :title --? title\nand p.price > :least --? least\nand p.body is null --? empty".to_owned(),
        "delete from posts p where p.creator_id = :creator_id\nand p.title = :title --? title\nand p.price > :least --? least\nand p.body is null --? empty".to_owned(),
        // Names that look like fields of a tree.
        format!("select p.id as \":location\", p.title as \":location 5\", p.price as \"{{QUERY :quals\" from posts p where {own}\nand p.title = ' :location 7 ' --? a\nand p.title = ' :location 8 ' --? b\nand p.title <> ':location' --? c"),
    ];
    for sql in &statements {
        check(&mut compiler, &query(sql));
        check(&mut compiler, &query(sql).replace("scope creator", "scope public"));
        check(&mut compiler, &query(sql).replace("scope creator", "scope creator, public"));
    }
    // One line makes the rows visible, the others are about a column that may not be read in this scope.
    let public = "--@ scope public\n\n--! query\nselect p.id from posts p where p.deleted_at is null\nand p.status = 'published' --? published\nand p.body is null --? empty\nand p.price > 1 --? dear\n;\n";
    check(&mut compiler, public);
}

/// Each of these queries has a text that must not count as covered by the others.
#[test]
fn what_is_not_put_together_is_looked_at() {
    let mut compiler = Compiler::start(SCHEMA, POLICY);
    // Here the marks decide to which query a WHERE belongs. In one text it is in an expression of ORDER BY that is in the select
    // list already, so that it leaves no trace in the tree.
    let moved = "select p.id, array(select id as s from posts where creator_id = :creator_id and deleted_at is null order by s) as s
from
(select * from --? narrow
posts
where creator_id = :creator_id and deleted_at is null) --? narrow
p
order by s, array(select id as s from posts --? wide
where creator_id = :creator_id and deleted_at is null
order by s
) --? wide
";
    let workload = compiler.analyse(&query(moved));
    assert_eq!(workload.complaints(), [""; 0]);
    let found =
        prove::examine(&workload.project.sources, &compiler.schema, &workload.policy, &workload.queries[0]);
    assert!(!found.diagnostics.is_empty(), "all rows of all users");
    check(&mut compiler, &query(moved));
    // Each of two subqueries can be empty, and both of them only in a text that is not the combination of the others.
    let coalesced = "select coalesce(a.x, b.x) as x from users u
left join (select 1 as x where true
and :y::int > 1 --? y
) a on true
left join (select 2 as x where true
and :z::int > 1 --? z
) b on true
where u.id = :creator_id and u.deleted_at is null
and a.x = 1 --? first";
    check(&mut compiler, &query(coalesced));
    let arms = "select q.x from (select 1 as x where true
and :y::int > 1 --? y
union all select 2 as x where true
and :z::int > 1 --? z
union all select 3 as x --? three
) q limit 1";
    check(&mut compiler, &query(arms));
    // Each condition reads on one shard, both together on two, and the third one makes these the same.
    let shards = "select u.id from users u where u.deleted_at is null and :x::uuid is not null and :y::uuid is not null
and exists (select 1 from tags t where t.creator_id = :x and t.deleted_at is null) --? marked
and exists (select 1 from posts p where p.creator_id = :y and p.deleted_at is null) --? written
and :x = :y --? same";
    check(&mut compiler, &query(shards).replace("scope creator", "scope system: \"all users\""));
}

#[test]
fn the_reference_catalog_is_the_same() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let mut compiler = Compiler::start(&read("schema.sql"), read("sqlward.toml").leak());
    let mut counts = (0, 0);
    for entry in std::fs::read_dir(root.join("queries")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let (some, others) = check(&mut compiler, &text);
        counts = (counts.0 + some, counts.1 + others);
    }
    println!("{} texts are looked at, {} are not", counts.0, counts.1);
    assert!(counts.0 < counts.1, "{counts:?}");
}
