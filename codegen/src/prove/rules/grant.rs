//! `grant`: the row from which a query makes a token proves that the caller belongs to the scope, and has the role.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::Rule;
use crate::prove::cascade::Cascade;
use crate::prove::case::{Case, Claims, Failure, Finding, Reason, Verdict};
use crate::prove::context::Context;
use crate::prove::events::RowWrite;
use crate::prove::liveness::live_condition;
use crate::prove::policy::{Membership, ScopePolicy};
use crate::prove::terms::{EntryId, Term, TermId};
use crate::schema::Table;
use crate::tree::{Command, Oid};

pub(in crate::prove) const RULE: Rule = Rule { id: "grant", page: include_str!("grant.md"), judge };

/// The token that a query grants, and what is known of each row that it returns.
struct Granted<'a> {
    scope: &'a ScopePolicy,
    role: Option<&'a str>,
    /// The id in the token, if it is plain.
    id: Option<TermId>,
    context: Rc<Context>,
}

fn judge(case: &mut Case<'_, '_>) -> Vec<Finding> {
    let Some(grants) = &case.decl.grants else { return Vec::new() };
    // `infer` has reported a scope without a token, and a query that does not return the id.
    let Some(scope) = case.arena.policy.scope(&grants.scope.value) else { return Vec::new() };
    let level = &case.arena.levels[case.root];
    let mut outputs = level.query.output().enumerate();
    let Some((position, target)) = outputs.find(|(_, target)| target.name == scope.param) else {
        return Vec::new();
    };
    // If there is a row even though nothing was found, no facts hold for it.
    let context = match case.arena.always_returns_row(case.root) {
        true => Rc::default(),
        false => case.arena.context(&level.facts.clone().and(&level.returned)),
    };
    let granted = Granted {
        scope,
        role: grants.role.as_ref().map(|role| role.value.as_str()),
        id: level.outputs.get(position).copied().flatten(),
        context,
    };
    let verdict = match &scope.membership {
        Some(membership) => by_membership(case, &granted, membership),
        None => without_membership(case, &granted),
    };
    let at = case.arena.place(case.root, target.expr.location());
    let (entry, table, verdict) = match verdict {
        Ok((entry, reason)) => (Some(entry), case.arena.entries[entry].table, Verdict::Holds(reason)),
        Err(failure) => {
            (None, scope.membership.as_ref().map(|membership| membership.table), Verdict::Fails(failure))
        }
    };
    vec![Finding { verdict, entry, at, table }]
}

/// For a scope with memberships: the id must be that of a membership row that is the caller's and meets the guards.
fn by_membership<'a>(
    case: &mut Case<'_, 'a>,
    granted: &Granted<'_>,
    membership: &'a Membership,
) -> Result<(EntryId, Reason), Failure> {
    let found = columns(case, granted);
    let rows: BTreeSet<EntryId> = found
        .into_iter()
        .filter(|(_, table, number)| (*table, *number) == (membership.table, membership.id))
        .map(|(entry, ..)| entry)
        .collect();
    let mut nearest: Option<(EntryId, Vec<String>)> = None;
    for row in rows {
        match membership_reason(case, granted, membership, row) {
            Ok(reason) => return Ok((row, reason)),
            Err(missing) if nearest.as_ref().is_none_or(|(_, least)| missing.len() < least.len()) => {
                nearest = Some((row, missing));
            }
            Err(_) => {}
        }
    }
    let token = token(granted);
    let table = case.table(membership.table);
    let name = table.map_or("", |table| table.name.as_str());
    let column =
        table.and_then(|table| table.column(membership.id)).map_or("", |column| column.name.as_str());
    Err(match nearest {
        Some((row, missing)) => Failure::new(
            format!("this row of `{}` is not proven to entitle the caller to {token}", case.name(row)),
            format!("make sure that {}", missing.join(", and that ")),
        ),
        None => Failure::new(
            format!("this id is not proven to be the {column} of a row of `{name}`, which grants {token}"),
            format!("return {name}.{column} itself, or a value that equals it"),
        ),
    })
}

/// The reason why a membership row grants the token, or what is not known of it.
fn membership_reason<'a>(
    case: &mut Case<'_, 'a>,
    granted: &Granted<'_>,
    membership: &'a Membership,
    row: EntryId,
) -> Result<Reason, Vec<String>> {
    let context = &granted.context;
    let (mut because, mut missing, mut at) = (Vec::new(), Vec::new(), None);
    if !is_unchanged(case, membership, row) {
        missing.push(format!("this statement does not change the row of `{}`", case.name(row)));
    }
    match member_reason(case, context, membership, row) {
        Ok(reason) => {
            at = reason.at;
            because.push(reason.because);
        }
        Err(lacking) => missing.push(lacking),
    }
    if let Some(table) = case.table(membership.table)
        && let Some(soft) = case.arena.policy.soft_delete_column(table)
        && let Some(column) = table.column(soft)
        && case.live_mark(row, column, context).is_none()
    {
        missing.push(live_condition(case.arena.schema, &format!("{}.", case.name(row)), column));
    }
    let role = granted.role.map(|name| membership.roles.iter().find(|role| role.name == name));
    let role = match role {
        None => None,
        Some(Some(role)) => Some(&role.guard),
        // An unknown role has been reported. It must not count as no role.
        Some(None) => {
            missing.push("the role exists".to_owned());
            None
        }
    };
    for guard in membership.guard.iter().chain(role) {
        let words = format!("{} of `{}`", guard.text, case.name(row));
        if case.arena.follows(guard, row, context) {
            because.push(guard.text.clone());
        } else {
            missing.push(words);
        }
    }
    if !missing.is_empty() {
        return Err(missing);
    }
    Ok(Reason { because: format!("grants {}: {}", token(granted), because.join(", ")), at })
}

