//! Row structs: which queries share one, its name, and its module.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{self, Taken};
use super::objects::{Objects, Owner, settle};
use super::{FieldValue, RowAlias, RowField, RowKind, RowStruct, RustType};
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::parse::{QueryDecl, StructDecl};
use crate::tree::RangeIndex;

/// A result column that becomes a field.
#[derive(Debug, Clone)]
pub struct RowColumn {
    /// Its name in the result; a dot in it makes it a field of a nested struct.
    pub name: String,
    /// PostgreSQL's name of its type.
    pub pg_type: String,
    /// Its Rust type.
    pub rust: RustType,
    /// Whether it is an `Option` as a column by itself.
    pub nullable: bool,
    /// The range entry whose outer join may leave it NULL, and whether it can be NULL even if the entry has a row.
    pub padded: Option<(RangeIndex, bool)>,
    /// The column's comment in the schema.
    pub docs: Vec<String>,
}

/// A table with a struct for its whole rows.
pub struct TableShape {
    /// The name of the struct: `Content`.
    pub name: String,
    /// The table's comment in the schema.
    pub docs: Vec<String>,
    /// The columns of `select *`.
    pub columns: Vec<RowColumn>,
}

/// The rows of all queries.
pub struct Rows {
    /// The row of each query, in order.
    pub rows: Vec<Row>,
    /// The structs.
    pub structs: Vec<RowStruct>,
    /// Further names of the structs.
    pub aliases: Vec<RowAlias>,
}

/// The row of a query.
pub struct Row {
    /// Its type.
    pub kind: RowKind,
    /// The name of its struct in the query's module, if it is an alias.
    pub alias: Option<String>,
    /// The types of its columns.
    pub types: Vec<RustType>,
}

/// Gives each query its row, in order, and makes the necessary structs.
pub fn rows<'a>(
    diagnostics: &mut Diagnostics,
    tables: &[TableShape],
    taken: BTreeSet<String>,
    queries: impl Iterator<Item = (&'a QueryDecl, Vec<RowColumn>)>,
) -> Rows {
    let mut shapes = Shapes::of(tables);
    for (decl, mut columns) in queries {
        columns.iter_mut().for_each(|column| settle(&mut column.rust, tables, decl.row.as_ref()));
        shapes.add(tables, decl, &columns);
    }
    shapes.name(diagnostics, tables, taken)
}

/// What rows must have in common to share a struct: the author's name, the fields, the columns' types.
#[derive(Clone, PartialEq, Eq)]
struct Shape {
    name: Option<String>,
    fields: Vec<RowField>,
    columns: Vec<(String, String)>,
}

impl Shape {
    /// Whether a struct of this shape can hold rows of another shape with the same columns: it has an `Option` wherever the other
    /// has one. So a query that excludes some NULLs still returns the row of its table.
    fn holds(&self, other: &Shape) -> bool {
        let holds = |(mine, other): (&RowField, &RowField)| match (&mine.value, &other.value) {
            (
                FieldValue::Column { rust, nullable, .. },
                FieldValue::Column { rust: other_rust, nullable: other_nullable, .. },
            ) => mine.name == other.name && rust == other_rust && (*nullable || !other_nullable),
            _ => false,
        };
        self.fields.len() == other.fields.len() && self.fields.iter().zip(&other.fields).all(holds)
    }
}

/// A shape, and the queries with it.
struct Used<'a> {
    shape: Shape,
    table: Option<usize>,
    decl: Option<&'a StructDecl>,
    queries: Vec<&'a QueryDecl>,
}

impl<'a> Used<'a> {
    /// The module of a struct that the author named: `None` if several have it.
    fn module(&self) -> Option<Vec<String>> {
        let first = &self.queries[0].module;
        let alone = self.queries.iter().all(|query| query.module == *first);
        (alone && self.table.is_none()).then(|| first.clone())
    }

    /// The name that a query has for the struct, if it is another one than the struct's.
    fn alias(&self, taken: &mut Taken, owner: &Owner, decl: &QueryDecl) -> Option<Owner> {
        match (&self.shape.name, self.table) {
            (_, Some(_)) => None,
            (Some(name), None) => owner
                .module
                .is_none()
                .then(|| Owner { module: Some(decl.module.clone()), name: name.clone() }),
            (None, None) => (!std::ptr::eq(self.queries[0], decl)).then(|| named_after(taken, decl)),
        }
    }

