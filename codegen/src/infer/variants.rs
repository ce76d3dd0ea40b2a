//! The signature of a query with marks: one for all variants, which have to agree.

use super::rows::RowColumn;
use super::signature::{self, Draft};
use super::types::Types;
use super::{Choice, Knowledge, Param, ParamFrom, Plain, RustType, Signature, SqlPart, order};
use crate::analyse::Analysed;
use crate::diagnostics::{Diagnostic, Diagnostics, nearest};
use crate::parse::{Cardinality, Condition, Paging, QueryDecl, Sql, Variant, When};
use crate::variants;

/// Drafts the signature of a query, from all of its variants if there are several.
pub fn draft(
    diagnostics: &mut Diagnostics,
    knowledge: &Knowledge<'_>,
    types: &mut Types<'_>,
    query: &Analysed,
) -> Draft {
    // The last text has every line, so the others are compared with it.
    let Some(((_, last), others)) = query.variants.split_last() else {
        return signature::draft(diagnostics, knowledge, types, query);
    };
    let mut of_text = |text: &Analysed| {
        let mut own = Diagnostics::default();
        let draft = signature::draft(&mut own, knowledge, types, text);
        (draft, own)
    };
    let (mut joined, own_of_last) = of_text(last);
    let mut known: Vec<bool> = (0..joined.signature.params.len()).map(|index| has(last, index)).collect();
    let mut found = Vec::new();
    let mut add = |joined: &mut Draft, variant: Variant, text: &Analysed| {
        let (draft, mut own) = of_text(text);
        let params = &mut joined.signature.params;
        for (index, param) in draft.signature.params.iter().enumerate().filter(|(index, _)| has(text, *index))
        {
            if std::mem::replace(&mut known[index], true) {
                join_param(&mut own, &query.decl, index, &mut params[index], param);
            } else {
                params[index] = param.clone();
            }
        }
        if !variant.total {
            join_columns(&mut own, &query.decl, &mut joined.row, &draft.row);
            joined.signature.cardinality = weaker(joined.signature.cardinality, draft.signature.cardinality);
            joined.signature.transaction |= draft.signature.transaction;
            joined.signature.reads &= draft.signature.reads;
        }
        found.push((variant, own.into_sorted()));
        found.last().is_some_and(|(_, errors)| !errors.is_empty())
    };
    let mut is_wrong = own_of_last.has_errors();
    for (variant, text) in others {
        is_wrong |= add(&mut joined, *variant, text);
    }
    // A finding may be in several variants, and which ones helps to explain it.
    for covered in query.covered.iter().filter(|_| is_wrong) {
        if let Some(text) = covered.read() {
            add(&mut joined, covered.variant, &text);
        }
    }
    found.extend(query.variants.last().map(|(variant, _)| (*variant, own_of_last.into_sorted())));
    variants::merge(&query.decl, found).into_iter().for_each(|error| diagnostics.report(error));
    for (column, joined) in joined.signature.columns.iter_mut().zip(&joined.row) {
        column.nullable = joined.nullable;
    }
    check_marks(diagnostics, &query.decl, &joined.signature);
    choose(query, &mut joined.signature);
    joined
}

/// Whether a text contains a parameter; it always has a page's limit and offset.
fn has(text: &Analysed, index: usize) -> bool {
    let authors = text.decl.sql.params.len();
    let is_keyset = text.decl.page.as_ref().is_some_and(|page| page.value == Paging::Keyset);
    index == authors || (index > authors && !is_keyset) || text.decl.sql.has_param(index)
}

