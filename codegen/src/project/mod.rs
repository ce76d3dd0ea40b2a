//! Disk -> [`Project`]: the configuration, the schema and the query files. The only reader of inputs.

mod config;
mod files;
mod module;
mod psql;
mod reader;
mod scopes;
mod section;

use std::path::{Path, PathBuf};

pub use config::*;
pub use psql::schema_sql;

use crate::Result;
use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{FileId, Sources, Span, Spanned};
use files::{Found, cannot_read};

/// Where to look.
#[derive(Debug, Clone)]
pub struct ProjectOptions {
    /// The configuration file, relative to the current folder.
    pub config: PathBuf,
    /// A file or folder instead of the configured schema, relative to the current folder.
    pub schema: Option<PathBuf>,
    /// A file or folder instead of the configured queries, relative to the current folder.
    pub queries: Option<PathBuf>,
}

impl Default for ProjectOptions {
    fn default() -> Self {
        ProjectOptions { config: "sqlward.toml".into(), schema: None, queries: None }
    }
}

/// All inputs of one run.
#[derive(Debug, Clone)]
pub struct Project {
    /// The folder of the configuration file, absolute. The paths in `sources` are relative to it.
    pub root: PathBuf,
    /// What the configuration says.
    pub config: Config,
    /// The text of every input: the configuration, the schema, the queries.
    pub sources: Sources,
    /// The schema files, in the order in which they apply. See [`schema_sql`] for their text.
    pub schema: Vec<FileId>,
    /// The query files, sorted.
    pub queries: Vec<QueryFile>,
}

impl Project {
    /// The folder of the generated crate, absolute; `None` if the configuration does not name it.
    pub fn output(&self) -> Option<PathBuf> {
        self.config.output.as_ref().map(|output| self.root.join(&output.value))
    }

    /// A project without files: the text of `sqlward.toml`, of one schema file, and of query files with their paths
    /// (`"users/roles.sql"`).
    pub fn in_memory(
        diagnostics: &mut Diagnostics,
        config: &str,
        schema: &str,
        queries: &[(&str, &str)],
    ) -> Project {
        let mut sources = Sources::default();
        let config = reader::read(diagnostics, sources.add("sqlward.toml", config.to_owned()), config);
        let schema = vec![sources.add("schema.sql", schema.to_owned())];
        let mut files = Vec::new();
        for (path, text) in queries {
            let file = sources.add(format!("queries/{path}"), (*text).to_owned());
            let module = path.trim_end_matches(".sql").split('/').map(str::to_owned).collect();
            files.push(QueryFile { file, module });
        }
        module::check(diagnostics, &sources, &mut files);
        Project { root: PathBuf::new(), config, sources, schema, queries: files }
    }
}

/// One file of queries.
#[derive(Debug, Clone)]
pub struct QueryFile {
    /// The file.
    pub file: FileId,
    /// The module of its functions: the folders below the queries folder, and the file's stem.
    pub module: Vec<String>,
}

/// Reads the inputs. Mistakes in them are reported; a file that cannot be read is an error.
pub fn load(diagnostics: &mut Diagnostics, options: &ProjectOptions) -> Result<Project> {
    let mut sources = Sources::default();
    let root = folder_of(&options.config)?;
    let file = files::read(
        diagnostics,
        &mut sources,
        &root,
        "the configuration",
        &config_path(&root, &options.config),
    )?;
    let config = reader::read(diagnostics, file, &sources.file(file).text.clone());
    // A setting that seems to be missing may be one that could not be read.
    if !diagnostics.has_errors() {
        report_missing(diagnostics, &config, options);
    }

    let found = find(diagnostics, &root, &config, options.schema.as_deref(), Input::Schema)?;
    let mut schema = Vec::new();
    for found in found {
        schema.push(files::read(diagnostics, &mut sources, &root, Input::Schema.what(), &found.path)?);
    }
    let found = find(diagnostics, &root, &config, options.queries.as_deref(), Input::Queries)?;
    let mut queries = Vec::new();
    for found in found {
        let file = files::read(diagnostics, &mut sources, &root, Input::Queries.what(), &found.path)?;
        queries.push(QueryFile { file, module: found.module });
    }
    module::check(diagnostics, &sources, &mut queries);
    Ok(Project { root, config, sources, schema, queries })
}

fn folder_of(config: &Path) -> Result<PathBuf> {
    let folder = match config.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let absent = |error| {
        let help = match above(config) {
            Some(found) => {
                format!("run sqlward in {}, or give `--config {}`", parent(&found), found.display())
            }
            None => "run `sqlward init` to start a project, or give its path with `--config`".to_owned(),
        };
        cannot_read("the configuration", config, error).help(help)
    };
    std::fs::metadata(config).map_err(absent)?;
    std::fs::canonicalize(folder).map_err(absent)
}

/// The path, from the current folder, of a configuration with that name in a folder above.
fn above(config: &Path) -> Option<PathBuf> {
    let depth = std::env::current_dir().ok()?.components().count().saturating_sub(1);
    let mut folders = (1..=depth).map(|up| PathBuf::from_iter(std::iter::repeat_n("..", up)));
    folders.find_map(|folder| Some(folder.join(config)).filter(|path| config.is_relative() && path.is_file()))
}

fn parent(path: &Path) -> std::path::Display<'_> {
    path.parent().unwrap_or(path).display()
}

fn config_path(root: &Path, config: &Path) -> PathBuf {
    root.join(config.file_name().unwrap_or_default())
}

/// A kind of input.
#[derive(Clone, Copy)]
enum Input {
    Schema,
    Queries,
}

impl Input {
    fn what(self) -> &'static str {
        match self {
            Input::Schema => "the schema",
            Input::Queries => "the queries",
        }
    }

    /// Its key in the configuration, which is also its option on the command line.
    fn key(self) -> &'static str {
        match self {
            Input::Schema => "schema",
            Input::Queries => "queries",
        }
    }
}

/// Reports inputs that neither the configuration nor the command line names.
fn report_missing(diagnostics: &mut Diagnostics, config: &Config, options: &ProjectOptions) {
    let schema = !config.schema.is_empty() || options.schema.is_some();
    let queries = !config.queries.is_empty() || options.queries.is_some();
    for (named, what, key) in [(schema, "the schema files", "schema"), (queries, "the queries", "queries")] {
        if !named {
            let start = Span { file: config.file, start: 0, end: 0 };
            let help = format!("add `{key} = \"...\"` to the configuration, or give `--{key}`");
            let message = format!("no path is configured for {what}");
            diagnostics.report(Diagnostic::error("config", start, message).help(help));
        }
    }
}

/// The files that the command line names, or else the configuration.
fn find(
    diagnostics: &mut Diagnostics,
    root: &Path,
    config: &Config,
    option: Option<&Path>,
    input: Input,
) -> Result<Vec<Found>> {
    let start = Span { file: config.file, start: 0, end: 0 };
    let configured: &[Spanned<String>] = match input {
        Input::Schema => &config.schema,
        Input::Queries => &config.queries,
    };
    let paths = match option {
        Some(path) => vec![(path.to_owned(), start)],
        None => configured.iter().map(|path| (root.join(&path.value), path.span)).collect(),
    };
    let key = input.key();
    let mut files = Vec::new();
    for (path, span) in paths {
        let found = files::find(input.what(), &path)?;
        if found.is_empty() {
            let message = format!("there are no .sql files in {}", path.display());
            let help = format!("add one, or correct `{key}`");
            diagnostics.report(Diagnostic::error("config", span, message).help(help));
        }
        files.extend(found);
    }
    Ok(files)
}

#[cfg(test)]
mod tests;
