//! Any text can be read as a query file and as a schema file without a panic, and all places in the result are within it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sqlward_codegen::diagnostics::Diagnostics;
use sqlward_codegen::parse::{Lexer, parse};
use sqlward_codegen::project::{Project, schema_sql};
use sqlward_codegen::report::{Format, write};

fuzz_target!(|text: &str| {
    assert_eq!(
        Lexer::new(text, 0).fold(0, |end, token| {
            assert_eq!(token.start, end);
            token.end
        }),
        text.len()
    );
    assert_eq!(schema_sql(text).len(), text.len());
    let mut diagnostics = Diagnostics::default();
    let project = Project::in_memory(&mut diagnostics, text, text, &[("a.sql", text)]);
    for query in parse(&mut diagnostics, &project) {
        for at in 0..query.sql.text.len() {
            let _ = project.sources.text(query.sql.token_span(at));
        }
    }
    let found = diagnostics.into_sorted();
    for format in [Format::Human, Format::Json, Format::Github] {
        write(&mut std::io::sink(), format, &project.sources, &found, false).unwrap();
    }
});
