//! Which parameters can be NULL.
//!
//! A parameter is an `Option` if some use asks for that (it is assigned to a column that can be NULL, or tested or compared so
//! that NULL has a meaning) and every use admits NULL. For a parameter that is the array of a field of items, the uses of its
//! elements count.

use std::collections::BTreeMap;
use std::ptr;

use crate::schema::{Schema, TypeKind};
use crate::tree::walk::{each_child, exprs_of_query, subqueries};
use crate::tree::{
    BoolOp, CallForm, CastVia, Command, Expr, Oid, ParamKind, Query, RangeIndex, RangeKind, Target,
};

use super::items;
use super::nullability::stored_column;
use super::trace::Scope;

/// For each of the first `count` parameters, from `$1` on, whether it can be NULL; for `items`, by number, whether an element
/// can. A row is marked as deleted by a value, never by NULL.
pub fn nullable_params(
    schema: &Schema,
    soft_delete: Option<&str>,
    query: &Query,
    count: usize,
    items: &[usize],
) -> Vec<bool> {
    let of = vec![Use::default(); count];
    let mut uses = Uses { schema, soft_delete, of, tested: Vec::new(), items, scopes: Vec::new() };
    uses.query(Scope::root(query), &[]);
    uses.of.iter().map(|of| of.asks && !of.refuses).collect()
}

/// What happens to a value where it is used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// It is stored unchanged; whether NULL is accepted.
    Stored { null: bool },
    /// It is an operand, and NULL would make the result NULL; whether that is accepted.
    Computed { null: bool },
    /// Anything else: NULL has no meaning here.
    Other,
}

#[derive(Clone, Default)]
struct Use {
    asks: bool,
    refuses: bool,
}

struct Uses<'a> {
    schema: &'a Schema,
    /// The column by which a row is marked as deleted.
    soft_delete: Option<&'a str>,
    of: Vec<Use>,
    /// The parameters that an enclosing expression has tested for NULL.
    tested: Vec<usize>,
    /// The parameters whose elements count.
    items: &'a [usize],
    /// The current query, and those around it.
    scopes: Vec<Scope<'a>>,
}

/// The uses of values that are written elsewhere: in VALUES, or in the select list of an INSERT.
type Places = BTreeMap<(RangeIndex, i32), Place>;

impl<'a> Uses<'a> {
    /// `outputs` are the uses of the query's output columns, in order.
    fn query(&mut self, scope: Scope<'a>, outputs: &[Place]) {
        let query = scope.query;
        self.scopes.push(scope.clone());
        let mut of_exprs: BTreeMap<*const Expr, Place> = BTreeMap::new();
        let mut of_queries: BTreeMap<*const Query, Vec<Place>> = BTreeMap::new();
        if query.command == Command::Select {
            let selected = query.output().zip(outputs);
            of_exprs.extend(selected.map(|(target, place)| (std::ptr::from_ref(&target.expr), *place)));
        }
        let mut fed = Places::new();
        for target in self.assignments(query) {
            of_exprs.insert(&target.0.expr, target.1);
            // The source of an INSERT has no other purpose.
            if query.command == Command::Insert {
                self.feed(&target.0.expr, target.1, &mut fed);
            }
        }
        for (index, entry) in query.range_table.iter().enumerate() {
            let place = |number: usize| {
                let attribute = i32::try_from(number).unwrap_or(i32::MAX);
                fed.get(&(index + 1, attribute)).copied().unwrap_or(Place::Other)
            };
            match &entry.kind {
                RangeKind::Values(rows) => {
                    let values = rows.iter().flat_map(|row| row.iter().zip(1..));
                    of_exprs.extend(values.map(|(value, number)| (std::ptr::from_ref(value), place(number))));
                }
                RangeKind::Subquery(arm) if query.set_operation.is_some() => {
                    of_queries.insert(&**arm, outputs.to_vec());
                }
                RangeKind::Subquery(source) => {
                    let columns = source.output().zip(1..);
                    let places = columns.map(|(column, number)| {
                        // A parameter without a type of its own is assigned directly, and nothing else reads the column.
                        let unread = query.command == Command::Insert
                            && !fed.contains_key(&(index + 1, number as i32));
                        match &column.expr {
                            Expr::Param { .. } if unread => Place::Computed { null: true },
                            _ => place(number),
                        }
                    });
                    of_queries.insert(&**source, places.collect());
                }
                _ => {}
            }
        }
        exprs_of_query(query, &mut |expr| match of_exprs.get(&std::ptr::from_ref(expr)) {
            Some(place) if *place != Place::Other => self.expr(expr, *place),
            // An element that is only passed on is used where it arrives.
            _ if self.element(expr).is_some() && query.output().any(|target| ptr::eq(&target.expr, expr)) => {
            }
            _ => self.expr(expr, Place::Other),
        });
        subqueries(query, &mut |query| {
            let places = of_queries.get(&std::ptr::from_ref(query)).map_or(&[][..], Vec::as_slice);
            self.query(scope.child(query), places);
        });
        self.scopes.pop();
    }

