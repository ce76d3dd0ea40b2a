//! The oracle: executes a statement in a pair of worlds. The statement leaks if its outcome differs, or if it changes rows of
//! others.
//!
//! Some differences are excluded, because the guarantee does not cover them:
//!
//! - an error in one of the worlds: rows that a filter drops later can raise errors, and so can unique indexes
//! - a difference through ON CONFLICT that comes from a hidden row in a unique index, since without ON CONFLICT the INSERT
//!   would reveal the row by its error
//! - a row that belonged to a visible one when the statement began, which the same statement then made invisible
//! - statements whose outcome depends on the physical order of rows, which a third world in another order shows

use std::collections::{BTreeMap, BTreeSet};

use postgres::{Client, SimpleQueryMessage};

use sqlward_codegen::parse::Cardinality;

use crate::choices::Choices;
use crate::generate::{Grant, Statement};
use crate::model::{Model, Scope};
use crate::prover::{Judgement, Promise};
use crate::worlds::{Pair, Stored, World, scope_values, snapshot, stored};

/// The result for a statement on a pair of worlds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The outcomes are the same.
    Same,
    /// No verdict, for this reason.
    Excluded(&'static str),
    /// The outcomes differ, or rows of others are changed.
    Leak(String),
    /// The result contradicts the inferred signature.
    Lie(String),
}

/// The role with which a statement is executed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Owner,
    RowLevelSecurity,
}

struct Outcome {
    rows: Vec<Vec<Option<String>>>,
    count: u64,
    after: Vec<Stored>,
}

pub struct Oracle<'o> {
    pub client: &'o mut Client,
    pub model: &'o Model,
    /// The tables without a soft-delete column whose rows must never be removed.
    pub kept: &'o [&'o str],
    /// The number of executions that returned or changed a row.
    pub telling: u64,
}

