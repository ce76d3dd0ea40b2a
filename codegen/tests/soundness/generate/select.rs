//! Queries: plain, grouped, combined, limited, recursive.

use super::conditions::Needed;
use super::{Generator, Select, Source};
use crate::model::Kind;

impl<'m> Generator<'m> {
    /// A query whose output columns are `c1`, `c2`, ... `shape` are the kinds that they must have.
    pub(super) fn select(&mut self, depth: usize, outer: &[Source<'m>], shape: Option<&[Kind]>) -> Select {
        let kinds: Vec<Kind> = match shape {
            Some(shape) => shape.to_vec(),
            None => (0..=self.choices.below(3))
                .map(|_| self.choices.one_of(&[Kind::Int, Kind::Text, Kind::Int]))
                .collect(),
        };
        let known = self.ctes.len();
        let with = if depth < 2 && self.choices.chance(18) { self.with(depth) } else { String::new() };
        let sql = match self.choices.below(if depth > 2 { 12 } else { 25 }) {
            12 | 13 => self.grouped(depth, outer, &kinds),
            14 => self.aggregated(depth, outer, &kinds),
            15 | 16 => self.combined(depth, outer, &kinds),
            17 => {
                let plain = self.simple(depth, outer, &kinds);
                plain.replacen("select ", "select distinct ", 1)
            }
            18 => self.distinct_on(depth, outer, &kinds),
            19 => self.windowed(depth, outer, &kinds),
            20 | 21 => {
                let limit = if self.choices.chance(70) {
                    self.plain(Kind::Int, &[])
                } else {
                    self.value(Kind::Int, outer, depth + 1)
                };
                let word = self.choices.one_of(&["limit", "limit", "offset"]);
                format!(
                    "{} order by {} {word} {limit}",
                    self.simple(depth, outer, &kinds),
                    numbers(kinds.len())
                )
            }
            22 => self.recursive(depth, &kinds),
            23 => self.filtered(depth, &kinds),
            _ => self.simple(depth, outer, &kinds),
        };
        self.ctes.truncate(known);
        let columns = kinds.iter().enumerate().map(|(at, kind)| (format!("c{}", at + 1), *kind)).collect();
        // A query with WITH cannot follow another WITH directly.
        let sql = if with.is_empty() { sql } else { format!("{with}select * from ({sql}) whole") };
        Select { sql, columns }
    }

    fn with(&mut self, depth: usize) -> String {
        let name = self.alias();
        let hint = self.choices.one_of(&["", "materialized ", "not materialized "]);
        if self.choices.chance(50) {
            // A CTE over a table, which leaves some of the conditions to its readers.
            let source = self.source(self.model.table("content"));
            if self.model.reaches(&self.claims, self.model.table("content")) {
                let mut needed = self.needed(&source, &[], depth);
                let mut kept = source.table;
                if !self.choices.chance(15) {
                    kept = None;
                } else {
                    needed.pop();
                }
                let condition = self.all(needed, &[]);
                let list =
                    source.columns.iter().map(|(name, _)| source.column(name)).collect::<Vec<_>>().join(", ");
                let text = format!(
                    "with {name} as {hint}(select {list} from content {} where {condition}) ",
                    source.alias
                );
                self.ctes.push(Source { alias: name, columns: source.columns, table: kept });
                return text;
            }
        }
        let inner = self.select(depth + 1, &[], None);
        let names = inner.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        let text = format!("with {name} ({names}) as {hint}({}) ", inner.sql);
        self.ctes.push(Source { alias: name, columns: inner.columns, table: None });
        text
    }

    fn targets(&mut self, depth: usize, visible: &[Source<'m>], kinds: &[Kind]) -> String {
        let mut texts = Vec::new();
        for (at, kind) in kinds.iter().enumerate() {
            let text = match self.borrowed(*kind, visible) {
                Some((condition, value)) => format!("case when {condition} then {value} end"),
                None => self.value(*kind, visible, depth + 1),
            };
            texts.push(format!("{text} as c{}", at + 1));
        }
        texts.join(", ")
    }

    fn simple(&mut self, depth: usize, outer: &[Source<'m>], kinds: &[Kind]) -> String {
        let from = self.from(depth, outer);
        let visible = [from.sources.as_slice(), outer].concat();
        let targets = self.targets(depth, &visible, kinds);
        let condition = self.conjunction(from.conditions);
        format!("select {targets} from {} where {condition}", from.text)
    }

    /// A condition, and a value that is safe if the condition holds: it is looked up by a column that need not be the owner.
    fn borrowed(&mut self, kind: Kind, visible: &[Source<'m>]) -> Option<(String, String)> {
        if kind != Kind::Text || self.claims.len() != 1 || !self.choices.chance(12) {
            return None;
        }
        let scope = self.claims[0];
        let (table, own) = match scope.name.as_str() {
            "creator" => ("content", "creator_id"),
            "organization" => ("content", "organization_id"),
            _ => return None,
        };
        let kind = if own == "creator_id" { Kind::Text } else { Kind::Int };
        let column = self.plain(kind, visible);
        if !column.contains('.') {
            return None;
        }
        let alias = self.alias();
        let value = format!(
            "(select max({alias}.title) from {table} {alias} where {alias}.{own} = {column} and {alias}.deleted_at is null)"
        );
        Some((format!("{column} = {}", self.scope_param(scope)), value))
    }

    fn aggregate(&mut self, kind: Kind, visible: &[Source<'m>], depth: usize) -> String {
        if let Some((condition, value)) = self.borrowed(kind, visible) {
            return match self.choices.below(4) {
                0 => format!("max({value}) filter (where {condition})"),
                1 => format!("max(case when {condition} then {value} end)"),
                2 => format!("case when bool_and({condition}) then max({value}) end"),
                _ => format!("max(case when {condition} and {value} <> 'a' then {value} end)"),
            };
        }
        let value = self.value(kind, visible, depth + 2);
        let call = match (kind, self.choices.below(4)) {
            (Kind::Int, 0) => "count(*)".to_owned(),
            (Kind::Int, 1) => format!("sum({value})"),
            (Kind::Text, 0) => format!("string_agg({value}, ',' order by {value})"),
            (_, 2) => format!("min({value})"),
            _ => format!("max({value})"),
        };
        let filter = match self.choices.chance(25) {
            true => format!(" filter (where {})", self.predicate(visible, depth + 1)),
            false => String::new(),
        };
        let cast = if kind == Kind::Int { "::int" } else { "" };
        format!("({call}{filter}){cast}")
    }

    fn aggregated(&mut self, depth: usize, outer: &[Source<'m>], kinds: &[Kind]) -> String {
        let from = self.from(depth, outer);
        let mut targets = Vec::new();
        // The conditions can move into the FILTER of all aggregates.
        let moved = self.choices.chance(20);
        for (at, kind) in kinds.iter().enumerate() {
            let text = self.aggregate(*kind, &from.sources, depth);
            let text = if moved && !text.contains("filter") {
                let condition = from.conditions.join(" and ");
                let condition = if condition.is_empty() { "true".to_owned() } else { condition };
                match text.rfind(')') {
                    Some(end) => format!("{} filter (where {condition}){}", &text[..end], &text[end..]),
                    None => text,
                }
            } else {
                text
            };
            targets.push(format!("{text} as c{}", at + 1));
        }
        let condition = if moved { "true".to_owned() } else { self.conjunction(from.conditions) };
        let having = if self.choices.chance(25) {
            format!(
                " having {} >= {}",
                self.aggregate(Kind::Int, &from.sources, depth),
                self.plain(Kind::Int, &[])
            )
        } else {
            String::new()
        };
        format!("select {} from {} where {condition}{having}", targets.join(", "), from.text)
    }

    fn grouped(&mut self, depth: usize, outer: &[Source<'m>], kinds: &[Kind]) -> String {
        let mut from = self.from(depth, outer);
        let mut keys = Vec::new();
        let mut targets = Vec::new();
        for (at, kind) in kinds.iter().enumerate() {
            let text = if at == 0 || self.choices.chance(40) {
                let key = self.plain(*kind, &from.sources);
                if key.starts_with('t') {
                    keys.push(key.clone());
                    key
                } else {
                    self.aggregate(*kind, &from.sources, depth)
                }
            } else {
                self.aggregate(*kind, &from.sources, depth)
            };
            targets.push(format!("{text} as c{}", at + 1));
        }
        if self.choices.chance(40) {
            keys.push(self.plain(Kind::Text, &from.sources));
        }
        if self.choices.chance(20) {
            keys.push(self.plain(Kind::Time, &from.sources));
        }
        keys.retain(|key| key.starts_with('t') && !key.starts_with("timestamptz"));
        if keys.is_empty() {
            return self.aggregated(depth, outer, kinds);
        }
        let mut having = Vec::new();
        if self.choices.chance(30) {
            having.push(format!(
                "{} >= {}",
                self.aggregate(Kind::Int, &from.sources, depth),
                self.plain(Kind::Int, &[])
            ));
        }
        // A condition on grouping keys can also be in HAVING.
        let is_key = |text: &String| keys.iter().any(|key| text.starts_with(&format!("{key} ")));
        if self.choices.chance(50)
            && let Some(at) = from.conditions.iter().position(is_key)
        {
            having.push(from.conditions.remove(at));
        }
        let condition = self.conjunction(from.conditions);
        let list = keys.join(", ");
        // If `deleted_at` is a key, a grouping set without it shows whether its NULL is mistaken for the column's.
        let is_told = keys.iter().any(|key| key.ends_with("deleted_at"));
        let shape = if is_told { self.choices.one_of(&[0, 8, 9, 9]) } else { self.choices.below(12) };
        let list = match shape {
            10 => format!("distinct {list}, rollup ({list})"),
            11 => format!("grouping sets (({list}), ({list}))"),
            8 => format!("rollup ({list})"),
            9 => format!("grouping sets (({list}), ())"),
            _ => list,
        };
        let having =
            if having.is_empty() { String::new() } else { format!(" having {}", having.join(" and ")) };
        format!("select {} from {} where {condition} group by {list}{having}", targets.join(", "), from.text)
    }

    /// Aggregates over a LEFT JOIN, with conditions in FILTER that are not in ON.
    fn filtered(&mut self, depth: usize, kinds: &[Kind]) -> String {
        let (left, right) = (self.table(), self.table());
        let (left, right) = (self.source(left), self.source(right));
        let (near, far) = (std::slice::from_ref(&left), std::slice::from_ref(&right));
        let both = [left.clone(), right.clone()];
        let needed = self.needed(&left, &[], depth + 1);
        let visible = if self.is_weakened() { &both } else { near };
        let condition = self.all(needed, visible);
        let (mut on, mut filter) = (vec![self.link(&right, near)], Vec::new());
        for needed in self.needed(&right, near, depth + 1) {
            let text = self.say(needed, &both);
            if self.choices.chance(50) { on.push(text) } else { filter.push(text) }
        }
        let on = self.conjunction(on);
        let filter = match filter.is_empty() {
            true => String::new(),
            false => format!(" filter (where {})", self.conjunction(filter)),
        };
        let visible = if self.is_weakened() { &both } else { near };
        let key = self.plain(Kind::Text, visible);
        let key = key.starts_with('t').then_some(key);
        let mut targets = Vec::new();
        for (at, kind) in kinds.iter().enumerate() {
            let (own, other) = (self.plain(*kind, near), self.plain(*kind, far));
            let text = match (kind, self.choices.below(12)) {
                (Kind::Text, 0..=2) if key.is_some() => key.clone().unwrap_or_default(),
                (Kind::Int, 0..=3) => format!("(count({other}){filter})::int"),
                (Kind::Int, 4) => format!("(count(*){filter})::int"),
                (Kind::Int, 5) => format!("(count(distinct {own}))::int"),
                (Kind::Int, 6) => format!("sum({own})::int"),
                (_, 7) => format!("(array_agg({other} order by {other}){filter})[1]"),
                (_, 8) => format!("min(coalesce({other}, {own})){filter}"),
                (_, 9) => format!("max({own})"),
                _ => format!("max({other}){filter}"),
            };
            targets.push(format!("{text} as c{}", at + 1));
        }
        let group = key.map(|key| format!(" group by {key}")).unwrap_or_default();
        let having = match self.choices.chance(20) {
            true => format!(" having count({}){filter} >= 1", self.plain(Kind::Int, far)),
            false => String::new(),
        };
        let (targets, names) = (
            targets.join(", "),
            both.map(|source| format!("{} {}", source.table.map_or("", |table| &table.name), source.alias)),
        );
        format!(
            "select {targets} from {} left join {} on {on} where {condition}{group}{having}",
            names[0], names[1]
        )
    }

    fn combined(&mut self, depth: usize, outer: &[Source<'m>], kinds: &[Kind]) -> String {
        let left = self.select(depth + 1, outer, Some(kinds)).sql;
        let right = self.select(depth + 1, outer, Some(kinds)).sql;
        let word = self.choices.one_of(&[
            "union all",
            "union",
            "intersect",
            "except",
            "intersect all",
            "except all",
        ]);
        // Ordered by all columns, so that the first rows are determined.
        let first = format!(" order by {} limit 2", numbers(kinds.len()));
        let order = self.choices.one_of(&["", "", " order by 1", &first]);
        format!("(({left}) {word} ({right}){order})")
    }

    fn distinct_on(&mut self, depth: usize, outer: &[Source<'m>], kinds: &[Kind]) -> String {
        let from = self.from(depth, outer);
        let visible = [from.sources.as_slice(), outer].concat();
        let key = self.plain(kinds[0], &from.sources);
        let mut targets = vec![format!("{key} as c1")];
        for (at, kind) in kinds.iter().enumerate().skip(1) {
            targets.push(format!("{} as c{}", self.value(*kind, &visible, depth + 1), at + 1));
        }
        let condition = self.conjunction(from.conditions);
        format!(
            "select distinct on (c1) * from (select {} from {} where {condition}) wide order by {}",
            targets.join(", "),
            from.text,
            numbers(kinds.len())
        )
    }

    fn windowed(&mut self, depth: usize, outer: &[Source<'m>], kinds: &[Kind]) -> String {
        let from = self.from(depth, outer);
        let near = &from.sources;
        let partition = match self.choices.chance(60) {
            true => {
                let kind = self.choices.one_of(&[Kind::Text, Kind::Int]);
                format!("partition by {}", self.plain(kind, near))
            }
            false => String::new(),
        };
        let mut targets = Vec::new();
        for (at, kind) in kinds.iter().enumerate() {
            let text = match kind {
                Kind::Int if self.choices.chance(60) => {
                    let order = self.value(Kind::Int, near, depth + 2);
                    format!("(rank() over ({partition} order by {order} + 0))::int")
                }
                Kind::Int => format!("(count(*) over ({partition}))::int"),
                Kind::Text | Kind::Time => {
                    if let Some((condition, value)) = self.borrowed(*kind, near) {
                        let text = match self.choices.below(3) {
                            0 => format!("case when {condition} then max({value}) over ({partition}) end"),
                            1 => format!("max(case when {condition} then {value} end) over ({partition})"),
                            _ => format!("max({value}) filter (where {condition}) over ({partition})"),
                        };
                        targets.push(format!("{text} as c{}", at + 1));
                        continue;
                    }
                    let value = self.value(*kind, near, depth + 2);
                    format!("max({value}) over ({partition})")
                }
            };
            targets.push(format!("{text} as c{}", at + 1));
        }
        let condition = self.conjunction(from.conditions);
        format!("select {} from {} where {condition}", targets.join(", "), from.text)
    }

    /// A recursive query over the tree of folders.
    fn recursive(&mut self, depth: usize, kinds: &[Kind]) -> String {
        let folders = self.model.table("folders");
        if !self.model.reaches(&self.claims, folders) {
            return self.simple(depth, &[], kinds);
        }
        let (seed, step, walk) = (self.source(folders), self.source(folders), self.alias());
        let needed = self.needed(&seed, &[], depth);
        let seed_condition = self.all(needed, std::slice::from_ref(&seed));
        let mut needed = self.needed(&step, &[], depth);
        if self.choices.chance(50)
            && let Some(Needed::Equal(owner, _)) = needed.first().cloned()
        {
            needed[0] = Needed::Equal(owner, format!("{walk}.owner"));
        }
        let step_condition = self.all(needed, std::slice::from_ref(&step));
        let carried =
            if self.is_weakened() { format!("{walk}.owner") } else { format!("{}.creator_id", step.alias) };
        let link = self.choices.one_of(&[("parent_id", "id"), ("id", "parent")]);
        let (s, t) = (&seed.alias, &step.alias);
        let outputs = kinds.iter().enumerate().map(|(at, kind)| {
            let value = match kind {
                Kind::Int => "id",
                Kind::Text => "name",
                Kind::Time => "null::timestamptz",
            };
            format!("{value} as c{}", at + 1)
        });
        format!(
            "with recursive {walk} (id, parent, owner, name, depth) as (\
             select {s}.id, {s}.parent_id, {s}.creator_id, {s}.name, 0 from folders {s} where {seed_condition} union \
             select {t}.id, {t}.parent_id, {carried}, {t}.name, {walk}.depth + 1 from folders {t} \
             join {walk} on {t}.{} = {walk}.{} where {walk}.depth < 3 and {step_condition}) \
             select {} from {walk}",
            link.0,
            link.1,
            outputs.collect::<Vec<_>>().join(", ")
        )
    }

    /// A query that locks the rows it reads.
    pub(super) fn locking(&mut self) -> String {
        let from = self.from(2, &[]);
        let targets = self.targets(3, &from.sources, &[Kind::Int]);
        let condition = self.conjunction(from.conditions);
        let mode = self.choices.one_of(&["update", "share", "no key update", "key share"]);
        let of = match self.choices.chance(50) {
            true => format!(" of {}", self.choices.one_of(&from.sources).alias),
            false => String::new(),
        };
        format!("select {targets} from {} where {condition} for {mode}{of}", from.text)
    }
}

fn numbers(count: usize) -> String {
    (1..=count).map(|number| number.to_string()).collect::<Vec<_>>().join(", ")
}
