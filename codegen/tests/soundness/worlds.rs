//! Random databases, in pairs that have the same visible rows and differ in all others.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use postgres::{Client, SimpleQueryMessage};

use crate::choices::Choices;
use crate::model::{Kind, Model, Scope, Sight, Table, caller};
use crate::prover::SCHEMA;

type Row = Vec<Option<String>>;

/// The rows of each table.
type Content = BTreeMap<String, Vec<Row>>;

/// A schema with random rows, in the state before a statement is executed.
pub struct World {
    pub name: String,
    pub before: Vec<Stored>,
}

/// A row of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub table: String,
    pub place: String,
    pub key: String,
    pub visible: bool,
    pub writable: bool,
    pub owned: bool,
    /// Whether the current transaction has inserted or updated it.
    pub made: bool,
    /// Whether the current transaction has locked it.
    pub locked: bool,
    /// The row as JSON.
    pub text: String,
}

/// Two worlds with the same visible rows, and one with the rows of the first in another physical order.
pub struct Pair {
    pub worlds: [World; 2],
    pub shuffled: World,
}

/// Creates a pair in schemas with this name.
pub fn pair(
    client: &mut Client,
    model: &Model,
    claims: &[&Scope],
    choices: &mut Choices,
    name: &str,
) -> Pair {
    let first = Maker { model, choices }.random();
    let a = load(client, model, claims, &format!("{name}_a"), &first);
    let shuffled =
        first.iter().map(|(table, rows)| (table.clone(), rows.iter().rev().cloned().collect())).collect();
    let c = load(client, model, claims, &format!("{name}_c"), &shuffled);
    let visible = keys(&a, |row| row.visible);
    let mut second = Maker { model, choices }.garbled(&first, &visible, claims);
    loop {
        let b = load(client, model, claims, &format!("{name}_b"), &second);
        // Rows that have become visible by the changes are reverted.
        let extra: BTreeSet<_> = keys(&b, |row| row.visible).difference(&visible).cloned().collect();
        if extra.is_empty() {
            assert_eq!(seen(model, claims, &a), seen(model, claims, &b), "the worlds do not agree");
            return Pair { worlds: [a, b], shuffled: c };
        }
        Maker { model, choices }.revert(&mut second, &first, &extra, &visible);
    }
}

fn keys(world: &World, is_meant: impl Fn(&Stored) -> bool) -> BTreeSet<(String, String)> {
    world.before.iter().filter(|row| is_meant(row)).map(|row| (row.table.clone(), row.key.clone())).collect()
}

/// What the caller can see of a world.
fn seen(model: &Model, claims: &[&Scope], world: &World) -> BTreeSet<(String, String)> {
    let project = |row: &Stored| {
        let columns = model.visible_columns(model.table(&row.table), claims);
        let mut found: BTreeMap<String, serde_json::Value> =
            serde_json::from_str(&row.text).expect("it is JSON");
        found.retain(|name, _| columns.contains(name));
        format!("{found:?}")
    };
    world.before.iter().filter(|row| row.visible).map(|row| (row.table.clone(), project(row))).collect()
}

/// The query that reads all rows of the world on the search path.
pub fn snapshot(model: &Model, claims: &[&Scope], tables: impl Fn(&Table) -> bool) -> String {
    let mut parts = Vec::new();
    for table in model.tables.iter().filter(|table| tables(table)) {
        let condition = |sight| model.condition(&table.name, "r", claims, sight);
        let key =
            table.key.iter().map(|column| format!("r.{column}")).collect::<Vec<_>>().join(" || ' ' || ");
        parts.push(format!(
            "select '{}', r.ctid::text, ({key})::text, {}, {}, {}, \
             r.xmin::text = (pg_current_xact_id_if_assigned()::xid)::text, \
             coalesce(r.xmax::text = (pg_current_xact_id_if_assigned()::xid)::text, false), \
             to_jsonb(r)::text from {} r",
            table.name,
            condition(Sight::Read),
            condition(Sight::Write),
            condition(Sight::Owned),
            table.name,
        ));
    }
    parts.join(" union all ")
}

/// A row of [`snapshot`].
pub fn stored(row: &[Option<String>]) -> Stored {
    let text = |at: usize| row[at].clone().unwrap_or_default();
    let flag = |at: usize| row[at].as_deref() == Some("t");
    Stored {
        table: text(0),
        place: text(1),
        key: text(2),
        visible: flag(3),
        writable: flag(4),
        owned: flag(5),
        made: flag(6),
        locked: flag(7),
        text: text(8),
    }
}