    /// The fields, with the names that the structs in them have in that row.
    fn fields(&self, objects: &mut Objects<'_>, taken: &mut Taken, owner: &Owner) -> Vec<RowField> {
        let mut fields = self.shape.fields.clone();
        name_nested(taken, owner.module.as_deref(), &owner.name, &mut fields);
        name_objects(objects, taken, owner, &owner.name, &mut fields);
        fields
    }

    /// The struct of this shape.
    fn row_struct(&self, owner: &Owner, docs: Vec<String>, fields: Vec<RowField>) -> RowStruct {
        let decl = self.queries.iter().find_map(|query| query.row.as_ref()).or(self.decl);
        let attributes = decl.iter().flat_map(|decl| &decl.attributes);
        RowStruct {
            name: owner.name.clone(),
            module: owner.module.clone(),
            docs,
            derives: decl.map(|decl| decl.derives.clone()).unwrap_or_default(),
            attributes: attributes.map(|attribute| attribute.value.clone()).collect(),
            fields,
            columns: self.shape.columns.clone(),
            from_row: true,
            from_json: None,
            from_record: false,
        }
    }

    /// Whether this shape can take in the other, if the author of a module gives both the same name: the columns are the same,
    /// but one query may prove more of them to be not NULL.
    fn absorbs(&mut self, module: &[String], shape: &Shape) -> bool {
        let is_near = shape.name.is_some()
            && shape.name == self.shape.name
            && self.queries.iter().any(|query| query.module == module);
        if !is_near {
            return false;
        }
        let mut fields = self.shape.fields.clone();
        for (field, other) in fields.iter_mut().zip(&shape.fields) {
            if let (FieldValue::Column { nullable, .. }, FieldValue::Column { nullable: other, .. }) =
                (&mut field.value, &other.value)
            {
                *nullable |= other;
            }
        }
        let widened = |field: &RowField| match &field.value {
            FieldValue::Column { index, rust, .. } => Some((*index, rust.clone())),
            FieldValue::Nested { .. } => None,
        };
        let same = fields
            .iter()
            .zip(&shape.fields)
            .all(|(a, b)| a == b || (widened(a).is_some() && widened(a) == widened(b)));
        if same {
            self.shape.fields = fields;
        }
        same
    }
}

#[derive(Default)]
struct Shapes<'a> {
    tables: Vec<Shape>,
    used: Vec<Used<'a>>,
    /// Shapes by the names and types of their columns.
    by_columns: BTreeMap<Vec<(String, String)>, Alike>,
    /// Each query with its index in `used`, or for a row without a struct its only column, if there is one.
    kinds: Vec<(&'a QueryDecl, Result<usize, Option<RowColumn>>)>,
}

/// Shapes with the same names and types of columns.
#[derive(Default)]
struct Alike {
    /// Indexes in [`Shapes::tables`].
    tables: Vec<usize>,
    /// Indexes in [`Shapes::used`].
    used: Vec<usize>,
}

fn shape(name: Option<String>, columns: &[RowColumn]) -> Shape {
    let paths: Vec<Vec<&str>> = columns.iter().map(|column| path(&column.name)).collect();
    let members: Vec<_> =
        columns.iter().enumerate().map(|(index, column)| (index, column, &paths[index][..])).collect();
    Shape {
        name,
        fields: fields(&members),
        columns: columns.iter().map(|column| (column.name.clone(), column.pg_type.clone())).collect(),
    }
}

/// `organization.name` is the field `name` of a nested `organization`. A name with empty parts is not split.
fn path(name: &str) -> Vec<&str> {
    let parts: Vec<_> = name.split('.').collect();
    if parts.iter().any(|part| part.trim().is_empty()) { vec![name] } else { parts }
}

/// The fields of a struct: columns with the same first part of their names are one nested field.
fn fields(members: &[(usize, &RowColumn, &[&str])]) -> Vec<RowField> {
    let mut taken = BTreeSet::new();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let mut found = Vec::new();
    for (index, column, path) in members {
        let (first, rest) = (path[0], &path[1..]);
        if rest.is_empty() {
            let value =
                FieldValue::Column { index: *index, rust: column.rust.clone(), nullable: column.nullable };
            let name = names::unique(&mut taken, names::field(first));
            found.push(RowField { name, docs: column.docs.clone(), value });
        } else if done.insert(first) {
            let group: Vec<_> = members
                .iter()
                .filter(|(_, _, path)| path.len() > 1 && path[0] == first)
                .map(|(index, column, path)| (*index, *column, &path[1..]))
                .collect();
            let name = names::unique(&mut taken, names::field(first));
            found.push(RowField { name, docs: Vec::new(), value: nested(&group) });
        }
    }
    found
}

