//! The schema as PostgreSQL reports it: tables, keys, checks, types, functions, operators.
//!
//! Everything is read from the server's catalogs after it has run `schema.sql`; DDL is not parsed. Expressions (checks,
//! generated columns, index predicates, views, function bodies) are the server's own trees.

mod apply;
mod read;

use std::collections::{BTreeMap, BTreeSet};

pub use apply::{apply, texts};
pub use read::read;

use crate::tree::pg_type::{BOOL, DATE, INT2, INT4, INT8, RECORD, TEXT, UUID, VARCHAR};
use crate::tree::{Const, Expr, Layout, Oid, Query};

/// The first OID that the server assigns to user-defined objects.
pub const FIRST_USER_OID: Oid = 16384;

/// A database's schema.
#[derive(Debug, Default)]
pub struct Schema {
    /// Tables, views, composite types and sequences outside the system's own schemas.
    pub tables: BTreeMap<Oid, Table>,
    /// Types, those of pg_catalog included.
    pub types: BTreeMap<Oid, Type>,
    /// What PostgreSQL calls by itself for values of a type, where that is a function of the user's.
    pub implied: BTreeMap<Oid, Implied>,
    /// Functions, those of pg_catalog included.
    pub functions: BTreeMap<Oid, Function>,
    /// Operators, those of pg_catalog included.
    pub operators: BTreeMap<Oid, Operator>,
    /// Collations under which equal texts may have different bytes.
    pub nondeterministic_collations: BTreeSet<Oid>,
}

/// The SQL grammar's names of types in pg_catalog.
const SQL_NAMES: &[(&str, &str)] = &[
    ("bigint", "int8"),
    ("boolean", "bool"),
    ("character varying", "varchar"),
    ("decimal", "numeric"),
    ("double precision", "float8"),
    ("int", "int4"),
    ("integer", "int4"),
    ("real", "float4"),
    ("smallint", "int2"),
    ("time with time zone", "timetz"),
    ("timestamp with time zone", "timestamptz"),
    ("timestamp without time zone", "timestamp"),
];

impl Schema {
    /// The relation of that OID; `None` for the system's own.
    pub fn table(&self, oid: Oid) -> Option<&Table> {
        self.tables.get(&oid)
    }

    /// The partitions of a table, at all levels.
    pub fn partitions(&self, table: Oid) -> impl Iterator<Item = &Table> {
        self.tables.values().filter(move |found| found.oid != table && self.is_part_of(found, table))
    }

    /// Whether all rows of a table are rows of that one: it is the same table, or a partition of it.
    pub fn is_part_of(&self, table: &Table, whole: Oid) -> bool {
        let mut found = Some(table);
        while let Some(table) = found {
            if table.oid == whole {
                return true;
            }
            found = table.partition_of.and_then(|parent| self.table(parent));
        }
        false
    }

    /// A table and its partitions, which can have further constraints and compute columns from others.
    pub fn holders<'s>(&'s self, table: &'s Table) -> impl Iterator<Item = &'s Table> {
        std::iter::once(table).chain(self.partitions(table.oid))
    }

    /// Whether a column of a table is generated, there or in a partition.
    pub fn is_generated(&self, table: &Table, column: &Column) -> bool {
        let mut own = self.holders(table).filter_map(|holder| holder.column_named(&column.name));
        own.any(|own| own.generated.is_some())
    }

    /// A column by its table's OID and its number; `None` for system columns and tables.
    pub fn column(&self, table: Oid, number: i32) -> Option<&Column> {
        self.tables.get(&table)?.column(number)
    }

    /// The table with a name in the configuration: `content`, `app.content`.
    pub fn table_named(&self, name: &str) -> Option<&Table> {
        self.tables.values().find(|table| table.is_relation() && self.answers_to(table, name))
    }

    fn answers_to(&self, table: &Table, name: &str) -> bool {
        match name.split_once('.') {
            Some((schema, name)) => table.schema == schema && table.name == name,
            None => table.visible && table.name == name,
        }
    }

