//! Compares both compilers on the same files, query by query.

use std::collections::BTreeSet;

use cornucopia::config::Config;
use sqlward_codegen::infer::EnumOrigin;
use sqlward_codegen::parse::StructDecl;

use crate::differences::{NULLS, TYPES};
use crate::generated::{self, Generated, Values};
use crate::{catalog, compiled, connect};

/// Splits a type: without its `Option`s, whether it is an `Option`, and whether its elements are.
fn split(rust: &str) -> (String, bool, bool) {
    let within = |text: &str, outer: &str| {
        text.strip_prefix(outer).and_then(|text| text.strip_suffix('>')).map(str::to_owned)
    };
    let option = within(rust, "Option<");
    let nullable = option.is_some();
    let rust = option.unwrap_or_else(|| rust.to_owned());
    match within(&rust, "Vec<").and_then(|element| within(&element, "Option<")) {
        Some(element) => (format!("Vec<{element}>"), nullable, true),
        None => (rust, nullable, false),
    }
}

#[derive(Default)]
struct Found {
    /// cornucopia's type, sqlward's.
    types: BTreeSet<(String, String)>,
    /// The query or type, the value, cornucopia's type, sqlward's.
    nulls: BTreeSet<[String; 4]>,
}

impl Found {
    fn compare(
        &mut self,
        place: &str,
        mark: &str,
        theirs: &Values,
        ours: &Values,
        said: Option<&StructDecl>,
    ) {
        let names = |values: &Values| values.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(theirs), names(ours), "{place}");
        for (name, theirs) in theirs {
            let ours = &ours[name];
            let ((their_type, their_null, their_elements), (our_type, our_null, our_elements)) =
                (split(theirs), split(ours));
            if their_type != our_type {
                self.types.insert((their_type, our_type));
            }
            if (their_null, their_elements) != (our_null, our_elements) {
                let of_name = |decl: &&StructDecl| {
                    decl.fields.iter().any(|field| rust_name(&field.name.value) == *name)
                };
                assert!(
                    said.filter(of_name).is_none()
                        || our_null >= their_null && our_elements >= their_elements,
                    "{place}: the author says that {mark}{name} can be NULL, and is not heard"
                );
                self.nulls.insert([place.to_owned(), format!("{mark}{name}"), theirs.clone(), ours.clone()]);
            }
        }
    }
}

/// The name in cornucopia's code.
fn rust_name(name: &str) -> String {
    name.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "_")
}

#[test]
fn both_compilers_give_the_same_types_but_for_listed_differences() {
    let compilation = compiled(&catalog());
    let theirs = cornucopias(&compilation.server);
    let catalog = &compilation.catalog;
    let mut found = Found::default();

    let ours: BTreeSet<_> = catalog.queries.iter().map(|query| query.decl().path()).collect();
    assert_eq!(theirs.queries.keys().cloned().collect::<BTreeSet<_>>(), ours);
    assert!(ours.len() >= 65, "the catalog has {} queries", ours.len());
    for query in &catalog.queries {
        let (decl, signature) = (query.decl(), query.signature());
        let path = decl.path();
        let (params, columns) = &theirs.queries[&path];
        let option = |rust: String, nullable: bool| if nullable { format!("Option<{rust}>") } else { rust };
        let our_params = signature
            .params
            .iter()
            .map(|param| (param.name.clone(), option(param.rust.display(), param.nullable)));
        // In cornucopia's code a single column without a struct has no name.
        let is_scalar = columns.keys().eq([""]);
        let name = |name: &str| if is_scalar { String::new() } else { rust_name(name) };
        let our_columns = signature
            .columns
            .iter()
            .map(|column| (name(&column.name), option(column.rust.display(), column.nullable)));
        found.compare(&path, ":", params, &our_params.collect(), decl.params.as_ref());
        found.compare(&path, "", columns, &our_columns.collect(), decl.row.as_ref());
    }
    for (name, fields) in &theirs.composites {
        let ours = catalog.composites.iter().find(|composite| composite.name == *name).expect(name);
        let ours = ours
            .fields
            .iter()
            .map(|field| (field.attribute.clone(), format!("Option<{}>", field.rust.display())));
        found.compare(name, ".", fields, &ours.collect(), None);
    }
    for (name, variants) in &theirs.enums {
        let name = name.rsplit("::").next().unwrap();
        let ours = catalog
            .enums
            .iter()
            .find(|ours| ours.name == name && matches!(ours.origin, EnumOrigin::Type(..)));
        let ours: Vec<_> = ours.expect(name).variants.iter().map(|(_, value)| rust_name(value)).collect();
        assert_eq!(*variants, ours, "{name}");
    }

    let types: BTreeSet<_> =
        TYPES.iter().map(|(theirs, ours, _)| ((*theirs).to_owned(), (*ours).to_owned())).collect();
    let nulls: BTreeSet<_> = NULLS
        .iter()
        .map(|(place, value, theirs, ours, _)| [*place, *value, *theirs, *ours].map(str::to_owned))
        .collect();
    assert_eq!((types.len(), nulls.len()), (TYPES.len(), NULLS.len()), "a difference is listed twice");
    let mut report = String::new();
    for (theirs, ours) in found.types.difference(&types) {
        report += &format!("not listed:    (\"{theirs}\", \"{ours}\", \"\"),\n");
    }
    for (theirs, ours) in types.difference(&found.types) {
        report += &format!("no difference: (\"{theirs}\", \"{ours}\", ..),\n");
    }
    for [place, value, theirs, ours] in found.nulls.difference(&nulls) {
        report += &format!("not listed:    (\"{place}\", \"{value}\", \"{theirs}\", \"{ours}\", \"\"),\n");
    }
    for [place, value, theirs, ours] in nulls.difference(&found.nulls) {
        report += &format!("no difference: (\"{place}\", \"{value}\", \"{theirs}\", \"{ours}\", ..),\n");
    }
    assert!(report.is_empty(), "\n{report}");
}

/// The result of cornucopia for the unchanged files.
fn cornucopias(server: &sqlward_codegen::postgres::Server) -> Generated {
    let dir = tempfile::tempdir().unwrap();
    let destination = dir.path().join("crate");
    let config = Config::builder().queries(catalog().join("queries")).destination(&destination).build();
    if let Err(error) = cornucopia::gen_live(&connect(server), config) {
        panic!("{}", error.report());
    }
    generated::read(&destination)
}
