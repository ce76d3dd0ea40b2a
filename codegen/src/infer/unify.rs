//! Unifies the meanings (ids and enums) of values that are compared, assigned, or converted to a common type.
//!
//! A parameter gets the meaning of the columns that it is unified with. A literal that is unified with an enum must be one of
//! its values.

use std::collections::BTreeMap;

use super::keys::{Meaning, Meanings};
use super::trace::{self, Leaf, Scope};
use crate::analyse::Analysed;
use crate::diagnostics::{Diagnostic, Diagnostics, nearest};
use crate::parse::QueryDecl;
use crate::schema::Schema;
use crate::tree::walk;
use crate::tree::{
    self, Command, Const, Expr, Location, Oid, Query, RangeIndex, RangeKind, SublinkKind, Target,
};

/// The meaning of each parameter of a statement, if it has one.
///
/// Reports parameters with two meanings, and literals that are not values of their enum.
pub fn parameter_meanings(
    diagnostics: &mut Diagnostics,
    schema: &Schema,
    meanings: &Meanings,
    query: &Analysed,
) -> Vec<Option<Meaning>> {
    let Analysed { decl, params, tree, .. } = query;
    let candidates = vec![BTreeMap::new(); decl.sql.params.len()];
    let mut unifier = Unifier { schema, meanings, candidates, impossible: Vec::new() };
    unifier.query(&Scope::root(tree));
    for Impossible { at, message, help } in unifier.impossible {
        let span = at.map_or(decl.sql.span, |at| decl.sql.token_span(at));
        diagnostics.report(Diagnostic::error("enum-literal", span, message).help(help).query(decl.path()));
    }
    let conflicts = Conflicts { schema, decl, params, diagnostics };
    conflicts.resolve(unifier.candidates)
}

/// The literals in a statement without parameters that are not values of their enum.
pub fn impossible_literals(schema: &Schema, meanings: &Meanings, tree: &Query) -> Vec<Impossible> {
    let mut unifier = Unifier { schema, meanings, candidates: Vec::new(), impossible: Vec::new() };
    unifier.query(&Scope::root(tree));
    unifier.impossible
}

/// A literal that is not a value of its enum.
pub struct Impossible {
    /// Its position.
    pub at: Location,
    /// What is wrong.
    pub message: String,
    /// The values that there are.
    pub help: String,
}

/// The possible meanings of one parameter, each with the offset of the use in the SQL.
type Candidates = BTreeMap<Meaning, usize>;

struct Unifier<'a> {
    schema: &'a Schema,
    meanings: &'a Meanings,
    candidates: Vec<Candidates>,
    impossible: Vec<Impossible>,
}

impl<'a> Unifier<'a> {
    fn query(&mut self, scope: &Scope<'a>) {
        let query = scope.query;
        self.assignments(scope, query.result_relation, query);
        walk::exprs_of_query(query, &mut |expr| self.expr(scope, expr));
        walk::subqueries(query, &mut |subquery| self.query(&scope.child(subquery)));
    }

    /// INSERT, UPDATE, ON CONFLICT and MERGE: each value is unified with the column that it is assigned to.
    fn assignments(&mut self, scope: &Scope<'a>, target: Option<RangeIndex>, query: &'a Query) {
        let Some(RangeKind::Relation { table, .. }) =
            target.and_then(|index| query.range(index)).map(|entry| &entry.kind)
        else {
            return;
        };
        if matches!(query.command, Command::Insert | Command::Update) {
            self.assigned(scope, *table, &query.targets);
        }
        if let Some(conflict) = &query.on_conflict {
            self.assigned(scope, *table, &conflict.set);
        }
        for action in &query.merge_actions {
            self.assigned(scope, *table, &action.targets);
        }
    }

    fn assigned(&mut self, scope: &Scope<'a>, table: Oid, targets: &'a [Target]) {
        for target in targets.iter().filter(|target| !target.junk) {
            let column = self.base_column(table, target.number as i32);
            self.unify(&[column], &trace::leaves(self.schema, scope, &target.expr));
        }
    }

