//! Checks that the search notices leaks: with statements that are known to leak, and with accepted statements from which a
//! condition was removed.

use std::collections::BTreeMap;

use crate::Run;
use crate::generate::{Grant, Statement};
use crate::oracle::Finding;

/// Statements that leak. The line above each has its claim, the token that it grants, and the rule that rejects it.
const LEAKS: &str = include_str!("leaks.sql");

/// The number of executions with random parameters in each world.
const TRIES: usize = 10;

/// The maximum number of worlds in which a leak must be noticed.
const WORLDS: usize = 24;

#[test]
fn known_leaks_are_noticed() {
    let mut run = Run::new(1, 0);
    let params = BTreeMap::from([("p1".to_owned(), "int"), ("s1".to_owned(), "text")]);
    let mut leaks = Vec::new();
    for leak in LEAKS.split(";\n").map(str::trim).filter(|leak| !leak.is_empty()) {
        let (label, sql) = leak.split_once('\n').expect("a statement follows its label");
        let (claim, rule) = label.trim_start_matches("-- ").split_once(": ").expect("`-- scope: rule`");
        let (claim, role) = match claim.split_once(" grants team as ") {
            Some((claim, role)) => (claim, Some(role.to_owned())),
            None => (claim, None),
        };
        let grants = role.map(|role| Grant { role: Some(role), is_system: false });
        let claims = claim.split(", ").map(str::to_owned).collect();
        let (sql, params) = (sql.to_owned(), params.clone());
        leaks.push((rule, Statement { sql, claims, params, script: Vec::new(), grants }));
    }
    let statements: Vec<Statement> = leaks.iter().map(|(_, statement)| statement.clone()).collect();
    let answers = run.prover.judge(&statements);
    let mut unseen = Vec::new();
    for ((rule, statement), answer) in leaks.iter().zip(answers) {
        let judgement = answer.unwrap_or_else(|message| panic!("{message}: {}", statement.sql));
        assert!(judgement.rules.contains(rule), "{judgement:?}");
        unseen.push((statement, judgement));
    }
    // Not every world has the rows that show a leak.
    for _ in 0..WORLDS {
        let pairs =
            run.pairs_for(|names| unseen.iter().any(|(statement, _)| statement.claims.as_slice() == names));
        unseen.retain(|(statement, judgement)| {
            let leaks = |finding: &Finding| matches!(finding, Finding::Leak(_));
            !(0..TRIES).any(|_| run.findings(statement, judgement, &pairs).iter().any(leaks))
        });
        if unseen.is_empty() {
            break;
        }
    }
    let unseen: Vec<_> = unseen.iter().map(|(statement, _)| &statement.sql).collect();
    println!("{} statements that leak, {} not seen to", leaks.len(), unseen.len());
    assert!(unseen.is_empty(), "nobody notices what these do: {unseen:#?}");
}

/// The statement without one of the conditions that make it safe.
pub fn weakened(sql: &str, choices: &mut crate::choices::Choices) -> Option<String> {
    let conditions = [
        ".deleted_at is null",
        ".creator_id = :creator_id",
        ".organization_id = :organization_id",
        ".user_id = :creator_id",
    ];
    let mut places = Vec::new();
    for condition in conditions {
        for (at, _) in sql.match_indices(condition) {
            let alias = sql[..at].rfind(|letter: char| !letter.is_ascii_alphanumeric());
            places.push((alias.map_or(0, |before| before + 1), at + condition.len()));
        }
    }
    if places.is_empty() {
        return None;
    }
    let (start, end) = choices.one_of(&places);
    Some(format!("{}true{}", &sql[..start], &sql[end..]))
}