/// Fills the world with this name, and creates it first if needed.
fn load(client: &mut Client, model: &Model, claims: &[&Scope], name: &str, content: &Content) -> World {
    let known = client.query("select from pg_namespace where nspname = $1", &[&name]);
    let is_new = known.unwrap_or_else(|error| panic!("{error:?}")).is_empty();
    // The timeout is for the examined statements. Creating a world can take longer on a busy machine.
    let mut sql = "set statement_timeout = 0;".to_owned();
    if is_new {
        let _ = writeln!(sql, "create schema {name}; set search_path = {name};\n{SCHEMA}");
        limit(&mut sql, model, claims, name);
    } else {
        let tables: Vec<_> = model.tables.iter().map(|table| table.name.as_str()).collect();
        let _ = writeln!(sql, "set search_path = {name}; truncate {};", tables.join(", "));
    }
    for table in &model.tables {
        let rows = &content[&table.name];
        if rows.is_empty() {
            continue;
        }
        let row = |row: &Row| {
            let value =
                |value: &Option<String>| value.as_ref().map_or("null".to_owned(), |text| format!("'{text}'"));
            format!("({})", row.iter().map(value).collect::<Vec<_>>().join(", "))
        };
        let rows: Vec<String> = rows.iter().map(row).collect();
        let _ = writeln!(sql, "insert into {} values {};", table.name, rows.join(", "));
    }
    sql.push_str("set statement_timeout = '3s';");
    client.batch_execute(&sql).unwrap_or_else(|error| panic!("{error:?}\n{sql}"));
    let rows = client.simple_query(&snapshot(model, claims, |_| true)).expect("the snapshot is valid");
    let before = rows.iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => {
            let row: Row = (0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect();
            Some(stored(&row))
        }
        _ => None,
    });
    World { name: name.to_owned(), before: before.collect() }
}

/// For the second oracle: applies the policy to a role as row level security.
fn limit(sql: &mut String, model: &Model, claims: &[&Scope], name: &str) {
    let _ = writeln!(
        sql,
        "grant usage on schema {name} to caller; grant all on all tables in schema {name} to caller;"
    );
    if model.version >= 150_000 {
        for view in ["live_content", "content_titles", "content_totals", "ordered_content"] {
            let _ = writeln!(sql, "alter view {view} set (security_invoker = true);");
        }
    }
    for table in &model.tables {
        let condition = model.condition(&table.name, &table.name, claims, Sight::Read);
        let _ = writeln!(
            sql,
            "alter table {0} enable row level security; create policy visible on {0} using ({condition});",
            table.name
        );
    }
}

struct Maker<'m> {
    model: &'m Model,
    choices: &'m mut Choices,
}

