//! Generates random statements, most of which are safe or almost safe.
//!
//! Every table gets the conditions that its scope needs, in one of many equivalent forms. In some statements some of these are
//! weakened, moved or mixed up. So the prover has statements to accept and statements to reject.

mod conditions;
mod expressions;
mod from;
mod grants;
mod select;
mod writes;

use std::collections::BTreeMap;

use crate::choices::Choices;
use crate::model::{Kind, Model, Scope, Table};

/// A statement in the form that the compiler reads.
#[derive(Debug, Clone)]
pub struct Statement {
    pub sql: String,
    pub claims: Vec<String>,
    /// The types of the parameters that no token fills.
    pub params: BTreeMap<String, &'static str>,
    /// The decisions from which it was generated.
    pub script: Vec<u32>,
    /// The token that it grants, if any.
    pub grants: Option<Grant>,
}

/// The token of a team that a statement grants.
#[derive(Debug, Clone)]
pub struct Grant {
    pub role: Option<String>,
    /// Whether the statement is in system scope.
    pub is_system: bool,
}

impl Statement {
    pub fn writes(&self) -> bool {
        ["insert into", "update ", "delete from", "merge into"].iter().any(|word| self.sql.contains(word))
    }

    pub fn locks(&self) -> bool {
        self.sql.contains(" for update") || self.sql.contains(" for share")
    }
}

/// The scopes that are claimed together.
pub const CLAIMS: &[&[&str]] = &[
    &["creator"],
    &["organization"],
    &["creator", "organization"],
    &["organizations"],
    &["viewer"],
    &["public"],
];

/// Generates a statement from these decisions.
pub fn statement(model: &Model, claims: &[&str], choices: Choices) -> Statement {
    let mut generator = Generator::new(model, claims, choices);
    let sql = generator.top();
    generator.finish(claims, sql)
}

/// Generates a statement that grants a token.
pub fn granting(model: &Model, choices: Choices) -> Statement {
    grants::statement(model, choices)
}

/// Generates a statement of the same kind as another one from other decisions.
pub fn like(model: &Model, statement: &Statement, choices: Choices) -> Statement {
    let claims: Vec<&str> = statement.claims.iter().map(String::as_str).collect();
    if statement.grants.is_some() {
        granting(model, choices)
    } else {
        self::statement(model, &claims, choices)
    }
}

struct Generator<'m> {
    model: &'m Model,
    choices: Choices,
    claims: Vec<&'m Scope>,
    params: BTreeMap<String, &'static str>,
    aliases: usize,
    /// The probability in percent that something is weakened.
    weaken: usize,
    ctes: Vec<Source<'m>>,
    fresh: usize,
}

/// A source of rows in FROM.
#[derive(Debug, Clone)]
struct Source<'m> {
    alias: String,
    columns: Vec<(String, Kind)>,
    /// The table, if its rows are those of a table.
    table: Option<&'m Table>,
}

impl Source<'_> {
    fn column(&self, name: &str) -> String {
        format!("{}.{name}", self.alias)
    }

    fn has(&self, name: &str) -> bool {
        self.columns.iter().any(|(column, _)| column == name)
    }
}

/// A query with its output columns.
struct Select {
    sql: String,
    columns: Vec<(String, Kind)>,
}

impl<'m> Generator<'m> {
    fn new(model: &'m Model, claims: &[&str], choices: Choices) -> Self {
        let mut generator = Generator {
            model,
            choices,
            claims: claims.iter().map(|name| model.scope(name)).collect(),
            params: BTreeMap::new(),
            aliases: 0,
            weaken: 0,
            ctes: Vec::new(),
            fresh: 0,
        };
        // Many statements are not weakened, so that enough are accepted.
        generator.weaken = generator.choices.one_of(&[0, 2, 5, 5, 10, 20]);
        generator
    }

    fn finish(self, claims: &[&str], sql: String) -> Statement {
        Statement {
            sql,
            claims: claims.iter().map(|name| (*name).to_owned()).collect(),
            params: self.params,
            script: self.choices.into_script(),
            grants: None,
        }
    }

    fn top(&mut self) -> String {
        match self.choices.below(21) {
            0..=10 => self.select(0, &[], None).sql,
            11 | 12 => self.insert(),
            13 | 14 => self.update(),
            15 => self.delete(),
            16 => self.merge(),
            17 => self.modifying_cte(),
            18 if self.choices.chance(60) => self.modifying_cte(),
            18 => self.opened(),
            19 => self.locking(),
            _ => self.referred(),
        }
    }

    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("t{}", self.aliases)
    }

    fn is_weakened(&mut self) -> bool {
        self.choices.chance(self.weaken)
    }

    fn param(&mut self, name: &str, kind: Kind) -> String {
        self.params.insert(name.to_owned(), kind.sql());
        format!(":{name}")
    }

    /// A new key, which no row has.
    fn fresh_id(&mut self) -> String {
        self.fresh += 1;
        (1000 + self.fresh).to_string()
    }

    /// The parameter of a claimed scope.
    fn scope_param(&self, scope: &Scope) -> String {
        format!(":{}", scope.param.as_deref().unwrap_or("nobody"))
    }

    /// A table, mostly one that the claims can reach.
    fn table(&mut self) -> &'m Table {
        let model = self.model;
        if self.is_weakened() && self.is_weakened() {
            return &model.tables[self.choices.below(model.tables.len())];
        }
        let reached: Vec<&Table> =
            model.tables.iter().filter(|table| model.reaches(&self.claims, table)).collect();
        // Tables with soft deletion are preferred, since most rules are about them.
        let most: Vec<&Table> = reached.iter().copied().filter(|table| table.soft).collect();
        if most.is_empty() || self.choices.chance(50) {
            self.choices.one_of(&reached)
        } else {
            self.choices.one_of(&most)
        }
    }

    fn source(&mut self, table: &'m Table) -> Source<'m> {
        let columns = match self.visible(table) {
            Some(visible) => {
                table.columns.iter().filter(|column| visible.contains(&column.name)).collect::<Vec<_>>()
            }
            None => table.columns.iter().collect(),
        };
        Source {
            alias: self.alias(),
            columns: columns.iter().map(|column| (column.name.clone(), column.kind)).collect(),
            table: Some(table),
        }
    }

    fn visible(&mut self, table: &Table) -> Option<Vec<String>> {
        if self.is_weakened() { None } else { Some(self.model.visible_columns(table, &self.claims)) }
    }
}
