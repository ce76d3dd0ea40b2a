//! The schema and the policy by names, and the conditions by which rows are visible.
//!
//! These conditions are derived from `sqlward.toml` independently of the prover, as SQL that PostgreSQL evaluates.

use std::collections::{BTreeMap, BTreeSet};

use sqlward_codegen::project::Config;
use sqlward_codegen::schema::{self, Schema};

/// The kind of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Int,
    Text,
    Time,
}

impl Kind {
    pub fn sql(self) -> &'static str {
        match self {
            Kind::Int => "int",
            Kind::Text => "text",
            Kind::Time => "timestamptz",
        }
    }
}

#[derive(Debug)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
    pub nullable: bool,
}

/// A foreign key.
#[derive(Debug)]
pub struct Link {
    pub columns: Vec<String>,
    pub table: String,
    pub foreign: Vec<String>,
}

#[derive(Debug)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    pub key: Vec<String>,
    /// Further unique keys, and whether they are only over rows that are not deleted.
    pub unique: Vec<(Vec<String>, bool)>,
    pub links: Vec<Link>,
    pub soft: bool,
    pub shared: bool,
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// A foreign key that brings rows into scope.
#[derive(Debug)]
pub struct Way {
    /// The pairs of columns: of this table, of the other table.
    pub pairs: Vec<(String, String)>,
    pub table: String,
    pub guard: Option<String>,
}

#[derive(Debug)]
pub struct Rows {
    pub guard: Option<String>,
    pub columns: Option<Vec<String>>,
}

#[derive(Debug)]
pub struct Scope {
    pub name: String,
    pub param: Option<String>,
    pub set: bool,
    pub owners: BTreeMap<String, String>,
    pub ways: BTreeMap<String, Vec<Way>>,
    pub rows: BTreeMap<String, Rows>,
}

/// A set of rows, for a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// Those that may be read.
    Read,
    /// Those that may be changed.
    Write,
    /// Those that belong to the caller, deleted or not.
    Owned,
}

pub struct Model {
    /// The tables, in an order in which they can be filled.
    pub tables: Vec<Table>,
    pub scopes: Vec<Scope>,
    /// `server_version_num`
    pub version: u32,
}

impl Model {
    pub fn new(schema: &Schema, config: &Config, version: u32) -> Model {
        let soft = config.soft_delete.column.as_ref().expect("the policy names it").value.clone();
        let mut tables: Vec<Table> = schema
            .tables
            .values()
            // Partitions are accessed through the partitioned table.
            .filter(|table| matches!(table.kind, 'r' | 'p') && table.partition_of.is_none())
            .map(|found| table(schema, config, found, &soft))
            .collect();
        // Foreign keys refer to tables that were created before.
        tables.sort_by_key(|table| schema.table_named(&table.name).map(|found| found.oid));
        let scopes = config.scopes.iter().map(|found| scope(&tables, found)).collect();
        Model { tables, scopes, version }
    }

    pub fn table(&self, name: &str) -> &Table {
        self.tables.iter().find(|table| table.name == name).expect("it is in the schema")
    }

    pub fn scope(&self, name: &str) -> &Scope {
        self.scopes.iter().find(|scope| scope.name == name).expect("it is in the policy")
    }

    /// The condition by which a row of a table with this alias is in a set, for a caller with these claims.
    pub fn condition(&self, table: &str, alias: &str, claims: &[&Scope], sight: Sight) -> String {
        self.condition_below(table, alias, claims, sight, &BTreeSet::new())
    }

    fn condition_below(
        &self,
        name: &str,
        alias: &str,
        claims: &[&Scope],
        sight: Sight,
        met: &BTreeSet<String>,
    ) -> String {
        let table = self.table(name);
        if table.shared {
            return if sight == Sight::Read { "true".to_owned() } else { "false".to_owned() };
        }
        let mut met = met.clone();
        if !met.insert(name.to_owned()) {
            return "false".to_owned();
        }
        if sight == Sight::Owned {
            return self.owned(table, alias, claims, &met);
        }
        let mut all = vec![self.in_bounds(table, alias, claims, sight, &met)];
        if table.soft {
            all.push(format!("{alias}.deleted_at is null"));
        }
        format!("({})", all.join(" and "))
    }

