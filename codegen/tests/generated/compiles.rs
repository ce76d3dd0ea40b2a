//! Generated crates compile without warnings and contain the expected code, whatever the names and texts in the catalog.

use std::path::Path;

use sqlward_codegen::emit::{Files, emit};
use sqlward_codegen::fresh::{Inputs, write};
use sqlward_codegen::infer::{
    Catalog, CompositeField, CompositeType, EnumOrigin, EnumType, FieldValue, IdType, Object, Plain,
    RowField, RowStruct, RustType, names,
};
use sqlward_codegen::parse::Cardinality;
use sqlward_codegen::prove::Proven;

use crate::cargo::cargo;
use crate::model::*;

const TEXT: RustType = RustType::Plain(Plain::Text);
const INT4: RustType = RustType::Plain(Plain::Int4);

/// Every plain type with one of its PostgreSQL types.
const PLAIN: [(Plain, &str); 21] = [
    (Plain::Bool, "bool"),
    (Plain::Char, "char"),
    (Plain::Int2, "int2"),
    (Plain::Int4, "int4"),
    (Plain::Int8, "int8"),
    (Plain::Oid, "oid"),
    (Plain::Float4, "float4"),
    (Plain::Float8, "float8"),
    (Plain::Numeric, "numeric"),
    (Plain::Text, "varchar"),
    (Plain::Bytea, "bytea"),
    (Plain::Uuid, "uuid"),
    (Plain::Date, "date"),
    (Plain::Time, "time"),
    (Plain::Timestamp, "timestamp"),
    (Plain::Timestamptz, "timestamptz"),
    (Plain::Interval, "interval"),
    (Plain::Json, "jsonb"),
    (Plain::Inet, "inet"),
    (Plain::Cidr, "cidr"),
    (Plain::Unit, "void"),
];

/// Text that tries to end a string, a comment, an attribute or an identifier.
const EVIL: &str =
    "\"]\n}\r*/ /* ``` ```` pub fn evil() {} \\\" \\u{41} {} #[x] [`y`] <b> <script> \u{202e}\u{200b}\t\0'é";

/// Names of all kinds. Several become the same identifier.
const NAMES: [&str; 27] = [
    "type", "self", "Self", "crate", "super", "_", "1st", "1", "é", "a b", "a-b", "a_b", "db", "scope",
    "params", "page", "foo", "async", "gen", "", "QUERY", "row", "日本", "цена", "о", "o", EVIL,
];

/// A catalog with everything: all types, all kinds of functions, and hostile names and texts.
fn nasty() -> Catalog<Proven> {
    let mut catalog = catalog();
    types(&mut catalog);
    catalog.scopes = vec![
        scope("creator", "CreatorScope", "creator_id", id("TextId"), false),
        scope("type", "TypeScope", "type", RustType::Plain(Plain::Uuid), false),
        scope("many", "ManyScope", "ids", id("TextId"), true),
        scope("name", "NameScope", EVIL, TEXT, false),
    ];
    catalog.constraints =
        vec![constraint("users", "users_email_key", "UsersEmailKey"), constraint(EVIL, EVIL, "Evil")];

    let mut columns: Vec<(&str, &str, RustType, bool)> =
        PLAIN.iter().map(|(plain, ty)| (*ty, *ty, RustType::Plain(*plain), false)).collect();
    columns.extend(PLAIN.iter().map(|(plain, ty)| (*ty, *ty, RustType::Plain(*plain), true)));
    columns.extend(made().into_iter().map(|rust| ("made", "public.made", rust, true)));
    catalog.rows.push(row("Everything", None, &columns));

    let columns: Vec<_> = NAMES.iter().map(|name| (*name, EVIL, TEXT, false)).collect();
    let mut odd = row("Odd", Some(&["content"]), &columns);
    odd.docs = vec![EVIL.to_owned(), "```".to_owned(), "http://example.org - [not](a link)".to_owned()];
    odd.fields[0].docs = ["- a list", "that goes on", EVIL].map(str::to_owned).to_vec();
    odd.derives = vec!["Eq".to_owned(), "std::hash::Hash".to_owned(), "Clone".to_owned()];
    odd.attributes = vec!["must_use = \"]\"".to_owned()];
    catalog.rows.push(odd);

    // Names that generated code itself uses.
    for name in [
        "Result",
        "Row",
        "Option",
        "String",
        "Vec",
        "Ok",
        "FromRow",
        "Query",
        "Executor",
        "Type",
        "Box",
        "FromJson",
        "JsonText",
        "JsonResult",
        "Nested",
    ] {
        catalog.rows.push(row(name, None, &[("id", "text", TEXT, true)]));
    }
    for name in ["ToSql", "Display", "Error", "Some", "None", "From", "Serialize", "Constraint", "Page"] {
        catalog.ids.push(IdType { name: name.to_owned(), inner: Plain::Text, column: EVIL.to_owned() });
    }
    // A shared type and one of a module can have the same name.
    catalog.rows.push(row("TextId", Some(&["content"]), &[("id", "text", id("TextId"), false)]));
    catalog.rows.push(nested());
    let nested = catalog.rows.len() - 1;
    queries(&mut catalog, nested);
    objects(&mut catalog);
    catalog
}

