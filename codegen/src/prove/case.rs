//! One statement before its judges: what it does, what it claims, and how it is spoken of.

use std::collections::BTreeSet;

use super::arena::{Arena, Container};
use super::events::{Access, Events, Occurrence};
use super::facts::{Atom, Closure, Context, Fact};
use super::policy::{Guard, ScopePolicy, Way};
use super::terms::{Comparison, EntryId, Term, TermId, comparison, constant, plain};
use crate::parse::QueryDecl;
use crate::schema::{Schema, Table};
use crate::tree::{BoolOp, Const, Expr, Location, Oid, Operator};

/// What a statement claims to be about.
pub(super) enum Claims<'a> {
    /// There is nothing to claim: the configuration has no scopes.
    Free,
    /// It says nothing.
    Nothing,
    /// `scope system`
    System,
    /// `scope creator, organization`
    Scopes(Vec<&'a ScopePolicy>),
}

/// Why something holds.
#[derive(Debug, Clone)]
pub(super) struct Reason {
    pub(super) because: String,
    pub(super) at: Location,
}

/// What a rule says of one thing. There is no third answer.
pub(super) enum Verdict {
    /// It holds, for that reason.
    Holds(Reason),
    /// It does not.
    Fails(Failure),
}

/// Why a rule does not hold.
#[derive(Debug, Clone)]
pub(super) struct Failure {
    pub(super) message: String,
    pub(super) help: String,
    /// Further places that explain it.
    pub(super) notes: Vec<(usize, String)>,
}

impl Failure {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Failure {
        Failure { message: message.into(), help: help.into(), notes: Vec::new() }
    }

    pub(super) fn note(mut self, at: Location, note: impl Into<String>) -> Failure {
        self.notes.extend(at.map(|at| (at, note.into())));
        self
    }
}

/// What a finding is about.
pub(super) struct Finding {
    pub(super) verdict: Verdict,
    /// The entry, which is underlined.
    pub(super) entry: Option<EntryId>,
    /// A place that is more exact than the entry.
    pub(super) at: Location,
    /// The table, for waivers and the derivation.
    pub(super) table: Option<Oid>,
}

/// A step from one term to another that equals it, and where that is said.
type Step<'f> = (TermId, TermId, &'f Atom);

/// A statement before its judges.
pub(super) struct Case<'c, 'a> {
    pub(super) arena: &'c mut Arena<'a>,
    pub(super) events: &'c Events,
    pub(super) claims: &'c Claims<'a>,
    pub(super) decl: &'a QueryDecl,
}