impl Maker<'_> {
    fn random(&mut self) -> Content {
        let mut content = Content::new();
        for table in &self.model.tables {
            content.insert(table.name.clone(), Vec::new());
            let count = if table.shared { 2 } else { 4 + self.choices.below(5) };
            for number in 1..=count {
                let row = self.row(table, number, &content);
                if let Some(row) = row {
                    content.get_mut(&table.name).expect("it is there").push(row);
                }
            }
        }
        self.repair(&mut content, &BTreeSet::new(), None);
        content
    }

    /// A random row that refers to existing rows.
    fn row(&mut self, table: &Table, number: usize, content: &Content) -> Option<Row> {
        let mut row: Row = table
            .columns
            .iter()
            .map(|column| self.column(table, &column.name, column.kind, number))
            .collect();
        for link in &table.links {
            let target = self.model.table(&link.table);
            let rows = &content[&link.table];
            let at = |name: &String| position(table, name);
            // The columns of a key are filled together. Of overlapping keys the longest decides.
            let overlapped = table.links.iter().any(|other| {
                other.columns.len() > link.columns.len() && other.columns.contains(&link.columns[0])
            });
            if overlapped {
                continue;
            }
            let nullable =
                link.columns.iter().all(|name| table.column(name).is_some_and(|column| column.nullable));
            if nullable && (rows.is_empty() || self.choices.chance(20)) {
                link.columns.iter().for_each(|name| row[at(name)] = None);
                continue;
            }
            if rows.is_empty() {
                return None;
            }
            // Half of the rows belong to the caller.
            let chosen = if self.choices.chance(50) { 0 } else { self.choices.below(rows.len()) };
            let chosen = rows[chosen].clone();
            for (own, far) in link.columns.iter().zip(&link.foreign) {
                row[at(own)] = chosen[position(target, far)].clone();
            }
            // A key of which one column is NULL refers to nothing, whatever the others are.
            if nullable && link.columns.len() > 1 && self.choices.chance(40) {
                let other = rows[self.choices.below(rows.len())].clone();
                row[at(&link.columns[1])] = other[position(target, &link.foreign[1])].clone();
                row[at(&link.columns[0])] = None;
            }
        }
        Some(row)
    }

    fn column(&mut self, table: &Table, name: &str, kind: Kind, number: usize) -> Option<String> {
        if table.key == [name.to_owned()] {
            return Some(if kind == Kind::Text { format!("u{number}") } else { number.to_string() });
        }
        let text = match (name, kind) {
            ("deleted_at", _) => {
                if self.choices.chance(60) {
                    return None;
                }
                self.choices.one_of(&["2020-01-01", "2020-02-02", "2999-01-01"])
            }
            ("since" | "until" | "ended", _) if self.choices.chance(50) => return None,
            ("rank", _) => self.choices.one_of(&["lead", "guest"]),
            ("status", _) => self.choices.one_of(&["active", "published", "published", "draft"]),
            (_, Kind::Int) => self.choices.one_of(&["0", "1", "2", "3"]),
            (_, Kind::Text) => self.choices.one_of(&["a", "b", "c", "u1", "u2"]),
            (_, Kind::Time) => "2020-01-01",
        };
        Some(text.to_owned())
    }

    /// A content with the same visible rows and different other ones.
    fn garbled(
        &mut self,
        first: &Content,
        visible: &BTreeSet<(String, String)>,
        claims: &[&Scope],
    ) -> Content {
        let mut second = first.clone();
        for table in &self.model.tables {
            if table.shared {
                continue;
            }
            let seen = self.model.visible_columns(table, claims);
            let mut rows = Vec::new();
            for row in &first[&table.name] {
                let is_visible = visible.contains(&(table.name.clone(), key(table, row)));
                if is_visible {
                    let mut row = row.clone();
                    for (at, column) in
                        table.columns.iter().enumerate().filter(|(_, column)| !seen.contains(&column.name))
                    {
                        row[at] = self.column(table, &column.name, column.kind, 0);
                    }
                    rows.push(row);
                    if self.choices.chance(35) {
                        rows.extend(self.clone_of(
                            table,
                            rows.last().expect("it was pushed").clone(),
                            rows.len(),
                        ));
                    }
                    continue;
                }
                match self.choices.below(8) {
                    0 => {}
                    1 => rows.push(row.clone()),
                    _ => {
                        let changed = self.row(table, 0, first).unwrap_or_else(|| row.clone());
                        let keep = |at: usize| table.key.contains(&table.columns[at].name);
                        let mut changed: Row = (0..row.len())
                            .map(|at| if keep(at) { row[at].clone() } else { changed[at].clone() })
                            .collect();
                        // A row that was deleted becomes live, and the other way around, so that it is invisible for another reason.
                        if table.soft {
                            let at = position(table, "deleted_at");
                            let deleted = self.choices.chance(50);
                            changed[at] = deleted.then(|| "2020-03-03".to_owned());
                        }
                        rows.push(changed);
                    }
                }
            }
            for _ in 0..self.choices.below(3) {
                let number = 20 + rows.len();
                rows.extend(self.row(table, number, first));
            }
            second.insert(table.name.clone(), rows);
        }
        self.repair(&mut second, visible, Some(first));
        second
    }

    /// A copy of a row with another key, deleted or of another owner.
    fn clone_of(&mut self, table: &Table, mut row: Row, number: usize) -> Option<Row> {
        if table.key.len() > 1 {
            return None;
        }
        let at = position(table, &table.key[0]);
        row[at] = Some(if table.columns[at].kind == Kind::Text {
            format!("u{}", 30 + number)
        } else {
            (30 + number).to_string()
        });
        if table.soft && self.choices.chance(50) {
            row[position(table, "deleted_at")] = Some("2020-04-04".to_owned());
        } else if table.column("creator_id").is_some() {
            row[position(table, "creator_id")] = Some("u2".to_owned());
        }
        Some(row)
    }

    /// Reverts rows to what they are in `first`.
    fn revert(
        &mut self,
        second: &mut Content,
        first: &Content,
        extra: &BTreeSet<(String, String)>,
        visible: &BTreeSet<(String, String)>,
    ) {
        for table in &self.model.tables {
            let is_extra = |row: &Row| extra.contains(&(table.name.clone(), key(table, row)));
            let rows = second.get_mut(&table.name).expect("it is there");
            rows.retain(|row| !is_extra(row));
            rows.extend(first[&table.name].iter().filter(|row| is_extra(row)).cloned());
        }
        self.repair(second, visible, Some(first));
    }

    /// Makes the content satisfy its foreign and unique keys. Visible rows stay, and so do the rows that they refer to.
    fn repair(
        &mut self,
        content: &mut Content,
        visible: &BTreeSet<(String, String)>,
        first: Option<&Content>,
    ) {
        let mut visible = visible.clone();
        loop {
            let mut changed = false;
            for table in &self.model.tables {
                changed |= drop_duplicates(table, content, &visible);
                for link in &table.links {
                    let target = self.model.table(&link.table);
                    let values = |table: &Table, row: &Row, names: &[String]| -> Row {
                        names.iter().map(|name| row[position(table, name)].clone()).collect()
                    };
                    // A key of which one column is NULL refers to nothing. Its other columns have values of some row
                    // nevertheless, so that a statement can use them as a key.
                    let is_meant = |row: &Row, wanted: &Row| {
                        let found = values(target, row, &link.foreign);
                        wanted.iter().zip(&found).all(|(wanted, found)| wanted.is_none() || wanted == found)
                    };
                    let known = content[&link.table].clone();
                    let mut restored = Vec::new();
                    let rows = content.get_mut(&table.name).expect("it is there");
                    rows.retain(|row| {
                        let wanted = values(table, row, &link.columns);
                        if wanted.iter().all(Option::is_none)
                            || known.iter().any(|row| is_meant(row, &wanted))
                        {
                            return true;
                        }
                        changed = true;
                        if visible.contains(&(table.name.clone(), key(table, row))) {
                            restored.push(wanted);
                            return true;
                        }
                        false
                    });
                    for wanted in restored {
                        let first = first.expect("a first world satisfies its keys");
                        let found = first[&link.table].iter().find(|row| is_meant(row, &wanted));
                        let found = found.expect("it was referred to there").clone();
                        let key_of = key(target, &found);
                        let rows = content.get_mut(&link.table).expect("it is there");
                        rows.retain(|row| key(target, row) != key_of);
                        rows.push(found);
                        // The row that a visible one refers to has to stay.
                        visible.insert((link.table.clone(), key_of));
                    }
                }
            }
            if !changed {
                return;
            }
        }
    }
}

