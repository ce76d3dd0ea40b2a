//! Turns conditions into facts: what is known of the rows for which a condition is true, or false.
//!
//! Most conditions become equalities and null tests. A condition that a guard of the policy may ask for is also kept as a
//! whole, interned by its text: terms, operators and constants in prefix notation.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::arena::{Arena, LevelId};
use super::closure::Closure;
use super::facts::{ConditionId, Fact, Facts};
use super::terms::{Comparison, EntryId, TermId, comparison, is_null};
use crate::tree::{BoolOp, BooleanTest, Expr, Location, Oid, Operator, ParamKind, Sublink, SublinkKind, Var};

/// `pg_operator.oid` of `=` and `<>` on booleans.
const BOOL_EQUAL: Oid = 91;
const BOOL_DIFFERENT: Oid = 85;

impl<'a> Arena<'a> {
    /// What holds where a condition is true.
    pub(super) fn holds(&mut self, level: LevelId, expr: &'a Expr) -> Facts {
        let key = (level, std::ptr::from_ref(expr), self.tested);
        if let Some(facts) = self.held.get(&key) {
            return facts.clone();
        }
        self.count(1);
        let facts = self.found_to_hold(level, expr);
        let facts = self.share(level, facts);
        self.held.insert(key, facts.clone());
        facts
    }

    fn found_to_hold(&mut self, level: LevelId, expr: &'a Expr) -> Facts {
        let mut facts = self.true_facts(level, expr);
        if self.policy.has_guards()
            && !matches!(expr, Expr::Bool { op: BoolOp::And, .. })
            && let Some(condition) = self.condition_of(level, expr)
        {
            facts.push(Fact::Condition(condition), self.place(level, expr.location()));
        }
        facts
    }

    fn true_facts(&mut self, level: LevelId, expr: &'a Expr) -> Facts {
        if let Expr::Bool { op, args, .. } = expr {
            return match op {
                BoolOp::And => self.all(level, args, true),
                BoolOp::Or => self.any(level, args, true),
                BoolOp::Not => args.first().map(|arg| self.fails(level, arg)).unwrap_or_default(),
            };
        }
        if let Expr::Operator(operator) = expr {
            return self.operator_facts(level, operator, true);
        }
        if let Expr::NullTest { arg, is_null, row: false, location } = expr {
            return self.null_facts(level, arg, *is_null, *location);
        }
        if let Expr::BooleanTest { arg, test, .. } = expr {
            return match test {
                BooleanTest::True => self.holds(level, arg),
                BooleanTest::False => self.fails(level, arg),
                BooleanTest::NotTrue => self.unless_null(level, arg, Comparison::Different),
                BooleanTest::NotFalse => self.unless_null(level, arg, Comparison::Equal),
                BooleanTest::Unknown | BooleanTest::NotUnknown => Facts::default(),
            };
        }
        if let Expr::ArrayOperator { operator, any: true, collation, scalar, array, location } = expr {
            return self.array_facts(level, *operator, *collation, scalar, array, *location);
        }
        if let Expr::Sublink(sublink) = expr {
            return self.sublink_facts(level, sublink);
        }
        self.chosen_facts(level, expr, true)
    }

    /// What holds where a condition is false. A condition that is NULL is not false.
    pub(super) fn fails(&mut self, level: LevelId, expr: &'a Expr) -> Facts {
        if let Expr::Bool { op, args, .. } = expr {
            return match op {
                BoolOp::And => self.any(level, args, false),
                BoolOp::Or => self.all(level, args, false),
                BoolOp::Not => args.first().map(|arg| self.holds(level, arg)).unwrap_or_default(),
            };
        }
        if let Expr::Operator(operator) = expr {
            return self.operator_facts(level, operator, false);
        }
        if let Expr::Distinct(operator) = expr {
            return self.not_distinct(level, operator);
        }
        if let Expr::NullTest { arg, is_null, row: false, location } = expr {
            return self.null_facts(level, arg, !*is_null, *location);
        }
        if let Expr::BooleanTest { arg, test, .. } = expr {
            return match test {
                BooleanTest::NotTrue => self.holds(level, arg),
                BooleanTest::NotFalse => self.fails(level, arg),
                BooleanTest::True => self.unless_null(level, arg, Comparison::Different),
                BooleanTest::False => self.unless_null(level, arg, Comparison::Equal),
                BooleanTest::Unknown | BooleanTest::NotUnknown => Facts::default(),
            };
        }
        self.chosen_facts(level, expr, false)
    }