/// Objects and records of nested results, in a row and nested in each other.
fn objects(catalog: &mut Catalog<Proven>) {
    let is_read = |rust: &RustType| !matches!(rust, RustType::Plain(Plain::Unit) | RustType::Custom(_));
    let plain = PLAIN.iter().map(|(plain, ty)| (*ty, *ty, RustType::Plain(*plain), true));
    let mut columns: Vec<_> = plain.filter(|(.., rust, _)| is_read(rust)).collect();
    columns.extend(made().into_iter().filter(is_read).map(|rust| (EVIL, "public.made", rust, false)));
    columns.push(("nothing", "public.nothing", RustType::Composite("Nothing".to_owned()), true));
    let object = |name: &str, module, columns: &[_], form| RowStruct {
        from_row: false,
        from_json: Some(form),
        ..row(name, module, columns)
    };
    catalog.rows.push(object("EveryMember", None, &columns, Object::Full));
    columns.extend(
        made().into_iter().filter(|rust| !is_read(rust)).map(|rust| (EVIL, "public.made", rust, true)),
    );
    let record = |name: &str, module, columns: &[_]| RowStruct {
        from_row: false,
        from_record: true,
        ..row(name, module, columns)
    };
    catalog.rows.push(record("EveryField", None, &columns));
    let of = |name: &str| RustType::Struct(name.to_owned());
    let inner = [("every", "jsonb", array(of("EveryMember"), true), true), ("type", "text", TEXT, true)];
    catalog.rows.push(object("Inner", Some(&["content"]), &inner, Object::Sparse));
    let outer = [
        ("inner", "jsonb", of("Inner"), true),
        ("inners", "_json", array(of("Inner"), false), false),
        ("texts", "jsonb", array(TEXT, true), true),
        ("any", "jsonb", RustType::Plain(Plain::Json), true),
    ];
    let both = RowStruct { from_json: Some(Object::Full), ..row("OuterRow", Some(&["content"]), &outer) };
    catalog.rows.push(both);
    let outer = [
        ("record", "record", of("EveryField"), true),
        ("name", "_record", array(of("EveryField"), true), false),
        ("type", "jsonb", of("Inner"), true),
    ];
    let both = RowStruct { from_record: true, ..row("OuterRecord", Some(&["content"]), &outer) };
    catalog.rows.push(both);
}