/// The columns of one outer-joined entry are all present or all missing, so their struct as a whole is an `Option`, and inside
/// of it only those columns are that can be NULL even if the entry has a row.
fn nested(group: &[(usize, &RowColumn, &[&str])]) -> FieldValue {
    let entries: BTreeSet<_> =
        group.iter().map(|(_, column, _)| column.padded.map(|(entry, _)| entry)).collect();
    let together = entries.len() == 1 && !entries.contains(&None);
    if !together {
        return FieldValue::Nested { name: String::new(), fields: fields(group), optional: None };
    }
    let when_present = |column: &RowColumn| column.padded.is_some_and(|(_, nullable)| nullable);
    let present: Vec<_> = group
        .iter()
        .map(|(_, column, _)| RowColumn { nullable: when_present(column), padded: None, ..(*column).clone() })
        .collect();
    let members: Vec<_> =
        group.iter().zip(&present).map(|((index, _, path), column)| (*index, column, *path)).collect();
    let never_null = group.iter().filter(|(_, column, _)| !when_present(column)).map(|(index, ..)| *index);
    let mut witnesses: Vec<_> = never_null.collect();
    if witnesses.is_empty() {
        witnesses = group.iter().map(|(index, ..)| *index).collect();
    }
    FieldValue::Nested { name: String::new(), fields: fields(&members), optional: Some(witnesses) }
}

impl<'a> Shapes<'a> {
    /// The shapes of tables, none of which is used yet.
    fn of(tables: &[TableShape]) -> Self {
        let mut shapes = Shapes::default();
        for (place, table) in tables.iter().enumerate() {
            let shape = shape(None, &table.columns);
            shapes.by_columns.entry(shape.columns.clone()).or_default().tables.push(place);
            shapes.tables.push(shape);
        }
        shapes
    }

    fn add(&mut self, tables: &[TableShape], decl: &'a QueryDecl, columns: &[RowColumn]) {
        let row = decl.row.as_ref();
        let name = row.and_then(|row| row.name.as_ref()).map(|name| name.value.clone());
        if columns.is_empty() {
            return self.kinds.push((decl, Err(None)));
        }
        if name.is_none() && columns.len() == 1 && path(&columns[0].name).len() == 1 {
            return self.kinds.push((decl, Err(columns.first().cloned())));
        }
        let shape = shape(name, columns);
        // With an author's `a!`, or a token granted from a column, the row is the query's own.
        let own = decl.grants.is_some() || row.is_some_and(|row| !row.fields.is_empty());
        let alike = self.by_columns.entry(shape.columns.clone()).or_default();
        let table = alike.tables.iter().copied().find(|place| {
            let table = &self.tables[*place];
            shape.name.as_ref().is_none_or(|name| *name == tables[*place].name)
                && if own { table.fields == shape.fields } else { table.holds(&shape) }
        });
        let shared = alike.used.iter().copied().find(|place| {
            let used = &mut self.used[*place];
            match table {
                Some(_) => used.table == table,
                None => used.shape == shape || used.absorbs(&decl.module, &shape),
            }
        });
        let place = shared.unwrap_or_else(|| {
            alike.used.push(self.used.len());
            let shape = table.map_or(shape, |table| self.tables[table].clone());
            self.used.push(Used { shape, table, decl: row, queries: Vec::new() });
            self.used.len() - 1
        });
        self.used[place].queries.push(decl);
        self.kinds.push((decl, Ok(place)));
    }

