//! Generates the structs that functions with many parameters take, and those of the items of lists, copies and batches.

use std::collections::{BTreeMap, BTreeSet};

use super::module::Module;
use super::print::Field;
use super::rows::{attributes, defined, derive};
use crate::infer::names::{fields, ident, type_name};
use crate::infer::{Catalog, ItemField, Param, RustType, Signature};
use crate::prove::Proven;

/// Which query has a struct of parameters, and its name. Queries of a module share a struct if their authors gave it the same
/// name and the parameters are the same.
pub(super) struct ParamsStructs {
    /// For each query the struct's name, and whether this query is the first to use it and so defines it.
    names: Vec<Option<(String, bool)>>,
}

impl ParamsStructs {
    pub(super) fn new(catalog: &Catalog<Proven>) -> Self {
        let mut names: Vec<Option<(String, bool)>> = Vec::new();
        // By module: the names that are taken by the structs of rows and items.
        let mut rows: BTreeMap<&[String], BTreeSet<&str>> = BTreeMap::new();
        for row in &catalog.rows {
            rows.entry(row.module.as_deref().unwrap_or_default()).or_default().extend(defined(row));
        }
        for alias in &catalog.aliases {
            rows.entry(alias.module.as_deref().unwrap_or_default()).or_default().insert(&alias.name);
        }
        for query in &catalog.queries {
            let name = items(query.signature()).map(|(name, _)| name);
            rows.entry(&query.decl().module).or_default().extend(name);
        }
        // By module: the names chosen here, each with the first query that has it.
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

    /// The names of all these structs.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().flatten().map(|(name, _)| &**name)
    }

    /// The struct's name for a query, and whether the query defines it.
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
    let types: Vec<String> =
        caller.iter().map(|param| m.borrowed(&param.rust, param.nullable, "'a")).collect();
    let decl = query.decl().params.as_ref();
    let mut usual = ["Debug", "Clone", "Copy", "PartialEq"].map(str::to_owned).to_vec();
    // If all fields are optional, callers can leave out any of them with `..Default::default()`.
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

/// The name of the struct of a list's items, and its fields.
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

/// Writes the struct of the items that a function takes, if it takes a list, a copy or a batch.
pub(super) fn write_items(m: &mut Module<'_>, query: &Proven, function: &str) {
    let Some((name, items)) = items(query.signature()) else { return };
    // The items of a copy own their values, because they come from a stream while the copy runs.
    let is_owned = query.signature().copy.is_some();
    let borrows = !is_owned && items.iter().any(|field| !m.is_copy(&field.rust));
    let mut type_of = |field: &ItemField| match is_owned {
        true if field.nullable => {
            let owned = m.owned(&field.rust);
            m.option(owned)
        }
        true => m.owned(&field.rust),
        false => m.borrowed(&field.rust, field.nullable, "'a"),
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
