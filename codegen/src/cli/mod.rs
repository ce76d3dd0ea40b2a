//! The `sqlward` command: arguments in, answers on stdout, findings where the format wants them, an exit status.

mod args;
mod describe;
mod findings;
mod init;
mod progress;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use crate::diagnostics::{Diagnostic, Diagnostics, Severity, nearest};
use crate::emit::Files;
use crate::project::{self, Project, ProjectOptions};
use crate::report;
use crate::source::Sources;
use crate::{Compilation, Error, Options, Result, compile, emit, fresh, package};
use args::{Backend, Cli, Command, Format, Input};
use progress::Progress;

/// Runs the command that this process was given.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            findings::environment(&mut io::stderr().lock(), &error);
            ExitCode::from(2)
        }
    }
}

/// Whether all was well.
fn run(command: Command) -> Result<bool> {
    match command {
        Command::Init { folder } => init(&folder),
        Command::Generate { input, backend, output } => generate(&input, backend, output),
        Command::Check { input, full: false } => check(&input),
        Command::Check { input, full: true } => check_full(&input),
        Command::Prove { input } => prove(&input),
        Command::Describe { input, query } => describe(&input, query.as_deref()),
    }
}

fn init(folder: &Path) -> Result<bool> {
    for name in init::init(folder)? {
        say(&format!("wrote {}", folder.join(name).display()))?;
    }
    say("Run `sqlward generate` there to make the crate, `sqlward describe` to see what is in it.")?;
    Ok(true)
}

fn generate(input: &Input, backend: Backend, output: Option<PathBuf>) -> Result<bool> {
    let Some(compilation) = compiled(input)? else { return Ok(false) };
    let dir = output_folder(&compilation.project, output)?;
    let files = match backend {
        Backend::Native => {
            let package = package::package(&compilation.project, &dir);
            emit::emit(&compilation.catalog, &package.settings, &package.inputs)
        }
        Backend::Cornucopia => match cornucopia_files(input, &compilation, &dir)? {
            Some(files) => files,
            None => return Ok(false),
        },
    };
    let written = fresh::write(&dir, &files)?;
    let queries = compilation.catalog.queries.len();
    let (changed, removed) = (written.changed.len(), written.removed.len());
    if input.message_format == Format::Human {
        let changes = match (changed, removed) {
            (0, 0) => "nothing has changed".to_owned(),
            (changed, 0) => format!("{changed} files written"),
            (changed, removed) => format!("{changed} files written, {removed} removed"),
        };
        say(&format!(
            "{}: {} in {}, {changes}",
            dir.display(),
            count(queries, "query", "queries"),
            modules(&compilation)
        ))?;
    }
    Ok(true)
}

/// The crate that the cornucopia library writes; `None` if a query is beyond it, which is reported.
#[cfg(feature = "cornucopia")]
fn cornucopia_files(input: &Input, compilation: &Compilation, dir: &Path) -> Result<Option<Files>> {
    let Compilation { project, catalog, server, .. } = compilation;
    let package = package::package(project, dir);
    let mut diagnostics = Diagnostics::default();
    let files =
        crate::cornucopia::generate(&mut diagnostics, catalog, server, &package.settings, &package.inputs)?;
    report_all(input.message_format, &project.sources, diagnostics)?;
    Ok(files)
}

#[cfg(not(feature = "cornucopia"))]
fn cornucopia_files(_: &Input, _: &Compilation, _: &Path) -> Result<Option<Files>> {
    Err(Error::new("this sqlward was built without the cornucopia backend")
        .help("build it with its feature `cornucopia`, which is on by default"))
}

fn check(input: &Input) -> Result<bool> {
    let mut diagnostics = Diagnostics::default();
    let project = project::load(&mut diagnostics, &project_options(input))?;
    let fine = report_all(input.message_format, &project.sources, diagnostics)?;
    if !fine {
        return Ok(false);
    }
    let dir = output_folder(&project, None)?;
    let package = package::package(&project, &dir);
    let found = fresh::check(&dir, &package.inputs)?;
    findings::write(input.message_format, &project.root, &found)?;
    Ok(found.is_empty())
}