    /// What holds where a condition has this truth value.
    pub(super) fn one(&mut self, level: LevelId, arg: &'a Expr, truth: bool) -> Facts {
        if truth { self.holds(level, arg) } else { self.fails(level, arg) }
    }

    fn all(&mut self, level: LevelId, args: &'a [Expr], truth: bool) -> Facts {
        let mut facts = Facts::default();
        for arg in args {
            let arg = self.one(level, arg, truth);
            facts.extend(&arg);
        }
        facts
    }

    fn any(&mut self, level: LevelId, args: &'a [Expr], truth: bool) -> Facts {
        let arms = args.iter().map(|arg| self.one(level, arg, truth)).collect();
        self.in_each(arms)
    }

    /// What holds if the facts of at least one arm hold.
    pub(super) fn in_each(&mut self, arms: Vec<Facts>) -> Facts {
        let Some((first, others)) = arms.split_first() else { return Facts::default() };
        let mut both = others.iter().fold(first.clone(), |both, arm| both.or(arm));
        if self.policy.has_guards() {
            both.extend(&self.values_in_all(&arms));
        }
        both.and(&self.either(arms))
    }

    /// For columns that are one of some constants in every arm: the union of these constants.
    fn values_in_all(&mut self, arms: &[Facts]) -> Facts {
        let mut found = Facts::default();
        let closures: Vec<Closure> = arms.iter().map(Closure::of).collect();
        let Some(first) = arms.first() else { return found };
        let mut columns = BTreeSet::new();
        for atom in first.atoms() {
            match atom.fact {
                Fact::Equal(a, b) | Fact::Same(a, b) => columns.extend([a, b]),
                Fact::Condition(condition) => {
                    columns.extend(self.value_sets.get(&condition).map(|(column, _)| *column));
                }
                Fact::Null(_)
                | Fact::NotNull(_)
                | Fact::Member(..)
                | Fact::AtMost(..)
                | Fact::EqualUnlessNull(..) => {}
            }
        }
        columns.retain(|term| self.terms.entry(*term).is_some());
        for column in columns {
            let sets = closures.iter().map(|closure| self.constants_of(closure, column));
            let Some(sets) = sets.collect::<Option<Vec<_>>>() else { continue };
            let values = sets.into_iter().flatten().collect();
            let condition = self.one_of(column, values);
            found.push(Fact::Condition(condition), None);
        }
        found
    }

    /// The constants of which a term is known to be one, if any.
    pub(super) fn constants_of(&self, closure: &Closure, term: TermId) -> Option<BTreeSet<TermId>> {
        let class = closure.class(term);
        if let Some(constant) = class.iter().find(|term| self.terms.is_constant(**term)) {
            return Some(BTreeSet::from([*constant]));
        }
        let known = closure.conditions().filter_map(|condition| self.value_sets.get(&condition));
        let known = known.filter(|(column, _)| class.contains(column));
        known.map(|(_, values)| values).min_by_key(|values| values.len()).cloned()
    }

    /// The condition that a column is one of these constants.
    fn one_of(&mut self, column: TermId, values: BTreeSet<TermId>) -> ConditionId {
        let terms = values.iter().copied().chain([column]).collect();
        let written = Written { text: format!("one of;{column};{values:?}"), terms };
        let condition = self.condition(written);
        self.value_sets.insert(condition, (column, values));
        condition
    }

    /// The meaning of an operator for its operands below casts that do not change the value.
    fn meaning(&self, operator: &Operator, left: &Expr, right: &Expr) -> Option<Comparison> {
        let (left, right) = (self.plain_type(left)?, self.plain_type(right)?);
        comparison(self.schema, operator.operator, left, right, operator.collation)
    }

