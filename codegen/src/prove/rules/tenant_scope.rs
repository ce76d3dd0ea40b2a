//! `tenant-scope`: every row that is read, changed or locked is in a scope that the query claims.

use super::Rule;
use crate::prove::case::{Case, Claims, Failure, Finding, Reason, Verdict};
use crate::prove::events::{Access, Occurrence};
use crate::prove::liveness::live_condition;
use crate::prove::policy::ScopePolicy;
use crate::schema::Table;

pub(in crate::prove) const RULE: Rule =
    Rule { id: "tenant-scope", page: include_str!("tenant_scope.md"), judge };

fn judge(case: &mut Case<'_, '_>) -> Vec<Finding> {
    let events = case.events;
    events.occurrences.iter().flat_map(|occurrence| in_bounds(case, occurrence)).collect()
}

/// The findings for one occurrence: one for each claimed scope that the row has to be in.
fn in_bounds(case: &mut Case<'_, '_>, occurrence: &Occurrence) -> Vec<Finding> {
    let finding =
        |verdict| Finding { verdict, entry: Some(occurrence.entry), at: None, table: Some(occurrence.table) };
    let holds = |because: &str| finding(Verdict::Holds(Reason { because: because.to_owned(), at: None }));
    match case.claims {
        Claims::Free => return Vec::new(),
        Claims::System => return vec![holds("in system scope")],
        Claims::Nothing | Claims::Scopes(_) => {}
    }
    let name = case.name(occurrence.entry).to_owned();
    if case.arena.policy.is_shared(occurrence.table) {
        return vec![match occurrence.access {
            Access::Read => holds("shared by all"),
            Access::Lock => finding(Verdict::Fails(Failure::new(
                format!("`{name}` is shared, and locking its rows blocks all tenants"),
                "lock only the caller's rows: `for update of ...`",
            ))),
            Access::Write => finding(Verdict::Fails(Failure::new(
                format!("`{name}` is shared, and only system scope may change it"),
                "claim `--@ scope system: \"reason\"` if the platform itself does this",
            ))),
        }];
    }
    if matches!(case.claims, Claims::Nothing) {
        return vec![finding(Verdict::Fails(Failure::new(
            format!("this query claims no scope, so it cannot access `{name}`"),
            claimable(case),
        )))];
    }
    let scopes = case.scopes();
    // If claimed scopes own the table by a column, the row has to be in each of them; otherwise one scope is enough.
    let owning: Vec<_> =
        scopes.iter().copied().filter(|scope| scope.owners.contains_key(&occurrence.table)).collect();
    let context = std::rc::Rc::clone(&occurrence.context);
    let mut derive = |scope| case.in_scope(scope, occurrence.entry, occurrence.access, &context);
    if owning.is_empty() {
        if let Some(reason) = scopes.iter().find_map(|scope| derive(scope)) {
            return vec![finding(Verdict::Holds(reason))];
        }
        return vec![finding(Verdict::Fails(missing(case, occurrence, &scopes)))];
    }
    let derived: Vec<_> = owning.iter().map(|scope| (*scope, derive(scope))).collect();
    let mut verdicts = Vec::new();
    for (scope, reason) in derived {
        verdicts.push(match reason {
            Some(reason) => Verdict::Holds(reason),
            None => Verdict::Fails(missing(case, occurrence, &[scope])),
        });
    }
    verdicts.into_iter().map(finding).collect()
}

/// The help for a query that claims no scope.
pub(super) fn claimable(case: &Case<'_, '_>) -> String {
    let names: Vec<_> =
        case.arena.policy.scopes.iter().map(|scope| format!("`--@ scope {}`", scope.name)).collect();
    format!("claim one before the query: {}", names.join(", "))
}

