//! Generates the code that decodes nested results from JSON.

use std::collections::BTreeSet;

use super::module::Module;
use super::print::{Doc, Style};
use super::text::literal;
use crate::infer::names::ident;
use crate::infer::{Catalog, FieldValue, Object, RowField, RowStruct, RustType, is_nested};
use crate::prove::Proven;

/// Writes the implementation of `FromJson` that decodes a row struct from an object.
pub(super) fn write_struct(m: &mut Module<'_>, row: &RowStruct, form: Object) {
    let method = match form {
        Object::Full => "object",
        Object::Sparse => "sparse_object",
    };
    let fields = row.fields.iter().zip(&row.columns);
    let fields: Vec<_> = fields.map(|(field, (key, _))| (ident(&field.name), key.as_str())).collect();
    write_object(m, &ident(&row.name), method, &fields);
}

/// Writes the implementation of `FromJson` that decodes a struct from an object. Each field comes with its key.
pub(super) fn write_object(m: &mut Module<'_>, name: &str, method: &str, fields: &[(String, &str)]) {
    let ok = m.name("std::result::Result::Ok");
    let object = if fields.is_empty() { "_" } else { "object" };
    // `jsonb` stores its keys in this order, so the decoder finds each key where it expects it.
    let mut fields = fields.to_vec();
    fields.sort_by_key(|(_, key)| (key.len(), *key));
    let values =
        fields.iter().map(|(field, key)| format!("{field}: object.get({})?", literal(&written(key))));
    let values = Doc::texts("{", values, "}").styled(Style::Spaced);
    write(m, name, |out| {
        out.code(vec![Doc::text(format!("json.{method}(|{object}| {ok}({name} ")), values, Doc::text("))")]);
    });
}

/// A key as the server escapes it in JSON text, without the quotes.
fn written(key: &str) -> String {
    let string = serde_json::Value::from(key).to_string();
    string[1..string.len() - 1].to_owned()
}

fn write(m: &mut Module<'_>, name: &str, body: impl FnOnce(&mut super::print::Writer)) {
    let [from_json, text, result] =
        ["sqlward::types::FromJson", "sqlward::types::JsonText", "sqlward::types::JsonResult"]
            .map(|path| m.name(path));
    m.out.line("");
    m.out.block(format!("impl {from_json} for {name} {{"), "}", |out| {
        // For the same reason as for `from_row`.
        out.line("#[inline]");
        out.block(format!("fn from_json(json: &mut {text}<'_>) -> {result}<Self> {{"), "}", body);
    });
}

/// The names of the composite types that occur in nested results, and so need `FromJson`.
pub(super) fn composites(catalog: &Catalog<Proven>) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for row in &catalog.rows {
        of_fields(catalog, row, &row.fields, &mut found);
    }
    for query in &catalog.queries {
        for column in query.signature().columns.iter().filter(|column| column.is_nested()) {
            of_type(catalog, &column.rust, &mut found);
        }
    }
    found
}

fn of_fields<'a>(
    catalog: &'a Catalog<Proven>,
    row: &RowStruct,
    fields: &'a [RowField],
    found: &mut BTreeSet<&'a str>,
) {
    for field in fields {
        match &field.value {
            FieldValue::Nested { fields, .. } => of_fields(catalog, row, fields, found),
            FieldValue::Column { index, rust, .. } => {
                let nested = row.columns.get(*index).is_some_and(|(_, pg_type)| is_nested(pg_type, rust));
                if nested || row.from_json.is_some() {
                    of_type(catalog, rust, found);
                }
            }
        }
    }
}

fn of_type<'a>(catalog: &'a Catalog<Proven>, rust: &'a RustType, found: &mut BTreeSet<&'a str>) {
    match rust {
        RustType::Composite(name) => {
            if found.insert(name) {
                let composite = catalog.composites.iter().filter(|composite| composite.name == *name);
                composite.flat_map(|ty| &ty.fields).for_each(|field| of_type(catalog, &field.rust, found));
            }
        }
        RustType::Array { element, .. } | RustType::Range(element) => of_type(catalog, element, found),
        // `composites` visits the fields of every struct.
        RustType::Plain(_) | RustType::Struct(_) | RustType::Object(_) => {}
        // They contain no composite type.
        RustType::Id(_) | RustType::Enum(_) => {}
        // The first two are types of parameters; a custom type has its own implementation.
        RustType::Items { .. } | RustType::Sort(_) | RustType::Custom(_) => {}
    }
}
