//! The pipeline: what runs after what.

use std::thread;

use crate::diagnostics::Diagnostics;
use crate::infer::{Catalog, Knowledge};
use crate::parse::QueryDecl;
use crate::postgres::{Cache, Host, Server};
use crate::project::{self, Project, ProjectOptions};
use crate::prove::{Judged, Policy, Proven};
use crate::schema::{self, Schema};
use crate::{Result, analyse, infer, parallel, parse, prove};

/// What to compile, and where.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The inputs.
    pub project: ProjectOptions,
    /// A server to use; `None` starts a private one.
    pub database_url: Option<String>,
    /// What is kept of a private one.
    pub cache: Cache,
}

/// What came of it.
pub struct Compilation {
    /// The inputs.
    pub project: Project,
    /// What the server has made of the schema.
    pub schema: Schema,
    /// What owns which rows.
    pub policy: Policy,
    /// The queries that could be analysed, with all their types.
    pub catalog: Catalog<Proven>,
    /// The queries that could be analysed and not be proven.
    pub rejected: Vec<Judged>,
    /// What is wrong with the input.
    pub diagnostics: Diagnostics,
    /// The server, with the schema in force: it is stopped when this is dropped. One that is kept ends already.
    pub server: Server,
}

impl Compilation {
    /// Ends the server, and leaves the rest to the end of the process, which gives it back at once and not piece by piece.
    pub fn leave(self) {
        let Compilation { project, schema, policy, catalog, rejected, diagnostics, server } = self;
        std::mem::forget((project, schema, policy, catalog, rejected, diagnostics));
        drop(server);
    }

    /// All queries that could be analysed, proven or not, by module and in the order of the file.
    pub fn queries(&self) -> Vec<&Judged> {
        let mut queries: Vec<&Judged> =
            self.catalog.queries.iter().map(|proven| &**proven).chain(&self.rejected).collect();
        queries.sort_by(|a, b| {
            (&a.decl().module, a.decl().name.span).cmp(&(&b.decl().module, b.decl().name.span))
        });
        queries
    }
}

/// Compiles a project up to its proofs. Writes nothing. `progress` is told what begins.
///
/// # Errors
/// The environment is broken: an unreadable file, no server, a lost connection. What is wrong with the input is
/// in [`Compilation::diagnostics`] instead.
pub fn compile(options: &Options, progress: &dyn Fn(&'static str)) -> Result<Compilation> {
    let begin = Begin::with(options, options.cache, progress)?;
    let Some(kept) = begin.server.kept() else { return begin.compile(options.cache, progress) };
    begin.compile(options.cache, progress).or_else(|_| {
        // Someone may have removed a part of what was kept. A run from nothing tells whether that was the reason.
        kept.discard();
        Begin::with(options, Cache::Renew, progress)?.compile(Cache::Renew, progress)
    })
}

/// What there is before anything is asked about queries.
struct Begin {
    project: Project,
    decls: Vec<QueryDecl>,
    server: Server,
    /// Whether all of the schema is in force.
    applied: bool,
    /// Whether all of the configuration could be read.
    configured: bool,
    diagnostics: Diagnostics,
}

impl Begin {
    fn with(options: &Options, cache: Cache, progress: &dyn Fn(&'static str)) -> Result<Begin> {
        let mut diagnostics = Diagnostics::default();
        progress("reading the inputs");
        let url = options.database_url.as_deref();
        let (project, host) = thread::scope(|scope| {
            // To ask a program for its version takes as long as to read some hundred files.
            let host = parallel::spawn(scope, || Host::find(url));
            let project = project::load(&mut diagnostics, &options.project);
            (project, host.map_or_else(|| Host::find(url), parallel::join))
        });
        let project = project?;
        let configured = !diagnostics.has_errors_of("config");
        progress("starting PostgreSQL");
        // While the server starts and runs the schema, there is time to read the queries.
        let (decls, served) = thread::scope(|scope| {
            let reading = scope.spawn(|| {
                let mut found = Diagnostics::default();
                (parse::parse(&mut found, &project), found)
            });
            let served = serve(&mut diagnostics, host, cache, &project, progress);
            let (decls, found) = parallel::join(reading);
            diagnostics.extend(found);
            (decls, served)
        });
        let (server, applied) = served?;
        server.expect(analyse::expected(&decls));
        Ok(Begin { project, decls, server, applied, configured, diagnostics })
    }

    fn compile(self, cache: Cache, progress: &dyn Fn(&'static str)) -> Result<Compilation> {
        let Begin { project, decls, server, applied, configured, mut diagnostics } = self;
        let mut sessions = server.sessions()?;
        // Queries that are analysed against half a schema or none would all be wrong for one reason that is already told.
        let applied = applied && !project.schema.is_empty();
        let decls = if applied { decls } else { Vec::new() };
        let mut schema = schema::read(&mut sessions)?;
        let mut of_config = Diagnostics::default();
        infer::apply_overrides(&mut of_config, &mut schema, &project.config);
        let knowledge = Knowledge::new(&mut of_config, &schema, &project.config);
        let policy = Policy::check(&mut of_config, &project.config, &schema, sessions.one())?;
        let is_sound = configured && !of_config.has_errors();
        // The same goes for names in the configuration,
        if applied {
            diagnostics.extend(of_config);
        }
        let decls = decls.into_iter().map(|decl| analyse::fill_owners(&schema, &policy, decl)).collect();
        let known = |decl: &QueryDecl| knowledge.scope_types(decl);
        progress("analysing the queries");
        let analysed = analyse::analyse(&mut diagnostics, &mut sessions, &schema, known, decls)?;
        progress("proving the queries");
        drop(sessions);
        let typed = thread::scope(|scope| {
            // What is kept for later runs is written down meanwhile.
            if cache != Cache::Off && parallel::spawn(scope, || server.dismiss()).is_none() {
                server.dismiss();
            }
            infer::infer(&mut diagnostics, &knowledge, analysed)
        });
        let (mut typed, queries) = typed.take_queries();
        policy.order_roles(&schema, &mut typed.scopes);
        let mut of_proofs = Diagnostics::default();
        let mut outcome = prove::prove(&mut of_proofs, &project.sources, &schema, &policy, queries);
        // and for proofs that rest on a configuration of which something is missing.
        if is_sound {
            diagnostics.extend(of_proofs);
        } else {
            outcome = outcome.revoke();
        }
        let catalog = typed.with_queries(outcome.proven);
        Ok(Compilation { project, schema, policy, catalog, rejected: outcome.rejected, diagnostics, server })
    }
}

/// A server with the schema in force, and whether all of it is.
fn serve(
    diagnostics: &mut Diagnostics,
    host: Host<'_>,
    cache: Cache,
    project: &Project,
    progress: &dyn Fn(&'static str),
) -> Result<(Server, bool)> {
    let texts = schema::texts(project);
    let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    let server = Server::with_schema(host, &texts, cache)?;
    if server.kept().is_some() {
        return Ok((server, true));
    }
    progress("running the schema");
    let applied = schema::apply(diagnostics, &server, project)?;
    Ok((server, applied))
}
