//! Ids and enums: the meaning of a column's values, beyond their PostgreSQL type.

use std::collections::{BTreeMap, BTreeSet};

use super::names;
use super::{EnumOrigin, EnumType, IdType, Plain};
use crate::schema::{Check, Schema, Table, TypeKind};
use crate::tree::{BoolOp, CastVia, Expr, Oid};

/// What the values of a column mean.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// Keys of a table: the name of the newtype.
    Id(String),
    /// One of a set of words: the name of the enum.
    Enum(String),
    /// A Rust type from the configuration, for values of that SQL type.
    Custom(String, Oid),
}

impl Meaning {
    /// The name of the Rust type.
    pub fn name(&self) -> &str {
        match self {
            Meaning::Id(name) | Meaning::Enum(name) | Meaning::Custom(name, _) => name,
        }
    }
}

/// The meanings of all columns of a schema, and the types made for them.
#[derive(Debug, Default)]
pub struct Meanings {
    columns: BTreeMap<(Oid, i32), Meaning>,
    enum_types: BTreeMap<Oid, String>,
    /// The newtypes, by name.
    pub ids: BTreeMap<String, IdType>,
    /// The enums, by name.
    pub enums: BTreeMap<String, EnumType>,
    /// The names in use, of ids, enums and whatever the caller adds.
    pub taken: BTreeSet<String>,
}

impl Meanings {
    /// The meaning of a column's values, if it is more than their type.
    pub fn of_column(&self, table: Oid, number: i32) -> Option<&Meaning> {
        self.columns.get(&(table, number))
    }

    /// The Rust enum of a PostgreSQL enum.
    pub fn of_enum_type(&self, oid: Oid) -> Option<&str> {
        self.enum_types.get(&oid).map(String::as_str)
    }

    /// Derives ids from the foreign keys of a schema and enums from its types and checks. `custom` are the columns with a
    /// Rust type of their own.
    pub fn of(schema: &Schema, custom: impl IntoIterator<Item = ((Oid, i32), String)>) -> Meanings {
        let mut meanings = Meanings::default();
        for (column, rust) in custom {
            let type_oid = schema.column(column.0, column.1).map_or(0, |column| column.type_oid);
            meanings.columns.insert(column, Meaning::Custom(rust, type_oid));
        }
        meanings.add_enum_types(schema);
        let tables = in_order(schema);
        let roots: BTreeSet<(Oid, i32)> = tables
            .iter()
            .flat_map(|table| {
                let keys = table.unique.iter().filter(|key| key.primary && key.columns.len() == 1);
                let own = keys.map(|key| (table.oid, key.columns[0]));
                let referenced = table.foreign_keys.iter().flat_map(|key| {
                    key.foreign_columns.iter().map(|number| (key.foreign_table, *number)).collect::<Vec<_>>()
                });
                own.chain(referenced)
            })
            .collect();
        for table in &tables {
            for column in &table.columns {
                if let Some(root) =
                    root_of(schema, (table.oid, column.number)).filter(|root| roots.contains(root))
                {
                    meanings.add_id(schema, (table.oid, column.number), root);
                }
            }
        }
        for table in &tables {
            for check in &table.checks {
                meanings.add_check(schema, table, check);
            }
        }
        meanings
    }

    fn add_id(&mut self, schema: &Schema, column: (Oid, i32), root: (Oid, i32)) {
        let Some((table, key)) = schema.table(root.0).zip(schema.column(root.0, root.1)) else { return };
        let Some(inner) = schema.base_type(key.type_oid).and_then(|found| id_type(&found.name)) else {
            return;
        };
        let name = match self.columns.get(&root) {
            Some(Meaning::Id(name)) => name.clone(),
            // The key has a custom type, and so have the columns that refer to it.
            Some(known) => {
                let known = known.clone();
                self.columns.entry(column).or_insert(known);
                return;
            }
            None => {
                let name = names::unique(
                    &mut self.taken,
                    names::type_name(&format!("{}_{}", names::singular(&table.name), key.name)),
                );
                let column = format!("{}.{}", table.display_name(), key.name);
                self.ids.insert(name.clone(), IdType { name: name.clone(), inner, column });
                self.columns.insert(root, Meaning::Id(name.clone()));
                name
            }
        };
        self.columns.entry(column).or_insert(Meaning::Id(name));
    }

