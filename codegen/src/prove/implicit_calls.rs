//! Functions that PostgreSQL calls implicitly: comparison functions of the operator classes of
//! users' types (in arrays and rows, for UNION, in the caches of joins), and casts of users' types (for JSON, set operations
//! and results of functions). If such a function may do more than compute, this is recorded as not understood.

use super::arena::LevelId;
use super::functions::only_computes;
use super::walk::Walk;
use crate::schema::{Function, Schema, TypeKind};
use crate::tree::pg_type::{JSON, TEXT};
use crate::tree::walk as tree;
use crate::tree::{Expr, Location, Oid};

impl<'a> Walk<'_, 'a> {
    /// Records what is called implicitly for the value of an expression and for its arguments.
    pub(super) fn implicit_calls(&mut self, level: LevelId, expr: &'a Expr) {
        if self.arena.schema.implied.is_empty() {
            return;
        }
        if let Some(type_oid) = expr.type_oid()
            && self.visited.types.insert(type_oid)
        {
            self.compared(level, type_oid, expr.location());
        }
        if casts_arguments(self.arena.schema, expr) {
            tree::each_child(expr, &mut |child| {
                // Functions with polymorphic parameters cast their arguments to these types.
                for type_oid in self.types_within(level, child) {
                    self.cast(level, type_oid, child.location(), |to| [TEXT, JSON].contains(&to));
                }
            });
        }
    }

    /// The columns of an arm of a set operation. Those of another type than the set operation's are cast, and this cast is
    /// not in the tree.
    pub(super) fn cast_arm(&mut self, arm: LevelId, whole: LevelId) {
        let types = self.output_types(whole);
        self.cast_outputs(arm, &types);
    }

    /// The columns that the body of a function selects, which are cast to the declared types in the same way.
    pub(super) fn cast_result(&mut self, body: LevelId, function: Oid) {
        let schema = self.arena.schema;
        let Some(result) = schema.functions.get(&function).map(|found| found.result) else { return };
        let declared = match schema.base_type(result).map(|found| &found.kind) {
            Some(TypeKind::Composite { relation }) => {
                let columns = schema.table(*relation).into_iter().flat_map(|found| &found.columns);
                columns.map(|column| Some(column.type_oid)).collect()
            }
            Some(TypeKind::Pseudo) | None => Vec::new(),
            Some(
                TypeKind::Base
                | TypeKind::Array { .. }
                | TypeKind::Enum { .. }
                | TypeKind::Domain { .. }
                | TypeKind::Range { .. }
                | TypeKind::Multirange { .. },
            ) => vec![Some(result)],
        };
        self.cast_outputs(body, &declared);
    }

    fn output_types(&self, level: LevelId) -> Vec<Option<Oid>> {
        self.arena.levels[level].query.output().map(|target| target.expr.type_oid()).collect()
    }

    fn cast_outputs(&mut self, level: LevelId, into: &[Option<Oid>]) {
        if self.arena.schema.implied.is_empty() {
            return;
        }
        for (position, made) in self.output_types(level).into_iter().enumerate() {
            let is_cast = made.is_none() || into.get(position) != Some(&made);
            if let Some(type_oid) = made.filter(|_| is_cast) {
                self.cast(level, type_oid, None, |_| true);
            }
        }
    }

    /// The type of an expression, or of a row the types of its columns.
    fn types_within(&self, level: LevelId, expr: &Expr) -> Vec<Oid> {
        if let Expr::Row { fields, .. } = expr {
            return fields.iter().flat_map(|field| self.types_within(level, field)).collect();
        }
        if let Expr::Var(var) = expr
            && var.attribute == 0
            && let Some((_, entry)) = self.arena.entry_of(level, var)
            && let Some(nested) = self.arena.entries[entry].nested
        {
            let columns = self.arena.levels[nested].query.output();
            return columns.flat_map(|target| self.types_within(nested, &target.expr)).collect();
        }
        expr.type_oid().into_iter().collect()
    }

    /// Records the comparison functions that PostgreSQL may call for values of a type.
    fn compared(&mut self, level: LevelId, type_oid: Oid, at: Location) {
        let schema = self.arena.schema;
        for part in schema.parts(type_oid) {
            let found = schema.implied.get(&part).map(|found| found.compare.as_slice());
            self.by_itself(level, "compares", part, found.unwrap_or_default(), at);
        }
    }

    /// Records the casts from a type that PostgreSQL may call, to those types that are meant.
    fn cast(&mut self, level: LevelId, type_oid: Oid, at: Location, is_meant: impl Fn(Oid) -> bool) {
        let schema = self.arena.schema;
        let parts = if schema.holds_anything(type_oid) {
            schema.implied.keys().copied().collect()
        } else {
            schema.parts(type_oid)
        };
        for part in parts {
            let casts = schema.implied.get(&part).into_iter().flat_map(|found| &found.cast);
            let functions = casts.filter(|(to, _)| is_meant(*to)).map(|(_, function)| *function);
            self.by_itself(level, "casts", part, &functions.collect::<Vec<_>>(), at);
        }
    }

    /// Records an implicit call of these functions, unless they only compute. Each kind of call is reported once for a type.
    fn by_itself(
        &mut self,
        level: LevelId,
        does: &'static str,
        type_oid: Oid,
        functions: &[Oid],
        at: Location,
    ) {
        let (schema, policy) = (self.arena.schema, self.arena.policy);
        let blind = functions.iter().filter(|function| !only_computes(schema, policy, **function));
        let names = blind.filter_map(|function| schema.functions.get(function));
        let mut names: Vec<_> = names.map(|function| format!("`{}`", function.name)).collect();
        names.dedup();
        if names.is_empty() || !self.visited.implicit_calls.insert((does, type_oid)) {
            return;
        }
        let (type_name, names) = (schema.type_name(type_oid), names.join(", "));
        let at = self.arena.place(level, at);
        self.unknown(
            format!("PostgreSQL {does} values of type {type_name} implicitly, by functions that cannot be analysed: \
             {names}"),
            at,
        );
        if let Some(last) = self.events.unknown.last_mut() {
            last.help = "state in sqlward.toml, `[functions] trusted`, why it only computes, or waive it with `--@ allow \
             opaque: \"reason\"` after a review";
        }
    }
}