fn join_param(own: &mut Diagnostics, decl: &QueryDecl, index: usize, joined: &mut Param, other: &Param) {
    joined.nullable &= other.nullable;
    if (&joined.pg_type, &joined.rust) == (&other.pg_type, &other.rust) {
        return;
    }
    let Some(param) = decl.sql.params.get(index) else { return };
    let name = &param.name;
    let message = match joined.pg_type == other.pg_type {
        true => {
            format!("`:{name}` is {} with all lines, but {}", joined.rust.display(), other.rust.display())
        }
        false => format!("`:{name}` is {} with all lines, but {}", joined.pg_type, other.pg_type),
    };
    let help = format!("cast it, `:{name}::text`, or declare it above the query, `--@ param {name} text`");
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
        let help = "all variants must return the same columns: mark conditions and sorts, not select items";
        own.report(Diagnostic::error("variants", decl.name.span, message).help(help).query(decl.path()));
        return;
    }
    for (joined, other) in joined.iter_mut().zip(other) {
        let when_present =
            |column: &RowColumn| column.padded.map_or(column.nullable, |(_, nullable)| nullable);
        let nullable_when_present = when_present(joined) || when_present(other);
        joined.padded = match (joined.padded, other.padded) {
            // If the entries differ, neither shows when the column is padded with NULL.
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

/// Checks marks against parameters, now that it is known which ones a token fills.
fn check_marks(diagnostics: &mut Diagnostics, decl: &QueryDecl, signature: &Signature) {
    let mark_of = |name: &str| decl.marks.names.iter().find(|mark| !mark.flag && mark.name.value == name);
    for (index, (param, written)) in signature.params.iter().zip(&decl.sql.params).enumerate() {
        if param.from == ParamFrom::Item {
            let is_optional = |when| !matches!(when, When::Always);
            if decl.sql.parts.iter().any(|part| is_optional(part.when) && part.params.contains(&index)) {
                let message = format!("`:{}` is a field of items, but its line is optional", param.name);
                let error = Diagnostic::error("annotation", written.uses[0], message);
                let help = "items are always given: put `unnest` on unmarked lines";
                diagnostics.report(error.help(help).query(decl.path()));
            }
            continue;
        }
        let from_token = param.from != ParamFrom::Caller;
        match mark_of(&param.name) {
            Some(mark) if from_token => {
                let message = format!("`:{}` comes from the token, so it is always given", param.name);
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
                let message = format!("`:{}` is on a line that is left out if only it is given", param.name);
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

/// What the caller passes, and how it chooses the text.
fn choose(query: &Analysed, signature: &mut Signature) {
    let decl = &query.decl;
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
        // Its name is chosen when all others are known.
        given.push(flag("sort", RustType::Sort(String::new()), "text"));
    }
    signature.total = decl.total().map(|total| parts(&total.sql, decl.sql.params.len()));
    for (variant, sql) in texts(query).filter(|(variant, _)| variant.total) {
        let total = signature.total.iter().flatten().filter(|part| variant.has(part.when));
        let total: String = total.map(|part| &*part.text).collect();
        debug_assert_eq!(total, sql, "the total is what was analysed");
    }
    let is_keyset = decl.page.as_ref().is_some_and(|page| page.value == Paging::Keyset);
    if decl.marks.is_empty() && !is_keyset {
        return;
    }
    let mut parts = parts(&decl.sql, 0);
    for part in &mut parts {
        if let When::After(sort) = part.when {
            let text = query.variants.iter().find(|(variant, _)| variant.after && variant.sort == sort);
            part.columns = text.map_or_else(Vec::new, |(_, text)| order::key_columns(&text.tree));
        }
    }
    if let Some((_, last)) = query.variants.last()
        && let Some(page) = last.sql.get(last.decl.sql.text.len()..).filter(|page| !page.is_empty())
    {
        match parts.last_mut() {
            Some(part) if part.when == When::Always => part.text.push_str(page),
            _ => parts.push(SqlPart::of(page, When::Always, Vec::new())),
        }
    }
    let names = |condition: &Condition| {
        condition.names.iter().map(|name| decl.marks.names[*name].name.value.clone()).collect()
    };
    let choice = Choice {
        given,
        conditions: decl.marks.conditions.iter().map(names).collect(),
        sorts: decl.marks.sorts.iter().map(|sort| sort.value.clone()).collect(),
        parts,
        variants: decl.variants().len(),
    };
    for (variant, sql) in texts(query).filter(|(variant, _)| !variant.total) {
        debug_assert_eq!(choice.text(variant), sql, "what ships is what was analysed");
    }
    signature.choice = Some(choice);
}

/// All variants.
fn texts(query: &Analysed) -> impl Iterator<Item = (Variant, &str)> {
    let looked_at = query.variants.iter().map(|(variant, text)| (*variant, &*text.sql));
    looked_at.chain(query.covered.iter().map(|text| (text.variant, &*text.sql)))
}

/// The parts of a statement. Of the first `all` parameters, those that it does not contain are listed with a part that is
/// never sent.
fn parts(sql: &Sql, all: usize) -> Vec<SqlPart> {
    let always =
        |param: &usize| sql.parts.iter().any(|part| part.when == When::Always && part.params.contains(param));
    let mut parts: Vec<SqlPart> = Vec::new();
    for (part, text) in sql.parts() {
        let params: Vec<usize> = part.params.iter().copied().filter(|param| !always(param)).collect();
        match parts.last_mut() {
            Some(last) if last.when == When::Always && part.when == When::Always => last.text.push_str(text),
            _ => parts.push(SqlPart::of(text, part.when, params)),
        }
    }
    let nowhere: Vec<usize> = (0..all).filter(|param| !sql.has_param(*param)).collect();
    if !nowhere.is_empty() {
        parts.push(SqlPart::of("", When::Sorted(NO_SORT), nowhere));
    }
    parts
}

/// The number of an order that nobody can choose.
const NO_SORT: usize = u32::MAX as usize;