    /// The column of a table; for an updatable view, the table's column behind it.
    fn base_column(&self, table: Oid, number: i32) -> Leaf<'a> {
        let view = self.schema.table(table).and_then(|table| table.view.as_ref());
        let behind =
            view.map(|view| trace::output_leaves(self.schema, &Scope::stored(view), number as usize - 1));
        match behind {
            Some(leaves) => leaves.into_iter().next().unwrap_or(Leaf::Other),
            None => Leaf::Column(table, number),
        }
    }

    fn expr(&mut self, scope: &Scope<'a>, expr: &'a Expr) {
        match expr {
            Expr::Operator(operator) | Expr::Distinct(operator) | Expr::NullIf(operator) => {
                if let ([left, right], true) = (operator.args.as_slice(), self.compares(operator.operator)) {
                    self.unify_exprs(scope, left, right);
                }
            }
            Expr::ArrayOperator { operator, scalar, array, .. } if self.compares(*operator) => {
                self.unify_exprs(scope, scalar, array);
            }
            Expr::RowCompare { left, right, .. } => {
                left.iter().zip(right).for_each(|(left, right)| self.unify_exprs(scope, left, right));
            }
            Expr::Coalesce { args, .. } | Expr::MinMax { args, .. } | Expr::Array { elements: args, .. } => {
                self.unify_all(scope, args.iter().collect());
            }
            Expr::Case { whens, otherwise, arg, .. } => {
                let results = whens.iter().map(|(_, result)| result).chain(otherwise.as_deref());
                self.unify_all(scope, results.collect());
                if let Some(arg) = arg {
                    // `case x when v` compares a placeholder for x with v.
                    for (condition, _) in whens {
                        if let Expr::Operator(operator) = condition
                            && let [_, value] = operator.args.as_slice()
                        {
                            self.unify_exprs(scope, arg, value);
                        }
                    }
                }
            }
            Expr::Sublink(sublink) => {
                if let (SublinkKind::Any | SublinkKind::All | SublinkKind::RowCompare, Some(test)) =
                    (sublink.kind, &sublink.test)
                {
                    self.sublink_test(scope, &scope.child(&sublink.query), test);
                }
            }
            _ => {}
        }
        walk::each_child(expr, &mut |child| self.expr(scope, child));
    }

    /// `x in (select y ...)`: the test compares x with a placeholder for the subquery's column.
    fn sublink_test(&mut self, scope: &Scope<'a>, inner: &Scope<'a>, test: &'a Expr) {
        match test {
            Expr::Operator(operator) if self.compares(operator.operator) => {
                if let [left, right] = operator.args.as_slice() {
                    let columns = self.sublink_column(inner, right);
                    self.unify(&trace::leaves(self.schema, scope, left), &columns);
                }
            }
            Expr::Bool { args, .. } => args.iter().for_each(|arg| self.sublink_test(scope, inner, arg)),
            Expr::RowCompare { left, right, .. } => {
                for (left, right) in left.iter().zip(right) {
                    let columns = self.sublink_column(inner, right);
                    self.unify(&trace::leaves(self.schema, scope, left), &columns);
                }
            }
            _ => {}
        }
    }

    fn sublink_column(&self, inner: &Scope<'a>, placeholder: &'a Expr) -> Vec<Leaf<'a>> {
        match placeholder {
            Expr::Cast { arg, .. } => self.sublink_column(inner, arg),
            Expr::Param { kind: tree::ParamKind::Sublink, id, .. } if *id > 0 => {
                trace::output_leaves(self.schema, inner, id - 1)
            }
            _ => Vec::new(),
        }
    }

    /// Whether an operator compares values of one kind: `=`, `<>` and the orderings of a default operator class.
    fn compares(&self, operator: Oid) -> bool {
        let is_comparison = |oid| {
            self.schema.operators.get(&oid).is_some_and(|found| found.btree.is_some() || found.hash.is_some())
        };
        is_comparison(operator)
            || self.schema.operators.get(&operator).is_some_and(|found| is_comparison(found.negator))
    }

    /// Values of one type, one of which is chosen. A word among them need not be a possible value of the others.
    fn unify_all(&mut self, scope: &Scope<'a>, values: Vec<&'a Expr>) {
        let leaves = values.iter().map(|value| {
            let mut leaves = trace::leaves(self.schema, scope, value);
            leaves.retain(|leaf| !matches!(leaf, Leaf::Const(_)));
            leaves
        });
        let leaves: Vec<_> = leaves.collect();
        for (index, one) in leaves.iter().enumerate() {
            for other in &leaves[index + 1..] {
                self.unify(one, other);
            }
        }
    }

    fn unify_exprs(&mut self, scope: &Scope<'a>, left: &'a Expr, right: &'a Expr) {
        let left = trace::leaves(self.schema, scope, left);
        let right = trace::leaves(self.schema, scope, right);
        self.unify(&left, &right);
    }

    fn unify(&mut self, left: &[Leaf<'a>], right: &[Leaf<'a>]) {
        for (one, other) in [(left, right), (right, left)] {
            let meanings = self.meanings;
            for meaning in one.iter().filter_map(|leaf| meaning(meanings, leaf)) {
                for leaf in other {
                    self.assign(meaning, leaf);
                }
            }
        }
    }

    fn assign(&mut self, meaning: &Meaning, leaf: &Leaf<'a>) {
        match leaf {
            Leaf::Param(id, location) => {
                if let Some(candidates) = id.checked_sub(1).and_then(|index| self.candidates.get_mut(index)) {
                    candidates.entry(meaning.clone()).or_insert(location.unwrap_or(0));
                }
            }
            Leaf::Const(constant) => {
                let Meaning::Enum(name) = meaning else { return };
                if let Some(elements) = self.schema.elements(constant) {
                    return elements.iter().for_each(|element| self.check_literal(name, element));
                }
                self.check_literal(name, constant);
            }
            Leaf::Column(..) | Leaf::Other => {}
        }
    }

    /// Reports a word that is none of an enum's.
    fn check_literal(&mut self, name: &str, constant: &Const) {
        if !is_text(self.schema, constant.type_oid) {
            return;
        }
        let (Some(found), Some(text)) = (self.meanings.enums.get(name), constant.text()) else {
            return;
        };
        if found.variants.iter().any(|(_, word)| word == text) {
            return;
        }
        let words = found.variants.iter().map(|(_, word)| word.as_str());
        let help = values_help(text, &words.collect::<Vec<_>>());
        let message = format!("'{text}' is not a value of {name}");
        self.impossible.push(Impossible { at: constant.location, message, help });
    }
}