/// Whether PostgreSQL looks up casts of the arguments' types at run time: to convert them to JSON, or in a built-in function
/// that is written in SQL.
fn casts_arguments(schema: &Schema, expr: &Expr) -> bool {
    let behind = |operator: &Oid| schema.operators.get(operator).map(|found| found.function);
    let function = if let Expr::Json { .. } = expr {
        return true;
    } else if let Expr::Function { call, .. } | Expr::WindowCall { call, .. } = expr {
        Some(call.function)
    } else if let Expr::Aggregate(aggregate) = expr {
        Some(aggregate.function)
    } else if let Expr::Operator(found) | Expr::Distinct(found) | Expr::NullIf(found) = expr {
        behind(&found.operator)
    } else if let Expr::ArrayOperator { operator, .. } = expr {
        behind(operator)
    } else {
        None
    };
    let is_any = |oid: &Oid| schema.types.get(oid).is_none_or(|found| matches!(found.kind, TypeKind::Pseudo));
    let casts = |found: &Function| found.name.contains("json") || found.language == "sql";
    let found = function.and_then(|function| schema.functions.get(&function));
    found.is_some_and(|found| found.is_built_in() && casts(found) && found.parameters.iter().any(is_any))
}

/// Whether anything may be called implicitly for an expression whose calls are not recorded by [`Walk::implied`].
pub(super) fn has_implicit_calls(schema: &Schema, expr: &Expr) -> bool {
    if schema.implied.is_empty() {
        return false;
    }
    let compares = |oid: &Oid| schema.implied.get(oid).is_some_and(|found| !found.compare.is_empty());
    let mut more = expr.type_oid().is_some_and(|oid| schema.parts(oid).iter().any(compares));
    if casts_arguments(schema, expr) {
        tree::each_child(expr, &mut |child| {
            more |=
                child.type_oid().is_none_or(|oid| schema.holds_anything(oid) || schema.has_own_casts(oid));
        });
    }
    more
}