    /// A type, below all domains.
    pub fn base_type(&self, oid: Oid) -> Option<&Type> {
        let mut found = self.types.get(&oid)?;
        // A domain cannot be a domain of itself, so this ends.
        while let TypeKind::Domain { base, .. } = found.kind {
            found = self.types.get(&base)?;
        }
        Some(found)
    }

    /// The elements of a constant that is an array of words, numbers, ids or an enum's values, in order, NULLs included.
    pub fn elements(&self, array: &Const) -> Option<Vec<Const>> {
        const WORDS: [Oid; 2] = [TEXT, VARCHAR];
        let TypeKind::Array { element } = self.base_type(array.type_oid)?.kind else { return None };
        let base = self.base_type(element)?;
        let layout = match base.kind {
            TypeKind::Enum { .. } => Layout::Oid,
            _ => match base.oid {
                BOOL => Layout::Number(1),
                INT2 => Layout::Number(2),
                INT4 | DATE => Layout::Number(4),
                INT8 => Layout::Number(8),
                UUID => Layout::Bytes(16),
                oid if WORDS.contains(&oid) => Layout::Varlena,
                _ => return None,
            },
        };
        array.elements(element, layout)
    }

    /// A type and all that its values are made of.
    pub fn parts(&self, oid: Oid) -> BTreeSet<Oid> {
        let (mut found, mut open) = (BTreeSet::new(), vec![oid]);
        while let Some(oid) = open.pop() {
            if !found.insert(oid) {
                continue;
            }
            match self.types.get(&oid).map(|found| &found.kind) {
                Some(
                    TypeKind::Array { element: inner }
                    | TypeKind::Domain { base: inner, .. }
                    | TypeKind::Range { of: inner }
                    | TypeKind::Multirange { of: inner },
                ) => open.push(*inner),
                Some(TypeKind::Composite { relation }) => {
                    let columns = self.table(*relation).into_iter().flat_map(|found| &found.columns);
                    open.extend(columns.map(|column| column.type_oid));
                }
                Some(TypeKind::Base | TypeKind::Enum { .. } | TypeKind::Pseudo) | None => {}
            }
        }
        found
    }

    /// Whether equal values of a type under a collation are the same value. Of types of extensions, such as citext, and
    /// under a nondeterministic collation they need not be.
    pub fn equals_exactly(&self, type_oid: Oid, collation: Oid) -> bool {
        let is_exact = |part: &Oid| {
            self.types.get(part).is_some_and(|found| found.is_built_in() || found.kind != TypeKind::Base)
        };
        !self.nondeterministic_collations.contains(&collation) && self.parts(type_oid).iter().all(is_exact)
    }

    /// Whether GROUP BY, DISTINCT or PARTITION BY by an operator puts all rows together whose keys are equal. They take the
    /// operator from an ORDER BY of the same key, which can be USING another operator class than the type's default one.
    pub fn groups_equals(&self, equality: Oid) -> bool {
        self.operators.get(&equality).is_some_and(Operator::is_equality)
    }

    /// Whether values of a type can have others in them whose types are not known: rows of no named type can.
    pub fn holds_anything(&self, oid: Oid) -> bool {
        self.parts(oid).iter().any(|part| *part == RECORD || !self.types.contains_key(part))
    }

    /// Whether functions of the user's cast values of a type, or what they are made of, to others.
    pub fn has_own_casts(&self, oid: Oid) -> bool {
        let casts = |part: &Oid| self.implied.get(part).is_some_and(|found| !found.cast.is_empty());
        !self.implied.is_empty() && self.parts(oid).iter().any(casts)
    }

    /// The types in a list such as `text, int[], app.kind`; `None` if one of them is unknown.
    pub fn types_named(&self, list: &str) -> Option<Vec<Oid>> {
        if list.trim().is_empty() {
            return Some(Vec::new());
        }
        list.split(',').map(|name| self.type_named(name.trim())).collect()
    }

