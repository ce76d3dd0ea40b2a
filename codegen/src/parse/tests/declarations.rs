use super::super::{Cardinality, FieldDecl, ScopeDecl, StructDecl};
use super::{correct, parsed};

/// A struct as an author would write it.
fn show(decl: &Option<StructDecl>) -> String {
    let Some(decl) = decl else { return String::new() };
    let name = decl.name.as_ref().map_or("", |name| name.value.as_str());
    let mut text = format!("{name}({})", decl.fields.iter().map(show_field).collect::<Vec<_>>().join(", "));
    for derive in &decl.derives {
        text.push_str(&format!(" +{derive}"));
    }
    for attribute in &decl.attributes {
        text.push_str(&format!(" #{}", attribute.value));
    }
    text
}

fn show_field(field: &FieldDecl) -> String {
    let mark = |nullable: Option<bool>, yes: &str, no: &str| match nullable {
        Some(true) => yes.to_owned(),
        Some(false) => no.to_owned(),
        None => String::new(),
    };
    let mut text = field.name.value.clone();
    text += &mark(field.nullable, "?", "!");
    text += &mark(field.element_nullable, "[?]", "[!]");
    for nested in &field.nested {
        text += &format!(".{}", show_field(nested));
    }
    text
}

/// The two sides of a `--!` line over a statement that uses the parameters a and b.
fn sides(header: &str) -> (String, String) {
    let query = correct(&format!("--! {header}\nselect :a, :b;")).remove(0);
    (show(&query.params), show(&query.row))
}

#[test]
fn every_form_of_a_header() {
    let two = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(sides("q"), two("", ""));
    assert_eq!(sides("q (a?, b)"), two("(a?, b)", ""));
    assert_eq!(sides("q(a?,b?,)"), two("(a?, b?)", ""));
    assert_eq!(sides("q Params(a?) : Row(x?)"), two("Params(a?)", "Row(x?)"));
    assert_eq!(sides("q Params()"), two("Params()", ""));
    assert_eq!(sides("q : Row"), two("", "Row()"));
    assert_eq!(sides("q: Row()"), two("", "Row()"));
    assert_eq!(sides("q : (x?, y!)"), two("", "(x?, y!)"));
    assert_eq!(sides("q () : ()"), two("()", "()"));
    assert_eq!(
        sides("q (  a ? ) : (\"odd \"\"name\"?)".replace("a ?", "a?").as_str()),
        two("(a?)", "(odd \"name?)")
    );
}

#[test]
fn every_form_of_a_field() {
    let row = |fields: &str| sides(&format!("q : ({fields})")).1;
    assert_eq!(row("a?[?], b[?], c[!], d!, e![?]"), "(a?[?], b[?], c[!], d!, e![?])");
    assert_eq!(row("a.b?, a.c!, a?"), "(a?.b?.c!)");
    assert_eq!(row("a?[?].b?.c?"), "(a?[?].b?.c?)");
    assert_eq!(row("a[].b?[].c?"), "(a.b?.c?)");
    assert_eq!(row("\"x.y\"?.\"z w\"?"), "(x.y?.z w?)");
}

#[test]
fn a_reference_to_a_type_is_its_fields() {
    let queries = correct(
        "--! before Params : Author\nselect :a;\n\
         --: Author(name?, tags[?]) : Eq, std::hash::Hash\n--# serde(default)\n--& serde(borrow)\n--# other\n\
         --: Params(a?)\n\
         --! after : Author\n--# inline\n--& ignored\nselect 1;",
    );
    let author = "Author(name?, tags[?]) +Eq +std::hash::Hash #serde(default) #other";
    assert_eq!((show(&queries[0].params), show(&queries[0].row)), ("Params(a?)".into(), author.into()));
    assert_eq!(show(&queries[1].row), author);
    assert_eq!(
        queries[1].attributes.iter().map(|found| found.value.as_str()).collect::<Vec<_>>(),
        ["inline"]
    );
}

