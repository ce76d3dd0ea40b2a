use super::*;
use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Span};

fn sources(path: &str, text: &str) -> (Sources, FileId) {
    let mut sources = Sources::default();
    let file = sources.add(path, text.to_owned());
    (sources, file)
}

fn written(format: Format, sources: &Sources, diagnostic: Diagnostic) -> String {
    let mut out = Vec::new();
    write(&mut out, format, sources, &[diagnostic], false).expect("a vector can be written");
    String::from_utf8(out).expect("text")
}

fn find(sources: &Sources, file: FileId, text: &str) -> Span {
    let start = sources.file(file).text.find(text).expect("the text stands there");
    Span { file, start, end: start + text.len() }
}

#[test]
fn people_see_the_source() {
    let (mut sources, file) = sources("queries/content.sql", "--! q\r\nselect titel\r\nfrom content;\r\n");
    let schema = sources.add("schema.sql", "create table content (title text);\n".to_owned());
    let diagnostic =
        Diagnostic::error("unknown-column", find(&sources, file, "titel"), "there is no column `titel`")
            .note(find(&sources, file, "content"), "in this table")
            .note(find(&sources, schema, "title"), "this one exists")
            .help("did you mean `title`?");
    let expected = "\
error[unknown-column]: there is no column `titel`
 --> queries/content.sql:2:8
  |
2 | select titel
  |        ^^^^^
3 | from content;
  |      ------- in this table
  |
 ::: schema.sql:1:23
  |
1 | create table content (title text);
  |                       ----- this one exists
  |
  = help: did you mean `title`?

";
    assert_eq!(written(Format::Human, &sources, diagnostic), expected);
}

#[test]
fn columns_count_characters_and_an_empty_span_is_shown() {
    let (sources, file) = sources("ü.sql", "é\u{301}ü 'x'");
    let end = sources.file(file).text.len();
    let diagnostic = Diagnostic::warning("syntax", Span { file, start: end, end }, "here");
    let text = written(Format::Human, &sources, diagnostic.clone());
    assert!(text.contains("ü.sql:1:8"), "{text}");
    assert!(text.contains('^'), "{text}");
    let json = written(Format::Json, &sources, diagnostic);
    assert!(json.contains(r#""line":1,"column":8,"end_line":1,"end_column":8"#), "{json}");
}

#[test]
fn an_empty_file_can_be_pointed_at() {
    let (sources, file) = sources("empty.sql", "");
    let diagnostic = Diagnostic::warning("empty-file", Span { file, start: 0, end: 0 }, "empty");
    assert!(written(Format::Human, &sources, diagnostic).contains("empty.sql:1:1"));
}

#[test]
fn programs_get_one_object_per_line_with_keys_in_order() {
    let (sources, file) = sources("queries/a.sql", "select 1\nfrom \"b\";");
    let span = Span { file, start: 7, end: 17 };
    let diagnostic = Diagnostic::error("syntax", span, "not \"this\"\n").query("a::q").help("that");
    assert_eq!(
        written(Format::Json, &sources, diagnostic),
        concat!(
            r#"{"type":"diagnostic","rule":"syntax","severity":"error","query":"a::q","file":"queries/a.sql","#,
            r#""line":1,"column":8,"end_line":2,"end_column":9,"message":"not \"this\"\n","help":"that"}"#,
            "\n"
        )
    );
    let bare = written(Format::Json, &sources, Diagnostic::error("syntax", span, "x"));
    assert!(!bare.contains("query") || !bare.contains("help"), "absent keys are left out: {bare}");
    assert!(!bare.contains("null"), "{bare}");
}

#[test]
fn github_commands_cannot_be_broken_out_of() {
    let (sources, file) = sources("a,b:c.sql", "x");
    let span = Span { file, start: 0, end: 1 };
    let diagnostic = Diagnostic::error("syntax", span, "100%\n::set-env name=a::b").help("h");
    assert_eq!(
        written(Format::Github, &sources, diagnostic),
        "::error file=a%2Cb%3Ac.sql,line=1,col=1,endLine=1,endColumn=2,title=syntax::100%25%0A::set-env name=a::b%0Ahelp: h\n"
    );
}

#[test]
fn nothing_that_steers_a_terminal_gets_out() {
    let evil = "\u{1b}[2J\u{9b}31m\u{7}\u{202e}\r";
    let (sources, file) = sources(&format!("{evil}.sql"), &format!("a {evil} b\n"));
    let diagnostic = Diagnostic::error("syntax", find(&sources, file, "b\n"), evil)
        .note(find(&sources, file, "a"), evil)
        .help(evil)
        .query(evil);
    for format in [Format::Human, Format::Json, Format::Github] {
        let text = written(format, &sources, diagnostic.clone());
        let steering = text.find(|character: char| character.is_control() && character != '\n');
        assert!(format == Format::Json || steering.is_none(), "{format:?}: {text:?}");
        assert!(!text.contains(['\u{1b}', '\u{7}', '\r']), "{format:?}: {text:?}");
    }
}

#[test]
fn a_long_line_and_a_long_span_are_cut() {
    let text =
        format!("select {}, here, {};\n{}", "a".repeat(100_000), "é".repeat(100_000), "x\n".repeat(10_000));
    let (sources, file) = sources("long.sql", &text);
    let short =
        written(Format::Human, &sources, Diagnostic::error("syntax", find(&sources, file, "here"), "m"));
    assert!(short.len() < 2_000, "{} bytes", short.len());
    assert!(short.contains(", here, "), "{short}");
    assert!(short.contains("long.sql:1:100010"), "{short}");
    let all = Span { file, start: 0, end: text.len() };
    let long = written(Format::Human, &sources, Diagnostic::error("syntax", all, "m").note(all, "n"));
    assert!(long.len() < 4_000, "{} bytes", long.len());
}