/// Whether a row still is in the database as it was read when the statement is done: the statement writes no row of the
/// table, or only this one, which RETURNING reads.
fn is_unchanged(case: &Case<'_, '_>, membership: &Membership, row: EntryId) -> bool {
    let schema = case.arena.schema;
    // Rows of a partition are rows of the partitioned table, and the other way around.
    let is_it = |table: &Table| {
        schema.is_part_of(table, membership.table)
            || schema.table(membership.table).is_some_and(|known| schema.is_part_of(known, table.oid))
    };
    let is_touched = |table: Oid| schema.table(table).is_none_or(is_it);
    let loses = |table: Oid| is_touched(table) || Cascade::new(schema, is_it).by_delete(table).is_some();
    let passes_on = |write: &RowWrite| {
        let columns = write.columns.iter().map(|(column, _)| *column).collect();
        !write.insert && Cascade::new(schema, is_it).by_update(write.table, &columns).is_some()
    };
    let writes = case.events.writes.iter().filter(|write| is_touched(write.table)).count();
    let level = &case.arena.levels[case.arena.entries[row].level];
    let is_made = level.result == row && matches!(level.query.command, Command::Insert | Command::Update);
    (writes == 0 || (writes == 1 && is_made))
        && !case.events.deletes.iter().any(|(table, _)| loses(*table))
        && !case.events.writes.iter().any(passes_on)
}

/// The reason why a membership row is the caller's: a claimed scope owns it by the column with the member. Or what is not
/// known.
fn member_reason(
    case: &Case<'_, '_>,
    context: &Context,
    membership: &Membership,
    row: EntryId,
) -> Result<Reason, String> {
    if matches!(case.claims, Claims::System) {
        return Ok(Reason { because: "in system scope".to_owned(), at: None });
    }
    let is_member = |scope: &&ScopePolicy| scope.owners.get(&membership.table) == Some(&membership.member);
    let claimed: Vec<&ScopePolicy> = case.scopes().into_iter().filter(is_member).collect();
    let column = case.column_name(row, membership.member);
    for scope in &claimed {
        if let (Some(member), Some(param)) = (case.column(row, membership.member), case.scope_param(scope))
            && case.is_own(&context.closure, scope, member)
        {
            return Ok(case.equality(context, row, member, param));
        }
    }
    let name = case.name(row);
    Err(match claimed.first().and_then(|scope| scope.param.as_ref()) {
        Some(param) => format!("{name}.{column} = :{param}"),
        None => {
            let able = case.arena.policy.scopes.iter().filter(is_member);
            let able: Vec<_> = able.map(|scope| format!("`{}`", scope.name)).collect();
            format!(
                "`{name}` belongs to the caller, by claiming a scope that owns it by {column}: {}",
                able.join(", ")
            )
        }
    })
}

/// For a scope without memberships: in system scope any id from a row is granted, on the author's responsibility. In any
/// other scope only the id of a token that the caller has already.
fn without_membership(case: &mut Case<'_, '_>, granted: &Granted<'_>) -> Result<(EntryId, Reason), Failure> {
    let scope = granted.scope;
    let (held, because) = match case.claims {
        Claims::System => (true, "in system scope, from a row that exists"),
        Claims::Free | Claims::Nothing => (false, ""),
        Claims::Scopes(claimed) => {
            let is_own = |id| case.is_own(&granted.context.closure, scope, id);
            let held = claimed.iter().any(|claimed| claimed.name == scope.name);
            (held && granted.id.is_some_and(is_own), "which the caller already holds")
        }
    };
    let found = columns(case, granted);
    let id = found.iter().find(|(_, table, number)| is_id(case, scope, *table, *number));
    match id {
        Some((entry, _, number)) if held => {
            let column = case.column_name(*entry, *number);
            Ok((
                *entry,
                Reason { because: format!("grants {} by {column}, {because}", token(granted)), at: None },
            ))
        }
        _ if held => Err(Failure::new(
            format!("this id grants {}, but is not proven to come from a row", token(granted)),
            "return the column itself, not from the nullable side of a join",
        )),
        _ => Err(Failure::new(
            format!("no membership is declared for {}", token(granted)),
            format!(
                "declare `[scopes.{}.membership]` in sqlward.toml, or waive it: `--@ allow grant: \"reason\"`",
                scope.name
            ),
        )),
    }
}

/// Whether a column contains ids of a scope.
fn is_id(case: &Case<'_, '_>, scope: &ScopePolicy, table: Oid, number: i32) -> bool {
    let refers = |(foreign, column): (Oid, i32)| {
        let keys = case.table(table).into_iter().flat_map(|table| &table.foreign_keys);
        keys.filter(|key| key.validated && key.foreign_table == foreign)
            .any(|key| key.columns == [number] && key.foreign_columns == [column])
    };
    scope.id == Some((table, number))
        || scope.owners.get(&table) == Some(&number)
        || scope.id.is_some_and(refers)
}

/// The columns of tables that the granted id is known to equal.
fn columns(case: &Case<'_, '_>, granted: &Granted<'_>) -> Vec<(EntryId, Oid, i32)> {
    let terms = granted.id.map(|id| granted.context.closure.class(id)).unwrap_or_default();
    let column = |term: TermId| match case.arena.terms.get(term) {
        Term::Column(entry, number) => Some((*entry, case.arena.entries[*entry].table?, *number)),
        Term::Param(_) | Term::Const(..) => None,
    };
    terms.into_iter().filter_map(column).collect()
}

fn token(granted: &Granted<'_>) -> String {
    match granted.role {
        Some(role) => format!("`{} as {role}`", granted.scope.name),
        None => format!("`{}`", granted.scope.name),
    }
}
