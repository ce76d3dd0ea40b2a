//! Whole queries: the nullability of their columns, and what follows for the rows around them if they return a row.

use std::rc::Rc;

use crate::tree::{Command, Cte, Oid, Query, RangeKind, SetKind, SetOperation, Sublink};

use super::facts::{Elements, Facts, Value};
use super::rows::{Rows, Run};
use super::{ColumnNullability, Outputs, column, conditions, grouping, written};

/// The result of a query.
#[derive(Debug, Clone, Default)]
pub struct Outcome<'a> {
    /// Its columns. Nothing is known about one that is missing here.
    pub values: Vec<Value>,
    /// What follows for the rows around it if it returns a row.
    pub around: Facts<'a>,
}

/// The maximum nesting of queries that are analysed. About deeper ones nothing is known.
const MAX_DEPTH: usize = 64;

/// The columns of a whole statement.
pub fn columns<'a>(run: &Run<'a>, query: &'a Query, params: &[Value]) -> Vec<ColumnNullability> {
    if query.set_operation.is_some() || query.opaque.is_some() {
        let values = outcome(run, query, None, params, &Outputs::new()).values;
        let count = query.output().count();
        let values = values.into_iter().chain(std::iter::repeat(Value::UNKNOWN)).take(count);
        return values
            .map(|value| ColumnNullability {
                nullable: !value.non_null,
                element_nullable: value.elements == Elements::MaybeNull,
                padded: None,
                nullable_when_present: !value.non_null,
            })
            .collect();
    }
    at_output(run, query, None, params, &Outputs::new(), |rows| {
        query.output().map(|target| column(rows, &target.expr)).collect()
    })
}

/// The result of a query, in rows in which its `known` columns are not NULL.
pub fn outcome<'a>(
    run: &Run<'a>,
    query: &'a Query,
    parent: Option<&Rows<'a, '_>>,
    params: &[Value],
    known: &Outputs,
) -> Outcome<'a> {
    if query.opaque.is_some() || run.budget.get() == 0 || run.depth.get() == MAX_DEPTH {
        return Outcome::default();
    }
    run.budget.set(run.budget.get() - 1);
    run.depth.set(run.depth.get() + 1);
    let outcome = match &query.set_operation {
        Some(operation) => {
            let rows = Rows::of(run, query, parent, params);
            Outcome { values: arms(&rows, operation, known), around: Facts::default() }
        }
        None => at_output(run, query, parent, params, known, |rows| Outcome {
            values: query.output().map(|target| rows.value(&target.expr)).collect(),
            around: rows.facts().of_outer_rows(),
        }),
    };
    run.depth.set(run.depth.get() - 1);
    outcome
}

/// The columns of a query that sees no outer query: they are the same for every reader.
pub fn closed<'a>(run: &Run<'a>, query: &'a Query, params: &[Value], known: &Outputs) -> Vec<Value> {
    let key = (std::ptr::from_ref(query), params.to_vec(), known.clone());
    if let Some(found) = run.uncorrelated.borrow().get(&key) {
        return found.clone();
    }
    let values = outcome(run, query, None, params, known).values;
    // The result may be less precise further in, where the nesting limit is closer.
    if run.depth.get() < MAX_DEPTH / 2 {
        run.uncorrelated.borrow_mut().insert(key, values.clone());
    }
    values
}

/// The rows for the select list or RETURNING.
pub fn at_output<'a, T>(
    run: &Run<'a>,
    query: &'a Query,
    parent: Option<&Rows<'a, '_>>,
    params: &[Value],
    known: &Outputs,
    then: impl FnOnce(&Rows<'a, '_>) -> T,
) -> T {
    let rows = Rows::of(run, query, parent, params);
    match query.command {
        Command::Select if grouping::is_grouped(query) => {
            let groups = grouping::groups(&rows);
            then(&narrowed(&groups, known))
        }
        Command::Select => then(&narrowed(&rows, known)),
        Command::Insert | Command::Update | Command::Delete | Command::Merge => {
            then(&narrowed(&written::returned(&rows), known))
        }
        // These return no rows.
        Command::Utility | Command::Nothing => then(&rows),
    }
}

/// The rows in which the `known` columns are not NULL. Window functions still see all rows.
fn narrowed<'a, 'p>(rows: &'p Rows<'a, '_>, known: &Outputs) -> Rows<'a, 'p> {
    let outputs = rows.query.output().enumerate().filter(|(index, _)| known.contains(index));
    let facts = outputs.fold(Facts::default(), |facts, (_, target)| {
        facts.and(conditions::when_not_null(rows, &target.expr))
    });
    let mut narrowed: Rows<'a, 'p> = rows.with(facts);
    narrowed.windowed = Some(rows);
    narrowed
}

