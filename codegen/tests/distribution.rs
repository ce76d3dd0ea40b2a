//! `sqlward audit --distribution`. A query that needs one shard must have the same result and effect if the rows of all other
//! shards are missing: it is executed with and without them, with many arguments. For a query that needs several shards some
//! execution must differ, or its file says why none does.
//!
//! A new case is a new file under `tests/distribution/`, in the folder of its verdict.

use std::path::Path;

use postgres::{Client, NoTls, SimpleQueryMessage};
use sqlward_codegen::project::ProjectOptions;
use sqlward_codegen::prove::{Distribution, Judged, Placement, Shards};
use sqlward_codegen::{Compilation, Options, compile};
use sqlward_server::Server;

/// The maximum number of argument lists with which a query is executed.
const MOST_CALLS: usize = 120;

#[test]
fn cases_are_told_apart_and_shown_to_be() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/distribution");
    let compilation = compiled(&root);
    let mut database = Database::new(&root.join("schema.sql"), &root.join("data.sql"));
    let (mut wrong, mut folders) = (Vec::new(), [0; 3]);
    for (query, placement) in placed(&compilation) {
        let path = compilation.project.sources.path(query.decl().name.span);
        let folder = path.parent().and_then(Path::file_name).expect("it is in a folder").to_string_lossy();
        let text = std::fs::read_to_string(root.join(path)).expect("the case can be read");
        let label = |key: &str| text.lines().find_map(|line| line.strip_prefix(&format!("-- {key}: ")));
        let expected = match &*folder {
            "one" => Shards::One,
            "many" => Shards::Many,
            _ => Shards::None,
        };
        folders[expected as usize] += 1;
        let name = &query.decl().name.value;
        // A query that needs several shards is tried on the shard of `:org`.
        let key = placement.keys.first().map_or(":org", String::as_str);
        let otherwise = label("key").unwrap_or("1");
        let seen = database.examine(query, |call| argument(query, key, call).unwrap_or(otherwise).to_owned());
        if placement.shards != expected {
            wrong.push(format!("{folder}/{name} is judged otherwise: {placement:#?}"));
        }
        match expected {
            Shards::One | Shards::None => wrong.extend(seen.needs_others),
            Shards::Many if seen.needs_others.is_some() == label("same").is_some() => {
                wrong.push(format!("{folder}/{name}: {:?}", seen.needs_others));
            }
            Shards::Many => {}
        }
        if seen.telling == 0 && label("same").is_none() {
            wrong.push(format!("{folder}/{name} does nothing with any argument"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    println!("{folders:?} cases of no, one and several shards");
    assert!(folders.iter().zip([4, 40, 45]).all(|(cases, least)| *cases >= least), "{folders:?}");
}

/// A table's partitions are distributed like the table.
#[test]
fn a_partition_is_distributed_with_its_table() {
    let compilation = compiled(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/distribution"));
    let Compilation { project, schema, policy, .. } = &compilation;
    let distribution =
        Distribution::by(schema, &["visits.organization_id".to_owned()]).expect("there is one");
    let queries = compilation.queries();
    let query = queries.iter().find(|query| query.decl().name.value == "partition_by_id_alone");
    let placement =
        distribution.place(&project.sources, schema, policy, query.expect("it is one of the cases"));
    assert_eq!(placement.shards, Shards::Many);
}

/// The queries of the Codex catalog, with all optional lines.
#[test]
fn single_shard_queries_of_codex_need_no_other_shard() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let compilation = compiled(&root);
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/distribution/codex.sql");
    let mut database = Database::new(&root.join("schema.sql"), &data);
    let (mut queries, mut telling, mut silent, mut wrong) = (0, 0, Vec::new(), Vec::new());
    for (query, placement) in placed(&compilation) {
        if placement.shards != Shards::One {
            continue;
        }
        let key = placement.keys.first().expect("one shard has a key");
        let seen =
            database.examine(query, |call| argument(query, key, call).expect("it is a parameter").to_owned());
        queries += 1;
        telling += seen.telling;
        wrong.extend(seen.needs_others);
        if seen.telling == 0 {
            silent.push(query.decl().path());
        }
    }
    println!("{queries} queries of one shard, {telling} calls with an effect, without one: {silent:?}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(queries >= 40 && silent.len() * 3 < queries, "{queries} queries, {silent:?}");
}

fn compiled(root: &Path) -> Compilation {
    let project = ProjectOptions { config: root.join("sqlward.toml"), ..ProjectOptions::default() };
    compile(&Options { project, ..Options::default() }, &|_| {}).expect("the environment is fine")
}

fn placed(compilation: &Compilation) -> Vec<(&Judged, Placement)> {
    let Compilation { project, schema, policy, .. } = compilation;
    let distribution =
        Distribution::by(schema, &["organization_id".to_owned()]).expect("there is the column");
    let place = |query| (query, distribution.place(&project.sources, schema, policy, query));
    compilation.queries().into_iter().map(place).collect()
}

/// The value of `:name` in a call.
fn argument<'c>(query: &Judged, name: &str, call: &'c [String]) -> Option<&'c str> {
    let params = &query.decl().sql.params;
    let position = params.iter().position(|param| Some(param.name.as_str()) == name.strip_prefix(':'))?;
    Some(&call[position])
}

/// What the executions of a query have shown.
#[derive(Default)]
struct Seen {
    /// A call for which the rows of one shard are not enough, and the difference.
    needs_others: Option<String>,
    /// The number of calls that returned or changed a row.
    telling: usize,
}

#[derive(Default)]
struct Outcome {
    rows: Vec<String>,
    count: u64,
    /// All rows of the shard and of tables that are not distributed, after the call.
    after: Vec<String>,
}

impl Outcome {
    /// The rows that another outcome does not have.
    fn without(&self, other: &Outcome) -> Vec<&String> {
        let rows = self.rows.iter().filter(|row| !other.rows.contains(row));
        rows.chain(self.after.iter().filter(|row| !other.after.contains(row))).collect()
    }
}

/// A database with rows of two shards.
struct Database {
    client: Client,
    /// The tables, and whether they are distributed.
    tables: Vec<(String, bool)>,
    _server: Server,
}

impl Database {
    fn new(schema: &Path, data: &Path) -> Database {
        let server = Server::builder().start().expect("a server starts");
        let mut client = Client::connect(&server.url(), NoTls).expect("it can be reached");
        for file in [schema, data] {
            let text = std::fs::read_to_string(file).expect("it can be read");
            client.batch_execute(&text).unwrap_or_else(|error| panic!("{}: {error:?}", file.display()));
        }
        let tables = "select relname::text, exists (select from pg_attribute where attrelid = c.oid and attname = 'organization_id')
            from pg_class c where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1";
        let tables = client.query(tables, &[]).expect("they can be listed");
        let tables = tables.iter().map(|row| (row.get(0), row.get(1))).collect();
        Database { client, tables, _server: server }
    }

    /// Executes a query with many arguments, on all rows and on those of the one shard that should be enough.
    fn examine(&mut self, query: &Judged, shard: impl Fn(&[String]) -> String) -> Seen {
        let mut seen = Seen::default();
        for call in calls(query) {
            let shard = shard(&call);
            let [whole, alone] = self.in_both_worlds(query, &call, &shard);
            let Ok(whole) = whole else { continue };
            let told = match alone {
                Ok(alone) => {
                    seen.telling += usize::from(whole.count + alone.count > 0);
                    let different = whole.without(&alone).into_iter().chain(alone.without(&whole));
                    let different: Vec<_> = different.collect();
                    if different.is_empty() && whole.count == alone.count {
                        continue;
                    }
                    format!("{different:?}")
                }
                Err(error) => error,
            };
            seen.needs_others = Some(format!("{} with {call:?} on {shard}: {told}", query.decl().path()));
        }
        seen
    }

    /// Executes a call with all rows, and without those of other shards, in one transaction, so that `now()` is the same.
    fn in_both_worlds(
        &mut self,
        query: &Judged,
        call: &[String],
        shard: &str,
    ) -> [Result<Outcome, String>; 2] {
        let spread: Vec<_> =
            self.tables.iter().filter(|(_, spread)| *spread).map(|(table, _)| table).collect();
        let of_others = format!("where organization_id::text is distinct from {shard}::text");
        let others =
            spread.iter().map(|table| format!("select '{table} ' || t::text from {table} t {of_others}"));
        let others = others.collect::<Vec<_>>().join(" union all ");
        let delete: String = spread.iter().map(|table| format!("delete from {table} {of_others};")).collect();
        self.command("begin");
        let before = self.rows(&others);
        self.command("savepoint start");
        let mut whole = self.execute(query, call, shard);
        if let Ok(whole) = &mut whole {
            let after = self.rows(&others).into_iter();
            // Changes of the rows of other shards can be seen only with all rows.
            whole
                .after
                .extend(after.filter(|row| !before.contains(row)).map(|row| format!("elsewhere: {row}")));
        }
        self.command("rollback to start; deallocate all");
        self.command(&format!(
            "set local session_replication_role = replica; {delete} set local session_replication_role = origin"
        ));
        let alone = self.execute(query, call, shard);
        self.command("rollback; deallocate all");
        [whole, alone]
    }

    fn rows(&mut self, text: &str) -> Vec<String> {
        let rows = self.client.query(text, &[]).unwrap_or_else(|error| panic!("{text}: {error:?}"));
        rows.iter().map(|row| row.get(0)).collect()
    }

    fn command(&mut self, text: &str) {
        self.client.batch_execute(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    }

    fn execute(&mut self, query: &Judged, call: &[String], shard: &str) -> Result<Outcome, String> {
        let rows = self.tables.iter().map(|(table, spread)| {
            let of_shard =
                if *spread { format!("where organization_id::text = {shard}::text") } else { String::new() };
            format!("select '{table} ' || t::text from {table} t {of_shard}")
        });
        let after = rows.collect::<Vec<_>>().join(" union all ");
        let types: Vec<_> = query.signature().params.iter().map(|param| param.pg_type.as_str()).collect();
        let list = |items: String| if items.is_empty() { items } else { format!("({items})") };
        let text = format!(
            "prepare q {} as {}; execute q {}; {after}",
            list(types.join(", ")),
            query.decl().sql.text.trim_end_matches(';'),
            list(call.join(", ")),
        );
        let messages = match self.client.simple_query(&text) {
            Ok(messages) => messages,
            Err(error) => {
                return Err(error.as_db_error().unwrap_or_else(|| panic!("{error}")).message().to_owned());
            }
        };
        let mut outcome = Outcome::default();
        // The second command is the statement, the third reads the rows after it.
        let mut completed = 0;
        for message in messages {
            match message {
                SimpleQueryMessage::Row(row) => {
                    let fields =
                        (0..row.len()).map(|at| row.get(at).map_or_else(|| "null".to_owned(), known));
                    let row = fields.collect::<Vec<_>>().join(" | ");
                    if completed == 1 { outcome.rows.push(row) } else { outcome.after.push(row) }
                }
                SimpleQueryMessage::CommandComplete(count) => {
                    outcome.count += if completed == 1 { count } else { 0 };
                    completed += 1;
                }
                _ => {}
            }
        }
        outcome.rows.sort();
        outcome.after.sort();
        Ok(outcome)
    }
}

/// Replaces ids that an execution has generated. They are uuids of version 4, of which the data has none.
fn known(field: &str) -> String {
    let mut text = field.to_owned();
    let is_new = |text: &str, at: usize| {
        let id = text.get(at..at + 36);
        id.is_some_and(|id| {
            id.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                14 => byte == b'4',
                _ => byte.is_ascii_hexdigit(),
            })
        })
    };
    while let Some(at) = (0..text.len()).find(|at| is_new(&text, *at)) {
        text.replace_range(at..at + 36, "new");
    }
    text
}

/// Argument lists as SQL, with combinations of all values that fit the types of the parameters.
fn calls(query: &Judged) -> Vec<Vec<String>> {
    let values: Vec<_> =
        query.signature().params.iter().map(|param| values(&param.pg_type, &param.rust.display())).collect();
    let all: usize = values.iter().map(|values| values.len()).product();
    // The stride is coprime to the numbers of values, so that the combinations are spread evenly.
    let calls = (0..all.min(MOST_CALLS)).map(|call| {
        let mut rest = if all > MOST_CALLS { call * 7919 % all } else { call };
        let mut pick = |values: &&[&str]| {
            let value = values[rest % values.len()].to_owned();
            rest /= values.len();
            value
        };
        values.iter().map(&mut pick).collect()
    });
    calls.collect()
}

fn values(pg_type: &str, rust: &str) -> &'static [&'static str] {
    match (pg_type, rust) {
        ("int4", _) => &["1", "2", "9", "null"],
        ("int8", _) => &["0", "5"],
        ("bool", _) => &["true", "false"],
        ("_int4", _) => &["'{1,2}'", "'{8,9}'"],
        ("uuid", _) => &[
            "'00000000-0000-0000-0000-000000000001'",
            "'00000000-0000-0000-0000-000000000002'",
            "'00000000-0000-0000-0000-000000000003'",
        ],
        ("_uuid", _) => &["'{00000000-0000-0000-0000-000000000001,00000000-0000-0000-0000-000000000003}'"],
        ("text" | "varchar", "UserId") => &["'u1'", "'u2'", "'u3'"],
        ("text" | "varchar", "String") => &["'a'", "'1'", "'b'"],
        ("text" | "varchar", _) => {
            &["'a'", "'b'", "'published'", "'active'", "'completed'", "'owner'", "'video'", "'public'"]
        }
        ("_text" | "_varchar", _) => &["'{u1,a}'", "'{u2,b,active}'"],
        ("timestamptz" | "timestamp" | "date", _) => &["'2001-01-01'", "'2090-01-01'"],
        ("jsonb" | "json", _) => &["'[]'", "'[\"a\"]'"],
        _ => &["null"],
    }
}