impl<'a> Case<'_, 'a> {
    /// The claimed scopes; none in system scope.
    pub(super) fn scopes(&self) -> Vec<&'a ScopePolicy> {
        match self.claims {
            Claims::Scopes(scopes) => scopes.clone(),
            Claims::Free | Claims::Nothing | Claims::System => Vec::new(),
        }
    }

    /// Whether the rules about scopes have nothing to say.
    pub(super) fn is_unscoped(&self) -> bool {
        matches!(self.claims, Claims::Free | Claims::System)
    }

    pub(super) fn table(&self, oid: Oid) -> Option<&'a Table> {
        self.arena.schema.table(oid)
    }

    /// The `$n` that a scope's token fills.
    pub(super) fn scope_param(&self, scope: &ScopePolicy) -> Option<TermId> {
        let name = scope.param.as_deref()?;
        let position = self.decl.sql.params.iter().position(|param| param.name == name)?;
        self.arena.terms.find(&Term::Param(position + 1))
    }

    pub(super) fn column(&self, entry: EntryId, number: i32) -> Option<TermId> {
        self.arena.terms.find(&Term::Column(entry, number))
    }

    /// Whether a value is the scope's own: its parameter, or an element of it.
    pub(super) fn is_own(&self, closure: &Closure, scope: &ScopePolicy, term: TermId) -> bool {
        let Some(param) = self.scope_param(scope) else { return false };
        if scope.set { closure.is_member(term, param) } else { closure.same(term, param) }
    }

    /// Why the rows of an occurrence are in scope, or `None`. `met` are the entries on the way here, which prove
    /// nothing about themselves.
    pub(super) fn in_scope(
        &mut self,
        scope: &'a ScopePolicy,
        entry: EntryId,
        table: Oid,
        access: Access,
        context: &Context,
        met: &BTreeSet<EntryId>,
    ) -> Option<Reason> {
        if let Some(number) = scope.owners.get(&table)
            && let Some(owner) = self.column(entry, *number)
            && self.is_own(&context.closure, scope, owner)
        {
            return Some(self.equality(context, entry, owner, self.scope_param(scope)?));
        }
        let owned = scope.owners.contains_key(&table);
        // Whose a row that is written is, its own column says; that of a row on the way to it may be said by others.
        if !(owned && access != Access::Read && met.is_empty()) {
            for way in scope.via.get(&table).into_iter().flatten() {
                if let Some(reason) = self.by_way(scope, entry, way, access, context, met) {
                    return Some(reason);
                }
            }
        }
        if access == Access::Read
            && let Some(rows) = scope.rows.get(&table)
        {
            return self.by_rows(entry, table, rows, context);
        }
        None
    }

    /// Joined by a foreign key to an occurrence that is itself in scope.
    fn by_way(
        &mut self,
        scope: &'a ScopePolicy,
        entry: EntryId,
        way: &'a Way,
        access: Access,
        context: &Context,
        met: &BTreeSet<EntryId>,
    ) -> Option<Reason> {
        let table = self.arena.entries[entry].table?;
        let (first, _) = way.pairs.first()?;
        let own = self.column(entry, *first)?;
        let mut met = met.clone();
        met.insert(entry);
        let candidates =
            context.closure.class(own).into_iter().filter_map(|term| self.arena.terms.entry(term));
        let candidates: BTreeSet<EntryId> = candidates.filter(|other| !met.contains(other)).collect();
        for other in candidates {
            if self.arena.entries[other].table != Some(way.table) {
                continue;
            }
            let mut link = None;
            let joined = way.pairs.iter().all(|(near, far)| {
                let (Some(near_term), Some(far_term)) = (self.column(entry, *near), self.column(other, *far))
                else {
                    return false;
                };
                let column_is_set = |table: Oid, number: i32| {
                    self.arena.schema.column(table, number).is_some_and(|column| column.not_null)
                };
                link.get_or_insert((near_term, far_term));
                context.closure.same(near_term, far_term)
                    && (context.closure.is_not_null(near_term)
                        || column_is_set(table, *near)
                        || (column_is_set(way.table, *far) && !self.may_be_padded(other)))
            });
            if !joined || !way.guard.as_ref().is_none_or(|guard| self.follows(guard, other, context)) {
                continue;
            }
            if let Some(reason) = self.in_scope(scope, other, way.table, access, context, &met) {
                let (near, far) = link?;
                let link = self.equality(context, entry, near, far);
                let name = self.name(other);
                return Some(Reason {
                    because: format!("{}, {name}: {}", link.because, reason.because),
                    at: link.at.or(reason.at),
                });
            }
        }
        None
    }

    /// Whether an outer join may put NULL in place of an entry's row, so that NOT NULL says nothing.
    fn may_be_padded(&self, mut entry: EntryId) -> bool {
        loop {
            let level = &self.arena.levels[self.arena.entries[entry].level];
            if level.padded.contains(&entry) {
                return true;
            }
            match level.container {
                Container::Entry(around) => entry = around,
                Container::Nothing | Container::Expression(_) => return false,
            }
        }
    }

    fn by_rows(
        &mut self,
        entry: EntryId,
        table: Oid,
        rows: &'a super::policy::Rows,
        context: &Context,
    ) -> Option<Reason> {
        if let Some(guard) = &rows.guard
            && !self.follows(guard, entry, context)
        {
            return None;
        }
        if let Some(columns) = &rows.columns {
            let guarded = rows.guard.iter().flat_map(|guard| guard.columns.iter().copied());
            let soft = self.table(table).and_then(|table| self.arena.policy.soft_delete_column(table));
            let allowed: BTreeSet<i32> = columns.iter().copied().chain(guarded).chain(soft).collect();
            let used = self.arena.used.get(&entry).cloned().unwrap_or_default();
            // 0 is the whole row; a system column that matters is opaque.
            if used.iter().any(|number| *number >= 0 && !allowed.contains(number)) {
                return None;
            }
        }
        let because = match &rows.guard {
            Some(guard) => format!("readable where {}", guard.text),
            None => "readable in this scope, in these columns".to_owned(),
        };
        Some(Reason { because, at: None })
    }

    /// Whether a guard is met by each row of an entry.
    pub(super) fn follows(&mut self, guard: &'a Guard, entry: EntryId, context: &Context) -> bool {
        guard.expr.as_ref().is_none_or(|expr| self.is_met(expr, entry, context))
    }

    fn is_met(&mut self, expr: &'a Expr, entry: EntryId, context: &Context) -> bool {
        if let Some(condition) = self.arena.guard_condition(entry, expr)
            && context.closure.holds(condition)
        {
            return true;
        }
        if let Some((column, wanted)) = self.wanted_values(expr, entry)
            && let Some(known) = self.arena.constants_of(&context.closure, column)
            && known.is_subset(&wanted)
        {
            return true;
        }
        if let Expr::Bool { op, args, .. } = expr {
            return match op {
                BoolOp::And => args.iter().all(|arg| self.is_met(arg, entry, context)),
                BoolOp::Or => args.iter().any(|arg| self.is_met(arg, entry, context)),
                BoolOp::Not => false,
            };
        }
        if let Expr::NullTest { arg, is_null, row: false, .. } = expr
            && let Some(term) = self.guarded(arg, entry)
        {
            return if *is_null { context.closure.is_null(term) } else { context.closure.is_not_null(term) };
        }
        if let Expr::Operator(operator) = expr {
            return self.compares(operator, entry, context);
        }
        if let Expr::ArrayOperator { any, .. } = expr
            && let Some(each) = each_comparison(self.arena.schema, expr)
        {
            let mut each = each.iter();
            return match any {
                true => each.any(|operator| self.compares(operator, entry, context)),
                false => each.all(|operator| self.compares(operator, entry, context)),
            };
        }
        false
    }

    /// The column of a guard with the constants of which it must be one.
    fn wanted_values(&mut self, expr: &Expr, entry: EntryId) -> Option<(TermId, BTreeSet<TermId>)> {
        if let Expr::Operator(operator) = expr {
            let (column, value, meaning) = self.against_constant(operator, entry)?;
            return (meaning == Comparison::Equal).then(|| (column, BTreeSet::from([value])));
        }
        let arms: Vec<_> = if let Expr::Bool { op: BoolOp::Or, args, .. } = expr {
            args.iter().map(|arg| self.wanted_values(arg, entry)).collect::<Option<_>>()?
        } else if let Expr::ArrayOperator { any: true, .. } = expr {
            let each = each_comparison(self.arena.schema, expr)?;
            let each = each.into_iter().map(|found| self.wanted_values(&Expr::Operator(found), entry));
            each.collect::<Option<_>>()?
        } else {
            return None;
        };
        let (column, _) = *arms.first()?;
        let same = arms.iter().all(|(other, _)| *other == column);
        same.then(|| (column, arms.into_iter().flat_map(|(_, values)| values).collect()))
    }

    fn guarded(&mut self, expr: &Expr, entry: EntryId) -> Option<TermId> {
        let Expr::Var(var) = plain(self.arena.schema, expr)? else { return None };
        (var.attribute > 0).then(|| self.arena.column(entry, var.attribute))
    }

    /// `column = constant`, `column <> constant` of a guard.
    fn compares(&mut self, operator: &Operator, entry: EntryId, context: &Context) -> bool {
        let Some((column, wanted, meaning)) = self.against_constant(operator, entry) else { return false };
        match meaning {
            Comparison::Equal => context.closure.same(column, wanted),
            Comparison::Different => {
                let known = self.arena.constants_of(&context.closure, column);
                known.is_some_and(|known| known.iter().all(|known| self.differ(*known, wanted)))
            }
            Comparison::AtMost | Comparison::AtLeast => false,
        }
    }

    /// The column and the constant that a guard compares.
    fn against_constant(
        &mut self,
        operator: &Operator,
        entry: EntryId,
    ) -> Option<(TermId, TermId, Comparison)> {
        let schema = self.arena.schema;
        let [left, right] = operator.args.as_slice() else { return None };
        let (column, fixed): (&Expr, &Const) = match (plain(schema, left)?, plain(schema, right)?) {
            (column @ Expr::Var(_), Expr::Const(fixed)) | (Expr::Const(fixed), column @ Expr::Var(_)) => {
                (column, fixed)
            }
            _ => return None,
        };
        let (type_oid, wanted) = (column.type_oid()?, constant(schema, fixed)?);
        let meaning = comparison(schema, operator.operator, type_oid, fixed.type_oid, operator.collation)?;
        Some((self.guarded(column, entry)?, self.arena.terms.id(wanted), meaning))
    }

    /// Whether two terms are constants that cannot be equal.
    fn differ(&self, a: TermId, b: TermId) -> bool {
        const BOOL: Oid = 16;
        const INTEGERS: [Oid; 3] = [20, 21, 23];
        const TEXT: Oid = 25;
        const UUID: Oid = 2950;
        let (Term::Const(a_type, a), Term::Const(b_type, b)) =
            (self.arena.terms.get(a), self.arena.terms.get(b))
        else {
            return false;
        };
        let comparable = [BOOL, TEXT, UUID].contains(a_type) || INTEGERS.contains(a_type);
        a_type == b_type && comparable && a != b
    }

    /// How an equality of two terms is known, in words, seen from an entry.
    pub(super) fn equality(&self, context: &Context, entry: EntryId, from: TermId, to: TermId) -> Reason {
        let mut steps: Vec<(TermId, Option<Step<'_>>)> = vec![(from, None)];
        let mut next = 0;
        while next < steps.len() && !steps.iter().any(|(term, _)| *term == to) {
            let (term, _) = steps[next];
            for atom in &context.facts.atoms {
                let (a, b) = match atom.fact {
                    Fact::Equal(a, b) | Fact::Same(a, b) | Fact::Member(a, b) => (a, b),
                    Fact::Null(_)
                    | Fact::NotNull(_)
                    | Fact::AtMost(..)
                    | Fact::EqualUnlessNull(..)
                    | Fact::Condition(_) => continue,
                };
                for (here, there) in [(a, b), (b, a)] {
                    if here == term && !steps.iter().any(|(seen, _)| *seen == there) {
                        steps.push((there, Some((here, there, atom))));
                    }
                }
            }
            next += 1;
        }
        let mut words = Vec::new();
        let mut at = None;
        let mut current = to;
        while let Some((_, Some((here, there, atom)))) = steps.iter().find(|(term, _)| *term == current) {
            let (left, right) = (self.term_name(*here, entry), self.term_name(*there, entry));
            let is_member = matches!(atom.fact, Fact::Member(_, set) if set == *there);
            words.push(if is_member {
                format!("{left} = any({right})")
            } else {
                format!("{left} = {right}")
            });
            at = atom.at.or(at);
            current = *here;
        }
        words.reverse();
        words.dedup();
        if words.is_empty() {
            words.push(format!("{} = {}", self.term_name(from, entry), self.term_name(to, entry)));
        }
        Reason { because: words.join(", "), at }
    }

    /// The alias of an entry.
    pub(super) fn name(&self, entry: EntryId) -> &str {
        &self.arena.entries[entry].name
    }

    /// A term as its author would write it, seen from an entry.
    pub(super) fn term_name(&self, term: TermId, from: EntryId) -> String {
        match self.arena.terms.get(term) {
            Term::Column(entry, number) => {
                let column = self.column_name(*entry, *number);
                if *entry == from { column } else { format!("{}.{column}", self.name(*entry)) }
            }
            Term::Param(number) => match self.decl.sql.params.get(number - 1) {
                Some(param) => format!(":{}", param.name),
                None => format!("${number}"),
            },
            Term::Const(_, value) => match std::str::from_utf8(value) {
                Ok(text) if !text.contains('\0') => format!("'{text}'"),
                _ => "a constant".to_owned(),
            },
        }
    }

    pub(super) fn column_name(&self, entry: EntryId, number: i32) -> String {
        let found = &self.arena.entries[entry];
        let of_table = found.table.and_then(|table| self.arena.schema.column(table, number));
        if let Some(column) = of_table {
            return column.name.clone();
        }
        let level = &self.arena.levels[found.level];
        let range = level
            .entries
            .iter()
            .position(|other| *other == entry)
            .and_then(|position| level.query.range(position + 1));
        let named =
            usize::try_from(number).ok().and_then(|number| range?.column_names.get(number.checked_sub(1)?));
        named.cloned().unwrap_or_else(|| format!("column {number}"))
    }

    /// The occurrences of the statement.
    pub(super) fn occurrences(&self) -> Vec<Occurrence> {
        self.events.occurrences.clone()
    }
}

/// `x in (a, b)` as the comparisons `x = a`, `x = b`.
fn each_comparison(schema: &Schema, expr: &Expr) -> Option<Vec<Operator>> {
    let Expr::ArrayOperator { operator, collation, scalar, array, .. } = expr else { return None };
    let Expr::Array { elements, multidimensional: false, .. } = plain(schema, array)? else { return None };
    let each = |element: &Expr| Operator {
        operator: *operator,
        collation: *collation,
        type_oid: 16,
        args: vec![(**scalar).clone(), element.clone()],
        set: false,
        location: None,
    };
    Some(elements.iter().map(each).collect())
}