    fn add_enum_types(&mut self, schema: &Schema) {
        for found in schema.types.values() {
            let TypeKind::Enum { labels } = &found.kind else { continue };
            let name = names::unique(&mut self.taken, names::type_name(&found.name));
            let variants = variants(labels.iter().map(|(_, label)| label.as_str()));
            let origin = EnumOrigin::Type(found.schema.clone(), found.name.clone());
            self.enums.insert(name.clone(), EnumType { name: name.clone(), variants, origin });
            self.enum_types.insert(found.oid, name);
        }
    }

    fn add_check(&mut self, schema: &Schema, table: &Table, check: &Check) {
        let Some((number, words)) = check_set(schema, table, check) else { return };
        let Some(column) = table.column(number) else { return };
        if self.columns.contains_key(&(table.oid, number)) {
            return;
        }
        let name = joined(&names::singular(&table.name), &column.name);
        let name = names::unique(&mut self.taken, names::type_name(&name));
        let origin = EnumOrigin::Check {
            table: table.display_name(),
            column: column.name.clone(),
            constraint: check.name.clone(),
        };
        let variants = variants(words.iter().map(String::as_str));
        self.enums.insert(name.clone(), EnumType { name: name.clone(), variants, origin });
        self.columns.insert((table.oid, number), Meaning::Enum(name));
    }
}

/// Joins the names of a table and its column, without repeating the words at the joint: `content` and `content_type` are
/// `content_type`, `content_access` and `access_type` are `content_access_type`.
fn joined(table: &str, column: &str) -> String {
    let words: Vec<&str> = column.split('_').collect();
    let is_end =
        |head: &str| table.strip_suffix(head).is_some_and(|rest| rest.is_empty() || rest.ends_with('_'));
    let seam = (1..words.len()).rev().find(|count| is_end(&words[..*count].join("_")));
    format!("{table}_{}", words[seam.unwrap_or(0)..].join("_"))
}

/// Each value of an enum with the name of its variant.
fn variants<'a>(values: impl Iterator<Item = &'a str> + Clone) -> Vec<(String, String)> {
    names::variants(values.clone()).into_iter().zip(values.map(str::to_owned)).collect()
}

/// The tables by schema and name, so that the result does not depend on OIDs.
fn in_order(schema: &Schema) -> Vec<&Table> {
    let mut tables: Vec<_> =
        schema.tables.values().filter(|table| matches!(table.kind, 'r' | 'p' | 'f')).collect();
    tables.sort_by_key(|table| (!table.visible, &table.schema, &table.name));
    tables
}

/// The column at the end of the chain of foreign keys, or the column itself. `None` if foreign keys lead to different
/// ends.
fn root_of(schema: &Schema, column: (Oid, i32)) -> Option<(Oid, i32)> {
    fn ends(
        schema: &Schema,
        column: (Oid, i32),
        seen: &mut BTreeSet<(Oid, i32)>,
        ends_found: &mut BTreeSet<(Oid, i32)>,
    ) {
        if !seen.insert(column) {
            return;
        }
        let Some(table) = schema.table(column.0) else { return };
        let referenced: Vec<_> = table
            .foreign_keys
            .iter()
            .filter(|key| !key.part)
            .flat_map(|key| {
                key.columns
                    .iter()
                    .zip(&key.foreign_columns)
                    .map(|(from, to)| (*from, (key.foreign_table, *to)))
            })
            .filter(|(from, to)| *from == column.1 && *to != column)
            .map(|(_, to)| to)
            .collect();
        if referenced.is_empty() {
            ends_found.insert(column);
        }
        for next in referenced {
            ends(schema, next, seen, ends_found);
        }
    }
    let mut seen = BTreeSet::new();
    let mut found = BTreeSet::new();
    ends(schema, column, &mut seen, &mut found);
    // A circle of foreign keys has no end: its first column by number stands for all.
    if found.is_empty() {
        seen.into_iter().min()
    } else {
        (found.len() == 1).then(|| found.first().copied())?
    }
}