fn drop_duplicates(table: &Table, content: &mut Content, visible: &BTreeSet<(String, String)>) -> bool {
    let rows = content.get_mut(&table.name).expect("it is there");
    let is_visible = |row: &Row| visible.contains(&(table.name.clone(), key(table, row)));
    let before = rows.len();
    let primary = (table.key.clone(), false);
    for (columns, live) in table.unique.iter().chain([&primary]) {
        let live = |row: &Row| !*live || row[position(table, "deleted_at")].is_none();
        let of = |row: &Row| -> Option<Vec<String>> {
            columns
                .iter()
                .map(|name| row[position(table, name)].clone())
                .collect::<Option<_>>()
                .filter(|_| live(row))
        };
        let mut met: BTreeSet<Vec<String>> =
            rows.iter().filter(|row| is_visible(row)).filter_map(&of).collect();
        let mut first_visible = met.clone();
        rows.retain(|row| match of(row) {
            Some(values) if is_visible(row) => first_visible.remove(&values),
            Some(values) => met.insert(values),
            None => true,
        });
    }
    rows.len() != before
}

fn position(table: &Table, name: &str) -> usize {
    table.columns.iter().position(|column| column.name == name).expect("it has that column")
}

fn key(table: &Table, row: &Row) -> String {
    table
        .key
        .iter()
        .map(|name| row[position(table, name)].clone().unwrap_or_default())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The values of the scopes' parameters.
pub fn scope_values(claims: &[&Scope]) -> BTreeMap<String, String> {
    claims.iter().filter_map(|scope| Some((scope.param.clone()?, caller(scope).to_owned()))).collect()
}