/// Ids of all plain types, enums, composite types.
fn types(catalog: &mut Catalog<Proven>) {
    catalog.ids.extend(PLAIN.iter().filter(|(plain, _)| *plain != Plain::Unit).map(|(plain, ty)| IdType {
        name: format!("{}Id", names::type_name(if *ty == "varchar" { "text" } else { ty })),
        inner: *plain,
        column: "t.id".to_owned(),
    }));
    let values = ["", "draft", "in progress", "A+", "A-", "a", "A", "1", "Self", "日本", EVIL];
    let variants = names::variants(values).into_iter().zip(values.map(str::to_owned)).collect();
    let origin =
        EnumOrigin::Check { table: EVIL.to_owned(), column: "b".to_owned(), constraint: "c".to_owned() };
    catalog.enums.push(EnumType { name: "Status".to_owned(), variants, origin });
    let origin = EnumOrigin::Type("public".to_owned(), EVIL.to_owned());
    catalog.enums.push(EnumType { name: "Empty".to_owned(), variants: Vec::new(), origin });
    let field = |name: String, attribute: &str, rust| CompositeField {
        name,
        attribute: attribute.to_owned(),
        rust,
        pg_type: "_text".to_owned(),
        built_in: true,
    };
    let fields = (names::fields(NAMES).into_iter().zip(NAMES))
        .map(|(name, attribute)| field(name, attribute, array(RustType::Enum("Status".to_owned()), true)))
        .collect();
    let composite = |name: &str, fields| CompositeType {
        name: name.to_owned(),
        pg_name: ("public".to_owned(), EVIL.to_owned()),
        fields,
    };
    catalog.composites.push(composite("Address", fields));
    catalog.composites.push(composite("Nothing", Vec::new()));
    let inner = vec![field("inner".to_owned(), "inner", RustType::Composite("Address".to_owned()))];
    catalog.composites.push(composite("Outer", inner));
}

/// A type of each kind that is not plain.
fn made() -> Vec<RustType> {
    let range = RustType::Range(Box::new(RustType::Plain(Plain::Timestamptz)));
    vec![
        id("TextId"),
        id("UuidId"),
        RustType::Enum("Status".to_owned()),
        RustType::Composite("Outer".to_owned()),
        array(TEXT, true),
        array(RustType::Plain(Plain::Bytea), false),
        array(id("UuidId"), false),
        array(range.clone(), true),
        range,
        RustType::Custom(
            "std::collections::HashMap<std::string::String, std::option::Option<std::string::String>>"
                .to_owned(),
        ),
    ]
}

/// A row of dotted aliases, nested twice, with and without `Option`.
fn nested() -> RowStruct {
    let columns =
        [("id", "text", TEXT, false), ("o.type", "text", TEXT, false), ("o.p.id", "int4", INT4, true)];
    let mut row = row("Joined", Some(&["content"]), &columns);
    let column = |name: &str, index, rust, nullable| RowField {
        name: name.to_owned(),
        docs: Vec::new(),
        value: FieldValue::Column { index, rust, nullable },
    };
    let deep = FieldValue::Nested {
        name: "JoinedOP".to_owned(),
        fields: vec![column("id", 2, INT4, true)],
        optional: None,
    };
    let deep = RowField { name: "p".to_owned(), docs: Vec::new(), value: deep };
    let fields = vec![column("type", 1, TEXT, false), deep];
    let value = FieldValue::Nested { name: "JoinedO".to_owned(), fields, optional: Some(vec![1, 2]) };
    row.fields =
        vec![column("id", 0, TEXT, false), RowField { name: "o".to_owned(), docs: Vec::new(), value }];
    row
}

