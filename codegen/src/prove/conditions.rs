//! Turns conditions into facts: what is known of the rows for which a condition is true, or false.
//!
//! Most conditions become equalities and null tests. A condition that a guard of the policy may ask for is also kept as a
//! whole, interned by its text: terms, operators and constants in prefix notation.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::arena::{Arena, LevelId};
use super::facts::{ConditionId, Fact, Facts};
use super::terms::{Comparison, EntryId, TermId, comparison, is_null, negator};
use super::truth::{Truths, normal};
use crate::tree::{Expr, Location, Oid, Operator, ParamKind, Sublink, SublinkKind, Var};

impl<'a> Arena<'a> {
    /// What holds where a condition is true.
    pub(super) fn holds(&mut self, level: LevelId, expr: &'a Expr) -> Facts {
        let key = (level, std::ptr::from_ref(expr), self.tested);
        if let Some(facts) = self.held.get(&key) {
            return facts.clone();
        }
        self.count(1);
        let facts = self.compute_where(level, expr, Truths::TRUE);
        let facts = self.share(level, facts);
        self.held.insert(key, facts.clone());
        facts
    }

    /// What holds where a condition has one of these truth values.
    pub(super) fn holds_where(&mut self, level: LevelId, expr: &'a Expr, wanted: Truths) -> Facts {
        if wanted == Truths::TRUE { self.holds(level, expr) } else { self.compute_where(level, expr, wanted) }
    }

    fn compute_where(&mut self, level: LevelId, expr: &'a Expr, wanted: Truths) -> Facts {
        let (expr, wanted) = normal(self.schema, expr, wanted);
        let of_all = if let Expr::Bool { op, .. } = expr { wanted.of_all(*op) } else { None };
        if let (Expr::Bool { args, .. }, Some(true)) = (expr, of_all) {
            return self.all(level, args, wanted);
        }
        if let Some((term, values)) = self.boolean_term(level, None, expr, wanted) {
            let at = self.place(level, expr.location());
            return self.truth_facts(term, values, at);
        }
        let facts = match (expr, of_all) {
            (Expr::Bool { args, .. }, Some(false)) => self.any(level, args, wanted),
            (Expr::Bool { .. }, _) => return Facts::default(),
            _ => self.tested_facts(level, expr, wanted),
        };
        facts.and(&self.whole_condition(level, expr, wanted))
    }

    /// The fact that a condition has one of these values, if a guard may ask for it.
    fn whole_condition(&mut self, level: LevelId, expr: &'a Expr, wanted: Truths) -> Facts {
        let mut written = ConditionText::default();
        if !self.policy.has_guards()
            || self.write_condition(level, None, expr, wanted, &mut written).is_none()
        {
            return Facts::default();
        }
        Facts::one(Fact::Condition(self.condition(written)), self.place(level, expr.location()))
    }

    /// What holds where the expression that a condition tests has one of these values.
    fn tested_facts(&mut self, level: LevelId, expr: &'a Expr, wanted: Truths) -> Facts {
        let truth = match wanted {
            Truths::TRUE => true,
            Truths::FALSE => false,
            Truths::NOT_TRUE => return self.unless_null(level, expr, Comparison::Different),
            Truths::NOT_FALSE => return self.unless_null(level, expr, Comparison::Equal),
            Truths::NULL => return self.null_facts(level, expr, true, expr.location()),
            Truths::NOT_NULL => return self.null_facts(level, expr, false, expr.location()),
            _ => return Facts::default(),
        };
        if let Expr::Operator(operator) = expr {
            return self.operator_facts(level, operator, truth);
        }
        if let Expr::NullTest { arg, is_null, row: false, location } = expr {
            return self.null_facts(level, arg, *is_null == truth, *location);
        }
        if let (Expr::Distinct(operator), false) = (expr, truth) {
            return self.not_distinct(level, operator);
        }
        if let Expr::ArrayOperator { operator, any, collation, scalar, array, location } = expr
            && *any == truth
        {
            let equal = if truth { Comparison::Equal } else { Comparison::Different };
            return self.array_facts(level, (*operator, *collation, equal), scalar, array, *location);
        }
        if let Expr::ArrayOperator { operator, collation, scalar, array, .. } = expr {
            let different = if truth { Comparison::Different } else { Comparison::Equal };
            return self.array_differs(level, (*operator, *collation, different), scalar, array);
        }
        if let (Expr::Sublink(sublink), true) = (expr, truth) {
            return self.sublink_facts(level, sublink);
        }
        self.conditional_facts(level, expr, wanted)
    }