    fn name(self, diagnostics: &mut Diagnostics, tables: &[TableShape], mut taken: BTreeSet<String>) -> Rows {
        let authors: BTreeSet<_> = self.used.iter().filter_map(|used| used.shape.name.clone()).collect();
        let mut others = taken.clone();
        others.retain(|name| tables.iter().all(|table| table.name != *name));
        taken.extend(authors.iter().cloned());
        // A row that an author names like a table's row has precedence, even with other columns.
        let table_names: Vec<String> = tables
            .iter()
            .map(|table| match authors.contains(&table.name) {
                true => names::unique(&mut taken, format!("{}Row", table.name)),
                false => table.name.clone(),
            })
            .collect();
        let mut taken = Taken::new(taken);
        let given = GivenNames { others, at: BTreeMap::new() };
        let owners = self.owners(diagnostics, &table_names, given, &mut taken);
        let mut objects = Objects::new(tables, &table_names);
        let mut structs: Vec<(usize, RowStruct)> = Vec::new();
        for (place, (used, owner)) in self.used.iter().zip(&owners).enumerate() {
            let docs = match used.table {
                Some(table) if used.shape.name.is_none() => tables[table].docs.clone(),
                _ => vec![format!("A row of `{}`.", used.queries[0].name.value)],
            };
            let fields = used.fields(&mut objects, &mut taken, owner);
            structs.push((place, used.row_struct(owner, docs, fields)));
        }
        let mut aliases: Vec<RowAlias> = Vec::new();
        let mut aliased: BTreeMap<Owner, Vec<RustType>> = BTreeMap::new();
        let mut kinds: Vec<Result<Aliased, Row>> = Vec::new();
        for (decl, kind) in &self.kinds {
            kinds.push(match kind {
                Ok(place) => {
                    let place = *place;
                    let (used, of) = (&self.used[place], &structs[place].1);
                    let owner = used.alias(&mut taken, &owners[place], decl);
                    let types = match &owner {
                        None => types_of(of),
                        Some(owner) => aliased
                            .entry(owner.clone())
                            .or_insert_with(|| {
                                let fields = used.fields(&mut objects, &mut taken, owner);
                                let row = used.row_struct(owner, Vec::new(), fields);
                                add_aliases(&mut aliases, &row, of);
                                types_of(&row)
                            })
                            .clone(),
                    };
                    Ok(Aliased { place, name: owner.map(|owner| owner.name), types })
                }
                Err(None) => Err(Row { kind: RowKind::None, alias: None, types: Vec::new() }),
                Err(Some(RowColumn { name, rust, .. })) => {
                    let mut rust = rust.clone();
                    let parent = names::type_name(&decl.name.value);
                    let owner = Owner { module: Some(decl.module.clone()), name: parent.clone() };
                    objects.name(&mut taken, &mut rust, &owner, (&parent, name));
                    Err(Row { kind: RowKind::Scalar, alias: None, types: vec![rust] })
                }
            });
        }
        aliases.extend(self.add_objects(&mut structs, objects));
        in_order(kinds, structs, aliases)
    }

    /// The module and the name of each struct.
    fn owners(
        &self,
        diagnostics: &mut Diagnostics,
        table_names: &[String],
        mut given: GivenNames<'a>,
        taken: &mut Taken,
    ) -> Vec<Owner> {
        let owner = |used: &Used<'a>| match (&used.shape.name, used.table) {
            (Some(name), _) => {
                let module = used.module();
                given.check(diagnostics, &module, name, used);
                Owner { module, name: name.clone() }
            }
            (None, Some(table)) => Owner { module: None, name: table_names[table].clone() },
            (None, None) => named_after(taken, used.queries[0]),
        };
        self.used.iter().map(owner).collect()
    }

    /// Adds the structs of objects in nested results. Returns their further names.
    fn add_objects(&self, structs: &mut Vec<(usize, RowStruct)>, objects: Objects<'_>) -> Vec<RowAlias> {
        let (objects, aliases) = objects.finish();
        for (table, object) in objects {
            let row = structs.iter_mut().find(|(place, _)| {
                table.is_some() && self.used.get(*place).is_some_and(|used| used.table == table)
            });
            match row {
                Some((_, row)) => {
                    row.from_json = object.from_json;
                    row.from_record = object.from_record;
                }
                None => structs.push((usize::MAX, object)),
            }
        }
        aliases
    }
}

/// The name of an unnamed row in the module of a query: that of the query, so that no other query changes it.
fn named_after(taken: &mut Taken, decl: &QueryDecl) -> Owner {
    let name = names::type_name(&format!("{}_row", decl.name.value));
    Owner { module: Some(decl.module.clone()), name: taken.take(Some(&decl.module), name) }
}

/// Adds the names of a struct and of those nested in it as further names of another struct with the same fields.
fn add_aliases(aliases: &mut Vec<RowAlias>, row: &RowStruct, of: &RowStruct) {
    fn nested(found: &mut Vec<(String, String)>, fields: &[RowField], of: &[RowField]) {
        for (field, of) in fields.iter().zip(of) {
            if let (
                FieldValue::Nested { name, fields, .. },
                FieldValue::Nested { name: of, fields: of_fields, .. },
            ) = (&field.value, &of.value)
            {
                found.push((name.clone(), of.clone()));
                nested(found, fields, of_fields);
            }
        }
    }
    let mut found = vec![(row.name.clone(), of.name.clone())];
    nested(&mut found, &row.fields, &of.fields);
    let alias = |(name, known)| RowAlias { name, module: row.module.clone(), of: (of.module.clone(), known) };
    aliases.extend(found.into_iter().map(alias));
}