impl Oracle<'_> {
    /// Executes a statement in both worlds, with random parameters.
    pub fn examine(
        &mut self,
        pair: &Pair,
        statement: &Statement,
        judgement: &Judgement,
        choices: &mut Choices,
    ) -> Finding {
        let claims: Vec<&Scope> = statement.claims.iter().map(|name| self.model.scope(name)).collect();
        let call = Call::new(statement, judgement, &claims, choices, self.model);
        let [first, second] = &pair.worlds;
        let outcomes = [first, second].map(|world| self.execute(world, &call, &judgement.sql, Role::Owner));
        let [Ok(one), Ok(other)] = outcomes else {
            return Finding::Excluded("an error");
        };
        self.telling += u64::from(one.count > 0);
        for outcome in [&one, &other] {
            // With `--@ grants` the author gives the cardinality, so it is not an inferred promise.
            let is_counted = statement.grants.is_none();
            if let Some(lie) = lie(&judgement.promise, outcome, is_counted) {
                return Finding::Lie(format!("{lie}, with {:?}", call.values));
            }
        }
        if let Some(grant) = &statement.grants {
            for outcome in [&one, &other] {
                if let Some(id) = ungranted(grant, outcome) {
                    return Finding::Leak(format!("it grants team {id}, with {:?}", call.values));
                }
            }
            if grant.is_system {
                return Finding::Same;
            }
        }
        for (world, outcome) in pair.worlds.iter().zip([&one, &other]) {
            if let Some(harm) = self.harm(world, outcome, &claims, statement) {
                return Finding::Leak(format!("{harm}, with {:?}", call.values));
            }
        }
        let mut difference = difference(&one, &other, (first, second));
        // Before version 15 views always read with their owner's privileges, which bypass row level security.
        if difference.is_none() && !statement.writes() && self.model.version >= 150_000 {
            let limited = self.execute(first, &call, &judgement.sql, Role::RowLevelSecurity);
            difference = limited
                .ok()
                .filter(|limited| limited.rows != one.rows)
                .map(|limited| format!("row level security gives {:?} and not {:?}", limited.rows, one.rows));
        }
        let Some(difference) = difference else { return Finding::Same };
        if let Some(plain) = without_conflict(&judgement.sql) {
            let errors = [first, second].map(|world| self.execute(world, &call, &plain, Role::Owner).err());
            if errors[0] != errors[1] {
                return Finding::Excluded("a unique index");
            }
        }
        match self.execute(&pair.shuffled, &call, &judgement.sql, Role::Owner) {
            Ok(shuffled)
                if shuffled.rows == one.rows
                    && shuffled.count == one.count
                    && made(&shuffled, &pair.shuffled) == made(&one, first) =>
            {
                Finding::Leak(format!("{difference}, with {:?}", call.values))
            }
            _ => Finding::Excluded("the order of rows"),
        }
    }

    fn execute(&mut self, world: &World, call: &Call, sql: &str, role: Role) -> Result<Outcome, String> {
        let claims: Vec<&Scope> = call.claims.iter().map(|name| self.model.scope(name)).collect();
        let role = if role == Role::Owner { "none" } else { "caller" };
        let (types, values) = (call.types.join(", "), call.values.join(", "));
        let types = if types.is_empty() { String::new() } else { format!(" ({types})") };
        let values = if values.is_empty() { String::new() } else { format!(" ({values})") };
        let after = if call.effects { snapshot(self.model, &claims, |_| true) } else { "select".to_owned() };
        let text = format!(
            "begin; set local search_path = {}; set local role {role}; prepare q{types} as {sql}; execute q{values}; \
             set local role none; {after}; rollback; deallocate q",
            world.name
        );
        let messages = match self.client.simple_query(&text) {
            Ok(messages) => messages,
            Err(error) => {
                self.client.simple_query("rollback; deallocate all").expect("the connection lives");
                let error = error.as_db_error().unwrap_or_else(|| panic!("{error}: {sql}"));
                return Err(format!("{} {}", error.message(), error.detail().unwrap_or_default())
                    .replace(&world.name, ""));
            }
        };
        let mut outcome = Outcome { rows: Vec::new(), count: 0, after: Vec::new() };
        let mut completed = 0;
        for message in messages {
            match message {
                SimpleQueryMessage::Row(row) => {
                    let row: Vec<Option<String>> =
                        (0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect();
                    if completed == 4 {
                        outcome.rows.push(row);
                    } else if call.effects {
                        outcome.after.push(stored(&row));
                    }
                }
                SimpleQueryMessage::CommandComplete(count) => {
                    if completed == 4 {
                        outcome.count = count;
                    }
                    completed += 1;
                }
                _ => {}
            }
        }
        outcome.rows.sort();
        Ok(outcome)
    }

    /// What a statement does to rows that no statement may do.
    fn harm(
        &self,
        world: &World,
        outcome: &Outcome,
        claims: &[&Scope],
        statement: &Statement,
    ) -> Option<String> {
        if !statement.writes() && !statement.locks() {
            return None;
        }
        let id = |row: &Stored| (row.table.clone(), row.key.clone());
        let before: BTreeMap<_, _> = world.before.iter().map(|row| (id(row), row)).collect();
        let after: BTreeMap<_, _> = outcome.after.iter().map(|row| (id(row), row)).collect();
        // A row whose primary key changes is found under another key afterwards.
        let is_renamed = |table: &str| {
            let gone = before.keys().filter(|id| id.0 == table && !after.contains_key(id)).count();
            let new = after.keys().filter(|id| id.0 == table && !before.contains_key(id)).count();
            new >= gone && statement.sql.contains("update")
        };
        for (id, row) in &before {
            let stays = self.model.table(&row.table).soft || self.kept.contains(&row.table.as_str());
            match after.get(id) {
                None if stays && !is_renamed(&row.table) => {
                    return Some(format!("a row of {} is removed: {}", row.table, row.text));
                }
                None if !row.writable => {
                    return Some(format!(
                        "a row of {} that is not the caller's is removed: {}",
                        row.table, row.text
                    ));
                }
                Some(now) if (&now.place, &now.text) != (&row.place, &row.text) => {
                    if !row.writable {
                        return Some(format!(
                            "a row of {} that is not the caller's is changed: {}",
                            row.table, row.text
                        ));
                    }
                    if !now.owned && row.owned && !self.hung_on_visible(world, now, claims) {
                        return Some(format!("a row of {} is given away: {}", row.table, now.text));
                    }
                }
                Some(now) if now.locked && !row.writable && !statement.writes() => {
                    return Some(format!(
                        "a row of {} that is not the caller's is locked: {}",
                        row.table, row.text
                    ));
                }
                _ => {}
            }
        }
        for (id, row) in &after {
            let old = before.get(id).copied();
            if old.is_none() && !row.owned && !self.hung_on_visible(world, row, claims) {
                return Some(format!("a row of {} is made for somebody else: {}", row.table, row.text));
            }
            if old.is_none_or(|old| old.text != row.text)
                && let Some(link) = self.foreign_reference(world, outcome, row, old, claims)
            {
                return Some(format!(
                    "a row of {} is made to refer to {link} that is not the caller's: {}",
                    row.table, row.text
                ));
            }
        }
        None
    }

    /// Whether a row belongs to one that was visible when the statement began. The statement may have made that row invisible.
    fn hung_on_visible(&self, world: &World, row: &Stored, claims: &[&Scope]) -> bool {
        let is_owned = claims.iter().any(|scope| scope.owners.contains_key(&row.table));
        let mut ways = claims.iter().filter_map(|scope| scope.ways.get(&row.table)).flatten();
        !is_owned
            && ways.any(|way| {
                world.before.iter().filter(|other| other.visible && other.table == way.table).any(|other| {
                    way.pairs.iter().all(|(own, far)| {
                        let own = value(row, own);
                        own.is_some() && own == value(other, far)
                    })
                })
            })
    }

    fn foreign_reference(
        &self,
        world: &World,
        outcome: &Outcome,
        row: &Stored,
        old: Option<&Stored>,
        claims: &[&Scope],
    ) -> Option<String> {
        for link in &self.model.table(&row.table).links {
            let key = |row: &Stored, names: &[String]| -> Option<Vec<String>> {
                names.iter().map(|name| value(row, name)).collect()
            };
            let Some(wanted) = key(row, &link.columns) else { continue };
            if self.model.table(&link.table).shared
                || old.is_some_and(|old| key(old, &link.columns).as_ref() == Some(&wanted))
                || holds_owner(claims, &link.table, &link.foreign, &wanted)
            {
                continue;
            }
            let mut allowed: BTreeSet<Vec<String>> = BTreeSet::new();
            let visible = world.before.iter().filter(|row| row.visible);
            for known in visible.chain(outcome.after.iter().filter(|row| row.made)) {
                if known.table == link.table {
                    allowed.extend(key(known, &link.foreign));
                }
                // A new row does not count as one that refers to it.
                if known.made {
                    continue;
                }
                for other in
                    self.model.table(&known.table).links.iter().filter(|other| other.table == link.table)
                {
                    // Where one column of a key is NULL it refers to nothing.
                    let refers = key(known, &other.columns).is_some();
                    let own = link.foreign.iter().map(|far| {
                        let at = other.foreign.iter().position(|name| name == far)?;
                        value(known, &other.columns[at])
                    });
                    allowed.extend(own.collect::<Option<Vec<_>>>().filter(|_| refers));
                }
            }
            if !allowed.contains(&wanted) {
                return Some(format!("{} {}", link.table, wanted.join(" ")));
            }
        }
        None
    }
}