    fn all(&mut self, level: LevelId, args: &'a [Expr], wanted: Truths) -> Facts {
        let mut facts = Facts::default();
        for arg in args {
            let arg = self.holds_where(level, arg, wanted);
            facts.extend(&arg);
        }
        facts
    }

    fn any(&mut self, level: LevelId, args: &'a [Expr], wanted: Truths) -> Facts {
        let arms = args.iter().map(|arg| self.holds_where(level, arg, wanted)).collect();
        self.any_of(arms)
    }

    /// What holds if the facts of at least one arm hold.
    pub(super) fn any_of(&mut self, arms: Vec<Facts>) -> Facts {
        let Some((first, others)) = arms.split_first() else { return Facts::default() };
        let mut both = others.iter().fold(first.clone(), |both, arm| both.or(arm));
        if self.policy.has_guards() {
            both.extend(&self.values_in_all(&arms));
        }
        both.and(&self.either(arms))
    }

    /// The meaning of an operator for its operands below casts that do not change the value.
    fn meaning(&self, operator: &Operator, left: &Expr, right: &Expr) -> Option<Comparison> {
        let (left, right) = (self.plain_type(left)?, self.plain_type(right)?);
        comparison(self.schema, operator.operator, left, right, operator.collation)
    }

    fn operator_facts(&mut self, level: LevelId, operator: &'a Operator, truth: bool) -> Facts {
        if let Some(facts) = self.count_facts(level, operator, truth) {
            return facts;
        }
        match operator.args.as_slice() {
            [left, right] => self.compared_facts(level, operator, left, right, truth),
            _ => Facts::default(),
        }
    }

    /// What holds where a comparison of two operands has this truth value.
    pub(super) fn compared_facts(
        &mut self,
        level: LevelId,
        operator: &'a Operator,
        left: &'a Expr,
        right: &'a Expr,
        truth: bool,
    ) -> Facts {
        let Some(meaning) = self.meaning(operator, left, right) else { return Facts::default() };
        let at = self.place(level, operator.location);
        let is_equal = matches!((meaning, truth), (Comparison::Equal, true) | (Comparison::Different, false));
        let (Some(left), Some(right)) = (self.term(level, left), self.term(level, right)) else {
            let sides = [(left, right), (right, left)].into_iter().filter(|_| is_equal);
            let mut found =
                sides.filter_map(|(value, subquery)| self.equal_to_row(level, value, subquery, at));
            return found.next().unwrap_or_default();
        };
        match (meaning, truth) {
            (Comparison::Equal, true) | (Comparison::Different, false) => {
                Facts::one(Fact::Equal(left, right), at)
            }
            (Comparison::AtMost, true) => Facts::one(Fact::AtMost(left, right, operator.collation), at),
            (Comparison::AtLeast, true) => Facts::one(Fact::AtMost(right, left, operator.collation), at),
            (Comparison::Different, true) | (Comparison::Equal, false) => Facts::one(Fact::NotNull(left), at)
                .and(&Facts::one(Fact::NotNull(right), at))
                .and(&self.different(left, right))
                .and(&self.different(right, left)),
            (Comparison::AtMost, false) | (Comparison::AtLeast, false) => {
                Facts::one(Fact::NotNull(left), at).and(&Facts::one(Fact::NotNull(right), at))
            }
        }
    }

