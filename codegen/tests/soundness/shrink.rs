//! Shrinks counterexamples: a script with fewer and simpler decisions makes a simpler statement.

use std::collections::BTreeMap;

use crate::Run;
use crate::choices::Choices;
use crate::generate::{self, Statement};
use crate::oracle::Finding;
use crate::worlds::Pair;

/// The simplest statement found that is accepted and leaks, with the finding.
pub fn shrink(
    run: &mut Run,
    statement: &Statement,
    what: String,
    pairs: &BTreeMap<Vec<String>, Vec<Pair>>,
) -> (Statement, String) {
    let mut best = (statement.clone(), what);
    for _ in 0..40 {
        let candidates = simpler(run, &best.0);
        let answers = run.prover.judge(&candidates);
        let found = candidates.into_iter().zip(answers).find_map(|(candidate, answer)| {
            let judgement = answer.ok().filter(|judgement| judgement.rules.is_empty())?;
            // Several tries, since not all random parameters show the leak.
            (0..4).find_map(|_| {
                run.findings(&candidate, &judgement, pairs).into_iter().find_map(|finding| match finding {
                    Finding::Leak(what) | Finding::Lie(what) => Some((candidate.clone(), what)),
                    _ => None,
                })
            })
        });
        match found {
            Some(found) => best = found,
            None => break,
        }
    }
    best
}

/// Statements with simpler decisions, the simplest first.
fn simpler(run: &Run, statement: &Statement) -> Vec<Statement> {
    let script = &statement.script;
    let mut scripts = Vec::new();
    for width in [32, 16, 8, 4, 2, 1] {
        for start in (0..script.len()).step_by(width.max(2) / 2) {
            let end = (start + width).min(script.len());
            scripts.push([&script[..start], &script[end..]].concat());
            let mut zeroed = script.clone();
            zeroed[start..end].fill(0);
            scripts.push(zeroed);
        }
    }
    let mut found: Vec<Statement> = scripts
        .into_iter()
        .map(|script| generate::like(&run.prover.model, statement, Choices::replay(script)))
        .filter(|candidate| candidate.sql.len() < statement.sql.len())
        .collect();
    found.sort_by(|a, b| (a.sql.len(), &a.sql).cmp(&(b.sql.len(), &b.sql)));
    found.dedup_by(|a, b| a.sql == b.sql);
    found
}
