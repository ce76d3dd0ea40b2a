//! INSERT, UPDATE, DELETE and MERGE.

use super::{Generator, Source};
use crate::model::{Kind, Link, Table};

impl<'m> Generator<'m> {
    fn target(&mut self, leaf: bool) -> &'m Table {
        let model = self.model;
        let weird = self.is_weakened() || leaf && self.choices.chance(12);
        let fits = |table: &&Table| {
            weird
                || (!table.shared
                    && (!leaf
                        || ["renditions", "playback", "settings", "bookmarks", "drafts", "lines"]
                            .contains(&table.name.as_str())))
        };
        let all: Vec<&Table> =
            model.tables.iter().filter(|table| model.reaches(&self.claims, table)).filter(fits).collect();
        if all.is_empty() { model.table("content") } else { self.choices.one_of(&all) }
    }

    /// The columns of a new row and their values. `from` are sources that values can be taken from.
    fn new_row(&mut self, table: &'m Table, from: &[Source<'m>]) -> (Vec<String>, Vec<String>) {
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for column in &table.columns {
            let owner =
                self.claims.iter().copied().find(|scope| scope.owners.get(&table.name) == Some(&column.name));
            let link = table.links.iter().find(|link| link.columns == [column.name.clone()]);
            let value =
                if table.key.first() == Some(&column.name) && column.kind == Kind::Int && owner.is_none() {
                    self.fresh_id()
                } else if let Some(scope) = owner.filter(|_| !self.choices.chance(self.weaken)) {
                    let owned: Vec<String> = from
                        .iter()
                        .filter_map(|source| {
                            let owner = scope.owners.get(&source.table?.name)?;
                            source.has(owner).then(|| source.column(owner))
                        })
                        .collect();
                    if !owned.is_empty() && (scope.set || self.choices.chance(30)) {
                        self.choices.one_of(&owned)
                    } else if scope.set {
                        self.plain(column.kind, &[])
                    } else {
                        self.scope_param(scope)
                    }
                } else if let Some(link) = link {
                    self.reference(&column.name, &link.table, &link.foreign[0], column.nullable, from)
                } else if column.name == "deleted_at" {
                    if self.choices.chance(80) { continue } else { self.plain(Kind::Time, &[]) }
                } else if column.nullable && self.choices.chance(50) {
                    continue;
                } else {
                    self.value(column.kind, from, 2)
                };
            names.push(column.name.clone());
            values.push(value);
        }
        (names, values)
    }

    fn reference(
        &mut self,
        column: &str,
        to: &str,
        key: &str,
        nullable: bool,
        from: &[Source<'m>],
    ) -> String {
        let mut keys: Vec<String> = Vec::new();
        for source in from {
            let Some(found) = source.table else { continue };
            if found.name == to && source.has(key) {
                keys.push(source.column(key));
            }
            for link in found.links.iter().filter(|link| link.table == to) {
                let own = link.columns.iter().zip(&link.foreign).find(|(_, foreign)| *foreign == key);
                keys.extend(own.filter(|(own, _)| source.has(own)).map(|(own, _)| source.column(own)));
            }
        }
        if !keys.is_empty() && !self.choices.chance(20) {
            return self.choices.one_of(&keys);
        }
        let target = self.model.table(to);
        if self.choices.chance(25) && self.model.reaches(&self.claims, target) && !target.shared {
            let source = self.source(target);
            if source.has(key) {
                let needed = self.needed(&source, &[], 1);
                let condition = self.all(needed, std::slice::from_ref(&source));
                let chosen = format!(
                    "(select min({0}) from (select {0} from {to} {1} where {condition} and {0} is not null limit 1) found ({key}))",
                    key, source.alias
                );
                let plain = format!(
                    "(select {} from {to} {} where {condition} order by 1 limit 1)",
                    source.column(key),
                    source.alias
                );
                return match self.choices.below(6) {
                    0 => chosen,
                    1 => format!("coalesce({plain}, null)"),
                    2 => format!("case when true then {plain} end"),
                    _ => plain,
                };
            }
        }
        // The caller's own id can be the value of a foreign key.
        if let Some(scope) = self
            .claims
            .iter()
            .copied()
            .find(|scope| scope.owners.get(to).map(String::as_str) == Some(key) && !scope.set)
            && !self.is_weakened()
        {
            return self.scope_param(scope);
        }
        if nullable && !self.is_weakened() {
            return "null".to_owned();
        }
        let kind = if column.ends_with("user_id") || to == "users" { Kind::Text } else { Kind::Int };
        if self.choices.chance(30) { self.value(kind, from, 2) } else { self.plain(kind, from) }
    }

    /// A FROM clause with visible rows of a table, in which a subquery may produce a column.
    fn rows_of(&mut self, table: &'m Table) -> String {
        let source = self.source(table);
        let needed = self.needed(&source, &[], 1);
        let condition = self.all(needed, std::slice::from_ref(&source));
        let columns: Vec<String> = source
            .columns
            .iter()
            .map(|(name, _)| {
                let column = source.column(name);
                let chosen = self.choices.chance(8);
                if chosen { format!("coalesce({column}, {column}) as {name}") } else { column }
            })
            .collect();
        format!("select {} from {} {} where {condition}", columns.join(", "), table.name, source.alias)
    }

    fn returning(&mut self, target: &Source<'m>) -> String {
        match self.choices.chance(50) {
            true => {
                let kind = self.choices.one_of(&[Kind::Int, Kind::Text]);
                // The old and the new row, if the server supports both.
                let alias = match self.model.version >= 180_000 {
                    true => self.choices.one_of(&[target.alias.as_str(), "old", "new"]).to_owned(),
                    false => target.alias.clone(),
                };
                let row = Source { alias, ..target.clone() };
                format!(" returning {} as c1", self.value(kind, &[row], 1))
            }
            false => String::new(),
        }
    }

    pub(super) fn insert(&mut self) -> String {
        let table = self.target(false);
        let target = Source { alias: self.alias(), ..self.whole(table) };
        let conflict_free = self.choices.chance(60);
        let text = if self.choices.chance(60) {
            // The rows that it refers to come first.
            let parents: Vec<&Table> = table
                .links
                .iter()
                .map(|link| self.model.table(&link.table))
                .filter(|found| found.name != "users")
                .collect();
            // So does what refers to them.
            let beside = |other: &&Table| {
                let refers = |link: &crate::model::Link| parents.iter().any(|table| table.name == link.table);
                other.name != table.name
                    && other.links.iter().any(refers)
                    && self.model.reaches(&self.claims, other)
            };
            let beside: Vec<&Table> = self.model.tables.iter().filter(beside).collect();
            let parents = if !beside.is_empty() && self.choices.chance(40) { beside } else { parents };
            let from = if !parents.is_empty() && self.choices.chance(70) {
                let parent = self.choices.one_of(&parents);
                let source = self.source(parent);
                if self.choices.chance(25) {
                    let arms = [(); 2].map(|()| self.rows_of(parent));
                    let operation = self.choices.one_of(&["union", "union all", "except", "intersect"]);
                    super::from::FromClause {
                        text: format!("({} {operation} {}) {}", arms[0], arms[1], source.alias),
                        sources: vec![source],
                        conditions: Vec::new(),
                    }
                } else {
                    let needed = self.needed(&source, &[], 0);
                    let condition = self.all(needed, std::slice::from_ref(&source));
                    super::from::FromClause {
                        text: format!("{} {}", parent.name, source.alias),
                        sources: vec![source],
                        conditions: vec![condition],
                    }
                }
            } else {
                self.from(1, &[])
            };
            let (names, mut values) = self.new_row(table, &from.sources);
            if let Some(first) = values.first_mut()
                && let Ok(base) = first.parse::<u32>()
                && base >= 1000
            {
                *first = format!("{} + (row_number() over ())::int", base * 10);
            }
            let condition = self.conjunction(from.conditions);
            format!(
                "insert into {} as {} ({}) select {} from {} where {condition}",
                table.name,
                target.alias,
                names.join(", "),
                values.join(", "),
                from.text
            )
        } else {
            let (names, values) = self.new_row(table, &[]);
            let mut rows = vec![format!("({})", values.join(", "))];
            if self.choices.chance(20) {
                let (others, values) = self.new_row(table, &[]);
                if others == names {
                    rows.push(format!("({})", values.join(", ")));
                }
            }
            format!(
                "insert into {} as {} ({}) values {}",
                table.name,
                target.alias,
                names.join(", "),
                rows.join(", ")
            )
        };
        let conflict = if conflict_free { String::new() } else { self.on_conflict(table, &target) };
        format!("{text}{conflict}{}", self.returning(&target))
    }

    fn on_conflict(&mut self, table: &'m Table, target: &Source<'m>) -> String {
        let mut arbiters: Vec<(String, bool)> = vec![(table.key.join(", "), false)];
        arbiters.extend(table.unique.iter().map(|(columns, live)| (columns.join(", "), *live)));
        let (columns, live) = self.choices.one_of(&arbiters);
        let predicate = if live { " where deleted_at is null" } else { "" };
        if self.choices.chance(25) {
            return format!(" on conflict ({columns}){predicate} do nothing");
        }
        let excluded = Source { alias: "excluded".to_owned(), columns: target.columns.clone(), table: None };
        let set = self.assignments(table, &[target.clone(), excluded]);
        let needed = self.needed(target, &[], 1);
        let guard = if self.choices.chance(60) || !live {
            let condition = self.all(needed, std::slice::from_ref(target));
            format!(" where {condition}")
        } else {
            String::new()
        };
        format!(" on conflict ({columns}){predicate} do update set {set}{guard}")
    }

    /// Assignments, mostly to columns that do not decide in which scope a row is.
    fn assignments(&mut self, table: &'m Table, visible: &[Source<'m>]) -> String {
        let harmless = |name: &str| {
            !table.key.iter().any(|key| key == name)
                && !table.links.iter().any(|link| link.columns.iter().any(|column| column == name))
        };
        let weird = self.is_weakened();
        let columns: Vec<&crate::model::Column> = table
            .columns
            .iter()
            .filter(|column| weird || harmless(&column.name) || self.choices.chance(10))
            .collect();
        let columns = if columns.is_empty() { table.columns.iter().collect() } else { columns };
        let column = self.choices.one_of(&columns);
        let value = if column.name == "deleted_at" {
            if self.is_weakened() { "null".to_owned() } else { "timestamptz '2022-02-02'".to_owned() }
        } else if let Some(link) = table.links.iter().find(|link| link.columns == [column.name.clone()]) {
            self.reference(&column.name, &link.table, &link.foreign[0], column.nullable, visible)
        } else {
            self.value(column.kind, visible, 1)
        };
        match self.choices.below(10) {
            9 => format!("({}) = (select {value})", column.name),
            8 => format!("({}) = row ({value})", column.name),
            _ => format!("{} = {value}", column.name),
        }
    }

    fn whole(&self, table: &'m Table) -> Source<'m> {
        let columns = table.columns.iter().map(|column| (column.name.clone(), column.kind)).collect();
        Source { alias: String::new(), columns, table: Some(table) }
    }

    /// The target and further sources, with a condition that makes both safe.
    fn met(&mut self, leaf: bool) -> (&'m Table, Source<'m>, Option<String>, Vec<Source<'m>>, String) {
        let table = self.target(leaf);
        let target = Source { alias: self.alias(), ..self.whole(table) };
        let mut visible = vec![target.clone()];
        let mut texts = Vec::new();
        let mut beside = None;
        if self.choices.chance(45) {
            let from = self.from(1, &[]);
            beside = Some(from.text);
            visible.extend(from.sources);
            texts.extend(from.conditions);
        }
        for needed in self.needed(&target, &visible.clone(), 0) {
            texts.push(self.say(needed, &visible));
        }
        if self.choices.chance(40) {
            texts.push(self.predicate(&visible, 1));
        }
        let condition = self.conjunction(texts);
        (table, target, beside, visible, condition)
    }

    pub(super) fn update(&mut self) -> String {
        let (table, target, beside, visible, condition) = self.met(false);
        let set = self.assignments(table, &visible);
        let from = beside.map_or(String::new(), |text| format!(" from {text}"));
        let returning = self.returning(&target);
        format!("update {} {} set {set}{from} where {condition}{returning}", table.name, target.alias)
    }

    pub(super) fn delete(&mut self) -> String {
        let (table, target, beside, _, condition) = self.met(true);
        let using = beside.map_or(String::new(), |text| format!(" using {text}"));
        let returning = self.returning(&target);
        format!("delete from {} {}{using} where {condition}{returning}", table.name, target.alias)
    }

    pub(super) fn merge(&mut self) -> String {
        let table = self.target(false);
        let target = Source { alias: self.alias(), ..self.whole(table) };
        let from = if self.choices.chance(70) {
            let inner = self.select(1, &[], None);
            let alias = self.alias();
            let names = inner.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
            let text = format!("({}) {alias} ({names})", inner.sql);
            (text, Source { alias, columns: inner.columns, table: None })
        } else {
            let table = self.table();
            let source = self.source(table);
            (format!("{} {}", source.table.map_or("", |table| &table.name), source.alias), source)
        };
        let (text, source) = from;
        let both = [target.clone(), source.clone()];
        let mut on = Vec::new();
        for needed in self.needed(&target, &[], 0) {
            on.push(self.say(needed, &both));
        }
        for needed in self.needed(&source, &[], 0) {
            on.push(self.say(needed, &both));
        }
        let kind = self.choices.one_of(&[Kind::Int, Kind::Text]);
        on.push(format!("{} = {}", self.plain(kind, &both[..1]), self.plain(kind, &both[1..])));
        let on = self.conjunction(on);
        let mut actions = String::new();
        let condition = |generator: &mut Self, visible: &[Source<'m>]| match generator.choices.chance(40) {
            true => format!(" and {}", generator.predicate(visible, 2)),
            false => String::new(),
        };
        if self.choices.chance(25) {
            actions += &format!(" when matched{} then delete", condition(self, &both));
        }
        if self.choices.chance(80) {
            let set = self.assignments(table, &both);
            actions += &format!(" when matched{} then update set {set}", condition(self, &both));
        }
        if self.choices.chance(50) || actions.is_empty() {
            let (names, values) = self.new_row(table, &both[1..]);
            actions += &format!(
                " when not matched{} then insert ({}) values ({})",
                condition(self, &both[1..]),
                names.join(", "),
                values.join(", ")
            );
        }
        if self.model.version >= 170_000 && self.choices.chance(15) {
            let set = self.assignments(table, &both[..1]);
            actions +=
                &format!(" when not matched by source{} then update set {set}", condition(self, &both[..1]));
        }
        let returning = if self.model.version >= 170_000 { self.returning(&target) } else { String::new() };
        format!("merge into {} {} using {text} on {on}{actions}{returning}", table.name, target.alias)
    }

    /// A statement that writes a foreign key with a value that another row has in a key of several columns, of which some can be
    /// NULL. Where one of them is, the key refers to nothing, whatever its other columns are.
    pub(super) fn referred(&mut self) -> String {
        let (model, claims) = (self.model, self.claims.clone());
        let is_partial = |table: &Table, link: &Link| {
            let can_be_null = |name: &String| table.column(name).is_some_and(|column| column.nullable);
            link.columns.len() > 1 && link.columns.iter().any(can_be_null)
        };
        let reached = || model.tables.iter().filter(|table| model.reaches(&claims, table));
        let mut found = Vec::new();
        for from in reached() {
            for key in from.links.iter().filter(|link| is_partial(from, link)) {
                let refers = |link: &&Link| {
                    link.table == key.table
                        && link.columns.len() == 1
                        && key.foreign.contains(&link.foreign[0])
                };
                let all = reached()
                    .flat_map(|table| table.links.iter().filter(refers).map(move |link| (table, link)));
                found.extend(all.map(|(table, link)| (from, key, table, link)));
            }
        }
        if found.is_empty() {
            return self.insert();
        }
        let (from, key, table, link) = self.choices.one_of(&found);
        let source = self.source(from);
        let mut texts = Vec::new();
        for needed in self.needed(&source, &[], 1) {
            texts.push(self.say(needed, std::slice::from_ref(&source)));
        }
        let of_key = key.columns.iter().zip(&key.foreign);
        let value =
            of_key.clone().find(|(_, far)| **far == link.foreign[0]).map(|(own, _)| source.column(own));
        let value = value.expect("the key has that column");
        let others: Vec<&String> = key.columns.iter().filter(|own| source.column(own) != value).collect();
        if self.choices.chance(30) {
            let other = self.choices.one_of(&others);
            texts.push(format!("{} is not null", source.column(other)));
        }
        let target = Source { alias: self.alias(), ..self.whole(table) };
        if self.choices.chance(50) {
            let (names, mut values) = self.new_row(table, std::slice::from_ref(&source));
            for (name, value_of) in names.iter().zip(&mut values) {
                if *name == link.columns[0] {
                    value_of.clone_from(&value);
                } else if *name == table.key[0] && value_of.parse::<u32>().is_ok() {
                    *value_of = format!("{value_of}0 + (row_number() over ())::int");
                }
            }
            let (names, values, condition) = (names.join(", "), values.join(", "), self.conjunction(texts));
            return format!(
                "insert into {} ({names}) select {values} from {} {} where {condition}",
                table.name, from.name, source.alias
            );
        }
        for needed in self.needed(&target, std::slice::from_ref(&source), 0) {
            texts.push(self.say(needed, &[target.clone(), source.clone()]));
        }
        let condition = self.conjunction(texts);
        format!(
            "update {} {} set {} = {value} from {} {} where {condition}",
            table.name, target.alias, link.columns[0], from.name, source.alias
        )
    }

    /// A statement that writes rows which bring others into scope, and another that reads these.
    pub(super) fn opened(&mut self) -> String {
        let ways = self.claims.iter().copied().flat_map(|scope| {
            let ways = scope.ways.iter().flat_map(|(table, ways)| ways.iter().map(move |way| (table, way)));
            ways.filter(|(_, way)| scope.owners.contains_key(&way.table))
        });
        let ways: Vec<_> = ways.collect();
        if ways.is_empty() {
            return self.modifying_cte();
        }
        let (table, way) = self.choices.one_of(&ways);
        let (table, by) = (self.model.table(table), self.model.table(&way.table));
        let target = Source { alias: self.alias(), ..self.whole(by) };
        let needed = self.needed(&target, &[], 2);
        let condition = self.all(needed, std::slice::from_ref(&target));
        let set = match way.guard.as_deref().and_then(|guard| guard.split_once(' ')) {
            Some((column, rest)) if self.choices.chance(70) => {
                format!("{column} = {}", rest.strip_prefix("= ").unwrap_or("7"))
            }
            _ => self.assignments(by, std::slice::from_ref(&target)),
        };
        let list: Vec<String> = target.columns.iter().map(|(column, _)| target.column(column)).collect();
        let (read, written) = (self.source(table), self.alias());
        if table.name == "organizations" && self.claims[0].name == "creator" && self.choices.chance(40) {
            // The count is evaluated first, so the rows are written when the function reads them.
            let alias = self.alias();
            return format!(
                "with {written} as (update {} {} set {set} where {condition} returning 1), {alias} as (select count(*) from {written}) \
                 select {}.name from {alias} cross join lateral organizations_of(:creator_id) {}",
                by.name, target.alias, read.alias, read.alias
            );
        }
        let pairs = way.pairs.iter().map(|(own, far)| format!("{} = {written}.{far}", read.column(own)));
        let mut texts: Vec<String> = pairs.collect();
        texts.extend(
            way.guard.iter().filter(|_| self.choices.chance(60)).map(|guard| format!("{written}.{guard}")),
        );
        if table.soft {
            texts.push(format!("{} is null", read.column("deleted_at")));
        }
        let columns: Vec<String> = read.columns.iter().map(|(column, _)| read.column(column)).collect();
        format!(
            "with {written} as (update {} {} set {set} where {condition} returning {}) select {} from {} {}, {written} where {}",
            by.name,
            target.alias,
            list.join(", "),
            columns.join(", "),
            table.name,
            read.alias,
            texts.join(" and ")
        )
    }

    /// A statement that writes, and another that reads what it returns.
    pub(super) fn modifying_cte(&mut self) -> String {
        let name = self.alias();
        let (inner, table, alias) = match self.choices.below(3) {
            0 => {
                let (table, target, beside, visible, condition) = self.met(false);
                let set = self.assignments(table, &visible);
                let from = beside.map_or(String::new(), |text| format!(" from {text}"));
                (
                    format!("update {} {} set {set}{from} where {condition}", table.name, target.alias),
                    table,
                    target.alias,
                )
            }
            1 => {
                let table = self.target(false);
                let alias = self.alias();
                let (names, values) = self.new_row(table, &[]);
                (
                    format!(
                        "insert into {} as {alias} ({}) values ({})",
                        table.name,
                        names.join(", "),
                        values.join(", ")
                    ),
                    table,
                    alias,
                )
            }
            _ => {
                let (table, target, beside, _, condition) = self.met(true);
                let using = beside.map_or(String::new(), |text| format!(" using {text}"));
                (
                    format!("delete from {} {}{using} where {condition}", table.name, target.alias),
                    table,
                    target.alias,
                )
            }
        };
        let source = self.whole(table);
        let list = source
            .columns
            .iter()
            .map(|(column, _)| format!("{alias}.{column}"))
            .collect::<Vec<_>>()
            .join(", ");
        self.ctes.push(Source { alias: name.clone(), columns: source.columns, table: Some(table) });
        let outer = if self.choices.chance(50) { self.select(1, &[], None).sql } else { self.insert() };
        self.ctes.clear();
        // A query with WITH cannot follow another WITH directly.
        let outer = if outer.starts_with("with ") { format!("select * from ({outer}) whole") } else { outer };
        format!("with {name} as ({inner} returning {list}) {outer}")
    }
}