    /// The type with that name, its own or that of the SQL grammar.
    fn type_named(&self, name: &str) -> Option<Oid> {
        if let Some(element) = name.strip_suffix("[]") {
            let array = self.types.get(&self.type_named(element.trim_end())?)?.array;
            return (array != 0).then_some(array);
        }
        let name = SQL_NAMES.iter().find(|(sql, _)| *sql == name).map_or(name, |(_, own)| *own);
        let (schema, bare) = name.split_once('.').map_or((None, name), |(schema, bare)| (Some(schema), bare));
        let fits = |found: &&Type| {
            found.name == bare && schema.map_or(found.visible, |schema| found.schema == schema)
        };
        self.types.values().find(fits).map(|found| found.oid)
    }

    /// The name of a type in the runtime and in machine output: with its schema unless that is pg_catalog.
    pub fn type_name(&self, oid: Oid) -> String {
        match self.types.get(&oid) {
            Some(found) if found.schema == "pg_catalog" => found.name.clone(),
            Some(found) => format!("{}.{}", found.schema, found.name),
            None => format!("oid {oid}"),
        }
    }
}

/// A table, a view, or anything else with columns.
#[derive(Debug)]
pub struct Table {
    /// `pg_class.oid`
    pub oid: Oid,
    /// The schema it is in.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// `pg_class.relkind`: `r` table, `p` partitioned, `v` view, `m` materialized view, `f` foreign, `c` composite, `S` sequence.
    pub kind: char,
    /// `comment on table`
    pub comment: Option<String>,
    /// The type of its rows.
    pub row_type: Oid,
    /// Whether the search path finds it without its schema.
    pub visible: bool,
    /// The partitioned table that it is a partition of.
    pub partition_of: Option<Oid>,
    /// The tables that it inherits from, other than as a partition.
    pub inherits: Vec<Oid>,
    /// Whether other tables inherit from it, other than as partitions: then its unique keys do not cover all of its rows.
    pub has_children: bool,
    /// Its columns, in order; numbers of dropped columns are missing.
    pub columns: Vec<Column>,
    /// Its unique and primary keys.
    pub unique: Vec<UniqueKey>,
    /// Its foreign keys to other tables.
    pub foreign_keys: Vec<ForeignKey>,
    /// Its CHECK constraints.
    pub checks: Vec<Check>,
    /// The names of all its constraints and unique indexes, which the server's errors contain.
    pub constraint_names: Vec<String>,
    /// Its enabled triggers.
    pub triggers: Vec<Trigger>,
    /// For a view, its query. Trees of views may lack locations.
    pub view: Option<Query>,
    /// Whether it has rules that rewrite statements.
    pub has_rules: bool,
    /// Whether policies of row level security apply to it.
    pub row_security: bool,
    /// The conditions by which these choose the rows that are there to be read, about range 1.
    pub policies: Vec<Expr>,
}

impl Table {
    /// A column by its number.
    pub fn column(&self, number: i32) -> Option<&Column> {
        self.columns.iter().find(|column| column.number == number)
    }