/// Queries of every cardinality with every kind of row, executor and parameter.
fn queries(catalog: &mut Catalog<Proven>, nested: usize) {
    let content: &[&str] = &["content"];
    let all = [Cardinality::One, Cardinality::Opt, Cardinality::Many, Cardinality::Stream];
    for cardinality in all {
        let name = |kind: &str| format!("{kind}_{}", cardinality.word());
        catalog.queries.extend([
            query(content, &name("odd"), EVIL)
                .rows(cardinality, 1)
                .system(EVIL)
                .docs(&[EVIL, "```", "<!--"])
                .build(),
            query(content, &name("rows"), "table t").rows(cardinality, 0).scope(&["creator"]).build(),
            query(content, &name("joined"), "table t").rows(cardinality, nested).build(),
            query(content, &name("count"), "select 1").scalar(cardinality, "n", "int8", INT4, false).build(),
            query(content, &name("null"), "select 1")
                .scalar(cardinality, EVIL, EVIL, array(TEXT, true), true)
                .build(),
            query(content, &name("void"), "select f()")
                .scalar(cardinality, "f", "void", RustType::Plain(Plain::Unit), true)
                .with(|_, signature| signature.transaction = true)
                .build(),
        ]);
        if cardinality != Cardinality::Stream {
            catalog.queries.extend([
                query(content, &name("grant"), "select :id")
                    .param("id", "text", id("TextId"))
                    .scalar(cardinality, "id", "text", id("TextId"), false)
                    .grants("creator", None)
                    .build(),
                query(content, &name("grant_row"), "select 1")
                    .rows(cardinality, catalog.rows.iter().position(|row| row.name == "TextId").unwrap())
                    .grants("creator", None)
                    .build(),
            ]);
        }
    }
    let deep = array(RustType::Range(Box::new(RustType::Plain(Plain::Timestamptz))), true);
    catalog.queries.push(
        query(&["content", "content"], "deep", "select 1")
            .docs(&["- a list", "that goes on", "   too far"])
            .scalar(Cardinality::Opt, "deep", "_tstzrange", array(deep, true), true)
            .build(),
    );
    for (place, row) in catalog.rows.iter().enumerate().filter(|(_, row)| row.module.is_none()) {
        catalog.queries.push(query(&["rows"], &row.name, "table t").rows(Cardinality::Opt, place).build());
    }
    let given = PLAIN.iter().filter(|(plain, _)| *plain != Plain::Unit);
    let given: Vec<(String, RustType)> = given
        .map(|(plain, ty)| ((*ty).to_owned(), RustType::Plain(*plain)))
        .chain(made().into_iter().map(|rust| ("public.made".to_owned(), rust)))
        .collect();
    for (place, (ty, rust)) in given.iter().enumerate() {
        let positional = query(&["users", "mod"], &format!("take {place}"), "select :a, :b, :type");
        let positional = positional.param("a", ty, rust.clone()).optional("b", ty, rust.clone());
        catalog.queries.push(positional.param("type", &format!("_{ty}"), array(rust.clone(), false)).build());
    }
    let mut wide = query(&["users"], "wide", "select 1").params_struct("Content");
    let mut copy = query(&["users"], "copy", "select 1").params_struct("Result");
    let mut odd = query(&["lib"], "odd", "select 1").scope(&["creator", "type", "many", "name"]).page();
    for (ty, rust) in given {
        wide = wide.param("p", &ty, rust.clone()).optional(&ty, &ty, rust);
    }
    for name in NAMES {
        copy = copy.param(name, "uuid", RustType::Plain(Plain::Uuid));
        odd = odd.param(name, "text", TEXT);
    }
    odd = odd
        .token("creator_id", "text", id("TextId"), "creator")
        .token("ids", "_text", array(id("TextId"), false), "many")
        .token(EVIL, "text", TEXT, "name");
    let odd = odd.with(|decl, signature| {
        signature.transaction = true;
        signature.system = Some(EVIL.to_owned());
        decl.attributes = vec![spanned("must_use = \"]\"".to_owned())];
    });
    // Two queries with the same parameters share a struct; a third one gets its own.
    let again = query(&["users"], "copy_again", "select 1").params_struct("Result").param("x", "int4", INT4);
    catalog.queries.push(query(&["users"], "no_params", "select 1").params_struct("NoParams").build());
    catalog.queries.extend([wide.build(), copy.build(), again.build(), odd.build()]);
    for (place, name) in NAMES.iter().enumerate() {
        catalog.queries.push(query(&["users"], name, "select 1").build());
        catalog.queries.push(query(&[name], "nothing", "select 1").build());
        catalog.queries.push(
            query(&["sqlward", "std", name, "uuid"], &format!("{place}"), "select :id")
                .param("id", "uuid", RustType::Plain(Plain::Uuid))
                .build(),
        );
    }
}