    /// The parameter of items that has an expression as an element.
    fn element(&self, expr: &'a Expr) -> Option<usize> {
        let scope = self.scopes.last().filter(|_| !self.items.is_empty())?;
        items::element(self.schema, scope, expr).filter(|id| self.items.contains(id))
    }

    /// The parameter that an expression consists of, apart from its type, or has as an element.
    fn param(&self, expr: &'a Expr) -> Option<usize> {
        param(expr).or_else(|| self.element(expr))
    }

    /// The values that a statement assigns to columns.
    fn assignments(&self, query: &'a Query) -> Vec<(&'a Target, Place)> {
        let entry = query.result_relation.and_then(|range| query.range(range));
        let Some(RangeKind::Relation { table, .. }) = entry.map(|entry| &entry.kind) else {
            return Vec::new();
        };
        let of_command =
            |targets: &'a [Target], command: Command| targets.iter().map(move |target| (target, command));
        let of_actions =
            query.merge_actions.iter().flat_map(|action| of_command(&action.targets, action.command));
        let of_conflict =
            query.on_conflict.iter().flat_map(|conflict| of_command(&conflict.set, Command::Update));
        let targets = of_command(&query.targets, query.command).chain(of_actions).chain(of_conflict);
        targets
            .filter(|(target, _)| !target.junk)
            .map(|(target, command)| (target, self.column(*table, target.number, command)))
            .collect()
    }

    fn column(&self, table: Oid, number: usize, command: Command) -> Place {
        let column = i32::try_from(number).ok().and_then(|number| stored_column(self.schema, table, number));
        match column.and_then(|(table, number)| table.column(number)) {
            Some(column) if command == Command::Update && self.soft_delete == Some(column.name.as_str()) => {
                Place::Stored { null: false }
            }
            Some(column) => Place::Stored { null: !column.not_null },
            None => Place::Other,
        }
    }

    /// The columns of an INSERT's source that are assigned unchanged, apart from their type.
    fn feed(&self, expr: &Expr, place: Place, fed: &mut Places) {
        match expr {
            Expr::Var(var) if var.levels_up == 0 => {
                let known = fed.entry((var.range, var.attribute)).or_insert(place);
                if *known != place {
                    *known = Place::Other;
                }
            }
            Expr::Cast { via: CastVia::Domain, arg, type_oid, .. } if self.refuses_null(*type_oid) => {
                self.feed(arg, Place::Other, fed);
            }
            Expr::Cast { arg, .. } | Expr::Collate { arg, .. } => self.feed(arg, place, fed),
            Expr::Function { call, form: CallForm::ExplicitCast | CallForm::ImplicitCast, .. } => {
                call.args.iter().take(1).for_each(|arg| self.feed(arg, place, fed));
            }
            _ => {}
        }
    }

    fn expr(&mut self, expr: &'a Expr, place: Place) {
        let before = self.tested.len();
        match expr {
            // Unnesting an array says nothing about its elements.
            Expr::Param { kind: ParamKind::Extern, id, .. } if self.items.contains(id) => {}
            Expr::Param { kind: ParamKind::Extern, id, .. } => self.note(*id, place),
            Expr::Var(_) => {
                if let Some(id) = self.element(expr) {
                    self.note(id, place);
                }
            }
            Expr::Cast { via: CastVia::Domain, arg, type_oid, .. } if self.refuses_null(*type_oid) => {
                self.expr(arg, Place::Other);
            }
            Expr::Cast { arg, .. } | Expr::Collate { arg, .. } | Expr::NamedArgument(arg) => {
                self.expr(arg, place)
            }
            Expr::Function { call, form: CallForm::ExplicitCast | CallForm::ImplicitCast, .. } => {
                self.each(&call.args, |index| if index == 0 { place } else { Place::Other });
            }
            Expr::Function { call, .. } => self.call(call.function, &call.args, place),
            Expr::Operator(operator) => {
                let function =
                    self.schema.operators.get(&operator.operator).map_or(0, |found| found.function);
                self.call(function, &operator.args, place);
            }
            // These have a result for NULL.
            Expr::NullTest { arg, .. } => self.asked(arg),
            Expr::Distinct(operator) => operator.args.iter().for_each(|arg| self.asked(arg)),
            Expr::Bool { op: BoolOp::Or | BoolOp::And, args, .. } => {
                args.iter().for_each(|arg| self.note_tests(arg));
                self.each(args, |_| Place::Other);
            }
            Expr::Case { arg, whens, otherwise, .. } => {
                whens.iter().for_each(|(condition, _)| self.note_tests(condition));
                arg.iter().for_each(|arg| self.expr(arg, Place::Other));
                for (condition, result) in whens {
                    self.expr(condition, Place::Other);
                    self.expr(result, place);
                }
                otherwise.iter().for_each(|result| self.expr(result, place));
            }
            // `set x = coalesce($1, x)`: NULL keeps the old value.
            Expr::Coalesce { args, .. } if place != Place::Other => {
                let last = args.len().saturating_sub(1);
                self.each(args, |index| if index == last { place } else { Place::Stored { null: true } });
            }
            // `x >= coalesce($1, 0)`: NULL means the next of them.
            Expr::Coalesce { args, .. } => {
                let last = args.len().saturating_sub(1);
                for (index, arg) in args.iter().enumerate() {
                    if index < last { self.asked(arg) } else { self.expr(arg, Place::Other) }
                }
            }
            Expr::NullIf(operator) => {
                self.each(&operator.args, |index| if index == 0 { computed(place) } else { Place::Other });
            }
            // Fields and elements can be NULL, whether or not the column can.
            Expr::Row { fields, .. } if place != Place::Other => {
                self.each(fields, |_| Place::Stored { null: true })
            }
            Expr::Array { elements, .. } if place != Place::Other => {
                self.each(elements, |_| Place::Computed { null: true });
            }
            Expr::FieldStore { arg, values, .. } => {
                self.expr(arg, Place::Other);
                self.each(values, |_| Place::Stored { null: true });
            }
            Expr::Subscript { container, upper, lower, assigned: Some(assigned), .. } => {
                self.expr(container, Place::Other);
                upper.iter().chain(lower).flatten().for_each(|bound| self.expr(bound, Place::Other));
                self.expr(assigned, Place::Stored { null: true });
            }
            _ => each_child(expr, &mut |child| self.expr(child, Place::Other)),
        }
        self.tested.truncate(before);
    }

