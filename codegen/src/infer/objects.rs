//! The objects and records of nested results: which share a struct, its name, and its module.

use std::collections::BTreeSet;

use super::rows::TableShape;
use super::{FieldValue, Object, ObjectType, RowField, RowStruct, RustType, names};
use crate::parse::StructDecl;

/// Prepares the objects in a type for comparison: one that is a whole row of a table is replaced by that row, and others get
/// the row's derives and attributes.
pub fn settle(rust: &mut RustType, tables: &[TableShape], row: Option<&StructDecl>) {
    match rust {
        RustType::Array { element, .. } => settle(element, tables, row),
        RustType::Object(object) => {
            object.fields.iter_mut().for_each(|field| settle(&mut field.rust, tables, row));
            if let Some(row) = row {
                object.derives.clone_from(&row.derives);
                object.attributes = row.attributes.iter().map(|attribute| attribute.value.clone()).collect();
            }
            if let Some(table) = tables.iter().find(|table| is_row_of(table, object)) {
                for (field, column) in object.fields.iter_mut().zip(&table.columns) {
                    field.nullable = column.nullable;
                    field.docs.clone_from(&column.docs);
                }
            }
        }
        _ => {}
    }
}

/// Whether an object fits into the struct of a table's rows.
fn is_row_of(table: &TableShape, object: &ObjectType) -> bool {
    let plain = !object.sparse && object.derives.is_empty() && object.attributes.is_empty();
    plain
        && table.columns.len() == object.fields.len()
        && table.columns.iter().zip(&object.fields).all(|(column, field)| {
            column.name == field.key
                && column.pg_type == field.pg_type
                && column.rust == field.rust
                && (column.nullable || !field.nullable)
        })
}

/// The structs of objects, while they are given names.
pub struct Objects<'a> {
    tables: &'a [TableShape],
    /// The names of the structs of tables' rows.
    table_names: &'a [String],
    named: Vec<Named>,
}

struct Named {
    object: ObjectType,
    row: RowStruct,
    modules: BTreeSet<Vec<String>>,
    table: Option<usize>,
}

impl<'a> Objects<'a> {
    /// None yet.
    pub fn new(tables: &'a [TableShape], table_names: &'a [String]) -> Self {
        Objects { tables, table_names, named: Vec::new() }
    }

    /// Gives the objects in a type their structs, each named after the containing struct and field.
    pub fn name(
        &mut self,
        taken: &mut BTreeSet<String>,
        rust: &mut RustType,
        parent: &str,
        field: &str,
        modules: &BTreeSet<Vec<String>>,
    ) {
        let docs = format!("The `{field}` of `{parent}`.");
        self.name_with(taken, rust, (parent, field), &docs, modules);
    }

    fn name_with(
        &mut self,
        taken: &mut BTreeSet<String>,
        rust: &mut RustType,
        (parent, field): (&str, &str),
        docs: &str,
        modules: &BTreeSet<Vec<String>>,
    ) {
        match rust {
            RustType::Array { element, .. } => {
                let docs = format!("One of the `{field}` of `{parent}`.");
                self.name_with(taken, element, (parent, &names::singular(field)), &docs, modules);
            }
            RustType::Object(object) => {
                let place = self.place(taken, object, (parent, field), docs);
                let named = &mut self.named[place];
                named.modules.extend(modules.iter().cloned());
                match object.record {
                    true => named.row.from_record = true,
                    false if object.sparse => named.row.from_json = Some(Object::Sparse),
                    false => named.row.from_json = Some(Object::Full),
                }
                let name = self.named[place].row.name.clone();
                for field in &mut object.fields {
                    self.name(taken, &mut field.rust, &name, &field.key, modules);
                }
                if self.named[place].row.fields.is_empty() {
                    self.named[place].row.fields = fields(object);
                }
                *rust = RustType::Struct(name);
            }
            _ => {}
        }
    }

    /// The place of an object's struct, which is made if necessary.
    fn place(
        &mut self,
        taken: &mut BTreeSet<String>,
        object: &ObjectType,
        (parent, field): (&str, &str),
        docs: &str,
    ) -> usize {
        if let Some(place) = self.named.iter().position(|known| are_alike(&known.object, object)) {
            return place;
        }
        let table = self.tables.iter().position(|table| is_row_of(table, object));
        let (name, docs) = match table {
            Some(table) => (self.table_names[table].clone(), self.tables[table].docs.clone()),
            None => {
                let name = names::unique(taken, names::type_name(&format!("{parent}_{field}")));
                (name, vec![docs.to_owned()])
            }
        };
        let row = RowStruct {
            name,
            module: None,
            docs,
            derives: object.derives.clone(),
            attributes: object.attributes.clone(),
            fields: Vec::new(),
            columns: object.fields.iter().map(|field| (field.key.clone(), field.pg_type.clone())).collect(),
            from_row: false,
            from_json: None,
            from_record: false,
        };
        self.named.push(Named { object: object.clone(), row, modules: BTreeSet::new(), table });
        self.named.len() - 1
    }

    /// The structs, each with the table whose row it is.
    pub fn finish(self) -> Vec<(Option<usize>, RowStruct)> {
        let placed = self.named.into_iter().map(|named| {
            let shared = named.table.is_some() || named.modules.len() > 1;
            let module = named.modules.into_iter().next().filter(|_| !shared);
            (named.table, RowStruct { module, ..named.row })
        });
        placed.collect()
    }
}

/// Whether two objects can share a struct: they have the same content, whatever their documentation and form.
fn are_alike(a: &ObjectType, b: &ObjectType) -> bool {
    (a.sparse, &a.derives, &a.attributes) == (b.sparse, &b.derives, &b.attributes)
        && a.fields.len() == b.fields.len()
        && a.fields.iter().zip(&b.fields).all(|(a, b)| {
            (&a.key, &a.pg_type, a.nullable) == (&b.key, &b.pg_type, b.nullable)
                && hold_alike(&a.rust, &b.rust)
        })
}

fn hold_alike(a: &RustType, b: &RustType) -> bool {
    match (a, b) {
        (RustType::Object(a), RustType::Object(b)) => are_alike(a, b),
        (
            RustType::Array { element: a, nullable },
            RustType::Array { element: b, nullable: other_nullable },
        ) => nullable == other_nullable && hold_alike(a, b),
        (a, b) => a == b,
    }
}

fn fields(object: &ObjectType) -> Vec<RowField> {
    let mut taken = BTreeSet::new();
    let fields = object.fields.iter().enumerate();
    fields
        .map(|(index, field)| RowField {
            name: names::unique(&mut taken, names::field(&field.key)),
            docs: field.docs.clone(),
            value: FieldValue::Column { index, rust: field.rust.clone(), nullable: field.nullable },
        })
        .collect()
}