fn check_full(input: &Input) -> Result<bool> {
    let Some(compilation) = compiled(input)? else { return Ok(false) };
    let dir = output_folder(&compilation.project, None)?;
    let package = package::package(&compilation.project, &dir);
    let files = emit::emit(&compilation.catalog, &package.settings, &package.inputs);
    let found = fresh::compare(&dir, &files)?;
    findings::write(input.message_format, &compilation.project.root, &found)?;
    Ok(found.is_empty())
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
    let fine = report_all(input.message_format, &project.sources, diagnostics)?;
    if input.message_format == Format::Human {
        let proven = catalog.queries.len();
        say(&format!("{} proven, {} rejected", count(proven, "query", "queries"), rejected.len()))?;
    }
    Ok(fine)
}

fn describe(input: &Input, wanted: Option<&str>) -> Result<bool> {
    let mut compilation = compile_with_progress(input)?;
    let mut diagnostics = std::mem::take(&mut compilation.diagnostics);
    let (all, project) = (compilation.queries(), &compilation.project);
    let is_wanted = |path: &str| {
        wanted.is_none_or(|wanted| {
            path == wanted || path.strip_prefix(wanted).is_some_and(|rest| rest.starts_with("::"))
        })
    };
    let queries: Vec<_> = all.iter().copied().filter(|query| is_wanted(&query.decl().path())).collect();
    let mut out = io::stdout().lock();
    for query in &queries {
        match input.message_format {
            Format::Json => describe::json(&mut out, &project.sources, query),
            Format::Human | Format::Github => describe::human(&mut out, &project.sources, query),
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
        let wanted = wanted.unwrap_or_default();
        let near = nearest(wanted, paths.iter().map(String::as_str));
        let error = Error::new(format!("there is no query `{wanted}`"));
        return Err(match near {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("`sqlward describe` without a name lists all of them"),
        });
    }
    Ok(fine)
}

/// Compiles, and reports what is wrong; `None` if that leaves nothing to write.
fn compiled(input: &Input) -> Result<Option<Compilation>> {
    let mut compilation = compile_with_progress(input)?;
    let diagnostics = std::mem::take(&mut compilation.diagnostics);
    let fine = report_all(input.message_format, &compilation.project.sources, diagnostics)?;
    Ok(fine.then_some(compilation))
}

fn compile_with_progress(input: &Input) -> Result<Compilation> {
    let progress = Progress::start();
    let options = Options { project: project_options(input), database_url: input.database_url.clone() };
    compile(&options, &|stage| progress.at(stage))
}

fn project_options(input: &Input) -> ProjectOptions {
    ProjectOptions {
        config: input.config.clone(),
        schema: input.schema.clone(),
        queries: input.queries.clone(),
    }
}

fn output_folder(project: &Project, given: Option<PathBuf>) -> Result<PathBuf> {
    match given {
        Some(path) => std::path::absolute(&path)
            .map_err(|error| Error::new(format!("cannot use {} as output", path.display())).because(error)),
        None => project.output().ok_or_else(|| {
            Error::new("nothing says where the generated crate goes")
                .help("add `output = \"catalog\"` to the configuration")
        }),
    }
}

/// Writes diagnostics, and says whether none of them is an error.
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
    }
    Ok(errors == 0)
}

fn write_found(format: report::Format, sources: &Sources, found: &[Diagnostic]) -> Result<()> {
    report::write(&mut io::stdout().lock(), format, sources, found, false).map_err(cannot_print)
}

fn modules(compilation: &Compilation) -> String {
    count(compilation.project.queries.len(), "module", "modules")
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn say(line: &str) -> Result<()> {
    writeln!(io::stdout().lock(), "{line}").map_err(cannot_print)
}

fn cannot_print(error: io::Error) -> Error {
    Error::new("cannot write the answer").because(error)
}
