//! The signature of a query with marks: one for all its variants, which must agree.

use super::rows::RowColumn;
use super::signature::{self, Draft};
use super::types::Types;
use super::{Choice, Knowledge, Param, ParamFrom, Plain, RustType, Signature, SqlPart};
use crate::analyse::Analysed;
use crate::diagnostics::{Diagnostic, Diagnostics, nearest};
use crate::parse::{Cardinality, QueryDecl, When};
use crate::variants;

/// Puts together what is known of a query, of all its variants if it has several.
pub fn draft(
    diagnostics: &mut Diagnostics,
    knowledge: &Knowledge<'_>,
    types: &mut Types<'_>,
    query: &Analysed,
) -> Draft {
    let Some(last) = query.variants.last() else {
        return signature::draft(diagnostics, knowledge, types, query);
    };
    let mut found = Vec::new();
    let mut of_variant = |variant: &Analysed| {
        let mut own = Diagnostics::default();
        let draft = signature::draft(&mut own, knowledge, types, variant);
        (draft, own)
    };
    // The last variant has every line: it is the measure of the others.
    let (mut joined, own) = of_variant(last);
    let mut unlike = vec![own];
    let mut known: Vec<bool> = (0..joined.signature.params.len()).map(|index| has(last, index)).collect();
    for variant in &query.variants[..query.variants.len() - 1] {
        let (draft, mut own) = of_variant(variant);
        let params = &mut joined.signature.params;
        for (index, param) in draft.signature.params.iter().enumerate().filter(|(index, _)| has(variant, *index)) {
            if std::mem::replace(&mut known[index], true) {
                join_param(&mut own, &query.decl, index, &mut params[index], param);
            } else {
                params[index] = param.clone();
            }
        }
        join_columns(&mut own, &query.decl, &mut joined.row, &draft.row);
        joined.signature.cardinality = weaker(joined.signature.cardinality, draft.signature.cardinality);
        joined.signature.transaction |= draft.signature.transaction;
        unlike.push(own);
    }
    unlike.rotate_left(1);
    found.extend(query.decl.variants().into_iter().zip(unlike.into_iter().map(Diagnostics::into_sorted)));
    variants::merge(&query.decl, found).into_iter().for_each(|error| diagnostics.report(error));
    for (column, joined) in joined.signature.columns.iter_mut().zip(&joined.row) {
        column.nullable = joined.nullable;
    }
    check_marks(diagnostics, &query.decl, &joined.signature);
    choose(&query.decl, &mut joined.signature);
    joined
}

/// Whether a parameter stands in a variant; the limit and offset of a page always do.
fn has(variant: &Analysed, index: usize) -> bool {
    index >= variant.decl.sql.params.len() || variant.decl.sql.has_param(index)
}

fn join_param(own: &mut Diagnostics, decl: &QueryDecl, index: usize, joined: &mut Param, other: &Param) {
    joined.nullable &= other.nullable;
    if (&joined.pg_type, &joined.rust) == (&other.pg_type, &other.rust) {
        return;
    }
    let Some(param) = decl.sql.params.get(index) else { return };
    let name = &param.name;
    let message = match joined.pg_type == other.pg_type {
        true => format!("`:{name}` is {} with all lines, and {}", joined.rust.display(), other.rust.display()),
        false => format!("`:{name}` is {} with all lines, and {}", joined.pg_type, other.pg_type),
    };
    let help = format!("say in the SQL what it is, `:{name}::text`, or on a line above it, `--@ param {name} text`");
    own.report(Diagnostic::error("variants", param.uses[0], message).help(help).query(decl.path()));
}

fn join_columns(own: &mut Diagnostics, decl: &QueryDecl, joined: &mut [RowColumn], other: &[RowColumn]) {
    let shape = |columns: &[RowColumn]| -> Vec<_> {
        let column = |column: &RowColumn| (column.name.clone(), column.pg_type.clone(), column.rust.clone());
        columns.iter().map(column).collect()
    };
    if shape(joined) != shape(other) {
        let words = |columns: &[RowColumn]| -> String {
            let column = |column: &RowColumn| format!("{} {}", column.name, column.rust.display());
            columns.iter().map(column).collect::<Vec<_>>().join(", ")
        };
        let message = format!("the result is ({}) instead of ({})", words(other), words(joined));
        let help = "all variants give the same columns: mark conditions and sorts, not what is selected";
        own.report(Diagnostic::error("variants", decl.name.span, message).help(help).query(decl.path()));
        return;
    }
    for (joined, other) in joined.iter_mut().zip(other) {
        let when_present = |column: &RowColumn| column.padded.map_or(column.nullable, |(_, nullable)| nullable);
        let nullable_when_present = when_present(joined) || when_present(other);
        joined.padded = match (joined.padded, other.padded) {
            // Of two entries neither tells when the column is padded.
            (Some((entry, _)), Some((another, _))) if entry != another => None,
            (Some((entry, _)), _) | (None, Some((entry, _))) => Some((entry, nullable_when_present)),
            (None, None) => None,
        };
        joined.nullable |= other.nullable;
    }
}

