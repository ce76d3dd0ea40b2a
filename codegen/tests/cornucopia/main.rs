//! Cornucopia: both compilers understand the same catalog alike, and it can be used as a backend.
#![cfg(feature = "cornucopia")]

#[path = "../support/cargo.rs"]
mod cargo;

mod backend;
mod compare;
mod differences;
mod generated;

use std::path::{Path, PathBuf};
use std::sync::mpsc;

use sqlward_codegen::postgres::Server;
use sqlward_codegen::project::ProjectOptions;
use sqlward_codegen::source::Sources;
use sqlward_codegen::{Compilation, Options, compile};
use tokio_postgres::{Client, NoTls};

/// The folder of the catalog that uses all annotations.
fn catalog() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/catalogs/syntax")
}

/// Compiles a project without errors.
fn compiled(folder: &Path) -> Compilation {
    let project = ProjectOptions { config: folder.join("sqlward.toml"), ..ProjectOptions::default() };
    let mut compilation =
        compile(&Options { project, ..Options::default() }, &|_| {}).expect("the environment is fine");
    let diagnostics = std::mem::take(&mut compilation.diagnostics);
    assert!(!diagnostics.has_errors(), "{}", list(&compilation.project.sources, diagnostics));
    compilation
}

/// Diagnostics, a line for each.
fn list(sources: &Sources, diagnostics: sqlward_codegen::diagnostics::Diagnostics) -> String {
    let line = |found: sqlward_codegen::diagnostics::Diagnostic| {
        let (path, start) = (sources.path(found.span).display(), sources.start(found.span));
        format!("{path}:{}:{}: {}\n", start.line, start.column, found.message)
    };
    diagnostics.into_sorted().into_iter().map(line).collect()
}

/// A connection, which is driven by its own thread.
fn connect(server: &Server) -> Client {
    let (send, client) = mpsc::channel();
    let config = server.url().unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (client, connection) = config.connect(NoTls).await.unwrap();
            send.send(client).unwrap();
            let _ = connection.await;
        });
    });
    client.recv().expect("a connection to the server")
}
