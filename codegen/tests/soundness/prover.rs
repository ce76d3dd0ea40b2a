//! Runs the compiler on thousands of statements at a time.

use std::collections::BTreeSet;
use std::fmt::Write;

use sqlward_codegen::diagnostics::Diagnostics;
use sqlward_codegen::infer::Knowledge;
use sqlward_codegen::parse::{Cardinality, QueryDecl};
use sqlward_codegen::postgres::{Server, Sessions};
use sqlward_codegen::project::Project;
use sqlward_codegen::prove::{Judged, Policy, RULES, Verdict};
use sqlward_codegen::schema::{self, Schema};
use sqlward_codegen::{analyse, infer, parse, prove};

use crate::generate::{Grant, Statement};
use crate::model::Model;

pub const CONFIG: &str = include_str!("sqlward.toml");
pub const SCHEMA: &str = include_str!("schema.sql");

/// A statement as it is sent, with the prover's verdict.
#[derive(Debug, Clone)]
pub struct Judgement {
    /// The text with `$n`.
    pub sql: String,
    /// The names of the parameters.
    pub params: Vec<String>,
    /// The rules that reject it; none if it is accepted.
    pub rules: BTreeSet<&'static str>,
    /// What the signature promises.
    pub promise: Promise,
}

/// What the inferred signature of a query promises about its result.
#[derive(Debug, Clone)]
pub struct Promise {
    pub cardinality: Cardinality,
    /// For each result column whether it is nullable.
    pub nullable: Vec<bool>,
    /// For each parameter whether it can be NULL.
    pub params: Vec<bool>,
}

/// The compiler, with a server that has the schema.
pub struct Prover {
    pub server: Server,
    pub model: Model,
    sessions: Sessions,
    schema: Schema,
}

impl Prover {
    pub fn start() -> Prover {
        let url = std::env::var("SQLWARD_DATABASE_URL").ok();
        let server = Server::start(url.as_deref()).expect("a server starts");
        let mut diagnostics = Diagnostics::default();
        let project = Project::in_memory(&mut diagnostics, CONFIG, SCHEMA, &[]);
        assert!(
            schema::apply(&mut diagnostics, &server, &project).expect("the server answers"),
            "{diagnostics:?}"
        );
        let mut sessions = server.sessions().expect("the server answers");
        let schema = schema::read(&mut sessions).expect("the server answers");
        let knowledge = Knowledge::new(&mut diagnostics, &schema, &project.config);
        Policy::check(&mut diagnostics, &project.config, &knowledge, sessions.one())
            .expect("the server answers");
        let found = diagnostics.into_sorted();
        assert!(found.is_empty(), "{found:#?}");
        let model = Model::new(&schema, &project.config, server.version());
        Prover { server, model, sessions, schema }
    }

    /// Judges statements. `Err` is the message for one that is not valid.
    pub fn judge(&mut self, statements: &[Statement]) -> Vec<Result<Judgement, String>> {
        let mut text = String::new();
        for (number, statement) in statements.iter().enumerate() {
            let scope = match &statement.grants {
                Some(Grant { is_system: true, .. }) => "system: \"who asks is known\"".to_owned(),
                _ => statement.claims.join(", "),
            };
            let _ = writeln!(text, "--! q{number}\n--@ scope {scope}");
            if let Some(grant) = &statement.grants {
                let role = grant.role.iter().map(|role| format!(" as {role}")).collect::<String>();
                let _ = writeln!(text, "--@ grants team{role}\n--@ opt");
            }
            for (name, kind) in
                statement.params.iter().filter(|(name, _)| statement.sql.contains(&format!(":{name}")))
            {
                let _ = writeln!(text, "--@ param {name} {kind}");
            }
            let _ = writeln!(text, "{};\n", statement.sql);
        }
        let mut diagnostics = Diagnostics::default();
        let project = Project::in_memory(&mut diagnostics, CONFIG, SCHEMA, &[("all.sql", &text)]);
        let decls = parse::parse(&mut diagnostics, &project);
        let knowledge = Knowledge::new(&mut diagnostics, &self.schema, &project.config);
        let known = |decl: &QueryDecl| knowledge.scope_types(decl);
        let analysed = analyse::analyse(&mut diagnostics, &mut self.sessions, &self.schema, known, decls)
            .expect("the server answers");
        let typed = infer::infer(&mut diagnostics, &knowledge, analysed);
        let policy = Policy::check(&mut diagnostics, &project.config, &knowledge, self.sessions.one())
            .expect("the server answers");
        let (_, queries) = typed.take_queries();
        let outcome = prove::prove(&mut diagnostics, &project.sources, &self.schema, &policy, queries);

        let mut answers: Vec<Result<Judgement, String>> =
            statements.iter().map(|_| Err("it was lost on the way".to_owned())).collect();
        for judged in outcome.proven.iter().map(|proven| &**proven).chain(&outcome.rejected) {
            answers[number(&judged.decl().name.value)] = Ok(judgement(judged));
        }
        for diagnostic in diagnostics.into_sorted() {
            let Some(name) = diagnostic.query.as_deref().and_then(|path| path.rsplit("::").next()) else {
                continue;
            };
            match &mut answers[number(name)] {
                Ok(judgement) if RULES.contains(&diagnostic.rule) => {
                    judgement.rules.insert(diagnostic.rule);
                }
                // Findings about style, such as names of columns, are ignored.
                Ok(_) => {}
                Err(message) => *message = diagnostic.message,
            }
        }
        for judgement in answers.iter_mut().flatten() {
            // The mark of a rejection is replaced by the ids of the rules.
            if judgement.rules.len() > 1 {
                judgement.rules.remove("");
            }
        }
        answers
    }
}

fn judgement(judged: &Judged) -> Judgement {
    let sql = &judged.decl().sql;
    let mut rules = BTreeSet::new();
    // Marks a rejection until the diagnostics give the ids of the rules.
    if judged.verdict() == Verdict::Rejected {
        rules.insert("");
    }
    let params = sql.params.iter().map(|param| param.name.clone()).collect();
    let signature = judged.signature();
    let promise = Promise {
        cardinality: signature.cardinality,
        nullable: signature.columns.iter().map(|column| column.nullable).collect(),
        params: signature.params.iter().map(|param| param.nullable).collect(),
    };
    Judgement { sql: sql.text.clone(), params, rules, promise }
}

fn number(name: &str) -> usize {
    name.trim_start_matches('q').parse().expect("queries are numbered")
}