/// Whether a key contains the caller's ids in the owner columns of the table that it refers to.
fn holds_owner(claims: &[&Scope], table: &str, foreign: &[String], wanted: &[String]) -> bool {
    let mut owning = claims.iter().filter_map(|scope| Some((scope, scope.owners.get(table)?))).peekable();
    owning.peek().is_some()
        && owning.all(|(scope, owner)| {
            let ids = crate::model::caller(scope).trim_end_matches("::text").trim_end_matches("::int[]");
            let mut ids = ids.trim_matches(['\'', '{', '}']).split(',');
            foreign.iter().position(|far| far == owner).is_some_and(|at| ids.any(|id| id == wanted[at]))
        })
}

/// The value of a column.
fn value(row: &Stored, name: &str) -> Option<String> {
    let fields: serde_json::Value = serde_json::from_str(&row.text).expect("it is JSON");
    match &fields[name] {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// A statement with the values of its parameters.
struct Call {
    types: Vec<&'static str>,
    values: Vec<String>,
    claims: Vec<String>,
    effects: bool,
}

impl Call {
    fn new(
        statement: &Statement,
        judgement: &Judgement,
        claims: &[&Scope],
        choices: &mut Choices,
        model: &Model,
    ) -> Call {
        let scoped = scope_values(claims);
        let mut types = Vec::new();
        let mut values = Vec::new();
        for (name, nullable) in judgement.params.iter().zip(&judgement.promise.params) {
            if let Some(value) = scoped.get(name) {
                let scope = model.scopes.iter().find(|scope| scope.param.as_ref() == Some(name));
                types.push(match scope.map(|scope| scope.name.as_str()) {
                    Some("organization") => "int",
                    Some("organizations") => "int[]",
                    _ => "text",
                });
                values.push(value.clone());
                continue;
            }
            let kind = statement.params.get(name).copied().unwrap_or("text");
            types.push(kind);
            values.push(match kind {
                _ if *nullable && choices.chance(10) => "null".to_owned(),
                "int" => choices.below(6).to_string(),
                "text" => format!("'{}'", choices.one_of(&["u1", "u2", "u3", "a", "b", "published"])),
                _ => "'2020-01-01'".to_owned(),
            });
        }
        let effects = statement.writes() || statement.locks() || statement.grants.is_some();
        Call { types, values, claims: statement.claims.clone(), effects }
    }
}

/// If a statement grants the token of a team although no membership entitles the caller to it afterwards: the message.
fn ungranted(grant: &Grant, outcome: &Outcome) -> Option<String> {
    let entitles = |row: &Stored| {
        let meets = match grant.role.as_deref() {
            None => true,
            Some("lead") => value(row, "rank").as_deref() == Some("lead"),
            Some("early") => value(row, "since").is_none(),
            Some("kept") => value(row, "ended").is_none(),
            Some("high") => {
                value(row, "grade").is_some_and(|grade| grade.parse().is_ok_and(|grade: i32| grade > 1))
            }
            Some(role) => panic!("there is no role {role}"),
        };
        let is_own = grant.is_system || value(row, "user_id").as_deref() == Some("u1");
        row.table == "team_members" && is_own && value(row, "until").is_none() && meets
    };
    let ids = outcome.rows.iter().filter_map(|row| row.first()?.clone());
    let mut ids = ids.filter(|id| {
        let is_of = |row: &&Stored| value(row, "team_id").as_ref() == Some(id);
        !outcome.after.iter().filter(is_of).any(entitles)
    });
    ids.next()
}

/// The message if the result contradicts the signature.
fn lie(promise: &Promise, outcome: &Outcome, is_counted: bool) -> Option<String> {
    let is_kept = match promise.cardinality {
        Cardinality::One => outcome.rows.len() == 1,
        Cardinality::Opt => outcome.rows.len() <= 1,
        Cardinality::Exec => outcome.rows.iter().all(Vec::is_empty),
        Cardinality::Many | Cardinality::Stream => true,
    };
    if is_counted && !is_kept {
        return Some(format!("it is {:?} and gives {:?}", promise.cardinality, outcome.rows));
    }
    let nulls = |row: &Vec<Option<String>>| {
        row.iter().zip(&promise.nullable).position(|(value, nullable)| value.is_none() && !nullable)
    };
    let column = outcome.rows.iter().find_map(nulls)?;
    Some(format!("column {} is never NULL, and it gives {:?}", column + 1, outcome.rows))
}

fn difference(one: &Outcome, other: &Outcome, worlds: (&World, &World)) -> Option<String> {
    if one.rows != other.rows {
        return Some(format!("it gives {:?} in one world and {:?} in the other", one.rows, other.rows));
    }
    if one.count != other.count {
        return Some(format!("it counts {} rows in one world and {} in the other", one.count, other.count));
    }
    let (one, other) = (made(one, worlds.0), made(other, worlds.1));
    (one != other).then(|| format!("it leaves {one:?} in one world and {other:?} in the other"))
}

/// The rows that were inserted, changed or removed, as they are afterwards.
fn made(outcome: &Outcome, world: &World) -> Vec<(String, String, String)> {
    let mut found: Vec<_> = outcome
        .after
        .iter()
        .filter(|row| row.made)
        .map(|row| (row.table.clone(), row.key.clone(), row.text.clone()))
        .collect();
    if !outcome.after.is_empty() {
        let after: BTreeSet<_> = outcome.after.iter().map(|row| (&row.table, &row.key)).collect();
        let gone = world.before.iter().filter(|row| !after.contains(&(&row.table, &row.key)));
        found.extend(gone.map(|row| (row.table.clone(), row.key.clone(), "removed".to_owned())));
    }
    found.sort();
    found
}

fn without_conflict(sql: &str) -> Option<String> {
    let start = sql.find(" on conflict (")?;
    let end = sql[start..].find(" returning ").map_or(sql.len(), |at| start + at);
    Some(format!("{}{}", &sql[..start], &sql[end..]))
}
