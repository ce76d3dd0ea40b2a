//! Hostile text in all inputs: whatever compiles becomes files that contain the expected items and nothing else.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sqlward_codegen::emit::{CrateSettings, Files, emit};
use sqlward_codegen::fresh::Inputs;
use sqlward_codegen::project::ProjectOptions;
use sqlward_codegen::{Options, compile};
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;

use crate::project::Project;
use crate::remote::Remote;

/// Pieces of text with a special meaning in SQL, Rust, rustdoc or rustfmt.
const PIECES: [&str; 44] = [
    "*/",
    "/*",
    "//",
    "--",
    "\"",
    "'",
    "''",
    "\\",
    "\\n",
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\0",
    "#",
    "\"#",
    "##\"",
    "r#\"",
    "{",
    "}",
    "{}",
    "{0}",
    "(",
    ")",
    "[",
    "]",
    ";",
    ":",
    "::",
    ":a",
    "$1",
    "$$",
    "!",
    "?",
    "```",
    "`",
    "<script>",
    "\u{202e}",
    "\u{feff}",
    "\u{1b}[2J",
    "é",
    "fn main() {}",
    "#[cfg(evil)]",
    "compile_error!(\"evil\");",
];

/// A random text of such pieces and other characters.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
        1 => "[a-z_0-9 ]{0,6}",
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// The texts of one query.
#[derive(Debug, Clone)]
struct Texts {
    literal: String,
    escaped: String,
    dollar: String,
    alias: String,
    comment: String,
    line_comment: String,
    doc: String,
    reason: String,
}

fn texts() -> impl Strategy<Value = Texts> {
    (text(), text(), text(), text(), text(), text(), text(), text()).prop_map(
        |(literal, escaped, dollar, alias, comment, line_comment, doc, reason)| Texts {
            literal,
            escaped,
            dollar,
            alias,
            comment,
            line_comment,
            doc,
            reason,
        },
    )
}

/// A query with these texts in all places where SQL allows them, quoted as needed.
fn query(number: usize, texts: &Texts) -> String {
    let one_line = |text: &str| text.replace(['\n', '\r', '\0'], " ");
    let no_nul = |text: &str| text.replace('\0', "");
    let alias: String = no_nul(&texts.alias).chars().filter(|c| *c != '.').take(12).collect();
    format!(
        "--@ scope system: \"so {}\"\n--! get_{number}\n--- {}\nselect '{}' as a, E'{}' as b, $tag${}$tag$ as c, id as d, title as \"x{}\" \
         /* {} */ from content -- {}\nwhere id = :id and title <> :other;\n\n",
        one_line(&texts.reason).replace(['"', '\\'], "'"),
        one_line(&texts.doc),
        no_nul(&texts.literal).replace('\'', "''"),
        no_nul(&texts.escaped).replace('\\', "\\\\").replace('\'', "''"),
        no_nul(&texts.dollar).replace("$tag$", ""),
        alias.replace('"', "\"\""),
        no_nul(&texts.comment).replace("*/", "").replace("/*", "").replace('*', ""),
        one_line(&texts.line_comment),
    )
}

/// Generates the crate for those queries that compile.
fn emitted(remote: &Remote, queries: &str, comment: &str) -> (Vec<String>, Files) {
    let project = Project::new(queries);
    let comment = comment.replace('\0', "").replace('\'', "''");
    let schema =
        format!("comment on table content is '{comment}'; comment on column content.title is '{comment}';\n");
    project.put("schema.sql", project.text("schema.sql") + &schema);
    let options = Options {
        project: ProjectOptions { config: project.path("sqlward.toml"), ..ProjectOptions::default() },
        database_url: Some(remote.url()),
        ..Options::default()
    };
    let compilation = compile(&options, &|_| {}).unwrap();
    let settings = CrateSettings {
        name: "a".to_owned(),
        sqlward: toml::Value::from("0.1"),
        dependencies: BTreeMap::new(),
        derives: Vec::new(),
    };
    let names = compilation.catalog.queries.iter().map(|query| query.decl().name.value.clone()).collect();
    (names, emit(&compilation.catalog, &settings, &Inputs::default()))
}

/// The kind and the name of an item.
fn item(item: &syn::Item) -> String {
    match item {
        syn::Item::Fn(item) => format!("fn {}", item.sig.ident),
        syn::Item::Struct(item) => format!("struct {}", item.ident),
        syn::Item::Enum(item) => format!("enum {}", item.ident),
        syn::Item::Impl(_) => "impl".to_owned(),
        syn::Item::Use(_) => "use".to_owned(),
        syn::Item::Mod(item) => format!("mod {}", item.ident),
        syn::Item::Type(item) if is_name(&item.ty) => format!("type {}", item.ident),
        syn::Item::Macro(item) if is_deserialize(&item.mac) => "deserialize!".to_owned(),
        _ => "something else".to_owned(),
    }
}