    fn operator_facts(&mut self, level: LevelId, operator: &'a Operator, truth: bool) -> Facts {
        let special = self.boolean_operator(level, operator, truth);
        if let Some(facts) = special.or_else(|| self.counted_facts(level, operator, truth)) {
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
            (Comparison::Different, true)
            | (Comparison::Equal, false)
            | (Comparison::AtMost, false)
            | (Comparison::AtLeast, false) => {
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
    fn given_by_row(&mut self, level: LevelId, sublink: &'a Sublink, term: TermId, at: Location) -> Facts {
        let nested = self.sublink_level(level, sublink);
        let facts = self.facts_of_rows(nested);
        match self.levels[nested].outputs.first() {
            Some(Some(given)) => facts.and(&Facts::one(Fact::Equal(term, *given), at)),
            Some(None) | None => facts.and(&Facts::one(Fact::NotNull(term), at)),
        }
    }

    /// What holds where a comparison of a condition with a boolean constant has this truth value: `(condition) = true`.
    fn boolean_operator(&mut self, level: LevelId, operator: &'a Operator, truth: bool) -> Option<Facts> {
        let same = match operator.operator {
            BOOL_EQUAL => true,
            BOOL_DIFFERENT => false,
            _ => return None,
        };
        let [left, right] = operator.args.as_slice() else { return None };
        let value = |expr: &Expr| if let Expr::Const(constant) = expr { constant.bool() } else { None };
        let (condition, value) = match (value(left), value(right)) {
            (None, Some(value)) => (left, value),
            (Some(value), None) => (right, value),
            _ => return None,
        };
        let wanted = (value == same) == truth;
        Some(self.one(level, condition, wanted))
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

    fn array_facts(
        &mut self,
        level: LevelId,
        operator: Oid,
        collation: Oid,
        scalar: &'a Expr,
        array: &'a Expr,
        location: Location,
    ) -> Facts {
        let at = self.place(level, location);
        let (Some(term), Some(scalar_type)) = (self.term(level, scalar), self.plain_type(scalar)) else {
            return Facts::default();
        };
        let schema = self.schema;
        let Some(array) = super::terms::plain(schema, array) else { return Facts::default() };
        let equal = |element: Oid| {
            comparison(schema, operator, scalar_type, element, collation) == Some(Comparison::Equal)
        };
        if let Expr::Array { elements, multidimensional: false, .. } = array {
            // The value is one of the elements. If they are all the same term, it equals that term.
            let mut found = BTreeSet::new();
            for element in elements {
                if !self.plain_type(element).is_some_and(equal) {
                    return Facts::default();
                }
                match self.term(level, element) {
                    Some(element) => found.insert(element),
                    None => return Facts::one(Fact::NotNull(term), at),
                };
            }
            return self.element_of(term, found, at);
        }
        if let Expr::Const(list) = array
            && let Some(elements) = schema.elements(list)
        {
            if !elements.iter().all(|element| equal(element.type_oid)) {
                return Facts::default();
            }
            // NULL elements are left out, because nothing equals them.
            let found = elements.iter().filter_map(|element| super::terms::constant(schema, element));
            let found = found.map(|element| self.terms.id(element)).collect();
            return self.element_of(term, found, at);
        }
        if let Expr::Sublink(sublink) = array
            && sublink.kind == SublinkKind::Array
        {
            // `x = any (array(select ...))` means the same as `x IN (select ...)`.
            let given = sublink.query.output().next().and_then(|target| target.expr.type_oid());
            if !given.is_some_and(equal) {
                return Facts::default();
            }
            return self.given_by_row(level, sublink, term, at);
        }
        let element = array.type_oid().and_then(|oid| match schema.base_type(oid)?.kind {
            crate::schema::TypeKind::Array { element } => Some(element),
            crate::schema::TypeKind::Base
            | crate::schema::TypeKind::Enum { .. }
            | crate::schema::TypeKind::Domain { .. }
            | crate::schema::TypeKind::Composite { .. }
            | crate::schema::TypeKind::Range { .. }
            | crate::schema::TypeKind::Multirange { .. }
            | crate::schema::TypeKind::Pseudo => None,
        });
        match self.term(level, array) {
            Some(set) if element.is_some_and(equal) => {
                Facts::one(Fact::Member(term, set), at).and(&Facts::one(Fact::NotNull(term), at))
            }
            _ => Facts::default(),
        }
    }

    /// What holds where a term equals one of these terms.
    fn element_of(&mut self, term: TermId, elements: BTreeSet<TermId>, at: Location) -> Facts {
        if let [element] = elements.iter().collect::<Vec<_>>().as_slice() {
            return Facts::one(Fact::Equal(term, **element), at);
        }
        let mut facts = Facts::one(Fact::NotNull(term), at);
        if !elements.is_empty() && elements.iter().all(|element| self.terms.is_constant(*element)) {
            facts.push(Fact::Condition(self.one_of(term, elements)), at);
        }
        facts
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
        match self.always_gives_a_row(nested) {
            true => Facts::default(),
            false => self.levels[nested].facts.clone(),
        }
    }

    /// The place in the author's text; `None` in levels that come from the catalogs.
    pub(super) fn place(&self, level: LevelId, location: Location) -> Location {
        location.filter(|_| !self.levels[level].stored)
    }

    /// The whole condition, interned, for comparison with guards. `None` if it contains anything but terms, operators and
    /// calls that are not volatile.
    fn condition_of(&mut self, level: LevelId, expr: &'a Expr) -> Option<ConditionId> {
        let mut written = Written::default();
        self.write(level, None, expr, &mut written)?;
        Some(self.condition(written))
    }

    /// The condition that a guard is for the rows of an entry, if the statement has it.
    pub(super) fn guard_condition(&mut self, entry: EntryId, expr: &'a Expr) -> Option<ConditionId> {
        let mut written = Written::default();
        self.write(self.entries[entry].level, Some(entry), expr, &mut written)?;
        self.condition_index.get(&written.text).copied()
    }

    /// The fact that one of these alternatives holds, for `search`, which can look at each by itself. It is about all terms
    /// that occur in them, so it is forgotten with any of these.
    pub(super) fn either(&mut self, alternatives: Vec<Facts>) -> Facts {
        const MOST: usize = 16;
        // An alternative without facts could not be proven by itself.
        let is_empty = alternatives.iter().any(Facts::is_empty);
        if is_empty || alternatives.len() > MOST || !self.policy.has_ways() {
            return Facts::default();
        }
        let mut written =
            Written { text: format!("either;{}", self.alternatives.len()), ..Written::default() };
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

    fn condition(&mut self, written: Written) -> ConditionId {
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

    fn write(
        &mut self,
        level: LevelId,
        guarded: Option<EntryId>,
        expr: &'a Expr,
        into: &mut Written,
    ) -> Option<()> {
        let expr = super::terms::plain(self.schema, expr)?;
        if let Some(term) = self.written_term(level, guarded, expr) {
            into.terms.insert(term);
            return into.word(format_args!("t{term}"));
        }
        if let Expr::Const(constant) = expr {
            return into.word(format_args!("null {}", constant.type_oid));
        }
        if let Expr::Operator(operator) = expr {
            into.word(format_args!(
                "op {} {} {}",
                operator.operator,
                operator.collation,
                operator.args.len()
            ))?;
            return operator.args.iter().try_for_each(|arg| self.write(level, guarded, arg, into));
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
            let mut arms = Vec::new();
            for arg in args {
                let mut arm = Written::default();
                self.write(level, guarded, arg, &mut arm)?;
                into.terms.extend(arm.terms);
                arms.push(arm.text);
            }
            // AND and OR mean the same in any order.
            arms.sort();
            into.text.extend(arms);
            return Some(());
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

    fn written_term(&mut self, level: LevelId, guarded: Option<EntryId>, expr: &'a Expr) -> Option<TermId> {
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
struct Written {
    text: String,
    terms: BTreeSet<TermId>,
}

impl Written {
    fn word(&mut self, word: std::fmt::Arguments<'_>) -> Option<()> {
        self.text.write_fmt(word).ok()?;
        self.text.push(';');
        Some(())
    }
}
