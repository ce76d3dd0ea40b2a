//! Facts about `unnest`: its column is an element of its array.

use super::arena::{Arena, LevelId};
use super::facts::{Fact, Facts};
use super::terms::TermId;
use crate::schema::TypeKind;
use crate::tree::{Call, Expr};

impl<'a> Arena<'a> {
    pub(super) fn is_unnest(&self, call: &Call) -> bool {
        let function = self.schema.functions.get(&call.function);
        function.is_some_and(|found| found.is_built_in() && found.name == "unnest") && call.args.len() == 1
    }

    /// The fact that a column which `unnest` fills is NULL or an element of its array. Not for composite types, of which it
    /// makes a column for each attribute.
    pub(super) fn element_facts(&mut self, level: LevelId, call: &'a Call, column: TermId) -> Facts {
        let [array] = call.args.as_slice() else { return Facts::default() };
        let base = |oid| self.schema.base_type(oid).map(|found| &found.kind);
        let Some(TypeKind::Array { element }) = array.type_oid().and_then(base) else {
            return Facts::default();
        };
        let array = match base(*element) {
            Some(
                TypeKind::Base | TypeKind::Enum { .. } | TypeKind::Range { .. } | TypeKind::Multirange { .. },
            ) => self.term(level, array),
            Some(
                TypeKind::Array { .. }
                | TypeKind::Domain { .. }
                | TypeKind::Composite { .. }
                | TypeKind::Pseudo,
            )
            | None => None,
        };
        array.map(|array| Facts::one(Fact::Member(column, array), None)).unwrap_or_default()
    }

    /// The term of an output column that is a call of `unnest`: a column of the level's `result`.
    pub(super) fn unnested(&mut self, level: LevelId, position: usize, expr: &'a Expr) -> Option<TermId> {
        let Expr::Function { call, set: true, .. } = expr else { return None };
        let column = self.column(self.levels[level].result, i32::try_from(position + 1).ok()?);
        let facts = self.is_unnest(call).then(|| self.element_facts(level, call, column))?;
        let known = std::mem::take(&mut self.levels[level].facts);
        self.levels[level].facts = known.and(&facts);
        (!facts.is_empty()).then_some(column)
    }
}
