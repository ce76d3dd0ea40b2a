//! Pairs of worlds that agree on what `u1` may see: own, live rows, and what hangs on them.

use sqlward_codegen::postgres::Server;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

use crate::generate::Random;

const PAIRS: usize = 3;
const ITEMS: usize = 14;
const VISIBLE: usize = 6;

/// What executing a statement everywhere showed.
pub enum Outcome {
    /// No difference.
    Same,
    /// It failed in each pair of worlds, in one of the two at least.
    Failed,
    /// Another answer or effect, or an effect on what is not the caller's.
    Different(String),
}

/// A database with the worlds in schemas `w0`, `w1`, ...: two and two agree.
pub struct Worlds {
    client: Client,
    runtime: tokio::runtime::Runtime,
}

/// The rows before and after a statement.
#[derive(PartialEq, Debug)]
struct Run {
    /// The result, sorted.
    rows: Vec<String>,
    /// All rows that the caller may see afterwards, and those that are new.
    own: Vec<String>,
    /// What happened to the other rows.
    foreign: Vec<String>,
}

impl Worlds {
    pub fn on(server: &Server) -> Worlds {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let client = runtime.block_on(async {
            let (client, connection) = server.url().connect(NoTls).await.expect("the server answers");
            tokio::spawn(async move { drop(connection.await) });
            client
        });
        let worlds = Worlds { client, runtime };
        let schema = include_str!("schema.sql");
        for world in 0..PAIRS * 2 {
            worlds.batch(&format!(
                "create schema w{world}; set search_path = w{world};\n{schema}\n{}",
                rows(world)
            ));
        }
        worlds
    }

    fn batch(&self, sql: &str) {
        self.runtime.block_on(self.client.batch_execute(sql)).expect("the worlds can be made");
    }

    /// Executes a statement in all worlds, with some values of what the caller sends.
    pub fn compare(&mut self, text: &str) -> Outcome {
        let mut failed = true;
        for pair in 0..PAIRS {
            let (p, k) = [("u2", 2), ("a", 9), ("u1", 13)][pair];
            let sql = text
                .replace(":me", "'u1'::text")
                .replace(":p", &format!("'{p}'::text"))
                .replace(":k", &format!("{k}"));
            let runs = [self.run(pair * 2, &sql), self.run(pair * 2 + 1, &sql)];
            for run in runs.iter().flatten() {
                if !run.foreign.is_empty() {
                    return Outcome::Different(format!(
                        "rows of others changed or were locked: {:?}",
                        run.foreign
                    ));
                }
            }
            let [Some(left), Some(right)] = runs else { continue };
            failed = false;
            if left.rows != right.rows {
                return Outcome::Different(format!("results {:?} and {:?}", left.rows, right.rows));
            }
            if left.own != right.own {
                let differ = |a: &[String], b: &[String]| {
                    a.iter().filter(|row| !b.contains(row)).cloned().collect::<Vec<_>>()
                };
                return Outcome::Different(format!(
                    "effects {:?} and {:?}",
                    differ(&left.own, &right.own),
                    differ(&right.own, &left.own)
                ));
            }
        }
        if failed { Outcome::Failed } else { Outcome::Same }
    }

    fn run(&mut self, world: usize, sql: &str) -> Option<Run> {
        self.runtime.block_on(async {
            let begin =
                format!("begin; set local search_path = w{world}; set local statement_timeout = '5s'");
            self.client.batch_execute(&begin).await.expect("a transaction");
            let run = execute(&self.client, sql).await;
            self.client.batch_execute("rollback").await.expect("the transaction ends");
            run
        })
    }
}

/// A statement's rows and effects, or nothing if it fails.
async fn execute(client: &Client, sql: &str) -> Option<Run> {
    let before = snapshot(client).await?;
    let mut rows = texts(client.simple_query(sql).await.ok()?);
    rows.sort();
    let mut after = snapshot(client).await?;
    // A foreign key that is copied locks the key of what it refers to, which the guarantees say.
    if !sql.contains("for update") {
        after.iter_mut().for_each(|row| *row = row.replace("|locked", "|free"));
    }
    let is_own = |row: &String| row.starts_with("own");
    let own =
        after.iter().filter(|row| is_own(row) || !before.contains(row)).filter(|row| !is_locked_foreign(row));
    let own = own.map(|row| row.replace("|locked", "|free")).collect();
    let foreign = before.iter().filter(|row| !is_own(row) && !after.contains(row)).cloned().collect();
    Some(Run { rows, own, foreign })
}

fn is_locked_foreign(row: &str) -> bool {
    row.starts_with("foreign") && row.ends_with("|locked")
}

