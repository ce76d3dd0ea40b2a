//! The structs of parameters.

use std::collections::{BTreeMap, BTreeSet};

use super::module::Module;
use super::print::Field;
use super::rows::{attributes, defined, derive};
use crate::infer::names::{fields, ident, type_name};
use crate::infer::{Catalog, ItemField, Param, RustType, Signature};
use crate::prove::Proven;

/// The structs of parameters, one for each query that has one. Queries of a module that give the same name and take the same
/// parameters share it.
pub(super) struct ParamsStructs {
    /// For each query the name, and whether the struct is written with it.
    names: Vec<Option<(String, bool)>>,
}

impl ParamsStructs {
    pub(super) fn new(catalog: &Catalog<Proven>) -> Self {
        let mut names: Vec<Option<(String, bool)>> = Vec::new();
        // By module: the names of the structs of rows and items, and those made here, with the first query that has each.
        let mut rows: BTreeMap<&[String], BTreeSet<&str>> = BTreeMap::new();
        for row in &catalog.rows {
            rows.entry(row.module.as_deref().unwrap_or_default()).or_default().extend(defined(row));
        }
        for query in &catalog.queries {
            let name = items(query.signature()).map(|(name, _)| name);
            rows.entry(&query.decl().module).or_default().extend(name);
        }
        let mut known: BTreeMap<&[String], BTreeMap<String, &Proven>> = BTreeMap::new();
        for query in &catalog.queries {
            let module = &query.decl().module[..];
            let known = known.entry(module).or_default();
            let is_row = |name: &str| rows.get(module).is_some_and(|names| names.contains(name));
            let wanted = query.signature().params_struct.as_ref();
            let chosen = wanted.filter(|_| !callers(query.signature()).is_empty()).and_then(|wanted| {
                let wanted = if ident(wanted) == *wanted { wanted.clone() } else { type_name(wanted) };
                let numbered = (2..).map(|number| format!("{wanted}{number}"));
                let mut candidates = std::iter::once(wanted.clone()).chain(numbered);
                candidates.find_map(|name| match known.get(&name) {
                    _ if is_row(&name) => None,
                    None => Some((name, true)),
                    Some(other) if same_params(other, query) => Some((name, false)),
                    Some(_) => None,
                })
            });
            if let Some((name, true)) = &chosen {
                known.insert(name.clone(), query);
            }
            names.push(chosen);
        }
        ParamsStructs { names }
    }

    /// All names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().flatten().map(|(name, _)| &**name)
    }

    /// The name for a query, and whether the struct is written with it.
    pub(super) fn of(&self, query: usize) -> Option<(&str, bool)> {
        self.names.get(query)?.as_ref().map(|(name, first)| (&**name, *first))
    }
}

fn same_params(a: &Proven, b: &Proven) -> bool {
    let of = |query: &Proven| -> Vec<_> {
        callers(query.signature())
            .into_iter()
            .map(|param| (param.name.clone(), param.rust.clone(), param.nullable))
            .collect()
    };
    of(a) == of(b)
}

/// Writes the struct for a function's parameters.
pub(super) fn write(m: &mut Module<'_>, query: &Proven, function: &str, name: &str) {
    let caller = callers(query.signature());
    let lifetime = if borrows(m, &caller) { "<'a>" } else { "" };
    let types: Vec<String> = caller.iter().map(|param| m.given(&param.rust, param.nullable, "'a")).collect();
    let decl = query.decl().params.as_ref();
    let mut usual = ["Debug", "Clone", "Copy", "PartialEq"].map(str::to_owned).to_vec();
    // If nothing is required, `..Default::default()` passes nothing.
    let is_flag = |param: &Param| query.signature().choice.iter().any(|choice| choice.given.contains(param));
    if caller.iter().all(|param| param.nullable || is_flag(param)) {
        usual.push("Default".to_owned());
    }
    m.out.line("");
    m.out.line(format!("/// The parameters of [`{}`].", ident(function)));
    m.out.lines(derive(&usual, decl.map_or(&[], |decl| &decl.derives)));
    m.out.lines(attributes(decl.iter().flat_map(|decl| &decl.attributes).map(|attribute| &*attribute.value)));
    m.out.structure(&format!("pub struct {}{lifetime}", ident(name)), &plain(&field_names(&caller), types));
}

/// The parameters that the caller passes.
pub(super) fn callers(signature: &Signature) -> Vec<&Param> {
    signature.callers().collect()
}

/// The struct of the list's items, and its fields.
pub(super) fn items(signature: &Signature) -> Option<(&str, &[ItemField])> {
    match &signature.items.as_ref()?.rust {
        RustType::Items { name, fields } => Some((name, fields)),
        _ => None,
    }
}

/// The names of the fields of the items' struct.
pub(super) fn item_field_names(items: &[ItemField]) -> Vec<String> {
    fields(items.iter().map(|field| &*field.param))
}

/// Writes the struct of a function's items.
pub(super) fn write_items(m: &mut Module<'_>, query: &Proven, function: &str) {
    let Some((name, items)) = items(query.signature()) else { return };
    // The items of a copy own their values, since they are produced while it runs.
    let is_owned = query.signature().copy.is_some();
    let borrows = !is_owned && items.iter().any(|field| !m.is_copy(&field.rust));
    let mut type_of = |field: &ItemField| match is_owned {
        true if field.nullable => {
            let owned = m.owned(&field.rust);
            m.option(owned)
        }
        true => m.owned(&field.rust),
        false => m.given(&field.rust, field.nullable, "'a"),
    };
    let types: Vec<String> = items.iter().map(&mut type_of).collect();
    m.out.line("");
    m.out.line(format!("/// One of the items of [`{}`].", ident(function)));
    let usual: &[&str] = match is_owned {
        true => &["Debug", "Clone", "PartialEq"],
        false => &["Debug", "Clone", "Copy", "PartialEq"],
    };
    m.out.lines(derive(&usual.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), &[]));
    let lifetime = if borrows { "<'a>" } else { "" };
    m.out
        .structure(&format!("pub struct {}{lifetime}", ident(name)), &plain(&item_field_names(items), types));
}

fn plain(names: &[String], types: Vec<String>) -> Vec<Field> {
    let text = |(name, ty): (&String, String)| format!("pub {}: {ty}", ident(name));
    names.iter().zip(types).map(|field| Field { before: Vec::new(), text: text(field) }).collect()
}

/// The names of the fields of the struct.
pub(super) fn field_names(params: &[&Param]) -> Vec<String> {
    fields(params.iter().map(|param| &*param.name))
}

/// Whether the struct has a lifetime.
pub(super) fn borrows(m: &Module<'_>, params: &[&Param]) -> bool {
    params.iter().any(|param| !m.is_copy(&param.rust))
}