/// Whether a type is the name of a struct in the same module.
fn is_name(ty: &syn::Type) -> bool {
    matches!(ty, syn::Type::Path(path) if path.qself.is_none()
        && path.path.get_ident().is_some_and(|name| name.to_string().starts_with("Get")))
}

/// Whether it is the runtime's macro, with a struct's name and fields in it, and nothing else.
fn is_deserialize(found: &syn::Macro) -> bool {
    let fields = |input: ParseStream<'_>| {
        input.parse::<syn::Ident>()?;
        let fields;
        syn::braced!(fields in input);
        while !fields.is_empty() {
            fields.call(syn::Ident::parse_any)?;
            if fields.parse::<Option<syn::Token![=]>>()?.is_some() {
                fields.parse::<syn::LitStr>()?;
            }
            if !fields.is_empty() {
                fields.parse::<syn::Token![,]>()?;
            }
        }
        Ok(())
    };
    let path: Vec<String> = found.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    path == ["sqlward", "types", "deserialize"] && found.parse_body_with(fields).is_ok()
}

/// The kinds and names of the items in each Rust file.
fn items(files: &Files) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}\n{text}"));
        found.insert(path.clone(), file.items.iter().map(item).collect());
    }
    found
}

/// Checks that the files have the functions and structs of these queries, and nothing else.
fn check(queries: &[String], files: &Files, plain: &BTreeMap<String, Vec<String>>) {
    let found = items(files);
    assert_eq!(found.keys().collect::<Vec<_>>(), plain.keys().collect::<Vec<_>>());
    for (path, found) in &found {
        if path != "src/content.rs" {
            assert_eq!(found, &plain[path], "{path}");
            continue;
        }
        let functions: Vec<_> = found.iter().filter_map(|item| item.strip_prefix("fn ")).collect();
        assert_eq!(functions, queries, "the functions are those of the queries");
        // Each query has one row struct, or an alias of that of a similar query.
        for item in found {
            let expected = item.starts_with("fn get_")
                || item.starts_with("struct Get")
                || item.starts_with("type Get")
                || ["impl", "use", "deserialize!"].contains(&&**item);
            assert!(expected, "{item}");
        }
        let structs = found.iter().filter(|item| item.starts_with("struct ")).count();
        let aliases = found.iter().filter(|item| item.starts_with("type ")).count();
        assert_eq!(structs + aliases, queries.len(), "{found:?}");
        for of_struct in ["impl", "deserialize!"] {
            assert_eq!(structs, found.iter().filter(|item| *item == of_struct).count(), "{found:?}");
        }
    }
    let manifest: toml::Table = files["Cargo.toml"].parse().unwrap();
    assert_eq!(manifest["package"]["name"].as_str(), Some("a"));
    for text in files.values() {
        let hidden = |c: char| {
            (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert!(!text.contains(hidden), "a character that changes how a file looks: {text:?}");
    }
}

#[test]
fn no_text_becomes_code() {
    const CASES: u32 = 12;
    const QUERIES: usize = 40;
    let remote = Remote::start();
    let (_, plain) =
        emitted(&remote, "--! get_0\nselect title as a, id as d from content where id = :id;\n", "plain");
    let plain = items(&plain);
    let compiled = RefCell::new(0);
    let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
    let cases = (prop::collection::vec(texts(), QUERIES), text());
    let result = runner.run(&cases, |(texts, comment)| {
        let text: String = texts.iter().enumerate().map(|(number, texts)| query(number, texts)).collect();
        let (names, files) = emitted(&remote, &text, &comment);
        check(&names, &files, &plain);
        *compiled.borrow_mut() += names.len();
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let (compiled, tried) = (compiled.into_inner(), CASES as usize * QUERIES);
    println!("{compiled} of {tried} queries compiled");
    assert!(compiled * 2 > tried, "only {compiled} of {tried} queries compiled: the texts prove nothing");
}

#[test]
fn names_of_files_and_settings_become_no_code() {
    let project = Project::new(crate::project::QUERY);
    for name in ["a;fn main(){}", "a\"b", "a b", "mod", "r#x", "../up", "super", "é"] {
        if !name.contains('/') {
            project.put(&format!("queries/{name}.sql"), crate::project::QUERY);
        }
    }
    let run = project.run(&["generate"]).refused(&["is not a valid Rust module name"]);
    assert_eq!(run.stderr.matches("error[module-name]").count(), 7, "{}", run.stderr);
    fs::remove_dir_all(project.path("queries")).unwrap();
    for setting in [
        "[crate]\nname = \"a\\\"\\n[dependencies]\\nevil = '1\"\n",
        "[types]\n\"pg_catalog.text\" = \"String; fn main() {}\"\n",
        "[columns]\n\"content.title\" = \"String> /*\"\n",
    ] {
        let project = Project::new(crate::project::QUERY);
        project.put("sqlward.toml", format!("{}{setting}", project.text("sqlward.toml")));
        project.run(&["generate"]).refused(&["sqlward.toml:5:"]);
        assert!(!project.path("catalog").exists());
    }
}
