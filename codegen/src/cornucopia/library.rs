//! Query files -> a crate, by the cornucopia library.

use std::fs;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;

use cornucopia::config::{Config, StaticFile};
use tokio_postgres::{Client, NoTls};

use super::annotate::QueryFiles;
use crate::emit::{Files, HEADER};
use crate::postgres::Server;
use crate::{Error, Result};

/// Cornucopia formats with the rustfmt on the PATH. A setting among the generated files prevents that; its output is well
/// formatted anyway, and this way the same everywhere.
const RUSTFMT: (&str, &str) = ("rustfmt.toml", "disable_all_formatting = true\n");

/// Runs the library to make the crate.
pub(super) fn generate(queries: &QueryFiles, server: &Server, name: &str) -> Result<Files> {
    let dir = tempfile::tempdir().map_err(|error| cannot("create a temporary folder", error))?;
    let folder = dir.path().join("queries");
    for (module, text) in queries {
        let path = folder.join(module.join("/")).with_extension("sql");
        let write = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        write.map_err(|error| cannot("write the annotated queries", error))?;
    }
    let rustfmt = dir.path().join(RUSTFMT.0);
    fs::write(&rustfmt, RUSTFMT.1).map_err(|error| cannot("write the annotated queries", error))?;
    let crate_dir = dir.path().join("crate");
    let config = Config::builder()
        .name(name)
        .queries(&folder)
        .destination(&crate_dir)
        .add_static_file(StaticFile::Simple(rustfmt))
        .build();
    run(server, config)?;
    let mut files = Files::new();
    collect(&crate_dir, "", &mut files).map_err(|error| cannot("read what cornucopia wrote", error))?;
    files.remove(RUSTFMT.0);
    for (path, text) in &mut files {
        sort_modules(text);
        let comment = if path.ends_with(".toml") { "#" } else { "//" };
        text.insert_str(0, &format!("{comment} {HEADER}\n"));
    }
    Ok(files)
}

fn run(server: &Server, config: Config) -> Result<()> {
    let session = Session::open(server)?;
    // The library panics on what it does not support.
    let outcome = catch_unwind(AssertUnwindSafe(|| cornucopia::gen_live(session.client(), config)));
    let cause = match outcome {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.report(),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().map(String::as_str);
            let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
            words.unwrap_or("it panicked").to_owned()
        }
    };
    Err(Error::new("cornucopia cannot make a crate of these queries")
        .because(cause)
        .help("change the query that it names, or generate with the native backend"))
}

/// A connection whose other end is served by a thread of its own, since the library blocks the calling one.
struct Session {
    client: Option<Client>,
    thread: Option<JoinHandle<()>>,
}

impl Session {
    fn open(server: &Server) -> Result<Session> {
        let (opened, is_open) = mpsc::channel();
        let config = server.url()?;
        let thread = std::thread::spawn(move || {
            let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return drop(opened.send(Err(error.into()))),
            };
            runtime.block_on(async {
                match config.connect(NoTls).await {
                    Ok((client, connection)) => {
                        let _ = opened.send(Ok(client));
                        // If it breaks, the client reports that.
                        let _ = connection.await;
                    }
                    Err(error) => drop(opened.send(Err(error.into()))),
                }
            });
        });
        let client: std::result::Result<Client, Box<dyn std::error::Error + Send + Sync>> =
            is_open.recv().unwrap_or_else(|error| Err(error.into()));
        let client = client.map_err(|error| {
            Error::new("cornucopia cannot connect to the server")
                .because(error)
                .help("it speaks without encryption only; let sqlward start a private server instead")
        })?;
        Ok(Session { client: Some(client), thread: Some(thread) })
    }

    fn client(&self) -> &Client {
        self.client.as_ref().expect("it is there until the session is dropped")
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Dropping the client ends the connection and the thread. A database with sessions cannot be dropped.
        self.client = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn collect(dir: &Path, prefix: &str, files: &mut Files) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.insert(path, fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}

/// Cornucopia declares the modules of a folder in an order that differs between runs.
fn sort_modules(text: &mut String) {
    let is_declaration = |line: &&str| line.starts_with("pub mod ") && line.ends_with(';');
    let (mut declarations, others): (Vec<&str>, Vec<&str>) = text.lines().partition(is_declaration);
    if others.iter().any(|line| !line.is_empty() && !line.starts_with("//")) {
        return;
    }
    declarations.sort_unstable();
    *text = others.into_iter().chain(declarations).map(|line| format!("{line}\n")).collect();
}

fn cannot(what: &str, error: io::Error) -> Error {
    Error::new(format!("cannot {what}")).because(error)
}
