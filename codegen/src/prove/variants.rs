//! Merges the results for all variants of a query with optional lines. Each variant must be proven.

use super::rules::unused_allow;
use super::{Derivation, Examination};
use crate::parse::{QueryDecl, Variant};
use crate::variants;

/// Merges the results for all variants. A reason that holds only in some of them names these.
pub(super) fn merge(decl: &QueryDecl, found: Vec<(Variant, Examination)>) -> Examination {
    let all = found.len();
    let steps = found.iter().map(|(_, examination)| examination.steps).sum();
    let mut derivations: Vec<(Derivation, Vec<Variant>)> = Vec::new();
    let (mut waivers, mut fired, mut diagnostics) = (Vec::new(), Vec::new(), Vec::new());
    for (variant, examination) in found {
        for derivation in examination.derivations {
            match derivations.iter_mut().find(|(known, _)| *known == derivation) {
                Some((_, having)) => having.push(variant),
                None => derivations.push((derivation, vec![variant])),
            }
        }
        for waiver in examination.waivers {
            if !waivers.contains(&waiver) {
                waivers.push(waiver);
            }
        }
        for trigger in examination.fired {
            if !fired.contains(&trigger) {
                fired.push(trigger);
            }
        }
        diagnostics.push((variant, examination.diagnostics));
    }
    // A waiver is used if at least one variant needs it.
    for (_, diagnostics) in &mut diagnostics {
        diagnostics.retain(|found| {
            found.rule != unused_allow::RULE.id || !waivers.iter().any(|waiver| waiver.span == found.span)
        });
    }
    derivations.sort_by_key(|(_, having)| having.len() < all);
    let derivations = derivations.into_iter().map(|(mut derivation, having)| {
        if let Some(when) = variants::when(decl, all, &having) {
            derivation.because.push_str(&format!(", {when}"));
        }
        derivation
    });
    Examination {
        derivations: derivations.collect(),
        diagnostics: variants::merge(decl, diagnostics),
        waivers,
        fired,
        steps,
    }
}