    /// What holds where a value equals a scalar subquery: the subquery has a row with this value.
    fn equal_to_row(
        &mut self,
        level: LevelId,
        value: &'a Expr,
        subquery: &'a Expr,
        at: Location,
    ) -> Option<Facts> {
        let term = self.term(level, value)?;
        let Some(Expr::Sublink(sublink)) = super::terms::plain(self.schema, subquery) else { return None };
        (sublink.kind == SublinkKind::Scalar).then(|| self.given_by_row(level, sublink, term, at))
    }

    /// What holds where a subquery has a row with this value in its first column.
    pub(super) fn given_by_row(
        &mut self,
        level: LevelId,
        sublink: &'a Sublink,
        term: TermId,
        at: Location,
    ) -> Facts {
        let nested = self.sublink_level(level, sublink);
        let facts = self.facts_of_rows(nested);
        match self.levels[nested].outputs.first() {
            Some(Some(given)) => facts.and(&Facts::one(Fact::Equal(term, *given), at)),
            Some(None) | None => facts.and(&Facts::one(Fact::NotNull(term), at)),
        }
    }

    pub(super) fn null_facts(
        &mut self,
        level: LevelId,
        arg: &'a Expr,
        is_null: bool,
        location: Location,
    ) -> Facts {
        let Some(term) = self.term(level, arg) else {
            return if is_null { self.all_null(level, arg, location) } else { Facts::default() };
        };
        let fact = if is_null { Fact::Null(term) } else { Fact::NotNull(term) };
        Facts::one(fact, self.place(level, location))
    }

    /// What holds where `x IS NOT DISTINCT FROM y` is true: both are the same value or both are NULL. If one side is the
    /// constant NULL, it is a null test.
    fn not_distinct(&mut self, level: LevelId, operator: &'a Operator) -> Facts {
        let [left, right] = operator.args.as_slice() else { return Facts::default() };
        if is_null(right) {
            return self.null_facts(level, left, true, operator.location);
        }
        if is_null(left) {
            return self.null_facts(level, right, true, operator.location);
        }
        let Some(Comparison::Equal) = self.meaning(operator, left, right) else { return Facts::default() };
        let (Some(left), Some(right)) = (self.term(level, left), self.term(level, right)) else {
            return Facts::default();
        };
        Facts::one(Fact::Same(left, right), self.place(level, operator.location))
    }

    /// What holds where `(a <> b) IS NOT TRUE` or `(a = b) IS NOT FALSE`: they are equal, or one of them is NULL.
    fn unless_null(&mut self, level: LevelId, arg: &'a Expr, wanted: Comparison) -> Facts {
        let Expr::Operator(operator) = arg else { return Facts::default() };
        let [left, right] = operator.args.as_slice() else { return Facts::default() };
        let Some(meaning) = self.meaning(operator, left, right) else { return Facts::default() };
        match (self.term(level, left), self.term(level, right)) {
            (Some(left), Some(right)) if meaning == wanted => {
                Facts::one(Fact::EqualUnlessNull(left, right), self.place(level, operator.location))
            }
            _ => Facts::default(),
        }
    }

    /// What holds where EXISTS or IN is true: the subquery has a row, for which its facts and the test hold.
    fn sublink_facts(&mut self, level: LevelId, sublink: &'a Sublink) -> Facts {
        match sublink.kind {
            SublinkKind::Exists | SublinkKind::Any => {}
            SublinkKind::All
            | SublinkKind::RowCompare
            | SublinkKind::Scalar
            | SublinkKind::MultiAssign
            | SublinkKind::Array
            | SublinkKind::Cte => return Facts::default(),
        }
        let nested = self.sublink_level(level, sublink);
        let mut facts = self.facts_of_rows(nested);
        if let (SublinkKind::Any, Some(test)) = (sublink.kind, &sublink.test) {
            let outer = self.tested.replace(nested);
            let test = self.holds(level, test);
            self.tested = outer;
            facts.extend(&test);
        }
        facts
    }

