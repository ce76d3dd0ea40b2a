//! Help for failures: where a missing condition belongs, and which existing condition is almost the one that is missing.

use super::arena::{Container, Pushdown};
use super::case::{Case, Failure};
use super::events::{Access, Occurrence};
use super::facts::{Atom, Fact};
use super::policy::ScopePolicy;
use super::terms::{Comparison, EntryId, Term, TermId, comparison};
use crate::tree::{BoolOp, Command, Expr, From, FromItem, Location, MergeMatch, Query};

impl<'a> Case<'_, 'a> {
    /// The place of the condition by which a term is NULL, or a boolean not true.
    pub(super) fn place_of(&self, occurrence: &Occurrence, term: TermId) -> Location {
        let facts = occurrence.context.closure.facts_about(term);
        let says = |atom: &&Atom| atom.fact == Fact::Null(term);
        let boolean = |atom: &&Atom| matches!(atom.fact, Fact::Equal(..) | Fact::EqualUnlessNull(..));
        let found = facts.iter().filter(says).find_map(|atom| atom.at);
        found.or_else(|| facts.iter().filter(boolean).find_map(|atom| atom.at))
    }

    /// Adds to a failure where the missing condition on a column belongs.
    pub(super) fn with_place(
        &self,
        mut failure: Failure,
        occurrence: &Occurrence,
        column: i32,
        condition: &str,
    ) -> Failure {
        let level = self.arena.entries[occurrence.entry].level;
        let level = &self.arena.levels[level];
        let name = self.name(occurrence.entry);
        if level.stored && level.arguments.is_some() {
            failure.help = format!(
                "it is in a function body: pass an argument that makes `{condition}` true there, or query \
                 the tables directly"
            );
            return failure;
        }
        if level.stored && occurrence.access == Access::Lock {
            failure.help = format!(
                "a view locks its rows before outer conditions apply: lock `{name}` itself, `from {name} \
                 where {condition} ... for update`"
            );
            return failure;
        }
        if let Some((view, shown)) = self.shown_by_view(occurrence, column) {
            let rest = condition.split_once(' ').map_or("", |(_, rest)| rest);
            let (view, shown) = (self.name(view), self.column_name(view, shown));
            failure.help =
                format!("add `{view}.{shown} {rest}`: the view exposes the column under that name");
            return failure;
        }
        if level.stored {
            failure.help = format!(
                "it is inside a view or function: restrict the output column that implies `{condition}`, \
                 if there is one, or query the tables directly"
            );
            return failure;
        }
        match occurrence.join {
            Some(join) if join.full => {
                failure.help =
                    format!("filter `{name}` before the full join: `(select ... where {condition})`");
                failure.note(join.at, "conditions here do not restrict either side of a full join")
            }
            Some(join) if join.nullable => {
                failure.help = format!(
                    "add `and {condition}` to the ON of the outer join: in WHERE it would drop the outer \
                     row, which reveals that a hidden `{name}` exists"
                );
                failure.note(join.at, "only this ON restricts it")
            }
            Some(join) => {
                failure.help = format!(
                    "add `and {condition}` to WHERE: the ON of an outer join does not restrict this side"
                );
                failure.note(join.at, "this join preserves every row of it")
            }
            None if level.query.command == Command::Merge => {
                failure.help = self.merge_help(level.query, occurrence, condition);
                failure
            }
            None if level.query.on_conflict.is_some() => {
                failure.help =
                    format!("the existing row is accessed as well: `do update set ... where {condition}`");
                failure
            }
            None if matches!(level.container, Container::Entry(_))
                && !matches!(level.pushdown, Pushdown::All) =>
            {
                failure.help = format!(
                    "add `{condition}` inside this subquery: it limits, groups, locks or numbers its rows \
                     before outer conditions apply"
                );
                failure
            }
            None => {
                let word = if level.query.from.quals.is_some() { "and" } else { "where" };
                failure.help = format!("add `{word} {condition}`");
                failure
            }
        }
    }

    /// Says in the help of a failure for whom the missing condition is right, if it is not the only way out: where rows are counted
    /// or looked for, those of others may be meant, and with the condition the query would compile and answer another question.
    pub(super) fn with_others(
        &self,
        mut failure: Failure,
        occurrence: &Occurrence,
        scope: &ScopePolicy,
    ) -> Failure {
        let stored = self.arena.levels[self.arena.entries[occurrence.entry].level].stored;
        if occurrence.access == Access::Read && !stored && !self.is_returned(occurrence) {
            failure.help = format!(
                "{}, if only the caller's own rows are meant here; {}",
                failure.help,
                self.reach_of_others(occurrence, scope)
            );
        }
        failure
    }

    /// Whether the statement returns the rows of an occurrence, and not only what it computes from them.
    fn is_returned(&self, occurrence: &Occurrence) -> bool {
        let mut entry = occurrence.entry;
        loop {
            let level = &self.arena.levels[self.arena.entries[entry].level];
            if level.query.has_aggregates {
                return false;
            }
            match level.container {
                Container::Nothing => return true,
                Container::Expression(_) => return false,
                Container::Entry(around) => entry = around,
            }
        }
    }

    /// The scopes that have the rows of others in a table that a scope owns.
    fn reach_of_others(&self, occurrence: &Occurrence, scope: &ScopePolicy) -> String {
        let table = occurrence.table;
        let claimed = self.scopes();
        // A scope that owns the table by the same column has the same rows.
        let others = self.arena.policy.scopes.iter().filter(|other| {
            let owner = other.owners.get(&table);
            owner != scope.owners.get(&table) && (owner.is_some() || other.via.contains_key(&table))
        });
        let others: Vec<_> = others
            .map(|other| match claimed.iter().any(|claimed| claimed.name == other.name) {
                true => format!("scope `{}` alone", other.name),
                false => format!("scope `{}`", other.name),
            })
            .collect();
        if others.is_empty() {
            return "rows of others are for `--@ scope system: \"reason\"`".to_owned();
        }
        format!("rows of others are accessible in {}", others.join(", "))
    }

    /// If a column is inside of a view: the view's entry and column on which a condition would be pushed down to it.
    fn shown_by_view(&self, occurrence: &Occurrence, column: i32) -> Option<(EntryId, i32)> {
        let term = self.column(occurrence.entry, column)?;
        let mut level = &self.arena.levels[self.arena.entries[occurrence.entry].level];
        loop {
            let Container::Entry(around) = level.container else { return None };
            let passes = match &level.pushdown {
                Pushdown::All => true,
                Pushdown::Keys(keys) => keys.contains(&term),
                Pushdown::Nothing => false,
            };
            let position =
                level.outputs.iter().position(|output| *output == Some(term)).filter(|_| passes)?;
            let outside = &self.arena.levels[self.arena.entries[around].level];
            if !level.stored {
                return None;
            }
            if !outside.stored {
                return Some((around, i32::try_from(position + 1).ok()?));
            }
            level = outside;
        }
    }

    /// Where a condition belongs in a MERGE. This depends on its actions, which decide which rows are accessed.
    fn merge_help(&self, query: &Query, occurrence: &Occurrence, condition: &str) -> String {
        let name = self.name(occurrence.entry);
        let has = |matched| query.merge_actions.iter().any(|action| action.matched == matched);
        let orphaned = has(MergeMatch::NotMatchedBySource);
        if occurrence.access == Access::Write {
            if orphaned {
                return format!(
                    "add `and {condition}` to ON, and to each WHEN NOT MATCHED BY SOURCE, which applies \
                     to every row of `{name}` regardless of ON"
                );
            }
            return format!("add `and {condition}` to ON, not to WHEN");
        }
        if has(MergeMatch::NotMatchedByTarget) {
            return format!(
                "ON does not restrict rows without a match: filter the source, `using (select ... where {condition}) {name}`"
            );
        }
        format!("add `and {condition}` to ON")
    }

    /// Adds notes that point at conditions which are almost the missing one on a column: an equality with the scope's parameter,
    /// or a null test if there is no scope.
    pub(super) fn with_near_misses(
        &self,
        mut failure: Failure,
        occurrence: &Occurrence,
        column: i32,
        scope: Option<&ScopePolicy>,
        condition: &str,
    ) -> Failure {
        let level = &self.arena.levels[self.arena.entries[occurrence.entry].level];
        let param = scope.and_then(|scope| self.scope_param(scope));
        let token = scope.and_then(|scope| scope.param.as_deref());
        let mut misses =
            NearMisses { case: self, occurrence, column, param, token, excludes: false, notes: Vec::new() };
        misses.from(&level.query.from);
        if let Some(having) = &level.query.having {
            misses.condition(having, Some("HAVING filters groups, not rows"));
        }
        let (notes, excludes) = (misses.notes, misses.excludes);
        if level.stored {
            return failure;
        }
        if let Some(scope) = scope.filter(|_| excludes) {
            failure.help = self.reach_of_others(occurrence, scope);
        }
        if notes.iter().any(|(_, note)| note == ONE_ARM) {
            failure.help = format!("the condition must hold in every arm: `(... or ...) and {condition}`");
        }
        notes.into_iter().fold(failure, |failure, (at, note)| failure.note(at, note))
    }
}