/// The columns of a set operation. Rows of UNION come from either arm, of INTERSECT from both, of EXCEPT from the left one.
fn arms<'a>(rows: &Rows<'a, '_>, operation: &'a SetOperation, known: &Outputs) -> Vec<Value> {
    match operation {
        SetOperation::Leaf(range) => match rows.query.range(*range).map(|entry| &entry.kind) {
            Some(RangeKind::Subquery(arm)) => {
                let casts = own_casts(rows.run, arm, rows.query);
                let known = known - &casts;
                let mut values = outcome(rows.run, arm, Some(rows), rows.params, &known).values;
                for (index, value) in values.iter_mut().enumerate() {
                    if casts.contains(&index) {
                        *value = value.or(Value::UNKNOWN);
                    }
                }
                values
            }
            _ => Vec::new(),
        },
        SetOperation::Node { kind, left, right, .. } => {
            let left = arms(rows, left, known);
            let both = |right: Vec<Value>, combine: fn(Value, Value) -> Value| {
                left.iter().zip(right).map(|(left, right)| combine(*left, right)).collect()
            };
            match kind {
                SetKind::Union => both(arms(rows, right, known), Value::or),
                SetKind::Intersect => both(arms(rows, right, known), |left, right| Value {
                    non_null: left.non_null || right.non_null,
                    elements: if right.elements == Elements::NonNull {
                        right.elements
                    } else {
                        left.elements
                    },
                }),
                SetKind::Except => left,
            }
        }
    }
}

/// The columns of an arm that a user-defined cast converts to the common type: it can turn a value into NULL, and NULL into a
/// value.
fn own_casts(run: &Run<'_>, arm: &Query, whole: &Query) -> Outputs {
    let columns = arm.output().zip(whole.output()).enumerate();
    let is_cast = |own: Option<Oid>, whole: Option<Oid>| {
        own != whole && own.is_none_or(|own| run.schema.has_own_casts(own))
    };
    let cast = columns.filter(|(_, (own, whole))| is_cast(own.expr.type_oid(), whole.expr.type_oid()));
    cast.map(|(index, _)| index).collect()
}

/// The result of a CTE for a reader of it.
pub fn cte<'a>(home: &Rows<'a, '_>, cte: &'a Cte, known: &Outputs) -> Vec<Value> {
    let run = home.run;
    let assumed =
        run.assumed.borrow().iter().find(|(other, _)| std::ptr::eq(*other, cte)).map(|found| found.1.clone());
    if let Some(values) = assumed {
        return values;
    }
    let look = |known: &Outputs| outcome(run, &cte.query, Some(home), home.params, known).values;
    // A CTE does not see the FROM of its reader. Its references to other CTEs still need `home`.
    let key = (std::ptr::from_ref::<Query>(&cte.query), home.params.to_vec(), known.clone());
    let is_closed =
        home.parent.is_none() && run.assumed.borrow().is_empty() && run.depth.get() < MAX_DEPTH / 2;
    if is_closed && let Some(found) = run.uncorrelated.borrow().get(&key) {
        return found.clone();
    }
    if is_closed && !cte.recursive {
        let values = look(known);
        run.uncorrelated.borrow_mut().insert(key, values.clone());
        return values;
    }
    if !cte.recursive {
        return look(known);
    }
    // By induction: it holds for the first rows, and for each iteration if it holds for the rows before it.
    let best = Value { non_null: true, elements: Elements::NonNull };
    let mut values = vec![best; cte.query.output().count()];
    loop {
        run.assumed.borrow_mut().push((cte, values.clone()));
        let found = look(&Outputs::new());
        let found = found.into_iter().chain(std::iter::repeat(Value::UNKNOWN));
        let weaker: Vec<Value> = values.iter().zip(found).map(|(assumed, found)| assumed.or(found)).collect();
        if weaker == values {
            break;
        }
        run.assumed.borrow_mut().pop();
        values = weaker;
    }
    let found = if known.is_empty() { values } else { look(known) };
    run.assumed.borrow_mut().pop();
    found
}

/// What follows for these rows if a subquery returns a row for them.
pub fn row_facts<'a>(rows: &Rows<'a, '_>, query: &'a Query) -> Facts<'a> {
    outcome(rows.run, query, Some(rows), rows.params, &Outputs::new()).around
}

/// What follows for these rows if a subquery returns a row for them in which that column is not NULL.
pub fn row_facts_with<'a>(rows: &Rows<'a, '_>, query: &'a Query, output: usize) -> Facts<'a> {
    outcome(rows.run, query, Some(rows), rows.params, &Outputs::from([output])).around
}

/// The rows for the comparison of an IN, ANY or ALL, in which the subquery's columns have values.
pub fn compared<'a, 'p>(rows: &Rows<'a, 'p>, sublink: &'a Sublink) -> Rows<'a, 'p> {
    let values = outcome(rows.run, &sublink.query, Some(rows), rows.params, &Outputs::new()).values;
    let mut compared = rows.clone();
    compared.sublink = Some(Rc::new(values));
    compared
}