    /// The condition that a row is in scope: in every claimed scope that owns the table by a column, or if there is none, in
    /// at least one of the others.
    fn in_bounds(
        &self,
        table: &Table,
        alias: &str,
        claims: &[&Scope],
        sight: Sight,
        met: &BTreeSet<String>,
    ) -> String {
        let owning: Vec<&Scope> =
            claims.iter().copied().filter(|scope| scope.owners.contains_key(&table.name)).collect();
        let (scopes, word) = if owning.is_empty() { (claims, " or ") } else { (owning.as_slice(), " and ") };
        let conditions =
            scopes.iter().map(|scope| self.scope_condition(table, alias, scope, claims, sight, met));
        format!("({})", conditions.collect::<Vec<_>>().join(word))
    }

    /// The condition that a new row belongs to the caller: by every owner column of the claims, or if there is none, by a
    /// foreign key.
    fn owned(&self, table: &Table, alias: &str, claims: &[&Scope], met: &BTreeSet<String>) -> String {
        let owning: Vec<String> = claims
            .iter()
            .filter_map(|scope| {
                let owner = scope.owners.get(&table.name)?;
                let word = if scope.set { "any " } else { "" };
                Some(format!("{alias}.{owner} = {word}({})", caller(scope)))
            })
            .collect();
        if !owning.is_empty() {
            return format!("({})", owning.join(" and "));
        }
        let mut any = vec!["false".to_owned()];
        for way in claims.iter().flat_map(|scope| scope.ways.get(&table.name).into_iter().flatten()) {
            let other = format!("{alias}_");
            let pairs = way.pairs.iter().map(|(own, far)| format!("{other}.{far} = {alias}.{own}"));
            let owned = self.condition_below(&way.table, &other, claims, Sight::Owned, met);
            // A new row may also belong to a row that can only be read.
            let read = self.condition_below(&way.table, &other, claims, Sight::Read, met);
            any.push(format!(
                "exists (select from {} {other} where {} and ({owned} or {read}))",
                way.table,
                pairs.collect::<Vec<_>>().join(" and ")
            ));
        }
        format!("({})", any.join(" or "))
    }

    fn scope_condition(
        &self,
        table: &Table,
        alias: &str,
        scope: &Scope,
        claims: &[&Scope],
        sight: Sight,
        met: &BTreeSet<String>,
    ) -> String {
        let mut any = Vec::new();
        let owner = scope.owners.get(&table.name);
        if let Some(owner) = owner {
            any.push(match scope.set {
                true => format!("{alias}.{owner} = any ({})", caller(scope)),
                false => format!("{alias}.{owner} = {}", caller(scope)),
            });
        }
        if owner.is_none() || sight == Sight::Read {
            for way in scope.ways.get(&table.name).into_iter().flatten() {
                let other = format!("{alias}_");
                let mut conditions: Vec<String> =
                    way.pairs.iter().map(|(own, far)| format!("{other}.{far} = {alias}.{own}")).collect();
                if let Some(guard) = &way.guard {
                    conditions.push(qualify(guard, self.table(&way.table), &other));
                }
                // The other row must be visible in the same scope.
                let parent = self.table(&way.table);
                let mut further = met.clone();
                if further.insert(way.table.clone()) {
                    conditions.push(self.scope_condition(
                        parent,
                        &other,
                        scope,
                        claims,
                        Sight::Read,
                        &further,
                    ));
                }
                conditions.push(self.condition_below(&way.table, &other, claims, Sight::Read, met));
                any.push(format!(
                    "exists (select from {} {other} where {})",
                    way.table,
                    conditions.join(" and ")
                ));
            }
        }
        if sight == Sight::Read
            && let Some(rows) = scope.rows.get(&table.name)
        {
            any.push(rows.guard.as_ref().map_or("true".to_owned(), |guard| qualify(guard, table, alias)));
        }
        if any.is_empty() { "false".to_owned() } else { format!("({})", any.join(" or ")) }
    }

    /// The columns that are visible of visible rows.
    pub fn visible_columns(&self, table: &Table, claims: &[&Scope]) -> Vec<String> {
        let all = table.columns.iter().map(|column| column.name.clone());
        let limited = claims.iter().find_map(|scope| {
            let otherwise = scope.owners.contains_key(&table.name) || scope.ways.contains_key(&table.name);
            if otherwise { None } else { scope.rows.get(&table.name)?.columns.clone() }
        });
        limited.unwrap_or_else(|| all.collect())
    }