/// All rows: whose, which table, what, and whether this transaction holds a lock on it.
async fn snapshot(client: &Client) -> Option<Vec<String>> {
    let locked = "case when t.xmax::text = coalesce(pg_current_xact_id_if_assigned()::text, '-') then 'locked' else 'free' end";
    let of = |table: &str, own: &str| {
        format!(
            "select case when {own} then 'own' else 'foreign' end, '{table}', to_jsonb(t)::text, {locked} from {table} t"
        )
    };
    let live = "t.deleted_at is null and t.owner = 'u1'";
    let parts = [
        of("items", live),
        of("notes", live),
        of(
            "parts",
            "exists (select from items i where i.id = t.item_id and i.owner = 'u1' and i.deleted_at is null)",
        ),
        of("logs", "t.owner = 'u1'"),
        of("users", "t.id = 'u1'"),
        // Shared: nobody may change them, everybody reads them.
        of("tags", "false"),
    ];
    let mut found = texts(client.simple_query(&parts.join(" union all ")).await.ok()?);
    found.retain(|row| !row.starts_with('('));
    found.sort();
    Some(found)
}

fn texts(messages: Vec<SimpleQueryMessage>) -> Vec<String> {
    let rows = messages.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(
            (0..row.len())
                .map(|column| row.get(column).unwrap_or("NULL").to_owned())
                .collect::<Vec<_>>()
                .join("|"),
        ),
        SimpleQueryMessage::CommandComplete(count) => Some(format!("({count} rows)")),
        _ => None,
    });
    rows.collect()
}

/// The rows of a world: what is visible is the same in both worlds of a pair.
fn rows(world: usize) -> String {
    let mut same = Random::new(100 + (world / 2) as u64);
    let mut other = Random::new(1_000 + world as u64);
    let mut sql = String::new();
    let title = |random: &mut Random| (*random.pick(&["a", "b", "u1", "u2"])).to_owned();
    for user in 1..=4 {
        let random = if user == 1 { &mut same } else { &mut other };
        sql.push_str(&format!(
            "insert into users values ('u{user}', '{}', {});\n",
            title(random),
            random.below(4)
        ));
    }
    for tag in 1..=3 {
        sql.push_str(&format!(
            "insert into tags values ({tag}, '{}', {});\n",
            title(&mut same),
            same.below(4)
        ));
    }
    let extra = other.below(4);
    for id in (1..=ITEMS).chain(100..100 + extra) {
        let visible = id <= VISIBLE;
        let (owner, deleted) = ownership(visible, &mut other);
        let random = if visible { &mut same } else { &mut other };
        let parent =
            if random.chance(60) { (1 + random.below(ITEMS)).to_string() } else { "null".to_owned() };
        sql.push_str(&format!(
            "insert into items select {id}, '{owner}', null, '{}', {}, {deleted};\n",
            title(random),
            random.below(4)
        ));
        sql.push_str(&format!("create temp table if not exists parents (id int, parent int); insert into parents values ({id}, {parent});\n"));
    }
    sql.push_str("update items set parent_id = parents.parent from parents where parents.id = items.id; drop table parents;\n");
    for id in (1..=10).chain(100..100 + other.below(4)) {
        let visible = id <= 5;
        let (owner, deleted) = ownership(visible, &mut other);
        let random = if visible { &mut same } else { &mut other };
        let owner = if !visible && random.chance(20) { "null".to_owned() } else { format!("'{owner}'") };
        let item = 1 + random.below(ITEMS);
        sql.push_str(&format!(
            "insert into notes select {id}, {owner}, {item}, '{}', {}, {deleted};\n",
            title(random),
            random.below(4)
        ));
    }
    for id in (1..=12).chain(100..100 + other.below(4)) {
        let visible = id <= 6;
        let random = if visible { &mut same } else { &mut other };
        let item =
            if visible { 1 + random.below(VISIBLE) } else { VISIBLE + 1 + random.below(ITEMS - VISIBLE) };
        sql.push_str(&format!(
            "insert into parts values ({id}, {item}, '{}', {});\n",
            title(random),
            random.below(4)
        ));
    }
    for item in 1..=ITEMS {
        if item % 3 == 0 {
            sql.push_str(&format!(
                "insert into logs values ('u1', {item}, '{}', {});\n",
                title(&mut same),
                same.below(4)
            ));
        }
        for user in 2..=4 {
            if other.chance(30) {
                sql.push_str(&format!(
                    "insert into logs values ('u{user}', {item}, '{}', {});\n",
                    title(&mut other),
                    other.below(4)
                ));
            }
        }
    }
    sql
}

/// Whose a row is, and whether it is deleted: visible rows are own and live, others are not both.
fn ownership(visible: bool, random: &mut Random) -> (&'static str, &'static str) {
    if visible {
        return ("u1", "null::timestamptz");
    }
    match random.below(3) {
        0 => ("u1", "'2020-01-01'::timestamptz"),
        1 => ("u2", "null::timestamptz"),
        _ => ("u3", "'2020-01-01'::timestamptz"),
    }
}
