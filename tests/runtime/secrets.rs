//! Errors, spans and logs contain no passwords and no values.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::fmt::Write;

use sqlward::StatementMode;

use crate::failures::{self, SECRET};
use crate::log::{Beneath, Log};

/// Everything that could be logged of an error.
fn everything(error: &sqlward::Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(cause) = source {
        write!(text, " {cause} {cause:?}").unwrap();
        source = cause.source();
    }
    text
}

#[tokio::test]
async fn no_secret_in_any_error_span_or_log() {
    // Not in parallel, since both record the same logs.
    none_with(StatementMode::Prepared).await;
    none_with(StatementMode::Unnamed).await;
}

async fn none_with(mode: StatementMode) {
    let beneath = Beneath::listen(SECRET);
    let before = beneath.statements();
    let (log, guard) = Log::listen();
    let errors = failures::all(mode).await;
    drop(guard);
    for error in &errors {
        let text = everything(error);
        assert!(!text.contains(SECRET), "{text}");
    }
    let spans = log.text();
    assert!(!spans.contains(SECRET), "{spans}");
    // The failures are recorded, each with its query.
    for error in &errors {
        let is_told = error.query().is_none_or(|query| spans.contains(&format!("query={query:?}")));
        assert!(is_told, "{error} is not told of in\n{spans}");
    }
    let logged = beneath.statements() > before || mode == StatementMode::Unnamed;
    assert!(logged, "statements are logged, only not with their parameters");
    // The word is also in texts of statements and in names of this test, which are not secret.
    assert_eq!(beneath.said(), [""; 0]);

    // The values are available if they are asked for explicitly.
    let asked = |error: &sqlward::Error| {
        format!("{:?} {:?} {:?}", error.server_message(), error.detail(), error.conversion())
    };
    let told = errors.iter().filter(|error| asked(error).contains(SECRET)).count();
    assert!(told >= 20, "{told}");
}

#[tokio::test]
async fn every_kind_is_produced() {
    let kinds: BTreeSet<String> = failures::all(StatementMode::Prepared)
        .await
        .iter()
        .map(|error| format!("{:?}", error.kind()))
        .collect();
    let source = include_str!("../../src/error.rs");
    let (_, declared) = source.split_once("pub enum ErrorKind {").unwrap();
    let (declared, _) = declared.split_once("\n}").unwrap();
    let declared: BTreeSet<String> = declared
        .lines()
        .filter_map(|line| line.trim().strip_suffix(','))
        .filter(|line| line.chars().all(char::is_alphanumeric))
        .map(str::to_owned)
        .collect();
    assert!(declared.len() > 10);
    assert_eq!(kinds, declared);
}