const ONE_ARM: &str = "this is only one arm of an OR: the other arms admit other rows";

/// The search for conditions that are almost the missing one.
struct NearMisses<'n, 'c, 'a> {
    case: &'n Case<'c, 'a>,
    occurrence: &'n Occurrence,
    column: i32,
    param: Option<TermId>,
    /// The name of the parameter that the token fills. The statement need not use it.
    token: Option<&'n str>,
    /// Whether a condition excludes the caller's own rows, so that with the missing one there would be none.
    excludes: bool,
    notes: Vec<(Location, String)>,
}

impl<'a> NearMisses<'_, '_, 'a> {
    fn from(&mut self, from: &'a From) {
        from.items.iter().for_each(|item| self.item(item));
        from.quals.iter().for_each(|quals| self.condition(quals, None));
    }

    fn item(&mut self, item: &'a FromItem) {
        match item {
            FromItem::Join(join) => {
                self.item(&join.left);
                self.item(&join.right);
                let why = (join.kind != crate::tree::JoinKind::Inner)
                    .then_some("the ON of an outer join does not restrict the preserved side");
                join.quals.iter().for_each(|quals| self.condition(quals, why));
            }
            FromItem::Nested(from) => self.from(from),
            FromItem::Range(_) | FromItem::Opaque(_) => {}
        }
    }