/// The types of keys that get a newtype.
fn id_type(name: &str) -> Option<Plain> {
    match name {
        "uuid" => Some(Plain::Uuid),
        "int2" => Some(Plain::Int2),
        "int4" => Some(Plain::Int4),
        "int8" => Some(Plain::Int8),
        "text" | "varchar" => Some(Plain::Text),
        _ => None,
    }
}

/// The words that a CHECK allows in one text column: `c in ('a', 'b')`, `c = 'a' or c = 'b'`, also with `c is null or`.
fn check_set(schema: &Schema, table: &Table, check: &Check) -> Option<(i32, Vec<String>)> {
    if !check.validated {
        return None;
    }
    let mut found: Option<i32> = None;
    let mut words = Vec::new();
    collect(schema, &check.expr, &mut found, &mut words)?;
    let number = found?;
    let column = table.column(number)?;
    let text = schema
        .base_type(column.type_oid)
        .is_some_and(|base| matches!(base.name.as_str(), "text" | "varchar"));
    // Under a nondeterministic collation different words can be equal, and an enum would not have them.
    let deterministic = !schema.nondeterministic_collations.contains(&column.collation);
    (text && deterministic && !words.is_empty()).then_some((number, words))
}

/// Adds the words of one disjunct; `None` if it has another form.
fn collect(schema: &Schema, expr: &Expr, column: &mut Option<i32>, words: &mut Vec<String>) -> Option<()> {
    match expr {
        Expr::Bool { op: BoolOp::Or, args, .. } => {
            args.iter().try_for_each(|arg| collect(schema, arg, column, words))
        }
        Expr::NullTest { arg, is_null: true, row: false, .. } => same_column(arg, column),
        Expr::Operator(operator) => {
            let [left, right] = operator.args.as_slice() else { return None };
            equality(schema, operator.operator, operator.collation)?;
            same_column(left, column)?;
            add_word(right, words)
        }
        Expr::ArrayOperator { operator, any: true, collation, scalar, array, .. } => {
            equality(schema, *operator, *collation)?;
            same_column(scalar, column)?;
            let Expr::Array { elements, multidimensional: false, .. } = plain(array) else { return None };
            elements.iter().try_for_each(|element| add_word(element, words))
        }
        _ => None,
    }
}

fn equality(schema: &Schema, operator: Oid, collation: Oid) -> Option<()> {
    let operator = schema.operators.get(&operator)?;
    let deterministic = !schema.nondeterministic_collations.contains(&collation);
    (operator.is_built_in() && operator.is_equality() && deterministic).then_some(())
}

fn same_column(expr: &Expr, column: &mut Option<i32>) -> Option<()> {
    let Expr::Var(var) = plain(expr) else { return None };
    if var.levels_up != 0 || column.is_some_and(|known| known != var.attribute) {
        return None;
    }
    *column = Some(var.attribute);
    Some(())
}

fn add_word(expr: &Expr, words: &mut Vec<String>) -> Option<()> {
    // With NULL among the words the check accepts anything.
    let Expr::Const(constant) = plain(expr) else { return None };
    let word = constant.text()?.to_owned();
    if !words.contains(&word) {
        words.push(word);
    }
    Some(())
}

/// The expression under casts that do not change its value.
fn plain(expr: &Expr) -> &Expr {
    match expr {
        Expr::Cast { via: CastVia::Relabel | CastVia::ArrayElements, arg, .. } => plain(arg),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn words_at_the_seam_stand_once() {
        assert_eq!(joined("content", "content_type"), "content_type");
        assert_eq!(joined("content_access", "access_type"), "content_access_type");
        assert_eq!(joined("media_item", "media_type"), "media_item_media_type");
        assert_eq!(joined("subcontent", "content_type"), "subcontent_content_type");
        assert_eq!(joined("status", "status"), "status_status");
    }
}
