//! Values and conditions that safety does not need. But subqueries and calls in them can be unsafe.

use super::{Generator, Source};
use crate::model::Kind;

impl<'m> Generator<'m> {
    fn columns_of(visible: &[Source<'m>], kind: Kind) -> Vec<String> {
        let of = |source: &Source<'m>| {
            let columns = source.columns.iter().filter(|(_, found)| *found == kind);
            columns.map(|(name, _)| source.column(name)).collect::<Vec<_>>()
        };
        visible.iter().flat_map(of).collect()
    }

    pub(super) fn plain(&mut self, kind: Kind, visible: &[Source<'m>]) -> String {
        let columns = Self::columns_of(visible, kind);
        if !columns.is_empty() && !self.choices.chance(25) {
            return self.choices.one_of(&columns);
        }
        match kind {
            Kind::Int => {
                let value = self.choices.below(6);
                if value < 4 { value.to_string() } else { self.param(["p1", "p2"][value - 4], kind) }
            }
            Kind::Text => match self.choices.below(4) {
                0 => "'a'".to_owned(),
                1 => "'published'".to_owned(),
                2 => self.param("s1", kind),
                _ => self.param("s2", kind),
            },
            Kind::Time => {
                self.choices.one_of(&["timestamptz '2020-01-01'", "timestamptz '2021-01-01'"]).to_owned()
            }
        }
    }

    fn column_or_plain(&mut self, kind: Kind, visible: &[Source<'m>]) -> String {
        let columns = Self::columns_of(visible, kind);
        if columns.is_empty() { self.plain(kind, visible) } else { self.choices.one_of(&columns) }
    }

    /// A value. `depth` grows inwards.
    pub(super) fn value(&mut self, kind: Kind, visible: &[Source<'m>], depth: usize) -> String {
        if depth > 3 {
            return self.plain(kind, visible);
        }
        if self.is_weakened() && self.choices.chance(10) {
            return self.implied(kind, visible);
        }
        match self.choices.below(14) {
            0..=7 => self.plain(kind, visible),
            8 => {
                let (a, b) = (self.plain(kind, visible), self.plain(kind, visible));
                format!("coalesce({a}, {b})")
            }
            9 => {
                let condition = self.predicate(visible, depth + 1);
                let (a, b) = (self.value(kind, visible, depth + 1), self.plain(kind, visible));
                format!("case when {condition} then {a} else {b} end")
            }
            10 => {
                let a = self.value(kind, visible, depth + 1);
                match kind {
                    Kind::Int => format!("({a} + 1)"),
                    Kind::Text => format!("({a} || '!')"),
                    Kind::Time => format!("({a} + interval '1 day')"),
                }
            }
            11 if kind == Kind::Text && self.claims.iter().any(|scope| scope.name == "creator") => {
                let id = self.plain(Kind::Int, visible);
                let owner =
                    if self.is_weakened() { self.plain(kind, visible) } else { ":creator_id".to_owned() };
                format!("media_title({owner}, {id})")
            }
            12 if kind == Kind::Text && !visible.is_empty() && self.choices.chance(30) => {
                let source = self.choices.one_of(visible);
                // `excluded` cannot be read as a whole row, and a policy with columns forbids it.
                if source.alias == "excluded" {
                    self.plain(kind, visible)
                } else {
                    format!("{}::text", source.alias)
                }
            }
            11 | 12 => self.scalar(kind, visible, depth),
            _ => {
                let (a, b) = (self.plain(kind, visible), self.plain(kind, visible));
                format!("greatest({a}, {b})")
            }
        }
    }

    /// A value for which PostgreSQL calls functions that the statement does not name.
    fn implied(&mut self, kind: Kind, visible: &[Source<'m>]) -> String {
        let (a, b) = (self.plain(Kind::Text, visible), self.plain(Kind::Text, visible));
        let alias = self.alias();
        match kind {
            Kind::Int => format!(
                "(select count(*)::int from (select row({a})::odd union select row({b})::odd) {alias})"
            ),
            Kind::Text => match self.choices.below(4) {
                0 => "(to_json(mood 'good') #>> '{}')".to_owned(),
                1 => format!("(to_jsonb(row({a}, mood 'good')) ->> 'f2')"),
                2 => format!("({a} || mood 'good')"),
                _ => format!("mood_of({a})"),
            },
            Kind::Time => format!(
                "(case when array[row({a})::odd] = array[row({b})::odd] then timestamptz '2020-01-01' end)"
            ),
        }
    }

    /// A scalar subquery.
    fn scalar(&mut self, kind: Kind, visible: &[Source<'m>], depth: usize) -> String {
        let function = self.choices.one_of(&["max", "min"]);
        if kind == Kind::Int && self.choices.chance(40) {
            let body = self.body(depth + 1, visible);
            return format!("(select count(*)::int {body})");
        }
        let inner = self.select(depth + 1, visible, Some(&[kind]));
        let alias = self.alias();
        format!("(select {function}({alias}.c1) from ({}) {alias} (c1))", inner.sql)
    }

    /// A condition on the sources in sight.
    pub(super) fn predicate(&mut self, visible: &[Source<'m>], depth: usize) -> String {
        let kind = self.choices.one_of(&[Kind::Int, Kind::Text, Kind::Int, Kind::Text, Kind::Time]);
        let choice = self.choices.below(if depth > 2 { 8 } else { 20 });
        match choice {
            0..=3 => {
                let operator = self.choices.one_of(&["=", "<>", "<", ">=", "="]);
                format!("{} {operator} {}", self.column_or_plain(kind, visible), self.plain(kind, visible))
            }
            4 => format!("{} is null", self.column_or_plain(kind, visible)),
            5 => format!("{} is not null", self.column_or_plain(kind, visible)),
            6 => format!(
                "{} in ({}, {})",
                self.column_or_plain(kind, visible),
                self.plain(kind, visible),
                self.plain(kind, visible)
            ),
            7 => format!("{} is distinct from {}", self.plain(kind, visible), self.plain(kind, visible)),
            8 | 9 => {
                let (a, b) = (self.predicate(visible, depth + 1), self.predicate(visible, depth + 1));
                let word = if choice == 8 { "or" } else { "and" };
                format!("({a} {word} {b})")
            }
            10 => format!("not ({})", self.predicate(visible, depth + 1)),
            11 => {
                let body = self.body(depth + 1, visible);
                let what = self.choices.one_of(&["", "", "count(*) ", "1 "]);
                format!("exists (select {what}{body})")
            }
            12 => {
                let body = self.body(depth + 1, visible);
                format!("not exists (select {body})")
            }
            13 | 14 => {
                let word = self.choices.one_of(&["in", "not in", "= any", "<> all", "< any"]);
                let value = self.plain(kind, visible);
                let inner = self.select(depth + 1, visible, Some(&[kind]));
                format!("{value} {word} ({})", inner.sql)
            }
            17 => {
                let [a, b] = [Kind::Int, Kind::Text].map(|kind| self.column_or_plain(kind, visible));
                let [c, d] = [Kind::Int, Kind::Text].map(|kind| self.plain(kind, visible));
                let operator =
                    self.choices.one_of(&["=", "<>", "<", ">=", "is distinct from", "is not distinct from"]);
                format!("({a}, {b}) {operator} ({c}, {d})")
            }
            18 => {
                let [a, b] = [Kind::Int, Kind::Text].map(|kind| self.column_or_plain(kind, visible));
                let inner = self.select(depth + 1, visible, Some(&[Kind::Int, Kind::Text])).sql;
                let word = self.choices.one_of(&["in", "not in", "= any", "<> all", "="]);
                let limit = if word == "=" { " order by 1, 2 limit 1" } else { "" };
                format!("({a}, {b}) {word} (select * from ({inner}) pairs{limit})")
            }
            19 => {
                let [a, b] = [Kind::Int, kind].map(|kind| self.column_or_plain(kind, visible));
                let word = self.choices.one_of(&["is null", "is not null"]);
                format!("({a}, {b}) {word}")
            }
            15 => {
                let value = self.plain(kind, visible);
                format!("{value} = any (array({}))", self.select(depth + 1, visible, Some(&[kind])).sql)
            }
            _ => {
                format!("{} > {}", self.value(kind, visible, depth + 1), self.value(kind, visible, depth + 1))
            }
        }
    }
}
