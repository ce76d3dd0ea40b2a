//! Row structs: which queries share one, its name, and its module.

use std::collections::{BTreeMap, BTreeSet};

use super::names;
use super::objects::{Objects, settle};
use super::{FieldValue, RowField, RowKind, RowStruct, RustType};
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

/// The row of a query.
pub struct Row {
    /// Its type.
    pub kind: RowKind,
    /// The types of its columns.
    pub types: Vec<RustType>,
}

/// Gives each query its row, in order, and makes the necessary structs.
pub fn rows<'a>(
    diagnostics: &mut Diagnostics,
    tables: &[TableShape],
    taken: BTreeSet<String>,
    queries: impl Iterator<Item = (&'a QueryDecl, Vec<RowColumn>)>,
) -> (Vec<Row>, Vec<RowStruct>) {
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
    /// If the author gives no name, the query that names the struct: the one with the shortest name, which is often the most
    /// general. The order of queries does not matter.
    fn named_after(&self) -> &'a QueryDecl {
        let by_name =
            |query: &&&QueryDecl| (query.name.value.len(), query.name.value.clone(), query.module.clone());
        self.queries.iter().min_by_key(by_name).expect("a shape is some query's")
    }

    /// The struct of this shape.
    fn row_struct(
        &self,
        name: String,
        module: Option<Vec<String>>,
        docs: Vec<String>,
        fields: Vec<RowField>,
    ) -> RowStruct {
        let decl = self.queries.iter().find_map(|query| query.row.as_ref()).or(self.decl);
        let attributes = decl.iter().flat_map(|decl| &decl.attributes);
        RowStruct {
            name,
            module,
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
    /// For each query its index in `used`, or for a row without a struct its only column, if there is one.
    kinds: Vec<Result<usize, (&'a QueryDecl, Option<RowColumn>)>>,
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
            return self.kinds.push(Err((decl, None)));
        }
        if name.is_none() && columns.len() == 1 && path(&columns[0].name).len() == 1 {
            return self.kinds.push(Err((decl, columns.first().cloned())));
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
        self.kinds.push(Ok(place));
    }

    fn name(
        self,
        diagnostics: &mut Diagnostics,
        tables: &[TableShape],
        mut taken: BTreeSet<String>,
    ) -> (Vec<Row>, Vec<RowStruct>) {
        let authors: BTreeSet<_> = self.used.iter().filter_map(|used| used.shape.name.clone()).collect();
        let mut others = taken.clone();
        others.retain(|name| tables.iter().all(|table| table.name != *name));
        let mut given = GivenNames { others, at: BTreeMap::new() };
        taken.extend(authors.iter().cloned());
        // A row that an author names like a table's row has precedence, even with other columns.
        let table_names: Vec<String> = tables
            .iter()
            .map(|table| match authors.contains(&table.name) {
                true => names::unique(&mut taken, format!("{}Row", table.name)),
                false => table.name.clone(),
            })
            .collect();
        let mut objects = Objects::new(tables, &table_names);
        let mut structs: Vec<(usize, RowStruct)> = Vec::new();
        for (place, used) in self.used.iter().enumerate() {
            let first = used.named_after();
            let modules: BTreeSet<_> = used.queries.iter().map(|query| &query.module).collect();
            let own_table = used.table.map(|table| (&tables[table], &table_names[table]));
            let shared = own_table.is_some() || modules.len() > 1;
            let module = (!shared).then(|| first.module.clone());
            let (name, docs) = match (&used.shape.name, own_table) {
                (Some(name), _) => {
                    given.check(diagnostics, &module, name, used);
                    (name.clone(), vec![format!("A row of `{}`.", first.name.value)])
                }
                (None, Some((table, name))) => (name.clone(), table.docs.clone()),
                (None, None) => (
                    names::unique(&mut taken, names::type_name(&format!("{}_row", first.name.value))),
                    vec![format!("A row of `{}`.", first.name.value)],
                ),
            };
            let mut fields = used.shape.fields.clone();
            name_nested(&mut taken, &name, &mut fields);
            let modules = modules.into_iter().cloned().collect();
            name_objects(&mut objects, &mut taken, &name, &mut fields, &modules);
            structs.push((place, used.row_struct(name, module, docs, fields)));
        }
        let mut kinds: Vec<Result<usize, Row>> = Vec::new();
        for kind in self.kinds {
            kinds.push(kind.map_err(|(decl, column)| {
                let Some(RowColumn { name, mut rust, .. }) = column else {
                    return Row { kind: RowKind::None, types: Vec::new() };
                };
                let parent = names::type_name(&decl.name.value);
                objects.name(&mut taken, &mut rust, &parent, &name, &BTreeSet::from([decl.module.clone()]));
                Row { kind: RowKind::Scalar, types: vec![rust] }
            }));
        }
        for (table, object) in objects.finish() {
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
        in_order(kinds, structs)
    }
}

/// The structs in the order in which they are written, and the row of each query. A struct comes with its index in
/// [`Shapes::used`], which a query's row refers to.
fn in_order(
    kinds: Vec<Result<usize, Row>>,
    mut structs: Vec<(usize, RowStruct)>,
) -> (Vec<Row>, Vec<RowStruct>) {
    // Shared rows are in one file, sorted by name.
    structs.sort_by(|(_, a), (_, b)| match (&a.module, &b.module) {
        (None, None) => a.name.cmp(&b.name),
        (a, b) => a.cmp(b),
    });
    let order: BTreeMap<usize, usize> =
        structs.iter().enumerate().map(|(position, (place, _))| (*place, position)).collect();
    let rows = kinds.into_iter().map(|kind| {
        kind.map_or_else(
            |row| row,
            |place| {
                let position = order[&place];
                let row = &structs[position].1;
                let types = (0..row.columns.len()).filter_map(|column| type_of(&row.fields, column));
                Row { kind: RowKind::Struct(position), types: types.cloned().collect() }
            },
        )
    });
    (rows.collect(), structs.into_iter().map(|(_, row)| row).collect())
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

fn name_nested(taken: &mut BTreeSet<String>, parent: &str, fields: &mut [RowField]) {
    for field in fields {
        if let FieldValue::Nested { name, fields, .. } = &mut field.value {
            *name = names::unique(taken, names::type_name(&format!("{parent}_{}", field.name)));
            let parent = name.clone();
            name_nested(taken, &parent, fields);
        }
    }
}

/// Names the objects of nested results in the fields of a struct.
fn name_objects(
    objects: &mut Objects<'_>,
    taken: &mut BTreeSet<String>,
    parent: &str,
    fields: &mut [RowField],
    modules: &BTreeSet<Vec<String>>,
) {
    for field in fields {
        match &mut field.value {
            FieldValue::Column { rust, .. } => objects.name(taken, rust, parent, &field.name, modules),
            FieldValue::Nested { name, fields, .. } => name_objects(objects, taken, name, fields, modules),
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