#[test]
fn directives_reach_their_query() {
    let text = "\u{feff}--@ scope creator\r\n\r\n--@ tx\r\n--! first\r\n--- One line.\r\n---   Indented.\r\n---\r\n--@ page\r\n\
                select 1;\r\n\r\n-- plain\r\n--@ scope system: \"a \\\"job\\\"\"\r\n--! second\r\n--@ opt\r\n\
                --@ param ids uuid[]\r\n--@ allow opaque content: \"why\"\r\n--@ grants organization\r\nselect :ids;\r\n\
                --! third\r\n--@scope a, b\r\nselect 1;";
    let queries = correct(text);
    let [first, second, third] = &queries[..] else { panic!("three queries") };
    assert_eq!(first.path(), "file::first");
    assert_eq!(first.docs, ["One line.", "  Indented.", ""]);
    assert!(first.tx.is_some() && first.page.is_some() && second.tx.is_none());
    assert!(matches!(&first.scope, Some(ScopeDecl::Claimed(names)) if names[0].scope.value == "creator"));
    assert!(matches!(&second.scope, Some(ScopeDecl::System { reason, .. }) if reason == "a \"job\""));
    assert!(matches!(&third.scope, Some(ScopeDecl::Claimed(names)) if names.len() == 2));
    assert_eq!(second.cardinality.as_ref().map(|found| found.value), Some(Cardinality::Opt));
    assert_eq!(second.param_types[0].1.value, "uuid[]");
    assert_eq!(second.allows[0].table.as_ref().map(|table| table.value.as_str()), Some("content"));
    assert_eq!(
        &text[second.allows[0].span.start..second.allows[0].span.end],
        "--@ allow opaque content: \"why\""
    );
    assert_eq!(second.grants.as_ref().map(|found| found.scope.value.as_str()), Some("organization"));
}

#[test]
fn line_ends_of_all_kinds() {
    for end in ["\n", "\r\n", "\r"] {
        let text =
            ["--@ scope creator", "--! q (a?)", "--- Doc.", "select :a, -- c", "1;", "--! r", "select 2;"]
                .join(end);
        let queries = correct(&text);
        assert_eq!(queries.len(), 2, "{end:?}");
        assert_eq!(queries[0].sql.text, format!("select $1,{end}1"));
        assert_eq!(queries[0].docs, ["Doc."]);
    }
}

/// The text from the place of each finding on, and the queries that are left.
fn findings(text: &str) -> (Vec<String>, Vec<String>) {
    let (_, queries, diagnostics) = parsed(text);
    let places = diagnostics.iter().map(|found| text[found.span.start..].chars().take(8).collect()).collect();
    (places, queries.into_iter().map(|query| query.name.value).collect())
}

#[test]
fn what_is_not_closed_is_told_where_it_opens_and_costs_one_query() {
    let after = "\n\n--! next\nselect 1;\n";
    for broken in ["'it, 1;", "E'\\', 1;", "\"x from;", "$fn$ x $f$;", "/* /* */ 1;", "U&'x;", "B'0;"] {
        let (places, queries) = findings(&format!("--! q\nselect {broken}{after}"));
        assert_eq!(places.len(), 1, "{broken}: {places:?}");
        assert!(
            broken.starts_with(places[0].split('\n').next().unwrap_or("")) || places[0].starts_with(broken),
            "{places:?}"
        );
        assert_eq!(queries, ["next"], "{broken}");
    }
}

#[test]
fn a_forgotten_quote_is_told_where_it_is_forgotten() {
    let (places, queries) = findings(
        "--! q\nselect 'it, 1;\n--! r\nselect 'a', 'b';\n--! s\nselect 1;\n--! t\nselect 'c;\n--! u\nselect 2;",
    );
    assert_eq!(places, ["'it, 1;\n", "'c;\n--! "]);
    assert_eq!(queries, ["r", "s", "u"]);
}

#[test]
fn a_nul_and_an_empty_file_are_told() {
    assert_eq!(findings("--! q\nselect 1\0;").0, ["\0;"]);
    let (_, queries, diagnostics) = parsed(" \n\t");
    assert!(queries.is_empty());
    assert_eq!(diagnostics.iter().map(|found| found.rule).collect::<Vec<_>>(), ["no-queries", "empty-file"]);
}
