//! The `sqlward` command: parses arguments, prints answers on stdout and findings where the format wants them, and picks
//! the exit status.

mod args;
mod audit;
mod describe;
mod distribution;
mod explain;
mod findings;
mod init;
mod progress;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{CommandFactory, Parser};
use signal_hook::consts::{SIGHUP, SIGINT, SIGPIPE, SIGTERM};
use signal_hook::iterator::Signals;

use crate::diagnostics::{Diagnostic, Diagnostics, Severity, nearest};
use crate::emit::Files;
use crate::postgres::{Cache, Server};
use crate::project::{self, Project, ProjectOptions};
use crate::report;
use crate::source::{Sources, Span};
use crate::{Compilation, Error, Options, Result, compile, emit, fresh, package};
use args::{Backend, Cli, Command, Format, Input, Output};
use progress::Progress;

/// Runs the command that this process was given.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    end_cleanly_on_signals();
    let outcome = run(cli.command);
    if INTERRUPTED.load(Ordering::SeqCst) {
        // An error caused by the signal is not reported; the thread that handles the signal ends the process.
        loop {
            std::thread::park();
        }
    }
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            findings::environment(&mut io::stderr().lock(), &error);
            ExitCode::from(2)
        }
    }
}

/// Whether a signal is ending this process.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// On Ctrl-C and similar signals, removes everything from the server and then ends this process.
fn end_cleanly_on_signals() {
    // Without handlers a signal ends the process anyway, and a later run drops the scratch database.
    let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) else { return };
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            INTERRUPTED.store(true, Ordering::SeqCst);
            Server::abandon_all();
            std::process::exit(128 + signal);
        }
    });
}

/// Runs a command, and returns whether all was well.
fn run(command: Command) -> Result<bool> {
    match command {
        Command::Init { app, folder } => init(&folder, app),
        Command::Generate { input, output } => generate(&input, &output),
        Command::Check { input, output, full: false } => check(&input, &output),
        Command::Check { input, output, full: true } => check_full(&input, &output),
        Command::Prove { input } => prove(&input),
        Command::Audit { input, distribution } => audit(&input, &distribution),
        Command::Explain { rule } => {
            say(explain::explain(rule.as_deref())?.trim_end())?;
            Ok(true)
        }
        Command::Describe { input, query } => describe(&input, query.as_deref()),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "sqlward", &mut text);
            io::stdout().lock().write_all(&text).map_err(cannot_print)?;
            Ok(true)
        }
    }
}

fn init(folder: &Path, app: bool) -> Result<bool> {
    for name in init::init(folder, app)? {
        say(&format!("wrote {}", folder.join(name).display()))?;
    }
    if !app {
        say("Run `sqlward generate` there to make the crate, `sqlward describe` to see what is in it.")?;
        return Ok(true);
    }
    let config = folder.join("sqlward.toml");
    let generate =
        [OsStr::new("sqlward"), OsStr::new("generate"), OsStr::new("--config"), config.as_os_str()];
    let fine = run(Cli::parse_from(generate).command)?;
    say("Run `cargo run` there, and begin with src/main.rs and queries/notes.sql.")?;
    Ok(fine)
}

fn generate(input: &Input, output: &Output) -> Result<bool> {
    let mut compilation = compile_for(input, output.backend)?;
    let generated = generated(output, &mut compilation)?;
    let diagnostics = std::mem::take(&mut compilation.diagnostics);
    report_all(input.message_format, &compilation.project.sources, diagnostics)?;
    let Some((dir, files)) = generated else { return Ok(false) };
    let written = fresh::write(&dir, &files)?;
    if input.message_format == Format::Human {
        let changes = match (written.changed.len(), written.removed.len()) {
            (0, 0) => "nothing has changed".to_owned(),
            (changed, 0) => format!("{} written", count(changed, "file", "files")),
            (changed, removed) => format!("{} written, {removed} removed", count(changed, "file", "files")),
        };
        let queries = count(compilation.catalog.queries.len(), "query", "queries");
        let modules = count(compilation.project.queries.len(), "module", "modules");
        say(&format!("{}: {queries} in {modules}, {changes}", dir.display()))?;
    }
    compilation.leave();
    Ok(true)
}

