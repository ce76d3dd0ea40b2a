//! Random statements over the small schema: most of them nearly right, since what is plainly wrong is rejected and
//! tells nothing.

/// A generator of pseudo-random numbers, the same on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % u64::try_from(limit).expect("a small number"))
            .expect("a small number")
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub fn pick<'t, T>(&mut self, list: &'t [T]) -> &'t T {
        &list[self.below(list.len())]
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Int,
    Text,
    Time,
}

/// Something in FROM.
#[derive(Clone, Debug)]
struct Thing {
    alias: String,
    table: Option<&'static str>,
    columns: Vec<(String, Kind)>,
}

impl Thing {
    fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|(name, _)| name == column)
    }

    fn col(&self, column: &str) -> String {
        format!("{}.{column}", self.alias)
    }
}

const TABLES: &[(&str, &[(&str, Kind)])] = &[
    (
        "items",
        &[
            ("id", Kind::Int),
            ("owner", Kind::Text),
            ("parent_id", Kind::Int),
            ("title", Kind::Text),
            ("n", Kind::Int),
            ("deleted_at", Kind::Time),
        ],
    ),
    (
        "notes",
        &[
            ("id", Kind::Int),
            ("owner", Kind::Text),
            ("item_id", Kind::Int),
            ("title", Kind::Text),
            ("n", Kind::Int),
            ("deleted_at", Kind::Time),
        ],
    ),
    ("parts", &[("id", Kind::Int), ("item_id", Kind::Int), ("title", Kind::Text), ("n", Kind::Int)]),
    ("logs", &[("owner", Kind::Text), ("item_id", Kind::Int), ("title", Kind::Text), ("n", Kind::Int)]),
    ("users", &[("id", Kind::Text), ("title", Kind::Text), ("n", Kind::Int)]),
    ("tags", &[("id", Kind::Int), ("title", Kind::Text), ("n", Kind::Int)]),
    (
        "live_items",
        &[
            ("id", Kind::Int),
            ("owner", Kind::Text),
            ("parent_id", Kind::Int),
            ("title", Kind::Text),
            ("n", Kind::Int),
        ],
    ),
    (
        "items_of(:me)",
        &[
            ("id", Kind::Int),
            ("owner", Kind::Text),
            ("parent_id", Kind::Int),
            ("title", Kind::Text),
            ("n", Kind::Int),
            ("deleted_at", Kind::Time),
        ],
    ),
];

/// Makes statements.
pub struct Generator {
    random: Random,
    aliases: usize,
    /// How often a condition that safety needs is left out, of a hundred.
    slip: usize,
    ctes: Vec<Thing>,
}

/// A statement with its text as in a query file.
pub fn statement(seed: u64) -> String {
    let mut random = Random::new(seed);
    let slip = *random.pick(&[0, 5, 15, 25]);
    let mut generator = Generator { random, aliases: 0, slip, ctes: Vec::new() };
    generator.statement()
}

