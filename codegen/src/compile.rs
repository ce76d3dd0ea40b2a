//! The pipeline: the stages in their order.

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
    /// A server to use; without one a private server is started.
    pub database_url: Option<String>,
    /// Whether the private server's cluster and answers are cached.
    pub cache: Cache,
}

/// The result of a compilation.
pub struct Compilation {
    /// The inputs.
    pub project: Project,
    /// The schema, as the server reports it.
    pub schema: Schema,
    /// Which rows belong to whom.
    pub policy: Policy,
    /// The queries that could be analysed, with all their types.
    pub catalog: Catalog<Proven>,
    /// The queries that could be analysed but not proven.
    pub rejected: Vec<Judged>,
    /// What is wrong with the input.
    pub diagnostics: Diagnostics,
    /// The server, with the schema in force. It is stopped when this is dropped; if its cluster is cached, it has stopped
    /// already.
    pub server: Server,
}

impl Compilation {
    /// Stops the server, and leaves all memory to the end of the process, which frees it at once and not piece by piece.
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

/// Compiles a project up to its proofs. Writes nothing. `progress` is called with the name of each step as it begins.
///
/// # Errors
/// The environment is broken: an unreadable file, no server, a lost connection. What is wrong with the input is
/// in [`Compilation::diagnostics`] instead.
pub fn compile(options: &Options, progress: &dyn Fn(&'static str)) -> Result<Compilation> {
    let begin = Begin::with(options, options.cache, progress)?;
    let Some(kept) = begin.server.kept() else { return begin.compile(options.cache, progress) };
    begin.compile(options.cache, progress).or_else(|_| {
        // A part of the cache may have been removed or damaged. If a run without it fails too, that was not the reason.
        kept.discard();
        Begin::with(options, Cache::Renew, progress)?.compile(Cache::Renew, progress)
    })
}

/// What is known before any query is analysed.
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
            // Asking a program for its version takes as long as reading some hundred files.
            let host = parallel::spawn(scope, || Host::find(url));
            let project = project::load(&mut diagnostics, &options.project);
            (project, host.map_or_else(|| Host::find(url), parallel::join))
        });
        let project = project?;
        let configured = !diagnostics.has_errors_of("config");
        progress("starting PostgreSQL");
        // The queries are parsed while the server starts and runs the schema.
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
        // Against half a schema all queries would fail for a reason that has been reported already.
        let applied = applied && !project.schema.is_empty();
        let decls = if applied { decls } else { Vec::new() };
        let mut schema = schema::read(&mut sessions)?;
        let mut of_config = Diagnostics::default();
        infer::apply_overrides(&mut of_config, &mut schema, &project.config);
        let knowledge = Knowledge::new(&mut of_config, &schema, &project.config);
        let policy = Policy::check(&mut of_config, &project.config, &knowledge, sessions.one())?;
        let is_sound = configured && !of_config.has_errors();
        // The same holds for names in the configuration,
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
            // The cache is written meanwhile.
            if cache != Cache::Off && parallel::spawn(scope, || server.dismiss()).is_none() {
                server.dismiss();
            }
            infer::infer(&mut diagnostics, &knowledge, analysed)
        });
        let (mut typed, queries) = typed.take_queries();
        policy.order_roles(&schema, &mut typed.scopes);
        let mut of_proofs = Diagnostics::default();
        let mut outcome = prove::prove(&mut of_proofs, &project.sources, &schema, &policy, queries);
        // and for proofs that depend on a configuration of which a part could not be read.
        if is_sound {
            diagnostics.extend(of_proofs);
        } else {
            outcome = outcome.revoke();
        }
        // A query with any error counts as rejected, even if its proof holds.
        let outcome = outcome.without(&diagnostics.queries_with_errors());
        let catalog = typed.with_queries(outcome.proven);
        Ok(Compilation { project, schema, policy, catalog, rejected: outcome.rejected, diagnostics, server })
    }
}

/// A server with the schema in force, and whether all of the schema is.
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