/// The values that a text is none of, and the one that is probably meant.
pub fn values_help(text: &str, values: &[&str]) -> String {
    let words: Vec<_> = values.iter().map(|word| format!("'{word}'")).collect();
    match nearest(text, values.iter().copied()) {
        Some(near) => format!("did you mean '{near}'? The values are {}", words.join(", ")),
        None => format!("the values are {}", words.join(", ")),
    }
}

/// The choice among the possible meanings of parameters.
struct Conflicts<'d, 'a> {
    schema: &'a Schema,
    decl: &'a QueryDecl,
    /// The parameters' types.
    params: &'a [Oid],
    diagnostics: &'d mut Diagnostics,
}

impl Conflicts<'_, '_> {
    fn resolve(mut self, candidates: Vec<Candidates>) -> Vec<Option<Meaning>> {
        candidates.into_iter().enumerate().map(|(index, found)| self.only_meaning(index, found)).collect()
    }

    fn only_meaning(&mut self, index: usize, candidates: Candidates) -> Option<Meaning> {
        if candidates.len() > 1 {
            // What refers to one table or another is an id of neither, if its author says so.
            let name = &self.decl.sql.params[index].name;
            if self.decl.param_types.iter().any(|(said, _)| said.value == *name) {
                return None;
            }
            self.report_conflict(index, &candidates);
        }
        candidates.into_keys().next()
    }

    fn report_conflict(&mut self, index: usize, candidates: &Candidates) {
        let sql = &self.decl.sql;
        let name = &sql.params[index].name;
        let names: Vec<_> = candidates.keys().map(Meaning::name).collect();
        let mut uses: Vec<_> = candidates
            .iter()
            .map(|(meaning, at)| (sql.token_span(*at), format!("here it is {}", meaning.name())))
            .collect();
        uses.sort();
        let mut uses = uses.into_iter();
        let Some((span, first)) = uses.next() else { return };
        let mut diagnostic = Diagnostic::error(
            "parameter-type",
            span,
            format!("`:{name}` is used as {}", names.join(" and ")),
        )
        .note(span, first)
        .help(format!(
            "use two parameters, or, if either is valid, declare its plain type: `--@ param {name} {}`",
            self.schema.type_name(self.params[index])
        ))
        .query(self.decl.path());
        for (span, note) in uses {
            diagnostic = diagnostic.note(span, note);
        }
        self.diagnostics.report(diagnostic);
    }
}

fn meaning<'a>(meanings: &'a Meanings, leaf: &Leaf<'_>) -> Option<&'a Meaning> {
    match leaf {
        Leaf::Column(table, number) => meanings.of_column(*table, *number),
        Leaf::Param(..) | Leaf::Const(_) | Leaf::Other => None,
    }
}

/// Whether a type's values are plain text, as opposed to an array or an enum.
fn is_text(schema: &Schema, type_oid: Oid) -> bool {
    schema
        .base_type(type_oid)
        .is_some_and(|base| matches!(base.name.as_str(), "text" | "varchar" | "bpchar" | "unknown"))
}
