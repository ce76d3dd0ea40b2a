//! Runs the stages before the proof, which are not measured.

use sqlward_codegen::analyse::{self, Analysed};
use sqlward_codegen::diagnostics::{Diagnostic, Diagnostics};
use sqlward_codegen::infer::{self, Knowledge, Typed};
use sqlward_codegen::parse::{self, QueryDecl};
use sqlward_codegen::postgres::{Server, Sessions};
use sqlward_codegen::project::Project;
use sqlward_codegen::prove::Policy;
use sqlward_codegen::schema::{self, Schema};

/// A server with a schema, and what the stages know of it.
pub struct Compiler {
    config: &'static str,
    pub schema: Schema,
    sessions: Sessions,
    /// Dropped last, which ends the server.
    _server: Server,
}

/// Queries that are ready to be proven.
pub struct Workload {
    pub project: Project,
    pub policy: Policy,
    pub analysed: Vec<Analysed>,
    pub queries: Vec<Typed>,
    complaints: Vec<Diagnostic>,
}

impl Workload {
    /// The messages for queries that did not get this far.
    pub fn complaints(&self) -> Vec<String> {
        self.complaints.iter().take(3).map(|complaint| complaint.message.clone()).collect()
    }
}

impl Compiler {
    pub fn start(schema: &str, config: &'static str) -> Compiler {
        let server = Server::start(None).expect("a server starts");
        let mut diagnostics = Diagnostics::default();
        let project = Project::in_memory(&mut diagnostics, config, schema, &[]);
        let applied = schema::apply(&mut diagnostics, &server, &project).expect("the server answers");
        let found = diagnostics.into_sorted();
        assert!(applied && found.is_empty(), "{found:#?}");
        let mut sessions = server.sessions().expect("the server answers");
        let schema = schema::read(&mut sessions).expect("the server answers");
        Compiler { config, schema, sessions, _server: server }
    }

    /// Runs the stages for a file of queries.
    pub fn analyse(&mut self, text: &str) -> Workload {
        let mut diagnostics = Diagnostics::default();
        let project = Project::in_memory(&mut diagnostics, self.config, "", &[("all.sql", text)]);
        let decls = parse::parse(&mut diagnostics, &project);
        let knowledge = Knowledge::new(&mut diagnostics, &self.schema, &project.config);
        let known = |decl: &QueryDecl| knowledge.scope_types(decl);
        let analysed = analyse::analyse(&mut diagnostics, &mut self.sessions, &self.schema, known, decls)
            .expect("the server answers");
        let typed = infer::infer(&mut diagnostics, &knowledge, analysed.clone());
        let policy = Policy::check(&mut diagnostics, &project.config, &knowledge, self.sessions.one())
            .expect("the server answers");
        let (_, queries) = typed.take_queries();
        Workload { project, policy, analysed, queries, complaints: diagnostics.into_sorted() }
    }
}