/// Runs Cargo on a generated crate. The error is its output.
fn run(dir: &Path, args: &[&str]) -> Result<(), String> {
    let output = cargo(dir).arg("--quiet").args(args).env("RUSTDOCFLAGS", "-D warnings").output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

fn emitted(catalog: &Catalog<Proven>) -> Files {
    let inputs =
        Inputs { files: vec![sqlward_codegen::fresh::Input::new("../absent.sql", b"")], folders: Vec::new() };
    emit(catalog, &settings(), &inputs)
}

#[test]
fn whatever_is_in_a_catalog_compiles_without_warnings() {
    let mut files = emitted(&nasty());
    let root = files.get_mut("src/lib.rs").unwrap();
    *root = root.replacen("\n\n#![", "\n\n#![deny(warnings)]\n#![", 1);
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &files).unwrap();
    if let Ok(keep) = std::env::var("SQLWARD_KEEP_EMITTED") {
        write(Path::new(&keep), &files).unwrap();
    }
    // A project can have its own settings for rustfmt, which must not change generated files.
    std::fs::write(dir.path().join("rustfmt.toml"), "max_width = 60\nhard_tabs = true\n").unwrap();
    let output = cargo(dir.path()).args(["fmt", "--check"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    for args in [&["clippy", "--", "-D", "warnings"][..], &["doc", "--no-deps"]] {
        if let Err(output) = run(dir.path(), args) {
            panic!("cargo {args:?} of the emitted crate fails:\n{output}");
        }
    }
}

/// Rust code without comments and string literals.
fn code_alone(text: &str) -> String {
    let mut code = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['"', '/']) {
        code.push_str(&rest[..at]);
        rest = &rest[at..];
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with('"') {
            let mut escaped = true;
            let end = rest.find(|c| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            end.expect("a string ends") + 1
        } else {
            code.push('/');
            1
        };
        rest = &rest[skipped..];
    }
    code + rest
}

#[test]
fn nothing_that_is_not_rust_becomes_code() {
    assert_eq!(code_alone("a(\"\\\"b\", /* c */) // \"d\n/ e"), "a(, /* c */) \n/ e");
    let files = emitted(&nasty());
    let rust = files.iter().filter(|(path, _)| path.ends_with(".rs"));
    for (path, text) in rust {
        let code = code_alone(text);
        for trace in ["fn evil", "/*", "*/", "```", "\u{202e}"] {
            assert!(!code.contains(trace), "{path} has {trace}");
        }
        assert!(!text.contains(['\u{202e}', '\u{200b}', '\r', '\0', '\t']), "{path}");
    }

    // Wrong Rust of an author becomes a compile error, and no other code.
    let mut catalog = nasty();
    let attribute = "allow(x)] pub fn evil() {} #[allow(x)".to_owned();
    catalog.rows[1].attributes = vec![attribute];
    catalog.rows[1].derives = vec!["Eq)] pub fn evil() {} #[derive(Eq".to_owned()];
    catalog.composites[0].fields[0].rust =
        RustType::Custom("u8>, } pub fn evil() {} struct S { a: Option<u8".to_owned());
    for text in emitted(&catalog).values() {
        assert!(!code_alone(text).contains("fn evil"));
    }
    assert!(emitted(&catalog)["src/types.rs"].contains("compile_error!"));
}

#[test]
fn the_manifest_holds_what_it_is_given() {
    let mut settings = settings();
    settings.name = "a\"\n[dependencies]\nevil = \"1\"".to_owned();
    let money: toml::Table = "version = \"1\"\nfeatures = [\"a\", \"b\"]".parse().unwrap();
    settings.dependencies.insert("money \"x".to_owned(), money.clone().into());
    let manifest: toml::Table = emit(&nasty(), &settings, &Inputs::default())["Cargo.toml"].parse().unwrap();
    assert_eq!(manifest["package"]["name"].as_str(), Some(&*settings.name));
    let dependencies = manifest["dependencies"].as_table().unwrap();
    let names: Vec<&str> = dependencies.keys().map(String::as_str).collect();
    let expected = ["chrono", "cidr", "money \"x", "rust_decimal", "serde", "serde_json", "sqlward", "uuid"];
    assert_eq!(names, expected);
    assert_eq!(dependencies["money \"x"].as_table(), Some(&money));
    let plain = emit(&catalog(), &settings, &Inputs::default())["Cargo.toml"].clone();
    assert!(!plain.contains("chrono"), "only what is used is depended on");
}
