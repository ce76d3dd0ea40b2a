//! FROM and WHERE: the sources, and the places of their conditions.

use super::conditions::Needed;
use super::{Generator, Source};
use crate::model::Kind;

/// A FROM clause, and the conditions that belong in WHERE.
pub(super) struct FromClause<'m> {
    pub(super) text: String,
    pub(super) sources: Vec<Source<'m>>,
    pub(super) conditions: Vec<String>,
}

/// An item of FROM with the conditions that it still needs.
struct Item<'m> {
    text: String,
    source: Source<'m>,
    /// A second source, of a join in parentheses.
    also: Option<Source<'m>>,
    needed: Vec<Needed>,
}

impl<'m> Item<'m> {
    fn new(text: String, source: Source<'m>, needed: Vec<Needed>) -> Item<'m> {
        Item { text, source, also: None, needed }
    }
}

impl<'m> Generator<'m> {
    /// `from ... where ...`
    pub(super) fn body(&mut self, depth: usize, outer: &[Source<'m>]) -> String {
        let from = self.from(depth, outer);
        let condition = self.conjunction(from.conditions);
        format!("from {} where {condition}", from.text)
    }

    pub(super) fn from(&mut self, depth: usize, outer: &[Source<'m>]) -> FromClause<'m> {
        let first = self.item(depth, outer, &[]);
        let mut text = first.text;
        let mut near: Vec<Source<'m>> = [first.source].into_iter().chain(first.also).collect();
        let mut pending = first.needed;
        let more = if depth > 2 { 0 } else { self.choices.one_of(&[0, 0, 1, 1, 2]) };
        for _ in 0..more {
            let kind = self.choices.below(12);
            let lateral = (10..12).contains(&kind);
            let beside: Vec<Source<'m>> =
                if lateral { [near.as_slice(), outer].concat() } else { outer.to_vec() };
            let item = if lateral { self.lateral(depth, &beside) } else { self.item(depth, outer, &near) };
            let all: Vec<Source<'m>> =
                near.iter().chain([&item.source]).chain(&item.also).chain(outer).cloned().collect();
            let link = self.link(&item.source, &near);
            let mut on = vec![link];
            match kind {
                // By a column that both have, under a name for what is merged.
                0..=8 if let Some(merged) = self.merging(&item, &near) => {
                    let word = self.choices.one_of(&["join", "left join", "right join", "full join"]);
                    let (name, _) = &merged.columns[0];
                    text = format!("{text} {word} {} using ({name}) as {}", item.text, merged.alias);
                    pending.extend(item.needed);
                    near.push(merged);
                }
                // Inner join: the conditions can be in ON or WHERE.
                0..=4 => {
                    for needed in item.needed {
                        if self.choices.chance(50) {
                            on.push(self.say(needed, &all))
                        } else {
                            pending.push(needed)
                        }
                    }
                    let on = self.conjunction(on);
                    text = format!("{text} join {} on {on}", item.text);
                }
                // Left join: the conditions of the right side belong in ON.
                5 | 6 | 10 => {
                    for needed in item.needed {
                        if self.is_weakened() {
                            pending.push(needed)
                        } else {
                            on.push(self.say(needed, &all))
                        }
                    }
                    let on = if lateral { "true".to_owned() } else { self.conjunction(on) };
                    text = format!("{text} left join {} on {on}", item.text);
                }
                // Right join: the conditions of the left side belong in ON.
                7 => {
                    for needed in std::mem::take(&mut pending) {
                        on.push(self.say(needed.clone(), &all));
                        if self.choices.chance(50) {
                            pending.push(needed);
                        }
                    }
                    let on = self.conjunction(on);
                    pending.extend(item.needed);
                    text = format!("{text} right join {} on {on}", item.text);
                }
                8 => {
                    pending.extend(item.needed);
                    let on = self.conjunction(on);
                    text = format!("{text} full join {} on {on}", item.text);
                }
                _ => {
                    pending.extend(item.needed);
                    text = format!("{text} cross join {}", item.text);
                }
            }
            near.push(item.source);
            near.extend(item.also);
        }
        let visible: Vec<Source<'m>> = near.iter().chain(outer).cloned().collect();
        let mut conditions: Vec<String> = Vec::new();
        for needed in pending {
            conditions.push(self.say(needed, &visible));
        }
        if self.choices.chance(30) {
            conditions.push(self.predicate(&visible, depth + 1));
        }
        FromClause { text, sources: near, conditions }
    }

    /// What USING makes of a column that the only source so far and a new one have.
    fn merging(&mut self, item: &Item<'m>, near: &[Source<'m>]) -> Option<Source<'m>> {
        let [only] = near else { return None };
        if item.also.is_some() || !self.choices.chance(8) {
            return None;
        }
        let shared = item.source.columns.iter().filter(|column| only.columns.contains(column));
        let shared: Vec<_> = shared.cloned().collect();
        if shared.is_empty() {
            return None;
        }
        let column = self.choices.one_of(&shared);
        Some(Source { alias: self.alias(), columns: vec![column], table: None })
    }

    fn item(&mut self, depth: usize, outer: &[Source<'m>], near: &[Source<'m>]) -> Item<'m> {
        let creator = self.claims.len() == 1 && self.claims[0].name == "creator";
        match self.choices.below(25) {
            12 | 13 => self.view(near, depth).unwrap_or_else(|| self.table_item(near, depth)),
            14 | 15 if depth < 3 => self.wrapped(depth),
            16 | 17 if depth < 3 => {
                let inner = self.select(depth + 1, &[], None);
                self.derived(&format!("({})", inner.sql), inner.columns)
            }
            18 | 19 if !self.ctes.is_empty() => {
                let cte = self.choices.one_of(&self.ctes.clone());
                let alias = self.alias();
                let mut needed = Vec::new();
                if self.choices.chance(30)
                    && let Some(table) = cte.table
                {
                    let source =
                        Source { alias: alias.clone(), columns: cte.columns.clone(), table: Some(table) };
                    needed = self.needed(&source, outer, depth);
                }
                let source = Source { alias: alias.clone(), ..cte.clone() };
                Item::new(format!("{} {alias}", cte.alias), source, needed)
            }
            20 if creator => {
                let mut source = self.source(self.model.table("content"));
                source.columns = self
                    .model
                    .table("content")
                    .columns
                    .iter()
                    .map(|found| (found.name.clone(), found.kind))
                    .collect();
                let owner =
                    if self.is_weakened() { self.param("s1", Kind::Text) } else { ":creator_id".to_owned() };
                let call = match self.choices.below(6) {
                    0 => format!("cheap_content(p_creator => {owner})"),
                    1 => format!("cheap_content(p_creator => {owner}, p_price => 3)"),
                    2 => format!("cheap_content(1, {owner})"),
                    3 => {
                        let needed = self.needed(&source, near, depth);
                        return Item::new(format!("all_content() {}", source.alias), source, needed);
                    }
                    _ => format!("creator_content({owner})"),
                };
                Item::new(format!("{call} {}", source.alias), source, Vec::new())
            }
            21 => {
                let (number, text) =
                    (self.value(Kind::Int, outer, depth + 2), self.value(Kind::Text, outer, depth + 1));
                let alias = self.alias();
                let source = Source {
                    alias: alias.clone(),
                    columns: vec![("c1".to_owned(), Kind::Int), ("c2".to_owned(), Kind::Text)],
                    table: None,
                };
                let text = format!("(values ({number}, {text}), (2, 'b')) {alias} (c1, c2)");
                Item::new(text, source, Vec::new())
            }
            22 if creator && self.choices.chance(25) => {
                let mut source = self.source(self.model.table("content"));
                let all = self.model.table("content").columns.iter();
                source.columns = all.map(|found| (found.name.clone(), found.kind)).collect();
                let owner =
                    if self.is_weakened() { self.param("s1", Kind::Text) } else { ":creator_id".to_owned() };
                let number = self.value(Kind::Int, outer, depth + 2);
                let word = self.choices.one_of(&["", " with ordinality"]);
                let text = format!(
                    "rows from (creator_content({owner}), generate_series(1, {number})){word} {}",
                    source.alias
                );
                Item::new(text, Source { table: None, ..source }, Vec::new())
            }
            22 | 23 if depth < 3 => self.nested(near, depth),
            24 => self.merged(),
            _ => self.table_item(near, depth),
        }
    }