    fn call(&mut self, function: Oid, args: &'a [Expr], place: Place) {
        let Some(found) = self.schema.functions.get(&function).filter(|_| place != Place::Other) else {
            return self.each(args, |_| Place::Other);
        };
        match (found.is_built_in(), found.name.as_str()) {
            (true, "array_append") => self.each(args, |index| element(index == 1)),
            (true, "array_prepend") => self.each(args, |index| element(index == 0)),
            (true, "jsonb_build_object" | "json_build_object") => {
                self.each(
                    args,
                    |index| if index % 2 == 1 { Place::Computed { null: true } } else { Place::Other },
                );
            }
            _ if found.strict => self.each(args, |_| computed(place)),
            _ => self.each(args, |_| Place::Other),
        }
    }

    fn each(&mut self, args: &'a [Expr], place: impl Fn(usize) -> Place) {
        args.iter().enumerate().for_each(|(index, arg)| self.expr(arg, place(index)));
    }

    /// A value that is tested for NULL.
    fn asked(&mut self, expr: &'a Expr) {
        match self.param(expr) {
            Some(id) => self.note(id, Place::Stored { null: true }),
            None => self.expr(expr, Place::Other),
        }
    }

    /// The parameters that a condition, or one of its conjuncts, tests for NULL.
    fn note_tests(&mut self, condition: &'a Expr) {
        match condition {
            Expr::NullTest { arg, .. } => {
                let tested = self.param(arg);
                self.tested.extend(tested);
            }
            Expr::Bool { op: BoolOp::And | BoolOp::Not, args, .. } => {
                args.iter().for_each(|arg| self.note_tests(arg));
            }
            _ => {}
        }
    }

    fn note(&mut self, id: usize, place: Place) {
        let Some(of) = id.checked_sub(1).and_then(|index| self.of.get_mut(index)) else { return };
        match place {
            Place::Stored { null: true } => of.asks = true,
            Place::Computed { null: true } => {}
            Place::Stored { null: false } | Place::Computed { null: false } | Place::Other => {
                of.refuses |= !self.tested.contains(&id);
            }
        }
    }

    fn refuses_null(&self, type_oid: Oid) -> bool {
        match self.schema.types.get(&type_oid).map(|found| &found.kind) {
            Some(TypeKind::Domain { base, not_null, .. }) => *not_null || self.refuses_null(*base),
            _ => false,
        }
    }
}

fn computed(place: Place) -> Place {
    match place {
        Place::Stored { null } | Place::Computed { null } => Place::Computed { null },
        Place::Other => Place::Other,
    }
}

/// An element that is added to an array, or the array, which may be NULL.
fn element(is_element: bool) -> Place {
    if is_element { Place::Stored { null: true } } else { Place::Computed { null: true } }
}

/// The parameter that an expression consists of, apart from its type.
fn param(expr: &Expr) -> Option<usize> {
    match expr {
        Expr::Param { kind: ParamKind::Extern, id, .. } => Some(*id),
        Expr::Cast { arg, .. } | Expr::Collate { arg, .. } => param(arg),
        _ => None,
    }
}