    /// A column by its name.
    pub fn column_named(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Whether it has rows, unlike a composite type or a sequence.
    pub fn is_relation(&self) -> bool {
        matches!(self.kind, 'r' | 'p' | 'v' | 'm' | 'f')
    }

    /// Its name in messages: with its schema if the search path does not find it.
    pub fn display_name(&self) -> String {
        if self.visible { self.name.clone() } else { format!("{}.{}", self.schema, self.name) }
    }
}

/// A column.
#[derive(Debug)]
pub struct Column {
    /// Its attribute number, from 1.
    pub number: i32,
    /// Its name.
    pub name: String,
    /// Its type.
    pub type_oid: Oid,
    /// Its type modifier, -1 for none.
    pub typmod: i32,
    /// Its collation, 0 for none.
    pub collation: Oid,
    /// NOT NULL, and valid for all rows.
    pub not_null: bool,
    /// Whether it has a default.
    pub has_default: bool,
    /// GENERATED AS IDENTITY
    pub identity: bool,
    /// The expression of a generated column.
    pub generated: Option<Expr>,
    /// `comment on column`
    pub comment: Option<String>,
}

/// A unique index, with or without a constraint.
#[derive(Debug)]
pub struct UniqueKey {
    /// `pg_class.oid` of the index.
    pub index: Oid,
    /// Its name.
    pub name: String,
    /// Whether it is the primary key.
    pub primary: bool,
    /// The key columns by number; 0 is an expression.
    pub columns: Vec<i32>,
    /// The predicate of a partial index.
    pub predicate: Option<Expr>,
    /// Whether all rows obey it at all times: it is valid, not deferrable, and uses the `=` of each column's type.
    pub holds: bool,
    /// NULLS NOT DISTINCT
    pub nulls_not_distinct: bool,
}

/// A foreign key.
#[derive(Debug, Clone)]
pub struct ForeignKey {
    /// `pg_constraint.oid`
    pub oid: Oid,
    /// Its name.
    pub name: String,
    /// The referencing columns.
    pub columns: Vec<i32>,
    /// The referenced table.
    pub foreign_table: Oid,
    /// The referenced columns, in the same order.
    pub foreign_columns: Vec<i32>,
    /// `pg_constraint.confdeltype`: `a` no action, `r` restrict, `c` cascade, `n` set null, `d` set default.
    pub on_delete: char,
    /// `pg_constraint.confupdtype`, with the same letters.
    pub on_update: char,
    /// Whether all rows obey it.
    pub validated: bool,
    /// Whether it is the part for one partition of a key that references a partitioned table.
    pub part: bool,
    /// Whether the columns equal the referenced ones by the `=` of their type. A key to an index with other operator classes
    /// compares by these.
    pub by_equality: bool,
}

/// A CHECK constraint.
#[derive(Debug)]
pub struct Check {
    /// Its name.
    pub name: String,
    /// Its condition; [`crate::tree::Var`]s are columns of range 1.
    pub expr: Expr,
    /// Whether all rows obey it.
    pub validated: bool,
}

/// A trigger.
#[derive(Debug, Clone)]
pub struct Trigger {
    /// Its name.
    pub name: String,
    /// `pg_trigger.tgtype`: bits 1 row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate, 64 instead.
    pub kind: i16,
}

impl Trigger {
    /// Whether it is a BEFORE ... FOR EACH ROW trigger, which may change or drop the row.
    pub fn is_before_row(&self) -> bool {
        self.kind & 3 == 3
    }

    /// Whether it is INSTEAD OF.
    pub fn is_instead(&self) -> bool {
        self.kind & 64 != 0
    }

    /// Whether it fires on INSERT.
    pub fn on_insert(&self) -> bool {
        self.kind & 4 != 0
    }

    /// Whether it fires on DELETE.
    pub fn on_delete(&self) -> bool {
        self.kind & 8 != 0
    }

    /// Whether it fires on UPDATE.
    pub fn on_update(&self) -> bool {
        self.kind & 16 != 0
    }
}

/// A type.
#[derive(Debug)]
pub struct Type {
    /// `pg_type.oid`
    pub oid: Oid,
    /// The schema it is in.
    pub schema: String,
    /// Its name; an array's begins with an underscore.
    pub name: String,
    /// Its kind.
    pub kind: TypeKind,
    /// `pg_type.typcategory`
    pub category: char,
    /// The default collation of its values, 0 for none.
    pub collation: Oid,
    /// The type of arrays of it, 0 for none.
    pub array: Oid,
    /// Whether the search path finds it without its schema.
    pub visible: bool,
    /// Whether there is a function that casts it to `json`, which then makes the JSON of its values.
    pub casts_to_json: bool,
    /// The conditions of a domain, which every cast to it evaluates.
    pub checks: Vec<Expr>,
}

impl Type {
    /// Whether it is built in, so that its OID is the same everywhere.
    pub fn is_built_in(&self) -> bool {
        self.schema == "pg_catalog" && self.oid < FIRST_USER_OID
    }
}

/// Users' functions that PostgreSQL calls by itself for values of a type, so that no query names them. Those in C are not
/// among them: what they do is what their extension says.
#[derive(Debug, Default)]
pub struct Implied {
    /// Those of its default operator classes, or of the class that a range has for its bounds: arrays and rows of the
    /// type are compared by them too.
    pub compare: Vec<Oid>,
    /// Those that cast to another type: that type, and the function.
    pub cast: Vec<(Oid, Oid)>,
}

/// The kind of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeKind {
    /// A base type without structure.
    Base,
    /// An array.
    Array {
        /// Its elements' type.
        element: Oid,
    },
    /// An enum.
    Enum {
        /// The labels and their OIDs, in order.
        labels: Vec<(Oid, String)>,
    },
    /// A domain.
    Domain {
        /// The type below it.
        base: Oid,
        /// The type modifier that it sets.
        typmod: i32,
        /// NOT NULL. A column of the domain can still be NULL, for instance by an outer join.
        not_null: bool,
    },
    /// A composite, a table's row type included.
    Composite {
        /// The [`Table`] with its columns.
        relation: Oid,
    },
    /// A range.
    Range {
        /// The type of its bounds.
        of: Oid,
    },
    /// A multirange.
    Multirange {
        /// The type of its ranges.
        of: Oid,
    },
    /// A pseudo-type: `record`, `void`, `anyelement`.
    Pseudo,
}