/// The row of a query: the place of its struct in [`Shapes::used`], its alias and the types of its columns.
struct Aliased {
    place: usize,
    name: Option<String>,
    types: Vec<RustType>,
}

/// The structs and aliases in the order in which they are written, and the row of each query.
fn in_order(
    kinds: Vec<Result<Aliased, Row>>,
    mut structs: Vec<(usize, RowStruct)>,
    mut aliases: Vec<RowAlias>,
) -> Rows {
    // Shared rows are in one file, sorted by name.
    structs.sort_by(|(_, a), (_, b)| match (&a.module, &b.module) {
        (None, None) => a.name.cmp(&b.name),
        (a, b) => a.cmp(b),
    });
    aliases.sort_by(|a, b| (&a.module, &a.name).cmp(&(&b.module, &b.name)));
    let order: BTreeMap<usize, usize> =
        structs.iter().enumerate().map(|(position, (place, _))| (*place, position)).collect();
    let rows = kinds.into_iter().map(|kind| {
        kind.map_or_else(
            |row| row,
            |Aliased { place, name, types }| Row { kind: RowKind::Struct(order[&place]), alias: name, types },
        )
    });
    Rows { rows: rows.collect(), structs: structs.into_iter().map(|(_, row)| row).collect(), aliases }
}

/// The types of the columns of a row.
fn types_of(row: &RowStruct) -> Vec<RustType> {
    (0..row.columns.len()).filter_map(|column| type_of(&row.fields, column)).cloned().collect()
}

/// A name in a module, or with `None` in all of them, and the first query that gave it.
type Given<'a> = (Option<Vec<String>>, &'a QueryDecl);

/// The names that authors gave to rows, to detect duplicates.
struct GivenNames<'a> {
    /// Names of other types: ids, enums, rows of whole tables.
    others: BTreeSet<String>,
    at: BTreeMap<String, Vec<Given<'a>>>,
}

impl<'a> GivenNames<'a> {
    fn check(
        &mut self,
        diagnostics: &mut Diagnostics,
        module: &Option<Vec<String>>,
        name: &str,
        used: &Used<'a>,
    ) {
        let decl = used.queries[0];
        let span = used.decl.and_then(|row| row.name.as_ref()).map_or(decl.name.span, |name| name.span);
        let known = self.at.entry(name.to_owned()).or_default();
        // Two modules may each have a row of that name; a shared row is visible in all of them.
        let clash = known.iter().find(|(other, _)| other.is_none() || module.is_none() || other == module);
        if let Some((_, other)) = clash {
            let message = format!("the row `{name}` has different columns in `{}`", other.path());
            diagnostics.report(
                Diagnostic::error("row-name", span, message)
                    .note(other.name.span, "there")
                    .help("rename one of them, or remove its name: rows with the same columns share a struct anyway")
                    .query(decl.path()),
            );
        } else if self.others.contains(name) {
            diagnostics.report(
                Diagnostic::error(
                    "row-name",
                    span,
                    format!("`{name}` is already another type of the catalog"),
                )
                .help("give the row another name; the name of a table's row can be used for whole rows only")
                .query(decl.path()),
            );
        }
        known.push((module.clone(), decl));
    }
}

fn name_nested(taken: &mut Taken, module: Option<&[String]>, parent: &str, fields: &mut [RowField]) {
    for field in fields {
        if let FieldValue::Nested { name, fields, .. } = &mut field.value {
            *name = taken.take(module, names::type_name(&format!("{parent}_{}", field.name)));
            let parent = name.clone();
            name_nested(taken, module, &parent, fields);
        }
    }
}

/// Names the objects of nested results in the fields of a struct.
fn name_objects(
    objects: &mut Objects<'_>,
    taken: &mut Taken,
    owner: &Owner,
    parent: &str,
    fields: &mut [RowField],
) {
    for field in fields {
        match &mut field.value {
            FieldValue::Column { rust, .. } => objects.name(taken, rust, owner, (parent, &field.name)),
            FieldValue::Nested { name, fields, .. } => name_objects(objects, taken, owner, name, fields),
        }
    }
}

/// The type of a column in a row.
fn type_of(fields: &[RowField], column: usize) -> Option<&RustType> {
    fields.iter().find_map(|field| match &field.value {
        FieldValue::Column { index, rust, .. } => (*index == column).then_some(rust),
        FieldValue::Nested { fields, .. } => type_of(fields, column),
    })
}