    /// What holds for a row of a subquery.
    fn facts_of_rows(&self, nested: LevelId) -> Facts {
        match self.always_returns_row(nested) {
            true => Facts::default(),
            false => self.levels[nested].facts.clone(),
        }
    }

    /// The place in the author's text; `None` in levels that come from the catalogs.
    pub(super) fn place(&self, level: LevelId, location: Location) -> Location {
        location.filter(|_| !self.levels[level].stored)
    }

    /// The condition that a guard is for the rows of an entry, if the statement has it.
    pub(super) fn guard_condition(
        &mut self,
        entry: EntryId,
        expr: &'a Expr,
        wanted: Truths,
    ) -> Option<ConditionId> {
        let mut written = ConditionText::default();
        self.write_condition(self.entries[entry].level, Some(entry), expr, wanted, &mut written)?;
        self.condition_index.get(&written.text).copied()
    }

    /// The fact that one of these alternatives holds, for `search`, which can look at each by itself. It is about all terms
    /// that occur in them, so it is forgotten with any of these.
    pub(super) fn either(&mut self, alternatives: Vec<Facts>) -> Facts {
        const MOST: usize = 16;
        // An alternative without facts could not be proven by itself.
        let is_empty = alternatives.iter().any(Facts::is_empty);
        if is_empty || alternatives.len() > MOST || !self.policy.has_indirect_scopes() {
            return Facts::default();
        }
        let mut written =
            ConditionText { text: format!("either;{}", self.alternatives.len()), ..ConditionText::default() };
        for atom in alternatives.iter().flat_map(Facts::atoms) {
            written.terms.extend(atom.fact.terms().into_iter().flatten());
            if let Fact::Condition(condition) = atom.fact {
                written.terms.extend(&self.conditions[condition as usize]);
            }
        }
        let condition = self.condition(written);
        self.alternatives.insert(condition, alternatives);
        Facts::one(Fact::Condition(condition), None)
    }

    pub(super) fn condition(&mut self, written: ConditionText) -> ConditionId {
        if let Some(found) = self.condition_index.get(&written.text) {
            return *found;
        }
        let id = u32::try_from(self.conditions.len()).expect("fewer than 2^32 conditions");
        for term in &written.terms {
            self.conditions_about.entry(*term).or_default().push(id);
        }
        self.conditions.push(written.terms);
        self.condition_index.insert(written.text, id);
        id
    }

    /// Writes that a condition has one of these values. `None` if it contains anything but terms, operators and calls that
    /// are not volatile.
    fn write_condition(
        &mut self,
        level: LevelId,
        guarded: Option<EntryId>,
        expr: &'a Expr,
        wanted: Truths,
        into: &mut ConditionText,
    ) -> Option<()> {
        if let Some((term, values)) = self.boolean_term(level, guarded, expr, wanted) {
            into.terms.insert(term);
            return into.word(format_args!("t{term} {values:?}"));
        }
        let (expr, wanted) = normal(self.schema, expr, wanted);
        if let Expr::Bool { op, args, .. } = expr
            && let Some(all) = wanted.of_all(*op)
        {
            into.word(format_args!("{} {}", if all { "all" } else { "any" }, args.len()))?;
            let mut arms = Vec::new();
            for arg in args {
                let mut arm = ConditionText::default();
                self.write_condition(level, guarded, arg, wanted, &mut arm)?;
                into.terms.extend(arm.terms);
                arms.push(arm.text);
            }
            // AND and OR mean the same in any order.
            arms.sort();
            into.text.extend(arms);
            return Some(());
        }
        // `not (a < b)` is written as `a >= b`. As in PostgreSQL, a negator is false where the operator is true, and NULL
        // where it is NULL. Users can declare any operator as the negator of theirs.
        if let Expr::Operator(operator) = expr
            && matches!(wanted, Truths::FALSE | Truths::NOT_TRUE)
            && let Some(negator) = negator(self.schema, operator.operator)
        {
            into.word(format_args!("{:?}", wanted.negated()))?;
            return self.write_operator(level, guarded, negator, operator, into);
        }
        into.word(format_args!("{wanted:?}"))?;
        self.write(level, guarded, expr, into)
    }