/// A function, aggregate, window function or procedure.
#[derive(Debug)]
pub struct Function {
    /// `pg_proc.oid`
    pub oid: Oid,
    /// The schema it is in.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// `pg_proc.prokind`: `f`, `a`, `w`, `p`.
    pub kind: char,
    /// STRICT: with a NULL argument it returns NULL without a call.
    pub strict: bool,
    /// `pg_proc.provolatile`: `i`, `s`, `v`.
    pub volatility: char,
    /// Whether it returns a set.
    pub returns_set: bool,
    /// Its result type.
    pub result: Oid,
    /// The types of its input parameters.
    pub parameters: Vec<Oid>,
    /// The defaults of the last parameters; not read for PostgreSQL's own functions.
    pub defaults: Vec<Expr>,
    /// Whether its last parameter is VARIADIC.
    pub variadic: bool,
    /// The language it is written in.
    pub language: String,
    /// The functions of a user-defined aggregate.
    pub parts: Vec<Oid>,
    /// Its SQL-standard body, if it has one.
    pub body: Option<Vec<Query>>,
    /// The extension that it is a member of.
    pub extension: Option<String>,
}

/// An operator.
#[derive(Debug)]
pub struct Operator {
    /// `pg_operator.oid`
    pub oid: Oid,
    /// The schema it is in.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// The function behind it.
    pub function: Oid,
    /// The type on its left, 0 for a prefix operator.
    pub left: Oid,
    /// The type on its right.
    pub right: Oid,
    /// Its result type.
    pub result: Oid,
    /// Its negator, 0 for none.
    pub negator: Oid,
    /// Its commutator, 0 for none.
    pub commutator: Oid,
    /// Its strategy in a default btree class: 1 `<`, 2 `<=`, 3 `=`, 4 `>=`, 5 `>`.
    pub btree: Option<i16>,
    /// Its strategy in a default hash class: 1 `=`.
    pub hash: Option<i16>,
    /// The user-defined functions with which its operator classes sort and hash.
    pub support: Vec<Oid>,
}

impl Function {
    /// Whether it is built in, as opposed to added to pg_catalog by a schema, whose name says nothing.
    pub fn is_built_in(&self) -> bool {
        self.schema == "pg_catalog"
            && self.oid < FIRST_USER_OID
            && matches!(self.language.as_str(), "internal" | "c" | "sql")
            && self.parts.iter().all(|part| *part < FIRST_USER_OID)
    }
}

impl Operator {
    /// Whether it is built in, as opposed to added to pg_catalog by a schema, whose name says nothing.
    pub fn is_built_in(&self) -> bool {
        self.schema == "pg_catalog" && self.oid < FIRST_USER_OID
    }

    /// Whether it is the equality of a default operator class.
    pub fn is_equality(&self) -> bool {
        self.btree == Some(3) || self.hash == Some(1)
    }
}
