//! Sets of constants: of which constants a value is one, and from which it differs. And arrays, which are such sets if they
//! are constants.

use std::collections::BTreeSet;

use super::arena::{Arena, LevelId};
use super::closure::Closure;
use super::conditions::ConditionText;
use super::facts::{ConditionId, Fact, Facts};
use super::terms::{Comparison, TermId, comparison, constant, plain};
use crate::schema::Schema;
use crate::tree::{Expr, Location, Oid, SublinkKind};

impl<'a> Arena<'a> {
    /// For columns that are one of some constants in every arm: the union of these constants.
    pub(super) fn values_in_all(&mut self, arms: &[Facts]) -> Facts {
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
        let written = ConditionText { text: format!("one of;{column};{values:?}"), terms };
        let condition = self.condition(written);
        self.value_sets.insert(condition, (column, values));
        condition
    }

    /// What holds where a value equals some element of an array: where `x = any (array)` is true, or `x <> all (array)` false.
    /// `equal` is the meaning that the operator must have.
    pub(super) fn array_facts(
        &mut self,
        level: LevelId,
        (operator, collation, equal): (Oid, Oid, Comparison),
        scalar: &'a Expr,
        array: &'a Expr,
        location: Location,
    ) -> Facts {
        let at = self.place(level, location);
        let (Some(term), Some(scalar_type)) = (self.term(level, scalar), self.plain_type(scalar)) else {
            return Facts::default();
        };
        let schema = self.schema;
        let Some(array) = plain(schema, array) else { return Facts::default() };
        let equal =
            |element: Oid| comparison(schema, operator, scalar_type, element, collation) == Some(equal);
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
            let found = elements.iter().filter_map(|element| constant(schema, element));
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

    /// What holds where a value differs from each element of an array: where `x <> all (array)` is true, or `x = any (array)`
    /// false.
    pub(super) fn array_differs(
        &mut self,
        level: LevelId,
        (operator, collation, different): (Oid, Oid, Comparison),
        scalar: &'a Expr,
        array: &'a Expr,
    ) -> Facts {
        let schema = self.schema;
        let (Some(term), Some(scalar_type)) = (self.term(level, scalar), self.plain_type(scalar)) else {
            return Facts::default();
        };
        let mut facts = Facts::default();
        for element in elements(schema, array).unwrap_or_default() {
            let Some(Expr::Const(value)) = plain(schema, &element) else { continue };
            let meaning = comparison(schema, operator, scalar_type, value.type_oid, collation);
            if let Some(constant) = constant(schema, value)
                && meaning == Some(different)
            {
                let constant = self.terms.id(constant);
                facts.extend(&self.different(term, constant));
            }
        }
        facts
    }

    /// The fact that a term differs from a constant, if a guard may ask for it.
    pub(super) fn different(&mut self, term: TermId, constant: TermId) -> Facts {
        if !self.policy.has_guards() || !self.terms.is_constant(constant) {
            return Facts::default();
        }
        let written =
            ConditionText { text: different_text(term, constant), terms: BTreeSet::from([term, constant]) };
        Facts::one(Fact::Condition(self.condition(written)), None)
    }

    /// Whether a term is known to differ from a constant.
    pub(super) fn is_different(&self, closure: &Closure, term: TermId, constant: TermId) -> bool {
        let condition = |term: TermId| self.condition_index.get(&different_text(term, constant));
        closure.class(term).into_iter().filter_map(condition).any(|condition| closure.holds(*condition))
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
}

/// The elements of an array whose number is known.
pub(super) fn elements(schema: &Schema, array: &Expr) -> Option<Vec<Expr>> {
    let array = plain(schema, array)?;
    if let Expr::Array { elements, multidimensional: false, .. } = array {
        return Some(elements.clone());
    }
    let Expr::Const(list) = array else { return None };
    Some(schema.elements(list)?.into_iter().map(Expr::Const).collect())
}

fn different_text(term: TermId, constant: TermId) -> String {
    format!("different;{term};{constant}")
}