impl Generator {
    fn statement(&mut self) -> String {
        match self.random.below(20) {
            0 => self.update(),
            1 => self.delete(),
            2 | 3 => self.insert(),
            4 => self.merge(),
            5 => self.recursive(),
            6 => {
                let write = match self.random.below(3) {
                    0 => format!("{} returning id, owner, item_id, n", self.write_notes()),
                    1 => format!("{} returning *", self.insert_note()),
                    _ => format!("{} returning owner, item_id", self.delete()),
                };
                let columns = vec![("owner".to_owned(), Kind::Text), ("item_id".to_owned(), Kind::Int)];
                self.ctes.push(Thing { alias: "w".to_owned(), table: None, columns });
                let (select, _) = self.select(1, &[]);
                format!("with w as ({write}) {select}")
            }
            7..=9 => {
                let (cte, columns) = self.select(1, &[]);
                self.ctes.push(Thing { alias: "w".to_owned(), table: None, columns });
                let (select, _) = self.select(2, &[]);
                format!("with w as ({cte}) {select}")
            }
            10 | 11 => self.set_operation(1, &[]).0,
            _ => self.select(2, &[]).0,
        }
    }

    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("t{}", self.aliases)
    }

    fn table(&mut self) -> Thing {
        let (name, columns) = *self.random.pick(TABLES);
        self.named(name, columns)
    }

    fn named(&mut self, name: &'static str, columns: &[(&str, Kind)]) -> Thing {
        let columns = columns.iter().map(|(name, kind)| ((*name).to_owned(), *kind)).collect();
        Thing { alias: self.alias(), table: Some(name), columns }
    }

    fn of(&mut self, name: &str) -> Thing {
        let (name, columns) = *TABLES.iter().find(|(table, _)| *table == name).expect("a table of the list");
        self.named(name, columns)
    }

    /// What makes the rows of a thing own and live, most of the time.
    fn proper(&mut self, thing: &Thing, others: &[Thing]) -> Vec<String> {
        let mut found = Vec::new();
        let Some(table) = thing.table else {
            return found;
        };
        if matches!(table, "tags" | "items_of(:me)") {
            return found;
        }
        let slips = |random: &mut Random, slip| random.chance(slip);
        if thing.has("deleted_at") && !slips(&mut self.random, self.slip) {
            let column = thing.col("deleted_at");
            found.push(match self.random.below(8) {
                0 => format!("({column} is null) is true"),
                1 => format!("not ({column} is not null)"),
                2 => format!("{column} is not distinct from null"),
                _ => format!("{column} is null"),
            });
        }
        if slips(&mut self.random, self.slip) {
            return found;
        }
        if table == "parts" {
            found.push(self.through_item(thing, others));
            return found;
        }
        let owner = thing.col(if table == "users" { "id" } else { "owner" });
        let owners: Vec<String> = others
            .iter()
            .filter(|other| other.alias != thing.alias && other.has("owner"))
            .map(|other| other.col("owner"))
            .collect();
        found.push(match self.random.below(14) {
            0..=3 if !owners.is_empty() => format!("{owner} = {}", self.random.pick(&owners)),
            4 => format!("{owner} in (:me)"),
            5 => format!("{owner} = any (array[:me])"),
            6 => format!("{owner} = (select :me)"),
            7 => format!("not ({owner} <> :me)"),
            8 => format!("{owner} between :me and :me"),
            9 => format!("({owner} = :me or {owner} = :me and {})", self.atom(std::slice::from_ref(thing))),
            10 => format!("exists (select 1 from users u where u.id = {owner} and u.id = :me)"),
            11 => format!("{owner} in (select u.id from users u where u.id = :me)"),
            12 => format!("{owner} is not distinct from :me"),
            _ => format!("{owner} = :me"),
        });
        found
    }

    fn through_item(&mut self, thing: &Thing, others: &[Thing]) -> String {
        let items: Vec<&Thing> = others.iter().filter(|other| other.table == Some("items")).collect();
        let key = thing.col("item_id");
        if !items.is_empty() && self.random.chance(60) {
            return format!("{key} = {}", self.random.pick(&items).col("id"));
        }
        let item = self.of("items");
        let mut conditions = self.proper(&item, &[]);
        let alias = item.alias.clone();
        if self.random.chance(50) {
            conditions.push(format!("{key} = {alias}.id"));
            let conditions = conditions.join(" and ");
            return format!("exists (select 1 from items {alias} where {conditions})");
        }
        conditions.push("true".to_owned());
        let limit =
            if self.random.chance(20) { format!(" order by {alias}.id limit 3") } else { String::new() };
        format!("{key} in (select {alias}.id from items {alias} where {}{limit})", conditions.join(" and "))
    }

    fn column(&mut self, things: &[Thing], kind: Kind) -> Option<String> {
        let found: Vec<String> = things
            .iter()
            .flat_map(|thing| {
                thing.columns.iter().filter(|(_, own)| *own == kind).map(|(name, _)| thing.col(name))
            })
            .collect();
        (!found.is_empty()).then(|| self.random.pick(&found).clone())
    }

    fn value(&mut self, things: &[Thing], kind: Kind) -> String {
        if self.random.chance(70)
            && let Some(column) = self.column(things, kind)
        {
            return column;
        }
        match kind {
            Kind::Int => (*self.random.pick(&["1", "2", ":k", ":k + 1"])).to_owned(),
            Kind::Text => (*self.random.pick(&["'a'", "'b'", ":p", ":me", "'u2'"])).to_owned(),
            Kind::Time => "now()".to_owned(),
        }
    }

    /// Some condition.
    fn atom(&mut self, things: &[Thing]) -> String {
        self.nested_atom(things, 2)
    }

    fn nested_atom(&mut self, things: &[Thing], depth: usize) -> String {
        let kind = *self.random.pick(&[Kind::Int, Kind::Int, Kind::Text, Kind::Text, Kind::Time]);
        let Some(column) = self.column(things, kind) else { return "true".to_owned() };
        match self.random.below(12) {
            0 => format!("{column} is null"),
            1 => format!("{column} is not null"),
            2 if kind != Kind::Time => format!("{column} <> {}", self.value(things, kind)),
            3 if kind != Kind::Time => format!("({column} = {}) is not false", self.value(things, kind)),
            4 if kind != Kind::Time => format!("coalesce({column}, {0}) = {0}", self.value(things, kind)),
            5 if kind != Kind::Time => {
                format!("{column} in ({}, {})", self.value(things, kind), self.value(things, kind))
            }
            6 if depth > 0 => format!(
                "({} or {})",
                self.nested_atom(things, depth - 1),
                self.nested_atom(things, depth - 1)
            ),
            7 if depth > 0 => format!(
                "not ({} and {})",
                self.nested_atom(things, depth - 1),
                self.nested_atom(things, depth - 1)
            ),
            8 if depth > 0 => format!(
                "case when {} then {} else {} end",
                self.nested_atom(things, 0),
                self.nested_atom(things, 0),
                self.nested_atom(things, 0)
            ),
            _ if kind != Kind::Time => format!("{column} = {}", self.value(things, kind)),
            _ => format!("{column} is null"),
        }
    }

    /// A subquery as a condition.
    fn sublink(&mut self, depth: usize, things: &[Thing]) -> String {
        let not = if self.random.chance(40) { "not " } else { "" };
        match self.random.below(3) {
            0 => {
                let (select, _) = self.select(depth - 1, things);
                format!("{not}exists ({select})")
            }
            1 => {
                let inner = self.of("items");
                let proper = self.proper(&inner, things);
                let column = self.value(things, Kind::Int);
                let conditions =
                    [proper, vec![self.atom(std::slice::from_ref(&inner))]].concat().join(" and ");
                format!("{column} {not}in (select {0}.id from items {0} where {conditions})", inner.alias)
            }
            _ => {
                let inner = self.table();
                let mut all = things.to_vec();
                let mut conditions = self.proper(&inner, things);
                all.push(inner.clone());
                conditions.push(self.atom(&all));
                let from = inner.table.expect("a table");
                format!(
                    "(select count(*) from {from} {} where {}) > 1",
                    inner.alias,
                    conditions.join(" and ")
                )
            }
        }
    }

    /// FROM: its text, its things, and the conditions that belong into WHERE.
    fn from(&mut self, depth: usize, outer: &[Thing]) -> (String, Vec<Thing>, Vec<String>) {
        let mut things: Vec<Thing> = Vec::new();
        let mut text = String::new();
        let mut conditions = Vec::new();
        let count = 1 + self.random.below(if depth > 1 { 3 } else { 2 });
        for index in 0..count {
            let (item, thing) = self.item(depth, outer, &things);
            let known: Vec<Thing> = things.iter().chain(outer).cloned().collect();
            let mut proper = self.proper(&thing, &known);
            let mut both = things.clone();
            both.push(thing.clone());
            if index == 0 {
                text = item;
                conditions.append(&mut proper);
            } else {
                let mut on = Vec::new();
                let join = match self.random.below(10) {
                    0..=3 => "join",
                    4..=7 => "left join",
                    8 => "right join",
                    _ => "full join",
                };
                if self.random.chance(70) {
                    on.push(self.link(&both));
                }
                if self.random.chance(30) {
                    on.push(self.atom(&both));
                }
                let into_on = match join {
                    "join" => self.random.chance(50),
                    "left join" => self.random.chance(92),
                    _ => self.random.chance(20),
                };
                if into_on {
                    on.append(&mut proper)
                } else {
                    conditions.append(&mut proper)
                }
                // What is known of the left side has to stand in ON where the right side is kept.
                if join == "right join" && self.random.chance(80) {
                    on.append(&mut conditions);
                }
                if self.random.chance(15) && depth > 0 {
                    on.push(self.sublink(depth, &both));
                }
                if on.is_empty() {
                    on.push("true".to_owned());
                }
                text = format!("{text} {join} {item} on {}", on.join(" and "));
            }
            things.push(thing);
        }
        (text, things, conditions)
    }

    fn link(&mut self, things: &[Thing]) -> String {
        let last = things.last().expect("there is one");
        let others = &things[..things.len() - 1];
        for other in others {
            if last.has("item_id") && other.has("id") && self.random.chance(60) {
                return format!("{} = {}", last.col("item_id"), other.col("id"));
            }
            if other.has("item_id") && last.has("id") && self.random.chance(60) {
                return format!("{} = {}", other.col("item_id"), last.col("id"));
            }
        }
        let kind = *self.random.pick(&[Kind::Int, Kind::Text]);
        match (self.column(others, kind), self.column(std::slice::from_ref(last), kind)) {
            (Some(left), Some(right)) => format!("{left} = {right}"),
            _ => "true".to_owned(),
        }
    }

    fn item(&mut self, depth: usize, outer: &[Thing], left: &[Thing]) -> (String, Thing) {
        let roll = self.random.below(20);
        if roll < 2 && !self.ctes.is_empty() || !self.ctes.is_empty() && self.random.chance(30) {
            let cte = self.random.pick(&self.ctes).clone();
            let alias = self.alias();
            return (format!("{} {alias}", cte.alias), Thing { alias, ..cte });
        }
        if depth > 0 && roll < 7 {
            let lateral = roll < 3 && !left.is_empty();
            let known: Vec<Thing> =
                if lateral { left.iter().chain(outer).cloned().collect() } else { outer.to_vec() };
            let (select, columns) = if self.random.chance(15) {
                self.set_operation(depth - 1, &known)
            } else {
                self.select(depth - 1, &known)
            };
            let alias = self.alias();
            let text = format!("{}({select}) {alias}", if lateral { "lateral " } else { "" });
            // What a subquery leaves open, a condition on its columns may still close.
            let table = columns.iter().any(|(name, _)| name == "owner").then_some("subquery");
            return (text, Thing { alias, table, columns });
        }
        if roll == 19 {
            let alias = self.alias();
            let columns = vec![("owner".to_owned(), Kind::Text), ("n".to_owned(), Kind::Int)];
            let second = *self.random.pick(&[":me", ":p", "'u2'"]);
            return (
                format!("(values (:me, 1), ({second}, 2)) {alias} (owner, n)"),
                Thing { alias, table: None, columns },
            );
        }
        let thing = self.table();
        (format!("{} {}", thing.table.expect("a table"), thing.alias), thing)
    }

    fn wheres(
        &mut self,
        depth: usize,
        things: &[Thing],
        outer: &[Thing],
        mut conditions: Vec<String>,
    ) -> String {
        let all: Vec<Thing> = things.iter().chain(outer).cloned().collect();
        while self.random.chance(35) {
            conditions.push(self.atom(&all));
        }
        if depth > 0 && self.random.chance(30) {
            conditions.push(self.sublink(depth, &all));
        }
        if conditions.is_empty() {
            return String::new();
        }
        if self.random.chance(4) {
            let last = conditions.pop().expect("there is one");
            return format!(
                " where {} or {last}",
                if conditions.is_empty() { "false".to_owned() } else { conditions.join(" and ") }
            );
        }
        format!(" where {}", conditions.join(" and "))
    }

    /// A SELECT and its columns. A subquery gives `id`, `owner` and the like where it has them.
    fn select(&mut self, depth: usize, outer: &[Thing]) -> (String, Vec<(String, Kind)>) {
        let (from, things, conditions) = self.from(depth, outer);
        let wheres = self.wheres(depth, &things, outer, conditions);
        match self.random.below(14) {
            0 => return self.aggregate(&from, &wheres, &things, depth),
            1 | 2 => return self.grouped(&from, &wheres, &things),
            _ => {}
        }
        let mut columns: Vec<(String, Kind)> = Vec::new();
        let mut list = Vec::new();
        for thing in &things {
            for (name, kind) in &thing.columns {
                if !columns.iter().any(|(known, _)| known == name) && self.random.chance(80) {
                    // Now and then a column is not what its name says.
                    let text = match (name.as_str(), self.random.below(30)) {
                        ("owner", 0) => "cast(:me as text)".to_owned(),
                        ("owner", 1) => format!("coalesce({}, :me)", thing.col(name)),
                        ("deleted_at", 0 | 1) => "null::timestamptz".to_owned(),
                        _ => thing.col(name),
                    };
                    list.push(format!("{text} as {name}"));
                    columns.push((name.clone(), *kind));
                }
            }
        }
        if list.is_empty() {
            list.push("1 as one".to_owned());
            columns.push(("one".to_owned(), Kind::Int));
        }
        let single =
            things.len() == 1 && things[0].table.is_some_and(|table| table != "logs" && table != "subquery");
        let key = things[0].col("id");
        let mut prefix = String::new();
        let mut suffix = String::new();
        match self.random.below(16) {
            0 => prefix = "distinct ".to_owned(),
            1 if single && things[0].has("owner") => {
                prefix = format!("distinct on ({0}, {1}) ", things[0].col("owner"), things[0].col("title"));
                suffix = format!(" order by {0}, {1}, {key}", things[0].col("owner"), things[0].col("title"));
            }
            2 | 3 if single => {
                suffix = format!(
                    " order by {key} limit {}",
                    self.random.pick(&["2", "3", "(select count(*) from tags)"])
                )
            }
            4 if single => suffix = format!(" order by {key} for update"),
            5 => {
                let partition = self.value(&things, Kind::Text);
                list.push(format!("count(*) over (partition by {partition}) as m"));
                columns.push(("m".to_owned(), Kind::Int));
            }
            6 if depth > 0 => {
                let scalar = self.scalar(&things, outer);
                list.push(format!("{scalar} as s"));
                columns.push(("s".to_owned(), Kind::Int));
            }
            7 if depth > 0 => {
                let condition = self.sublink(depth, &[&things[..], outer].concat());
                list.push(format!("case when {condition} then 1 else 0 end as s"));
                columns.push(("s".to_owned(), Kind::Int));
            }
            _ => {}
        }
        (format!("select {prefix}{} from {from}{wheres}{suffix}", list.join(", ")), columns)
    }

    fn scalar(&mut self, things: &[Thing], outer: &[Thing]) -> String {
        let inner = self.table();
        let known: Vec<Thing> = things.iter().chain(outer).cloned().collect();
        let mut conditions = self.proper(&inner, &known);
        let all: Vec<Thing> = known.iter().cloned().chain([inner.clone()]).collect();
        conditions.push(self.atom(&all));
        format!(
            "(select max({0}.n) from {1} {0} where {2})",
            inner.alias,
            inner.table.expect("a table"),
            conditions.join(" and ")
        )
    }

    fn aggregate(
        &mut self,
        from: &str,
        wheres: &str,
        things: &[Thing],
        depth: usize,
    ) -> (String, Vec<(String, Kind)>) {
        let column = self.column(things, Kind::Int).unwrap_or_else(|| "1".to_owned());
        let filter = if self.random.chance(30) {
            format!(" filter (where {})", self.atom(things))
        } else {
            String::new()
        };
        let extra = if depth > 0 && self.random.chance(20) {
            format!(", {} as x", self.scalar(&[], &[]))
        } else {
            String::new()
        };
        (
            format!("select count(*) as n, max({column}){filter} as m{extra} from {from}{wheres}"),
            vec![("n".to_owned(), Kind::Int), ("m".to_owned(), Kind::Int)],
        )
    }

    fn grouped(&mut self, from: &str, wheres: &str, things: &[Thing]) -> (String, Vec<(String, Kind)>) {
        let owner = things.iter().find(|thing| thing.has("owner")).map(|thing| thing.col("owner"));
        let key = match owner {
            Some(owner) if self.random.chance(60) => owner,
            _ => self.value(things, Kind::Text),
        };
        if !key.contains('.') {
            return (format!("select count(*) as n from {from}{wheres}"), vec![("n".to_owned(), Kind::Int)]);
        }
        let groups = match self.random.below(8) {
            0 => format!("rollup ({key})"),
            1 => format!("grouping sets (({key}), ())"),
            2 => format!("grouping sets (({key}), ({key}, {key}))"),
            _ => key.clone(),
        };
        let having = match self.random.below(6) {
            0 => format!(" having {key} = :me"),
            1 => " having count(*) > 1".to_owned(),
            _ => String::new(),
        };
        (
            format!("select {key} as owner, count(*) as n from {from}{wheres} group by {groups}{having}"),
            vec![("owner".to_owned(), Kind::Text), ("n".to_owned(), Kind::Int)],
        )
    }

    fn set_operation(&mut self, depth: usize, outer: &[Thing]) -> (String, Vec<(String, Kind)>) {
        let arm = |generator: &mut Self| {
            let table = *generator.random.pick(&["items", "notes"]);
            let thing = generator.of(table);
            let conditions = generator.proper(&thing, outer);
            let wheres = generator.wheres(depth, std::slice::from_ref(&thing), outer, conditions);
            let owner = if generator.random.chance(5) { ":me".to_owned() } else { thing.col("owner") };
            format!("select {0}.id, {owner} as owner, {0}.title from {table} {0}{wheres}", thing.alias)
        };
        let operator = *self.random.pick(&["union", "union all", "intersect", "except"]);
        let (left, right) = (arm(self), arm(self));
        let columns = vec![
            ("id".to_owned(), Kind::Int),
            ("owner".to_owned(), Kind::Text),
            ("title".to_owned(), Kind::Text),
        ];
        (format!("{left} {operator} {right}"), columns)
    }

    fn recursive(&mut self) -> String {
        let (seed, step) = (self.of("items"), self.of("items"));
        let mut first = self.proper(&seed, &[]);
        first.push(self.atom(std::slice::from_ref(&seed)));
        let tree = Thing {
            alias: "r".to_owned(),
            table: None,
            columns: vec![
                ("id".to_owned(), Kind::Int),
                ("owner".to_owned(), Kind::Text),
                ("d".to_owned(), Kind::Int),
            ],
        };
        let mut next = self.proper(&step, std::slice::from_ref(&tree));
        next.push(format!("{}.parent_id = r.id", step.alias));
        let carried = self.random.pick(&["owner", "owner", "owner", "title"]).to_string();
        let outside = if self.random.chance(30) { " where owner = :me" } else { "" };
        format!(
            "with recursive r as (select {0}.id, {0}.owner, 1 as d from items {0} where {1} union all select {2}.id, {2}.{carried}, r.d + 1 from r join items {2} on {3} where r.d < 5) select id, owner, d from r{outside}",
            seed.alias,
            first.join(" and "),
            step.alias,
            next.join(" and ")
        )
    }

    fn sets(&mut self, target: &Thing, known: &[Thing]) -> String {
        let mut sets = Vec::new();
        if self.random.chance(80) {
            sets.push(format!("n = {}", self.value(known, Kind::Int)));
        }
        if self.random.chance(30) {
            sets.push(format!("title = coalesce({}, 'x')", self.value(known, Kind::Text)));
        }
        if target.has("item_id") && target.table == Some("notes") && self.random.chance(25) {
            sets.push(format!("item_id = {}", self.value(known, Kind::Int)));
        }
        if target.has("deleted_at") && self.random.chance(15) {
            sets.push(format!("deleted_at = {}", self.random.pick(&["'2021-01-01'", "null"])));
        }
        if target.has("owner") && self.random.chance(8) {
            sets.push(format!("owner = {}", self.value(known, Kind::Text)));
        }
        if sets.is_empty() {
            sets.push("n = 7".to_owned());
        }
        sets.join(", ")
    }

    fn target(&mut self) -> Thing {
        let name = *self.random.pick(&["items", "notes", "parts", "logs", "live_items"]);
        self.of(name)
    }

    fn update(&mut self) -> String {
        let target = self.target();
        self.update_of(target)
    }

    fn write_notes(&mut self) -> String {
        let target = self.of("notes");
        self.update_of(target)
    }

    fn update_of(&mut self, target: Thing) -> String {
        let mut known = vec![target.clone()];
        let mut conditions = Vec::new();
        let mut from = String::new();
        if self.random.chance(50) {
            let source = self.of("items");
            conditions.append(&mut self.proper(&source, &known));
            from = format!(" from items {}", source.alias);
            known.push(source);
        }
        conditions.append(&mut self.proper(&target, &known));
        let wheres = self.wheres(1, &known, &[], conditions);
        let sets = self.sets(&target, &known);
        format!("update {} {} set {sets}{from}{wheres}", target.table.expect("a table"), target.alias)
    }

    fn delete(&mut self) -> String {
        let target = self.of("logs");
        let mut known = vec![target.clone()];
        let mut conditions = Vec::new();
        let mut using = String::new();
        if self.random.chance(40) {
            let source = self.of("items");
            conditions.append(&mut self.proper(&source, &known));
            using = format!(" using items {}", source.alias);
            known.push(source);
        }
        conditions.append(&mut self.proper(&target, &known));
        let wheres = self.wheres(1, &known, &[], conditions);
        format!("delete from logs {}{using}{wheres}", target.alias)
    }

    fn insert(&mut self) -> String {
        if self.random.chance(50) {
            return self.insert_note();
        }
        let item = self.of("items");
        let mut conditions = self.proper(&item, &[]);
        conditions.push(self.atom(std::slice::from_ref(&item)));
        let owner = if self.random.chance(60) { ":me".to_owned() } else { item.col("owner") };
        let key = if self.random.chance(90) { item.col("id") } else { "parent_id".to_owned() };
        let conflict = match self.random.below(4) {
            0 => " on conflict do nothing".to_owned(),
            1 => " on conflict (owner, item_id) do update set n = excluded.n".to_owned(),
            2 => format!(
                " on conflict (item_id, owner) do update set n = logs.n + 1 where {}",
                self.random.pick(&["logs.owner = :me", "logs.n > 1"])
            ),
            _ => String::new(),
        };
        format!(
            "insert into logs (owner, item_id, title, n) select {owner}, {key}, 'x', {0}.n from items {0} where {1}{conflict}",
            item.alias,
            conditions.join(" and ")
        )
    }

    fn insert_note(&mut self) -> String {
        let item = self.of("items");
        let mut conditions = self.proper(&item, &[]);
        conditions.push(self.atom(std::slice::from_ref(&item)));
        let owner = if self.random.chance(70) { ":me".to_owned() } else { item.col("owner") };
        let conflict = match self.random.below(6) {
            0 => " on conflict do nothing",
            1 => " on conflict (id) do update set n = excluded.n",
            2 => {
                " on conflict (id) do update set n = excluded.n where notes.owner = :me and notes.deleted_at is null"
            }
            _ => "",
        };
        if self.random.chance(20) {
            let reference = *self.random.pick(&["null", ":k", "1"]);
            return format!(
                "insert into notes (id, owner, item_id, title, n) values (900, :me, {reference}, 'x', :k){conflict}"
            );
        }
        format!(
            "insert into notes (id, owner, item_id, title, n) select 900 + {0}.id, {owner}, {0}.id, {0}.title, {0}.n from items {0} where {1}{conflict}",
            item.alias,
            conditions.join(" and ")
        )
    }

    fn merge(&mut self) -> String {
        let (target, source) = (self.of("logs"), self.of("items"));
        let mut on = self.proper(&target, std::slice::from_ref(&source));
        on.push(format!("{}.item_id = {}.id", target.alias, source.alias));
        let proper = self.proper(&source, &[]);
        let mut tests = String::new();
        let using = match self.random.below(3) {
            0 => {
                on.extend(proper);
                format!("items {}", source.alias)
            }
            1 => {
                tests = format!(" and {}", [proper, vec!["true".to_owned()]].concat().join(" and "));
                format!("items {}", source.alias)
            }
            _ => {
                let conditions = [proper, vec!["true".to_owned()]].concat().join(" and ");
                format!("(select * from items {0} where {conditions}) {0}", source.alias)
            }
        };
        let matched = match self.random.below(4) {
            0 => "delete".to_owned(),
            1 => "do nothing".to_owned(),
            _ => format!("update set n = {}.n", source.alias),
        };
        let extra = if self.random.chance(30) {
            format!(" and {}", self.atom(&[target.clone(), source.clone()]))
        } else {
            String::new()
        };
        let insert = if self.random.chance(60) {
            let owner = if self.random.chance(80) { ":me".to_owned() } else { source.col("owner") };
            format!(
                " when not matched{tests} then insert (owner, item_id, title, n) values ({owner}, {0}.id, 'm', {0}.n)",
                source.alias
            )
        } else {
            String::new()
        };
        format!(
            "merge into logs {} using {using} on {} when matched{tests}{extra} then {matched}{insert}",
            target.alias,
            on.join(" and ")
        )
    }
}