/// The folder of the crate and its files; `None` if the input is wrong, or the backend cannot write it.
fn generated(output: &Output, compilation: &mut Compilation) -> Result<Option<(PathBuf, Files)>> {
    if compilation.diagnostics.has_errors() {
        return Ok(None);
    }
    let Some(dir) = output_folder(&mut compilation.diagnostics, &compilation.project, output)? else {
        return Ok(None);
    };
    let package = package::package(&compilation.project, &dir);
    let files = match output.backend {
        Backend::Native => {
            compilation.server.dismiss();
            Some(emit::emit(&compilation.catalog, &package.settings, &package.inputs))
        }
        #[cfg(feature = "cornucopia")]
        Backend::Cornucopia => {
            let Compilation { catalog, server, diagnostics, .. } = compilation;
            crate::cornucopia::generate(diagnostics, catalog, server, &package.settings, &package.inputs)?
        }
        #[cfg(not(feature = "cornucopia"))]
        Backend::Cornucopia => {
            return Err(Error::new("this sqlward has been built without the cornucopia backend")
                .help("build it with `--features cornucopia`"));
        }
    };
    Ok(files.map(|files| (dir, files)))
}

fn check(input: &Input, output: &Output) -> Result<bool> {
    let mut diagnostics = Diagnostics::default();
    let project = project::load(&mut diagnostics, &project_options(input))?;
    let mut found = Vec::new();
    if !diagnostics.has_errors()
        && let Some(dir) = output_folder(&mut diagnostics, &project, output)?
    {
        found = fresh::check(&dir, &package::package(&project, &dir).inputs)?;
    }
    findings::write(input.message_format, &project, diagnostics, &found)
}

fn check_full(input: &Input, output: &Output) -> Result<bool> {
    let mut compilation = compile_for(input, output.backend)?;
    let found = match generated(output, &mut compilation)? {
        Some((dir, files)) => fresh::compare(&dir, &files)?,
        None => Vec::new(),
    };
    let diagnostics = std::mem::take(&mut compilation.diagnostics);
    findings::write(input.message_format, &compilation.project, diagnostics, &found)
}

fn prove(input: &Input) -> Result<bool> {
    let mut compilation = compile_with_progress(input)?;
    let diagnostics = std::mem::take(&mut compilation.diagnostics);
    let mut out = io::stdout().lock();
    if input.message_format == Format::Json {
        for query in compilation.queries() {
            describe::json(&mut out, &compilation.project.sources, query).map_err(cannot_print)?;
        }
    }
    let Compilation { project, catalog, rejected, .. } = compilation;
    // Some queries could not even be analysed.
    let mut wrong = diagnostics.queries_with_errors();
    wrong.extend(rejected.iter().map(|query| query.decl().path()));
    let proven = catalog.queries.len();
    let fine = report_all(input.message_format, &project.sources, diagnostics)?;
    if input.message_format == Format::Human {
        say(&format!("{} proven, {} rejected", count(proven, "query", "queries"), wrong.len()))?;
    }
    Ok(fine)
}

fn audit(input: &Input, columns: &[String]) -> Result<bool> {
    let mut compilation = compile_with_progress(input)?;
    let diagnostics = std::mem::take(&mut compilation.diagnostics);
    let audit = audit::Audit::of(&compilation, columns)?;
    let mut out = io::stdout().lock();
    match input.message_format {
        Format::Json => audit.json(&mut out),
        Format::Human | Format::Github => audit.human(&mut out),
        Format::Sarif => Ok(()),
    }
    .map_err(cannot_print)?;
    report_all(input.message_format, &compilation.project.sources, diagnostics)
}