    /// Looks at a condition. `why` is the reason for which its facts do not hold here, if they do not.
    fn condition(&mut self, expr: &'a Expr, why: Option<&'static str>) {
        if let Expr::Bool { op, args, .. } = expr {
            let why = match op {
                BoolOp::And => why,
                BoolOp::Or => Some(ONE_ARM),
                BoolOp::Not => Some("this is under NOT"),
            };
            return args.iter().for_each(|arg| self.condition(arg, why));
        }
        if let Expr::Operator(operator) = expr {
            let is_different = self.meaning_of(operator) == Some(Comparison::Different);
            self.comparison(operator, is_different, why);
        }
        if let Expr::Distinct(operator) = expr {
            self.comparison(operator, true, why);
        }
        if let Expr::NullTest { arg, is_null: true, location, .. } = expr
            && let (Some(why), Some(Term::Column(entry, number))) = (why, self.term(arg))
            && (entry, number) == (self.occurrence.entry, self.column)
        {
            self.notes.push((*location, why.to_owned()));
        }
        crate::tree::walk::each_child(expr, &mut |child| {
            self.condition(child, Some("this is part of an expression that can be true without it"));
        });
    }

    fn comparison(
        &mut self,
        operator: &'a crate::tree::Operator,
        is_different: bool,
        why: Option<&'static str>,
    ) {
        let [left, right] = operator.args.as_slice() else { return };
        let (Some(left_term), Some(right_term)) = (self.term(left), self.term(right)) else { return };
        let at = operator.location;
        for (column, value) in [(&left_term, &right_term), (&right_term, &left_term)] {
            let Term::Column(entry, number) = column else { continue };
            if *entry != self.occurrence.entry {
                continue;
            }
            let is_param = self.case.arena.terms.find(value).is_some_and(|value| Some(value) == self.param);
            let is_equal = !is_different && self.meaning_of(operator) == Some(Comparison::Equal);
            match (*number == self.column, is_param, why) {
                (true, true, Some(why)) => self.notes.push((at, why.to_owned())),
                (true, true, None) if is_different => {
                    self.excludes = true;
                    self.notes.push((at, "this asks for the rows of others".to_owned()));
                }
                (true, true, None) if !is_equal => {
                    self.notes
                        .push((at, "this operator is not the equality of the column's own type".to_owned()));
                }
                (true, false, _) if let Some(token) = self.token => {
                    if let Term::Param(number) = value
                        && let Some(param) = self.case.decl.sql.params.get(number - 1)
                    {
                        let name = &param.name;
                        let note = format!(":{name} is chosen by the caller; :{token} comes from the token");
                        self.notes.push((at, note));
                    }
                }
                (false, true, _) => {
                    let name = self.case.column_name(*entry, *number);
                    self.notes.push((at, format!("{name} is not the owner column")));
                }
                (true, true, None) | (true, false, _) | (false, false, _) => {}
            }
        }
    }

    fn meaning_of(&self, operator: &crate::tree::Operator) -> Option<Comparison> {
        let arena = &self.case.arena;
        let [left, right] = operator.args.as_slice() else { return None };
        let (left, right) = (arena.plain_type(left)?, arena.plain_type(right)?);
        comparison(arena.schema, operator.operator, left, right, operator.collation)
    }

    /// The column or parameter that an expression is, without resolving columns of subqueries.
    fn term(&self, expr: &Expr) -> Option<Term> {
        let level = self.case.arena.entries[self.occurrence.entry].level;
        let expr = super::terms::plain(self.case.arena.schema, expr)?;
        if let Expr::Var(var) = expr {
            let (_, entry) = self.case.arena.entry_of(level, var)?;
            return Some(Term::Column(entry, var.attribute));
        }
        let Expr::Param { kind: crate::tree::ParamKind::Extern, id, .. } = expr else { return None };
        Some(Term::Param(*id))
    }
}