/// The failure for an occurrence that is not in these scopes: what is missing, and what to add.
fn missing<'a>(case: &mut Case<'_, 'a>, occurrence: &Occurrence, scopes: &[&'a ScopePolicy]) -> Failure {
    if let Some(failure) = unmet(case, occurrence, scopes) {
        return failure;
    }
    let mut meets = |scope: &'a ScopePolicy| {
        let guard = scope.rows.get(&occurrence.table)?.guard.as_ref()?;
        Some(case.follows(guard, occurrence.entry, &occurrence.context))
    };
    let met: Vec<bool> = scopes.iter().map(|scope| meets(scope).unwrap_or(false)).collect();
    let case = &*case;
    let name = case.name(occurrence.entry);
    let Some(table) = case.table(occurrence.table) else {
        return Failure::new(format!("`{name}` is not accessible"), "");
    };
    for scope in scopes {
        if let (Some(owner), Some(param)) = (scope.owners.get(&table.oid), &scope.param) {
            let column = case.column_name(occurrence.entry, *owner);
            let condition = if scope.set {
                format!("{name}.{column} = any(:{param})")
            } else {
                format!("{name}.{column} = :{param}")
            };
            let message = format!(
                "rows of `{name}` outside the caller's scope are not excluded: nothing guarantees that {condition}"
            );
            let failure = Failure::new(message, "");
            let failure = case.with_place(failure, occurrence, *owner, &condition);
            let failure = case.with_others(failure, occurrence, scope);
            return case.with_near_misses(failure, occurrence, *owner, Some(scope), &condition);
        }
    }
    let vias: Vec<String> = scopes
        .iter()
        .flat_map(|scope| scope.via.get(&table.oid).into_iter().flatten().map(move |via| (scope, via)))
        .filter_map(|(scope, via)| {
            let other = case.table(via.table)?;
            let pairs: Vec<_> = via
                .pairs
                .iter()
                .filter_map(|(own, far)| {
                    Some(format!(
                        "{}.{} = {name}.{}",
                        other.name,
                        other.column(*far)?.name,
                        table.column(*own)?.name
                    ))
                })
                .collect();
            let guard = via.guard.as_ref().map(|guard| format!(" with {}", guard.text)).unwrap_or_default();
            Some(format!(
                "`{}`{guard} by {}, itself in scope `{}`",
                other.name,
                pairs.join(" and "),
                scope.name
            ))
        })
        .collect();
    let rows: Vec<String> = scopes
        .iter()
        .zip(met)
        .filter(|_| occurrence.access == Access::Read)
        .filter_map(|(scope, met)| {
            let rows = scope.rows.get(&table.oid)?;
            let mut words = Vec::new();
            let guard = rows.guard.as_ref().filter(|_| !met);
            words.extend(guard.map(|guard| format!("restrict it to {}", guard.text)));
            words.extend(rows.columns.as_ref().map(|columns| {
                let name = |column: &i32| Some(table.column(*column)?.name.as_str());
                let names: Vec<_> = columns.iter().filter_map(name).collect();
                let further = case.columns_beyond(occurrence.entry, rows);
                let further: Vec<_> = further.iter().filter_map(name).collect();
                match further.as_slice() {
                    [] => format!("use only its columns {}", names.join(", ")),
                    _ => format!(
                        "leave {} out: only {} can be used there",
                        further.join(", "),
                        names.join(", ")
                    ),
                }
            }));
            (!words.is_empty()).then(|| words.join(" and "))
        })
        .collect();
    let claimed: Vec<_> = scopes.iter().map(|scope| format!("`{}`", scope.name)).collect();
    let claimed = claimed.join(", ");
    if vias.is_empty() && rows.is_empty() {
        let others: Vec<_> = case
            .arena
            .policy
            .scopes
            .iter()
            .filter(|scope| {
                scope.owners.contains_key(&table.oid)
                    || scope.via.contains_key(&table.oid)
                    || scope.rows.contains_key(&table.oid)
            })
            .map(|scope| format!("`{}`", scope.name))
            .collect();
        let help = if others.is_empty() {
            "declare it in sqlward.toml as owned, via another table, or shared".to_owned()
        } else {
            format!("it is accessible in scope {}", others.join(", "))
        };
        return Failure::new(format!("`{name}` is not accessible in scope {claimed}"), help);
    }
    let mut help = Vec::new();
    if !vias.is_empty() {
        help.push(format!("join it to {}", vias.join(", or to ")));
    }
    help.extend(scopes.iter().find_map(|scope| exists(case, scope, table, name)));
    help.extend(rows);
    Failure::new(
        format!("rows of `{name}` outside scope {claimed} are not excluded: nothing ties them to the caller"),
        help.join(", or "),
    )
}

/// The failure if a `via` key leads into scope, but its guard is not met or the statement itself writes the other row.
fn unmet<'a>(
    case: &mut Case<'_, 'a>,
    occurrence: &Occurrence,
    scopes: &[&'a ScopePolicy],
) -> Option<Failure> {
    let closure = &occurrence.context.closure;
    for via in scopes.iter().filter_map(|scope| scope.via.get(&occurrence.table)).flatten() {
        let own = via.pairs.first().and_then(|(own, _)| case.column(occurrence.entry, *own));
        let Some(own) = own else { continue };
        let joined = closure.class(own).into_iter().filter_map(|term| case.arena.terms.entry(term));
        let joined: Vec<_> =
            joined.filter(|other| case.arena.entries[*other].table == Some(via.table)).collect();
        for other in joined {
            if !case.link_is_unchanged(via, other) {
                let (name, other) = (case.name(occurrence.entry), case.name(other));
                return Some(Failure::new(
                    format!(
                        "`{name}` is in scope through rows of `{other}` that this statement itself writes"
                    ),
                    format!("read `{name}` in a separate statement after this one"),
                ));
            }
            if let Some(guard) = &via.guard
                && !case.follows(guard, other, &occurrence.context)
            {
                let (name, other) = (case.name(occurrence.entry), case.name(other));
                return Some(Failure::new(
                    format!(
                        "`{name}` is in scope through rows of `{other}` that meet {}, which nothing \
                         guarantees",
                        guard.text
                    ),
                    format!("add the condition {} on `{other}`", guard.text),
                ));
            }
        }
    }
    None
}

/// The help: an EXISTS by which a table is in scope via one that the scope owns.
fn exists(case: &Case<'_, '_>, scope: &ScopePolicy, table: &Table, name: &str) -> Option<String> {
    let param = scope.param.as_deref().filter(|_| !scope.set)?;
    let via = scope.via.get(&table.oid)?.iter().find(|via| scope.owners.contains_key(&via.table))?;
    let other = case.table(via.table)?;
    let mut conditions = Vec::new();
    for (own, far) in &via.pairs {
        let (own, far) = (&table.column(*own)?.name, &other.column(*far)?.name);
        conditions.push(format!("{}.{far} = {name}.{own}", other.name));
    }
    let owner = &other.column(*scope.owners.get(&via.table)?)?.name;
    conditions.push(format!("{}.{owner} = :{param}", other.name));
    let soft = case.arena.policy.soft_delete_column(other).and_then(|number| other.column(number));
    conditions.extend(soft.map(|soft| live_condition(case.arena.schema, &format!("{}.", other.name), soft)));
    conditions.extend(via.guard.as_ref().map(|guard| guard.text.clone()));
    Some(format!("add `exists (select from {} where {})`", other.display_name(), conditions.join(" and ")))
}