    fn table_item(&mut self, near: &[Source<'m>], depth: usize) -> Item<'m> {
        let table = self.table();
        let source = self.source(table);
        let needed = self.needed(&source, near, depth);
        Item::new(format!("{} {}", table.name, source.alias), source, needed)
    }

    /// A join in parentheses.
    fn nested(&mut self, near: &[Source<'m>], depth: usize) -> Item<'m> {
        let mut left = self.table_item(near, depth);
        let right = self.table_item(std::slice::from_ref(&left.source), depth);
        let link = self.link(&right.source, std::slice::from_ref(&left.source));
        let both = [left.source.clone(), right.source.clone()];
        let mut on = vec![link];
        let outer = self.choices.chance(50);
        for needed in right.needed {
            if outer != self.is_weakened() {
                on.push(self.say(needed, &both))
            } else {
                left.needed.push(needed)
            }
        }
        let on = self.conjunction(on);
        let word = if outer { "left join" } else { "join" };
        let text = format!("({} {word} {} on {on})", left.text, right.text);
        Item { text, source: left.source, also: Some(right.source), needed: left.needed }
    }

    /// Two tables joined by the owner column that both have.
    fn merged(&mut self) -> Item<'m> {
        let scope = self.claims[0];
        let owned = |table: &&crate::model::Table| {
            let owner = scope.owners.get(&table.name);
            owner.is_some()
                && owner.map(String::as_str)
                    == Some(if scope.name == "creator" { "creator_id" } else { "organization_id" })
        };
        let tables: Vec<&crate::model::Table> = self.model.tables.iter().filter(owned).collect();
        if tables.is_empty() || self.claims.len() > 1 {
            return self.table_item(&[], 3);
        }
        let (left, right) = (self.choices.one_of(&tables), self.choices.one_of(&tables));
        let (a, b) = (self.source(left), self.source(right));
        let owner = &scope.owners[&left.name];
        let kind = left.column(owner).map_or(Kind::Text, |column| column.kind);
        let word = self.choices.one_of(&["full join", "join", "left join", "right join"]);
        // Deleted rows have to be removed before the join.
        let inside = |generator: &mut Self, source: &Source<'m>, table: &crate::model::Table| match table.soft
            && !generator.is_weakened()
        {
            true => format!("(select * from {} where deleted_at is null) {}", table.name, source.alias),
            false => format!("{} {}", table.name, source.alias),
        };
        let (left_text, right_text) = (inside(self, &a, left), inside(self, &b, right));
        let param = self.scope_param(scope);
        let column = if self.is_weakened() { a.column(owner) } else { owner.clone() };
        let condition =
            if scope.set { format!("{column} = any ({param})") } else { format!("{column} = {param}") };
        let (c2, c3) = (a.column(&left.columns[0].name), b.column(&right.columns[0].name));
        let text = format!(
            "(select {owner}, {c2}, {c3} from {left_text} {word} {right_text} using ({owner}) where {condition})"
        );
        let columns = vec![
            ("c1".to_owned(), kind),
            ("c2".to_owned(), left.columns[0].kind),
            ("c3".to_owned(), right.columns[0].kind),
        ];
        self.derived(&text, columns)
    }

    fn derived(&mut self, text: &str, columns: Vec<(String, Kind)>) -> Item<'m> {
        let alias = self.alias();
        let names = columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        let text = format!("{text} {alias} ({names})");
        Item::new(text, Source { alias, columns, table: None }, Vec::new())
    }

    fn view(&mut self, near: &[Source<'m>], depth: usize) -> Option<Item<'m>> {
        let content = self.model.table("content");
        if !self.model.reaches(&self.claims, content) {
            return None;
        }
        let (name, columns): (&str, &[&str]) = match self.choices.below(8) {
            0..=5 => (
                "live_content",
                &["id", "creator_id", "organization_id", "slug", "title", "price", "status", "deleted_at"],
            ),
            6 => ("content_titles", &["id", "creator_id", "title"]),
            _ => ("content_totals", &["creator_id", "items"]),
        };
        let kind =
            |name: &&str| ((*name).to_owned(), content.column(name).map_or(Kind::Int, |column| column.kind));
        let source =
            Source { alias: self.alias(), columns: columns.iter().map(kind).collect(), table: Some(content) };
        let mut needed = self.needed(&source, near, depth);
        // The view has this condition itself.
        needed.retain(|needed| !matches!(needed, Needed::Null(_)));
        let text = format!("{name} {}", source.alias);
        let source = Source { table: (name == "live_content").then_some(content), ..source };
        Some(Item::new(text, source, needed))
    }

    /// A table in a subquery, with its conditions inside, or some of them outside.
    fn wrapped(&mut self, depth: usize) -> Item<'m> {
        let table = self.table();
        let inner = self.source(table);
        let needed = self.needed(&inner, &[], depth);
        let alias = self.alias();
        let mut inside = Vec::new();
        let mut outside = Vec::new();
        let barrier = self.choices.below(15);
        for one in needed {
            let may_leave = barrier < 6 || self.is_weakened();
            if may_leave && self.choices.chance(50) {
                outside.push(renamed(one, &inner.alias, &alias))
            } else {
                inside.push(one)
            }
        }
        let condition = self.all(inside, std::slice::from_ref(&inner));
        let names: Vec<String> = inner.columns.iter().map(|(name, _)| inner.column(name)).collect();
        let list = names.join(", ");
        let from =
            format!("from {} {} where {condition}", inner.table.map_or("", |table| &table.name), inner.alias);
        let order = (1..=names.len()).map(|number| number.to_string()).collect::<Vec<_>>().join(", ");
        let first = &names[0];
        let text = match barrier {
            0..=3 => format!("(select {list} {from}) {alias}"),
            4 => format!("(select distinct {list} {from}) {alias}"),
            5 => format!("(select {list} {from} offset 0) {alias}"),
            6 => format!("(select {list} {from} order by {order} limit 2) {alias}"),
            7 => {
                let key = self.choices.one_of(&names);
                format!("(select distinct on ({key}) {list} {from} order by {key}, {order}) {alias}")
            }
            8 => {
                let keys = if self.choices.chance(50) { list.clone() } else { format!("rollup ({list})") };
                format!("(select {list} {from} group by {keys}) {alias}")
            }
            9 => format!("(select {list} {from} order by {first} fetch first 2 rows with ties) {alias}"),
            10 => {
                let frame = self.choices.one_of(&[
                    "rows between 1 preceding and 1 following",
                    "groups between current row and unbounded following exclude ties",
                ]);
                format!(
                    "(select {list}, max({first}) over w as peer {from} window w as (partition by {first} order by {order} {frame})) {alias}",
                    order = names[names.len() - 1]
                )
            }
            11 => format!(
                "(with recursive w as (select {list} {from} union select w.* from w where false) {} select * from w) {alias}",
                self.choices.one_of(&[
                    "",
                    "search breadth first by id set sorted",
                    "cycle id set is_met using way"
                ])
            ),
            12 => format!("(select (r.w).* from (select {} as w {from}) r) {alias}", inner.alias),
            13 => format!(
                "(select o.* from jsonb_populate_recordset(null::{}, (select jsonb_agg({}) {from})) with ordinality o) {alias}",
                inner.table.map_or("", |table| &table.name),
                inner.alias
            ),
            _ => format!("(select {list}, count(*) over (partition by {first}) as peers {from}) {alias}"),
        };
        let source = Source { alias, columns: inner.columns.clone(), table: inner.table };
        Item::new(text, source, outside)
    }

    fn lateral(&mut self, depth: usize, beside: &[Source<'m>]) -> Item<'m> {
        let inner = self.select(depth + 1, beside, None);
        self.derived(&format!("lateral ({})", inner.sql), inner.columns)
    }

    /// The condition by which a source is joined to others: by a foreign key, or by any comparison.
    pub(super) fn link(&mut self, new: &Source<'m>, near: &[Source<'m>]) -> String {
        let mut keys = Vec::new();
        for other in near {
            for (from, to) in [(new, other), (other, new)] {
                let (Some(table), Some(target)) = (from.table, to.table) else { continue };
                for link in table.links.iter().filter(|link| link.table == target.name) {
                    let known = link.columns.iter().all(|name| from.has(name))
                        && link.foreign.iter().all(|name| to.has(name));
                    if known {
                        let pairs = link.columns.iter().zip(&link.foreign);
                        let pairs =
                            pairs.map(|(own, far)| format!("{} = {}", from.column(own), to.column(far)));
                        keys.push(pairs.collect::<Vec<_>>().join(" and "));
                    }
                }
            }
        }
        if !keys.is_empty() && !self.choices.chance(20) {
            return self.choices.one_of(&keys);
        }
        let kind = self.choices.one_of(&[Kind::Int, Kind::Text]);
        let left = self.plain(kind, std::slice::from_ref(new));
        let right = self.plain(kind, near);
        format!("{left} = {right}")
    }
}

fn renamed(needed: Needed, from: &str, to: &str) -> Needed {
    let renamed = |text: String| text.replace(&format!("{from}."), &format!("{to}."));
    match needed {
        Needed::Equal(left, right) => Needed::Equal(renamed(left), renamed(right)),
        Needed::Member(value, set) => Needed::Member(renamed(value), set),
        Needed::Null(column) => Needed::Null(renamed(column)),
        Needed::Other(text) => Needed::Other(renamed(text)),
    }
}