fn weaker(a: Cardinality, b: Cardinality) -> Cardinality {
    match (a, b) {
        (a, b) if a == b => a,
        (Cardinality::One, Cardinality::Opt) | (Cardinality::Opt, Cardinality::One) => Cardinality::Opt,
        _ => Cardinality::Many,
    }
}

/// What marks and parameters say of each other, now that it is known which parameters a token fills.
fn check_marks(diagnostics: &mut Diagnostics, decl: &QueryDecl, signature: &Signature) {
    let mark_of = |name: &str| decl.marks.names.iter().find(|mark| !mark.flag && mark.name.value == name);
    for (index, (param, written)) in signature.params.iter().zip(&decl.sql.params).enumerate() {
        let from_token = param.from != ParamFrom::Caller;
        match mark_of(&param.name) {
            Some(mark) if from_token => {
                let message = format!("`:{}` comes from the token: it is always given", param.name);
                let error = Diagnostic::error("annotation", mark.name.span, message);
                diagnostics.report(error.help("remove the mark, or its name").query(decl.path()));
            }
            Some(_) => {}
            None if from_token => {}
            None => {
                let parts = || decl.sql.parts.iter().filter(|part| part.params.contains(&index));
                let Some(When::Given(condition)) = parts().map(|part| part.when).next() else { continue };
                if !parts().all(|part| matches!(part.when, When::Given(_))) {
                    continue;
                }
                let condition = &decl.marks.conditions[condition];
                let names: Vec<&str> =
                    condition.names.iter().map(|name| &*decl.marks.names[*name].name.value).collect();
                let message = format!("`:{}` stands on a line that is not there when it alone is given", param.name);
                let help = match nearest(&param.name, names.iter().copied()) {
                    Some(_) => format!("did you mean `--? {}`?", param.name),
                    None => format!("name it too: `--? {}, {}`", names.join(", "), param.name),
                };
                let error = Diagnostic::error("annotation", written.uses[0], message).help(help);
                diagnostics.report(error.note(condition.span, "without this").query(decl.path()));
            }
        }
    }
}

/// What the caller gives, and how the text comes of it.
fn choose(decl: &QueryDecl, signature: &mut Signature) {
    for param in &mut signature.params {
        let marked = decl.marks.names.iter().any(|mark| !mark.flag && mark.name.value == param.name);
        param.nullable |= marked && param.from == ParamFrom::Caller;
    }
    let flag = |name: &str, rust: RustType, pg_type: &str| Param {
        name: name.to_owned(),
        pg_type: pg_type.to_owned(),
        built_in: true,
        rust,
        nullable: false,
        from: ParamFrom::Caller,
    };
    let flags = decl.marks.names.iter().filter(|mark| mark.flag);
    let mut given: Vec<Param> =
        flags.map(|mark| flag(&mark.name.value, RustType::Plain(Plain::Bool), "bool")).collect();
    if !decl.marks.sorts.is_empty() {
        // Its name is known when all others are.
        given.push(flag("sort", RustType::Sort(String::new()), "text"));
    }
    let always = |param: &usize| {
        decl.sql.parts.iter().any(|part| part.when == When::Always && part.params.contains(param))
    };
    let mut parts: Vec<SqlPart> = decl
        .sql
        .parts()
        .map(|(part, text)| SqlPart {
            text: text.to_owned(),
            when: part.when,
            params: part.params.iter().copied().filter(|param| !always(param)).collect(),
        })
        .collect();
    let page = signature.sql.len() - decl.variant(last(decl)).sql.text.len();
    let page = signature.sql.split_off(signature.sql.len() - page);
    if !page.is_empty() {
        parts.push(SqlPart { text: page, when: When::Always, params: Vec::new() });
    }
    signature.choice = Some(Choice {
        given,
        conditions: decl
            .marks
            .conditions
            .iter()
            .map(|condition| {
                condition.names.iter().map(|name| decl.marks.names[*name].name.value.clone()).collect()
            })
            .collect(),
        sorts: decl.marks.sorts.iter().map(|sort| sort.value.clone()).collect(),
        parts,
        variants: decl.variants().len(),
    });
}

fn last(decl: &QueryDecl) -> crate::parse::Variant {
    *decl.variants().last().expect("there is a variant at least")
}
