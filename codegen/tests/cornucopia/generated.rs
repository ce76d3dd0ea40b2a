//! Reads the parameters and results of a crate that cornucopia has generated from its code.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use syn::{GenericArgument, GenericParam, Item, PathArguments, ReturnType, Type, TypeParamBound};

/// Names and types of parameters, columns or fields.
pub type Values = BTreeMap<String, String>;

/// A generated crate.
#[derive(Default)]
pub struct Generated {
    /// By `module::query`: parameters and columns.
    pub queries: BTreeMap<String, (Values, Values)>,
    /// Structs of composite types, by name, with the schema as a module if it is not `public`.
    pub composites: BTreeMap<String, Values>,
    /// Enums, by name.
    pub enums: BTreeMap<String, Vec<String>>,
}

/// Reads the crate in a folder.
pub fn read(dir: &Path) -> Generated {
    let mut found = Generated::default();
    types(&parse(&dir.join("src/types.rs")).items, "", &mut found);
    modules(&dir.join("src/queries"), "", &mut found);
    found
}

fn parse(path: &Path) -> syn::File {
    syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap()
}

fn types(items: &[Item], prefix: &str, found: &mut Generated) {
    for item in items {
        match item {
            Item::Mod(module) => {
                let items = &module.content.as_ref().expect("inline").1;
                types(items, &format!("{prefix}{}::", module.ident), found);
            }
            Item::Enum(item) => {
                let variants = item.variants.iter().map(|variant| plain(&variant.ident)).collect();
                found.enums.insert(format!("{prefix}{}", item.ident), variants);
            }
            Item::Struct(item)
                if !item.ident.to_string().ends_with("Borrowed") && item.generics.params.is_empty() =>
            {
                found.composites.insert(format!("{prefix}{}", item.ident), fields(item));
            }
            _ => {}
        }
    }
}

fn modules(dir: &Path, prefix: &str, found: &mut Generated) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}::", path.file_stem().unwrap().to_str().unwrap());
        if path.is_dir() {
            modules(&path, &name, found);
        } else {
            queries(&parse(&path).items, &name, found);
        }
    }
}

fn queries(items: &[Item], prefix: &str, found: &mut Generated) {
    let mut structs = BTreeMap::new();
    let mut binds = BTreeMap::new();
    let mut functions = Vec::new();
    for item in items {
        match item {
            Item::Struct(item) => drop(structs.insert(item.ident.to_string(), fields(item))),
            Item::Impl(item) if item.trait_.is_none() => {
                let bind = item.items.iter().find_map(|item| match item {
                    syn::ImplItem::Fn(function) if function.sig.ident == "bind" => Some(&function.sig),
                    _ => None,
                });
                binds.extend(bind.map(|bind| (spell(&item.self_ty, &BTreeMap::new()), bind)));
            }
            Item::Fn(function) => functions.push(&function.sig),
            _ => {}
        }
    }
    for function in functions {
        let ReturnType::Type(_, statement) = &function.output else { panic!("{}", function.ident) };
        let bind = binds[&spell(statement, &BTreeMap::new())];
        let generics = generics(bind);
        // The first two are the statement and the client.
        let params = bind.inputs.iter().skip(2).map(|input| {
            let syn::FnArg::Typed(input) = input else { panic!("self again") };
            let syn::Pat::Ident(name) = &*input.pat else { panic!("a pattern") };
            (plain(&name.ident), spell(&input.ty, &generics))
        });
        let params = params.collect();
        found
            .queries
            .insert(format!("{prefix}{}", plain(&function.ident)), (params, columns(bind, &structs)));
    }
}

/// The columns, from the return type: `RowQuery<'c, 'a, 's, C, Row, 2>`, or a `Result` with the number of rows.
fn columns(bind: &syn::Signature, structs: &BTreeMap<String, Values>) -> Values {
    let ReturnType::Type(_, answer) = &bind.output else { panic!("{}", bind.ident) };
    let Type::Path(answer) = &**answer else { panic!("no path") };
    let answer = answer.path.segments.last().unwrap();
    if answer.ident == "Result" {
        return Values::new();
    }
    let PathArguments::AngleBracketed(arguments) = &answer.arguments else { panic!("no arguments") };
    let types: Vec<_> = arguments
        .args
        .iter()
        .filter_map(|argument| match argument {
            GenericArgument::Type(found) => Some(spell(found, &BTreeMap::new())),
            _ => None,
        })
        .collect();
    // The first one is the client.
    structs.get(&types[1]).cloned().unwrap_or_else(|| Values::from([(String::new(), types[1].clone())]))
}

fn fields(item: &syn::ItemStruct) -> Values {
    let generics = BTreeMap::new();
    // Private fields belong to cornucopia's machinery.
    let public = item.fields.iter().filter(|field| matches!(field.vis, syn::Visibility::Public(_)));
    let named = public.filter_map(|field| Some((field.ident.as_ref()?, field)));
    named.map(|(name, field)| (plain(name), spell(&field.ty, &generics))).collect()
}

/// The types that generic parameters stand for, from their trait bounds.
fn generics(function: &syn::Signature) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for param in &function.generics.params {
        let GenericParam::Type(param) = param else { continue };
        let Some(TypeParamBound::Trait(bound)) = param.bounds.first() else { continue };
        let bound = bound.path.segments.last().unwrap();
        let meaning = match bound.ident.to_string().as_str() {
            "StringSql" => "String".to_owned(),
            "BytesSql" => "Vec<u8>".to_owned(),
            "JsonSql" => "serde_json::Value".to_owned(),
            "ArraySql" => {
                let PathArguments::AngleBracketed(arguments) = &bound.arguments else { panic!("no item") };
                let Some(GenericArgument::AssocType(item)) = arguments.args.first() else {
                    panic!("no item")
                };
                format!("Vec<{}>", spell(&item.ty, &found))
            }
            _ => continue,
        };
        found.insert(param.ident.to_string(), meaning);
    }
    found
}

/// The owned type for a type, as sqlward writes it.
fn spell(found: &Type, generics: &BTreeMap<String, String>) -> String {
    match found {
        Type::Reference(reference) => spell(&reference.elem, generics),
        Type::Slice(slice) => format!("Vec<{}>", spell(&slice.elem, generics)),
        Type::Path(path) => {
            let names: Vec<_> = path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            let mut name = names.join("::");
            if let Some(meaning) = generics.get(&name) {
                return meaning.clone();
            }
            if let Some(custom) = name.strip_prefix("crate::types::").map(str::to_owned) {
                // The structs for parameters and borrowed rows.
                let owned = custom.strip_suffix("Params").or_else(|| custom.strip_suffix("Borrowed"));
                name = owned.unwrap_or(&custom).to_owned();
            }
            let PathArguments::AngleBracketed(arguments) = &path.path.segments.last().unwrap().arguments
            else {
                return name;
            };
            let inner: Vec<_> = arguments
                .args
                .iter()
                .filter_map(|argument| match argument {
                    GenericArgument::Type(found) => Some(spell(found, generics)),
                    _ => None,
                })
                .collect();
            if inner.is_empty() { name } else { format!("{name}<{}>", inner.join(", ")) }
        }
        _ => panic!("a type that this reader does not know"),
    }
}

/// An identifier that may be raw.
fn plain(ident: &syn::Ident) -> String {
    let name = ident.to_string();
    name.strip_prefix("r#").unwrap_or(&name).to_owned()
}
