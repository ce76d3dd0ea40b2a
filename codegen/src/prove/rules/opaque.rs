//! `opaque`: a query contains nothing that the prover does not understand.

use super::Rule;
use crate::prove::case::{Case, Failure, Finding, Verdict};

pub(in crate::prove) const RULE: Rule = Rule { id: "opaque", page: include_str!("opaque.md"), judge };

fn judge(case: &mut Case<'_, '_>) -> Vec<Finding> {
    let findings = case.events.unknown.iter().map(|unknown| Finding {
        verdict: Verdict::Fails(Failure::new(unknown.what.clone(), unknown.help)),
        entry: unknown.entry,
        at: unknown.at,
        table: unknown.table,
    });
    findings.collect()
}
