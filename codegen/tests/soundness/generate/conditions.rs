//! The conditions that make an occurrence safe, their equivalent forms, and ways to spoil them.

use super::{Generator, Source};
use crate::model::{Kind, Scope, Way, qualify};

/// A condition that a proof needs.
#[derive(Debug, Clone)]
pub(super) enum Needed {
    /// Two values are equal.
    Equal(String, String),
    /// A value is an element of the parameter of a set scope.
    Member(String, String),
    /// A column is NULL.
    Null(String),
    /// Anything else.
    Other(String),
}

impl<'m> Generator<'m> {
    /// The conditions that make each row of a source visible. `beside` are the other sources of the same FROM.
    pub(super) fn needed(&mut self, source: &Source<'m>, beside: &[Source<'m>], depth: usize) -> Vec<Needed> {
        let Some(table) = source.table else { return Vec::new() };
        if table.shared {
            return Vec::new();
        }
        if depth < 2
            && self.choices.chance(6)
            && let Some(twin) = self.by_twin(source, beside, depth)
        {
            return twin;
        }
        let mut found = Vec::new();
        let claims = self.claims.clone();
        let mut scopes: Vec<&Scope> =
            claims.iter().copied().filter(|scope| scope.owners.contains_key(&table.name)).collect();
        if scopes.is_empty() {
            let fitting = claims
                .iter()
                .copied()
                .filter(|scope| scope.ways.contains_key(&table.name) || scope.rows.contains_key(&table.name));
            let fitting: Vec<&Scope> = fitting.collect();
            scopes = if fitting.is_empty() { claims } else { vec![self.choices.one_of(&fitting)] };
        }
        for scope in scopes {
            found.extend(self.in_scope(source, scope, beside, depth));
        }
        if table.soft {
            found.push(Needed::Null(source.column("deleted_at")));
        }
        found
    }

    fn in_scope(
        &mut self,
        source: &Source<'m>,
        scope: &'m Scope,
        beside: &[Source<'m>],
        depth: usize,
    ) -> Vec<Needed> {
        let table = source.table.expect("only tables are in scope");
        let several = scope.ways.get(&table.name).map_or(0, Vec::len)
            + usize::from(scope.owners.contains_key(&table.name))
            + usize::from(scope.rows.contains_key(&table.name));
        if several > 1 && depth < 2 && self.choices.chance(30) {
            // Two ways into scope, combined by OR.
            let arms = [(); 2].map(|()| {
                let needed = self.in_scope_one_way(source, scope, beside, depth + 1);
                self.all(needed, &[])
            });
            return vec![Needed::Other(format!("(({}) or ({}))", arms[0], arms[1]))];
        }
        self.in_scope_one_way(source, scope, beside, depth)
    }

    fn in_scope_one_way(
        &mut self,
        source: &Source<'m>,
        scope: &'m Scope,
        beside: &[Source<'m>],
        depth: usize,
    ) -> Vec<Needed> {
        let table = source.table.expect("only tables are in scope");
        let owner = scope.owners.get(&table.name);
        let ways = scope.ways.get(&table.name).map_or(&[][..], Vec::as_slice);
        let rows = scope.rows.get(&table.name);
        // The owner column is the simplest way.
        if let Some(owner) = owner
            && (ways.is_empty() || depth > 2 || !self.choices.chance(if depth == 0 { 15 } else { 40 }))
        {
            return vec![self.owned(source, owner, scope, beside)];
        }
        if let Some(rows) = rows
            && (ways.is_empty() || depth > 2 || !self.choices.chance(40))
        {
            let Some(guard) = &rows.guard else { return Vec::new() };
            let other = self.choices.one_of(&[
                "status = 'published'",
                "( status = 'active' or status = 'published' )",
                "status in ('active', 'published')",
                "not ( status <> 'active' and status <> 'published' )",
                "status = any ( '{published,active}' )",
                "case status when 'active' then true when 'published' then true else false end",
            ]);
            // The guard in an equivalent form.
            let guard =
                if guard.contains(" in (") && self.choices.chance(60) { other } else { guard.as_str() };
            return vec![Needed::Other(qualify(guard, table, &source.alias))];
        }
        if ways.is_empty() {
            return Vec::new();
        }
        let way = &ways[self.choices.below(ways.len())];
        self.by_way(source, way, beside, depth)
    }

    /// The row is visible because the same row is: in a subquery, or in another source.
    fn by_twin(&mut self, source: &Source<'m>, beside: &[Source<'m>], depth: usize) -> Option<Vec<Needed>> {
        let table = source.table?;
        if !table.key.iter().all(|key| source.has(key)) {
            return None;
        }
        let is_twin = |other: &&Source<'m>| {
            other.alias != source.alias
                && other.table.is_some_and(|other| other.name == table.name)
                && table.key.iter().all(|key| other.has(key))
        };
        let same = |other: &Source<'m>| {
            table.key.iter().map(|key| (other.column(key), source.column(key))).collect::<Vec<_>>()
        };
        let twins: Vec<&Source<'m>> = beside.iter().filter(is_twin).collect();
        if !twins.is_empty() && self.choices.chance(60) {
            let pairs = same(self.choices.one_of(&twins));
            return Some(pairs.into_iter().map(|(left, right)| Needed::Equal(left, right)).collect());
        }
        let twin = self.source(table);
        let mut inner = self.needed(&twin, &[], depth + 1);
        let pairs = same(&twin);
        let text = if pairs.len() == 1 && self.choices.chance(40) {
            let condition = self.all(inner, &[]);
            let (left, right) = &pairs[0];
            let rows = format!("select {left} from {} {} where {condition}", table.name, twin.alias);
            match self.choices.below(4) {
                0 => format!("{right} = ({rows} order by 1 limit 1)"),
                _ => format!("{right} in ({rows})"),
            }
        } else {
            inner.extend(pairs.into_iter().map(|(left, right)| Needed::Equal(left, right)));
            let condition = self.all(inner, &[]);
            self.there_is(&format!("from {} {} where {condition}", table.name, twin.alias))
        };
        Some(vec![Needed::Other(text)])
    }

    /// A condition that a subquery has a row.
    fn there_is(&mut self, body: &str) -> String {
        match self.choices.below(12) {
            0 => format!("(select count(*) {body}) > 0"),
            1 => format!("not ((select count(1) {body}) = 0)"),
            2 => format!("1 <= (select count(*) {body})"),
            _ => format!("exists (select {body})"),
        }
    }

    fn owned(&mut self, source: &Source<'m>, owner: &str, scope: &'m Scope, beside: &[Source<'m>]) -> Needed {
        let own = source.column(owner);
        let others: Vec<String> = beside
            .iter()
            .filter(|other| other.alias != source.alias)
            .filter_map(|other| {
                let owner = scope.owners.get(&other.table?.name)?;
                other.has(owner).then(|| other.column(owner))
            })
            .collect();
        if !others.is_empty() && self.choices.chance(25) {
            return Needed::Equal(own, self.choices.one_of(&others));
        }
        let param = self.scope_param(scope);
        // The owner's own row has the same id.
        if self.choices.chance(6) && scope.owners.contains_key("users") {
            let alias = self.alias();
            return Needed::Other(format!(
                "exists (select from users {alias} where {alias}.id = {own} and {alias}.id = {param})"
            ));
        }
        if scope.set { Needed::Member(own, param) } else { Needed::Equal(own, param) }
    }

    fn by_way(
        &mut self,
        source: &Source<'m>,
        way: &'m Way,
        beside: &[Source<'m>],
        depth: usize,
    ) -> Vec<Needed> {
        let parents: Vec<&Source<'m>> = beside
            .iter()
            .filter(|other| {
                other.alias != source.alias && other.table.is_some_and(|table| table.name == way.table)
            })
            .filter(|other| way.pairs.iter().all(|(_, far)| other.has(far)))
            .collect();
        if !parents.is_empty() && self.choices.chance(60) {
            let parent = self.choices.one_of(&parents);
            let mut found: Vec<Needed> = way
                .pairs
                .iter()
                .map(|(own, far)| Needed::Equal(source.column(own), parent.column(far)))
                .collect();
            if let Some(guard) = &way.guard {
                found.push(Needed::Other(qualify(guard, self.model.table(&way.table), &parent.alias)));
            }
            return found;
        }
        let table = self.model.table(&way.table);
        let parent = self.source(table);
        let mut inner = self.needed(&parent, &[], depth + 1);
        if let Some(guard) = &way.guard {
            inner.push(Needed::Other(qualify(guard, table, &parent.alias)));
        }
        let columns = |alias: &str, names: Vec<&String>| {
            names.iter().map(|name| format!("{alias}.{name}")).collect::<Vec<_>>().join(", ")
        };
        let text = if self.choices.chance(40) {
            let condition = self.all(inner, &[]);
            let own = columns(&source.alias, way.pairs.iter().map(|(own, _)| own).collect());
            let far = columns(&parent.alias, way.pairs.iter().map(|(_, far)| far).collect());
            let mut rows = format!("select {far} from {} {} where {condition}", table.name, parent.alias);
            if self.choices.chance(20) {
                let other = self.source(table);
                let mut inner = self.needed(&other, &[], depth + 1);
                if let Some(guard) = &way.guard {
                    inner.push(Needed::Other(qualify(guard, table, &other.alias)));
                }
                let condition = self.all(inner, &[]);
                let far = columns(&other.alias, way.pairs.iter().map(|(_, far)| far).collect());
                let operation = self.choices.one_of(&["union", "union all", "except", "intersect"]);
                rows = format!(
                    "{rows} {operation} select {far} from {} {} where {condition}",
                    table.name, other.alias
                );
            }
            if way.pairs.len() == 1 && self.choices.chance(20) {
                // With an order, since otherwise any of several rows could be the first.
                format!("{own} = ({rows} order by 1 limit 1)")
            } else if way.pairs.len() == 1 && self.choices.chance(30) {
                format!("{own} = any (array({rows}))")
            } else {
                let quantifier = self.choices.one_of(&["in", "= any"]);
                format!("({own}) {quantifier} ({rows})")
            }
        } else {
            inner.extend(
                way.pairs.iter().map(|(own, far)| Needed::Equal(parent.column(far), source.column(own))),
            );
            let condition = self.all(inner, &[]);
            self.there_is(&format!("from {} {} where {condition}", table.name, parent.alias))
        };
        vec![Needed::Other(text)]
    }

    /// A conjunction of the needed conditions and sometimes of further ones.
    pub(super) fn all(&mut self, needed: Vec<Needed>, visible: &[Source<'m>]) -> String {
        let mut texts: Vec<String> = needed.into_iter().map(|one| self.say(one, visible)).collect();
        if !visible.is_empty() && self.choices.chance(25) {
            texts.push(self.predicate(visible, 3));
        }
        self.conjunction(texts)
    }

    pub(super) fn conjunction(&mut self, mut texts: Vec<String>) -> String {
        if texts.is_empty() {
            return "true".to_owned();
        }
        let first = self.choices.below(texts.len());
        texts.rotate_left(first);
        if texts.len() > 1 && self.is_weakened() {
            return format!("({})", texts.join(" or "));
        }
        match self.choices.below(12) {
            // AND as NOT and OR.
            11 => format!(
                "not ({})",
                texts.iter().map(|text| format!("not ({text})")).collect::<Vec<_>>().join(" or ")
            ),
            10 => {
                let last = texts.pop().expect("there is one");
                let other = texts.first().cloned().unwrap_or_else(|| last.clone());
                texts.push(format!("(({last}) or (({last}) and ({other})))"));
                texts.join(" and ")
            }
            _ => texts.join(" and "),
        }
    }

    /// A condition as text: as it is, in an equivalent form, or spoiled.
    pub(super) fn say(&mut self, needed: Needed, visible: &[Source<'m>]) -> String {
        let needed = if self.is_weakened() { self.mixed_up(needed, visible) } else { needed };
        let text = match needed {
            Needed::Equal(left, right) => match self.choices.below(12) {
                0..=6 => format!("{left} = {right}"),
                7 => format!("{right} = {left}"),
                8 => format!("{left} in ({right})"),
                9 => format!("{left} between {right} and {right}"),
                10 if right.starts_with(':') => format!("{left} = (select {right})"),
                10 => format!("not ({left} <> {right})"),
                _ => format!("{left} = any (array[{right}])"),
            },
            Needed::Member(value, set) => match self.choices.below(8) {
                0 => format!("{value} in (select unnest({set}))"),
                1 => format!("exists (select from unnest({set}) one (id) where one.id = {value})"),
                _ => format!("{value} = any ({set})"),
            },
            Needed::Null(column) => match self.choices.below(10) {
                0..=5 => format!("{column} is null"),
                6 => format!("{column} is not distinct from null"),
                7 => format!("coalesce({column}, null) is null"),
                8 => format!("greatest({column}, {column}) is not distinct from null"),
                _ => format!("not ({column} is not null)"),
            },
            Needed::Other(text) => text,
        };
        if self.is_weakened() {
            return self.spoilt(&text, visible);
        }
        match self.choices.below(24) {
            17 => format!("(({text}) is true)"),
            18 => format!("(({text}) = true)"),
            19 => format!("coalesce({text}, false)"),
            20 => format!("case when {text} then true else false end"),
            21 => format!("not case when {text} then false else true end"),
            22 if !visible.is_empty() => {
                let other = self.predicate(visible, 3);
                match self.choices.below(3) {
                    0 => format!("case when {other} then {text} else {text} end"),
                    1 => format!("case when {other} then {text} end"),
                    _ => format!("coalesce(nullif({text}, false), {text}, false)"),
                }
            }
            _ => text,
        }
    }

    fn mixed_up(&mut self, needed: Needed, visible: &[Source<'m>]) -> Needed {
        let other_of = |generator: &mut Self, value: &str| {
            let (_, name) = value.split_once('.').unwrap_or(("", value));
            let kind = match name {
                "deleted_at" => Kind::Time,
                _ if name.contains("creator")
                    || name.contains("user")
                    || name.contains("viewer")
                    || name == "slug" =>
                {
                    Kind::Text
                }
                _ => Kind::Int,
            };
            let kind = visible
                .iter()
                .find_map(|source| {
                    let own = value.strip_prefix(&source.alias)?.strip_prefix('.')?;
                    source.columns.iter().find(|(column, _)| column == own).map(|(_, kind)| *kind)
                })
                .unwrap_or(kind);
            generator.plain(kind, visible)
        };
        match needed {
            Needed::Equal(left, right) => {
                if self.choices.chance(50) {
                    Needed::Equal(other_of(self, &left), right)
                } else {
                    let right = other_of(self, &right);
                    Needed::Equal(left, right)
                }
            }
            Needed::Member(value, set) => Needed::Member(other_of(self, &value), set),
            Needed::Null(column) => {
                let alias = column.split('.').next().unwrap_or_default().to_owned();
                let of: Vec<&Source<'m>> = visible
                    .iter()
                    .filter(|source| source.alias == alias || source.has("deleted_at"))
                    .collect();
                if of.is_empty() {
                    return Needed::Null(column);
                }
                let source = self.choices.one_of(&of);
                let name = if source.has("deleted_at") {
                    "deleted_at".to_owned()
                } else {
                    source.columns[0].0.clone()
                };
                Needed::Null(source.column(&name))
            }
            Needed::Other(text) => Needed::Other(text),
        }
    }

    fn spoilt(&mut self, text: &str, visible: &[Source<'m>]) -> String {
        let other = if visible.is_empty() { "true".to_owned() } else { self.predicate(visible, 3) };
        match self.choices.below(19) {
            0 => "true".to_owned(),
            1 => format!("({text} or {other})"),
            2 => format!("(({text}) is not false)"),
            3 => format!("coalesce({text}, true)"),
            4 => format!("(case when {other} then {text} else true end)"),
            5 => format!("not ({text})"),
            6 => text.replacen(" = ", " is not distinct from ", 1),
            7 => text.replacen(" = ", " <= ", 1),
            8 => text.replacen("exists (", "not exists (", 1),
            9 => text.replacen(" is null", " is not null", 1),
            10 => format!("(({text}) = ({other}))"),
            11 => format!("(({text}) >= false)"),
            12 => text.replacen("exists (select from", "exists (select count(*) from", 1),
            13 => format!("({other} or not {other} or {text})"),
            14 => format!("coalesce({text}, {other})"),
            15 => format!("case when {text} then true else {other} end"),
            16 => format!("not case when {other} then {text} else true end"),
            17 => format!("(case when {other} then {text} end is not false)"),
            _ => format!("(({text}) or ({text}) is null)"),
        }
    }
}
