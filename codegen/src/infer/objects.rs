//! The objects and records of nested results: which share a struct, its name, and its module.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Taken;
use super::rows::TableShape;
use super::{FieldValue, Object, ObjectType, RowAlias, RowField, RowStruct, RustType, names};
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
    aliases: Vec<RowAlias>,
}

struct Named {
    object: ObjectType,
    row: RowStruct,
    table: Option<usize>,
    /// Its name in each row that has it.
    names: BTreeMap<Owner, String>,
}

/// The module and the name of a row; a value without a row has the name of its query.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owner {
    /// The module, like [`RowStruct::module`].
    pub module: Option<Vec<String>>,
    /// The name.
    pub name: String,
}

impl<'a> Objects<'a> {
    /// None yet.
    pub fn new(tables: &'a [TableShape], table_names: &'a [String]) -> Self {
        Objects { tables, table_names, named: Vec::new(), aliases: Vec::new() }
    }

    /// Gives the objects in a type their structs, each named after the containing struct and field.
    pub fn name(
        &mut self,
        taken: &mut Taken,
        rust: &mut RustType,
        owner: &Owner,
        (parent, field): (&str, &str),
    ) {
        let docs = format!("The `{field}` of `{parent}`.");
        self.name_with(taken, rust, owner, (parent, field), &docs);
    }

    fn name_with(
        &mut self,
        taken: &mut Taken,
        rust: &mut RustType,
        owner: &Owner,
        (parent, field): (&str, &str),
        docs: &str,
    ) {
        match rust {
            RustType::Array { element, .. } => {
                let docs = format!("One of the `{field}` of `{parent}`.");
                self.name_with(taken, element, owner, (parent, &names::singular(field)), &docs);
            }
            RustType::Object(object) => {
                let (place, name) = self.place(taken, object, owner, (parent, field), docs);
                let row = &mut self.named[place].row;
                match object.record {
                    true => row.from_record = true,
                    false if object.sparse => row.from_json = Some(Object::Sparse),
                    false => row.from_json = Some(Object::Full),
                }
                for field in &mut object.fields {
                    self.name(taken, &mut field.rust, owner, (&name, &field.key));
                }
                if self.named[place].row.fields.is_empty() {
                    self.named[place].row.fields = fields(object);
                }
                *rust = RustType::Struct(name);
            }
            _ => {}
        }
    }

    /// The place of an object's struct, which is made if necessary, and its name in this row.
    fn place(
        &mut self,
        taken: &mut Taken,
        object: &ObjectType,
        owner: &Owner,
        (parent, field): (&str, &str),
        docs: &str,
    ) -> (usize, String) {
        let known = self.named.iter().position(|known| are_alike(&known.object, object));
        let table = match known {
            Some(place) => self.named[place].table,
            None => self.tables.iter().position(|table| is_row_of(table, object)),
        };
        let wanted = || names::type_name(&format!("{parent}_{field}"));
        if let Some(place) = known {
            let named = &mut self.named[place];
            let given = named.names.get(owner).or((table.is_some()).then_some(&named.row.name));
            if let Some(name) = given {
                return (place, name.clone());
            }
            let name = taken.take(owner.module.as_deref(), wanted());
            named.names.insert(owner.clone(), name.clone());
            let of = (named.row.module.clone(), named.row.name.clone());
            self.aliases.push(RowAlias { name: name.clone(), module: owner.module.clone(), of });
            return (place, name);
        }
        let (module, name, docs) = match table {
            Some(table) => (None, self.table_names[table].clone(), self.tables[table].docs.clone()),
            None => {
                let name = taken.take(owner.module.as_deref(), wanted());
                (owner.module.clone(), name, vec![docs.to_owned()])
            }
        };
        let row = RowStruct {
            name: name.clone(),
            module,
            docs,
            derives: object.derives.clone(),
            attributes: object.attributes.clone(),
            fields: Vec::new(),
            columns: object.fields.iter().map(|field| (field.key.clone(), field.pg_type.clone())).collect(),
            from_row: false,
            from_json: None,
            from_record: false,
        };
        let names = BTreeMap::from([(owner.clone(), name.clone())]);
        self.named.push(Named { object: object.clone(), row, table, names });
        (self.named.len() - 1, name)
    }

    /// The structs, each with the table whose row it is, and the further names of them.
    pub fn finish(self) -> (Vec<(Option<usize>, RowStruct)>, Vec<RowAlias>) {
        (self.named.into_iter().map(|named| (named.table, named.row)).collect(), self.aliases)
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