fn describe(input: &Input, wanted: Option<&str>) -> Result<bool> {
    let mut compilation = compile_with_progress(input)?;
    let mut diagnostics = std::mem::take(&mut compilation.diagnostics);
    let (all, project) = (compilation.queries(), &compilation.project);
    // A query by its path or its name, or all queries of a module.
    let is_wanted = |path: &str| {
        wanted.is_none_or(|wanted| {
            path == wanted
                || path.strip_prefix(wanted).is_some_and(|rest| rest.starts_with("::"))
                || path.strip_suffix(wanted).is_some_and(|rest| rest.ends_with("::"))
        })
    };
    let queries: Vec<_> = all.iter().copied().filter(|query| is_wanted(&query.decl().path())).collect();
    // A catalog with errors is not generated, so it has no signatures.
    let functions = match diagnostics.has_errors() {
        true => BTreeMap::new(),
        false => emit::signatures(&compilation.catalog),
    };
    let mut out = io::stdout().lock();
    for query in &queries {
        let function = functions.get(&query.decl().path()).map(String::as_str);
        match input.message_format {
            Format::Json => describe::json(&mut out, &project.sources, query),
            Format::Human | Format::Github => describe::human(&mut out, &project.sources, query, function),
            Format::Sarif => Ok(()),
        }
        .map_err(cannot_print)?;
    }
    if wanted.is_some() {
        diagnostics =
            diagnostics.only(|diagnostic: &Diagnostic| diagnostic.query.as_deref().is_some_and(is_wanted));
    }
    let known = !queries.is_empty() || wanted.is_none() || diagnostics.has_errors();
    let fine = report_all(input.message_format, &project.sources, diagnostics)?;
    if !known {
        let paths: Vec<_> = all.iter().map(|query| query.decl().path()).collect();
        let names = all.iter().map(|query| query.decl().name.value.as_str());
        let wanted = wanted.unwrap_or_default();
        let near = nearest(wanted, paths.iter().map(String::as_str).chain(names));
        let error = Error::new(format!("unknown query `{wanted}`"));
        return Err(match near {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("`sqlward describe` without a name lists all of them"),
        });
    }
    Ok(fine)
}

fn compile_with_progress(input: &Input) -> Result<Compilation> {
    compile_for(input, Backend::Native)
}

fn compile_for(input: &Input, backend: Backend) -> Result<Compilation> {
    let progress = Progress::start();
    // An empty `SQLWARD_DATABASE_URL=` counts as unset.
    let database_url = input.database_url.clone().filter(|url| !url.is_empty());
    let cache = match backend {
        Backend::Native if !input.no_cache => Cache::On,
        // The cornucopia backend asks the server further questions, which are not cached.
        Backend::Native | Backend::Cornucopia => Cache::Off,
    };
    let options = Options { project: project_options(input), database_url, cache };
    compile(&options, &|stage| progress.at(stage))
}

fn project_options(input: &Input) -> ProjectOptions {
    ProjectOptions {
        config: input.config.clone(),
        schema: input.schema.clone(),
        queries: input.queries.clone(),
    }
}

/// The folder of the generated crate; `None` after reporting that nothing names it.
fn output_folder(
    diagnostics: &mut Diagnostics,
    project: &Project,
    output: &Output,
) -> Result<Option<PathBuf>> {
    if let Some(path) = &output.folder {
        let cannot = |error| Error::new(format!("cannot use {} as output", path.display())).because(error);
        return std::path::absolute(path).map(Some).map_err(cannot);
    }
    let output = project.output();
    if output.is_none() {
        let start = Span { file: project.config.file, start: 0, end: 0 };
        let error = Diagnostic::error("config", start, "no output folder is configured");
        diagnostics.report(error.help("add `output = \"catalog\"` to the configuration"));
    }
    Ok(output)
}

/// Writes diagnostics, and returns whether none of them is an error.
fn report_all(format: Format, sources: &Sources, diagnostics: Diagnostics) -> Result<bool> {
    let found = diagnostics.into_sorted();
    let errors = found.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    let warnings = found.len() - errors;
    match format {
        Format::Human => {
            let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            let mut err = io::stderr().lock();
            report::write(&mut err, report::Format::Human, sources, &found, colour).map_err(cannot_print)?;
            if !found.is_empty() {
                let errors = count(errors, "error", "errors");
                let warnings = if warnings > 0 {
                    format!(", {}", count(warnings, "warning", "warnings"))
                } else {
                    String::new()
                };
                writeln!(err, "{errors}{warnings}").map_err(cannot_print)?;
            }
        }
        Format::Json => write_found(report::Format::Json, sources, &found)?,
        Format::Github => write_found(report::Format::Github, sources, &found)?,
        Format::Sarif => write_found(report::Format::Sarif, sources, &found)?,
    }
    Ok(errors == 0)
}

fn write_found(format: report::Format, sources: &Sources, found: &[Diagnostic]) -> Result<()> {
    report::write(&mut io::stdout().lock(), format, sources, found, false).map_err(cannot_print)
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn say(line: &str) -> Result<()> {
    writeln!(io::stdout().lock(), "{}", report::visible(line)).map_err(cannot_print)
}

fn cannot_print(error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::BrokenPipe {
        // The reader has closed the pipe, as in `sqlward describe | head`.
        Server::abandon_all();
        std::process::exit(128 + SIGPIPE);
    }
    Error::new("cannot write the output").because(error)
}