    fn write_operator(
        &mut self,
        level: LevelId,
        guarded: Option<EntryId>,
        oid: Oid,
        operator: &'a Operator,
        into: &mut ConditionText,
    ) -> Option<()> {
        into.word(format_args!("op {oid} {} {}", operator.collation, operator.args.len()))?;
        operator.args.iter().try_for_each(|arg| self.write(level, guarded, arg, into))
    }

    fn write(
        &mut self,
        level: LevelId,
        guarded: Option<EntryId>,
        expr: &'a Expr,
        into: &mut ConditionText,
    ) -> Option<()> {
        let expr = super::terms::plain(self.schema, expr)?;
        if let Some(term) = self.term_in_text(level, guarded, expr) {
            into.terms.insert(term);
            return into.word(format_args!("t{term}"));
        }
        if let Expr::Const(constant) = expr {
            return into.word(format_args!("null {}", constant.type_oid));
        }
        if let Expr::Operator(operator) = expr {
            return self.write_operator(level, guarded, operator.operator, operator, into);
        }
        if let Expr::ArrayOperator { operator, any, collation, scalar, array, .. } = expr {
            into.word(format_args!("array {operator} {any} {collation}"))?;
            self.write(level, guarded, scalar, into)?;
            return self.write(level, guarded, array, into);
        }
        if let Expr::Array { type_oid, elements, .. } = expr {
            into.word(format_args!("list {type_oid} {}", elements.len()))?;
            return elements.iter().try_for_each(|element| self.write(level, guarded, element, into));
        }
        if let Expr::Bool { op, args, .. } = expr {
            into.word(format_args!("{op:?} {}", args.len()))?;
            return args.iter().try_for_each(|arg| self.write(level, guarded, arg, into));
        }
        if let Expr::NullTest { arg, is_null, row, .. } = expr {
            into.word(format_args!("null {is_null} {row}"))?;
            return self.write(level, guarded, arg, into);
        }
        if let Expr::BooleanTest { arg, test, .. } = expr {
            into.word(format_args!("{test:?}"))?;
            return self.write(level, guarded, arg, into);
        }
        if let Expr::SqlValue { op, type_oid, typmod, .. } = expr {
            return into.word(format_args!("value {op} {type_oid} {typmod}"));
        }
        if let Expr::Function { call, set: false, variadic, .. } = expr
            && self.schema.functions.get(&call.function)?.volatility != 'v'
        {
            into.word(format_args!(
                "call {} {} {:?} {variadic}",
                call.function, call.collation, call.parameters
            ))?;
            return call.args.iter().try_for_each(|arg| self.write(level, guarded, arg, into));
        }
        None
    }

    /// The term of an expression, in a guard of the entry that it guards.
    pub(super) fn term_in_text(
        &mut self,
        level: LevelId,
        guarded: Option<EntryId>,
        expr: &'a Expr,
    ) -> Option<TermId> {
        match (guarded, expr) {
            (Some(entry), Expr::Var(Var { attribute, range: 1, levels_up: 0, .. })) if *attribute > 0 => {
                Some(self.column(entry, *attribute))
            }
            (Some(_), Expr::Var(_) | Expr::Sublink(_)) => None,
            (Some(_), Expr::Param { .. }) => None,
            (None, Expr::Param { kind: ParamKind::Exec | ParamKind::MultiAssign, .. }) => None,
            _ => self.term(level, expr),
        }
    }
}

/// A condition as text, with the terms that it is about.
#[derive(Default)]
pub(super) struct ConditionText {
    pub(super) text: String,
    pub(super) terms: BTreeSet<TermId>,
}

impl ConditionText {
    fn word(&mut self, word: std::fmt::Arguments<'_>) -> Option<()> {
        self.text.write_fmt(word).ok()?;
        self.text.push(';');
        Some(())
    }
}