    /// Whether any row of a table can be visible with these claims.
    pub fn reaches(&self, claims: &[&Scope], table: &Table) -> bool {
        let by = |scope: &&Scope| {
            scope.owners.contains_key(&table.name)
                || scope.rows.contains_key(&table.name)
                || scope.ways.contains_key(&table.name)
        };
        let owning: Vec<_> = claims.iter().filter(|scope| scope.owners.contains_key(&table.name)).collect();
        table.shared || !owning.is_empty() || claims.iter().any(by)
    }
}

/// The value of a scope's parameter, which is the same caller in every world.
pub fn caller(scope: &Scope) -> &'static str {
    match scope.name.as_str() {
        "creator" | "viewer" => "'u1'::text",
        "organization" => "1",
        "organizations" => "'{1,2}'::int[]",
        _ => "null",
    }
}

/// A condition of the policy on a table with this alias.
pub fn qualify(guard: &str, table: &Table, alias: &str) -> String {
    let word = |word: &str| match table.column(word) {
        Some(_) => format!("{alias}.{word}"),
        None => word.to_owned(),
    };
    guard.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn table(schema: &Schema, config: &Config, found: &schema::Table, soft: &str) -> Table {
    let name_of = |number: &i32| found.column(*number).expect("it has that column").name.clone();
    let columns = found.columns.iter().map(|column| Column {
        name: column.name.clone(),
        kind: match column.type_oid {
            // Also wider numbers, floating-point numbers, and texts that are padded or truncated.
            23 | 20 | 701 => Kind::Int,
            25 | 1042 | 1043 => Kind::Text,
            _ => Kind::Time,
        },
        nullable: !column.not_null,
    });
    let links = found.foreign_keys.iter().map(|key| {
        let other = schema.table(key.foreign_table).expect("the schema is whole");
        let far = |number: &i32| other.column(*number).expect("it has that column").name.clone();
        Link {
            columns: key.columns.iter().map(name_of).collect(),
            table: other.name.clone(),
            foreign: key.foreign_columns.iter().map(far).collect(),
        }
    });
    let names = |numbers: &[i32]| numbers.iter().map(name_of).collect::<Vec<_>>();
    let key = found.unique.iter().find(|key| key.primary).expect("it has a primary key");
    let others = found.unique.iter().filter(|key| !key.primary);
    Table {
        name: found.name.clone(),
        columns: columns.collect(),
        key: names(&key.columns),
        unique: others.map(|key| (names(&key.columns), key.predicate.is_some())).collect(),
        links: links.collect(),
        soft: found.column_named(soft).is_some(),
        shared: config.shared.iter().any(|name| name.value == found.name),
    }
}

fn scope(tables: &[Table], found: &sqlward_codegen::project::Scope) -> Scope {
    let mut owners = BTreeMap::new();
    if let Some(column) = &found.column {
        let owned = tables.iter().filter(|table| table.column(&column.value).is_some());
        owners.extend(owned.map(|table| (table.name.clone(), column.value.clone())));
    }
    owners.extend(found.owns.iter().map(|owns| (owns.table.value.clone(), owns.column.value.clone())));
    let ways = found.via.iter().map(|via| {
        let ways = via.ways.iter().map(|way| self::way(tables, &via.table.value, way)).collect();
        (via.table.value.clone(), ways)
    });
    let rows = found.rows.iter().map(|rows| {
        let columns = rows.columns.as_ref().map(|all| all.iter().map(|name| name.value.clone()).collect());
        let guard = rows.condition.as_ref().map(|guard| guard.value.clone());
        (rows.table.value.clone(), Rows { guard, columns })
    });
    Scope {
        name: found.name.value.clone(),
        param: found.param.as_ref().map(|param| param.value.clone()),
        set: found.set,
        owners,
        ways: ways.collect(),
        rows: rows.collect(),
    }
}

fn way(tables: &[Table], own: &str, way: &sqlward_codegen::project::ViaWay) -> Way {
    let of = |name: &str| tables.iter().find(|table| table.name == name).expect("it is in the schema");
    let guard = way.condition.as_ref().map(|guard| guard.value.clone());
    let other = way.table.value.clone();
    if let Some(link) = of(own).links.iter().find(|link| link.table == other) {
        let pairs = link.columns.iter().cloned().zip(link.foreign.iter().cloned()).collect();
        return Way { pairs, table: other, guard };
    }
    let link = of(&other).links.iter().find(|link| link.table == own).expect("a key joins the two");
    let pairs = link.foreign.iter().cloned().zip(link.columns.iter().cloned()).collect();
    Way { pairs, table: other, guard }
}
