//! The command line's grammar.

use std::path::PathBuf;

use clap::builder::FalseyValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

/// Compiles annotated SQL files into typed async Rust functions, checked by PostgreSQL itself.
///
/// sqlward reads `sqlward.toml`, runs your schema on a private PostgreSQL server (which it starts from the PostgreSQL
/// installed here, and removes again), has it analyse every query of your .sql files, proves that each keeps to the rows of its
/// caller, and writes a crate of plain async functions.
#[derive(Debug, Parser)]
#[command(name = "sqlward", version, max_term_width = 100, after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
A query file, queries/content.sql:

    --@ scope creator

    --! get_content
    --- One piece of the creator's content.
    select * from content
    where id = :id and creator_id = :creator_id and deleted_at is null;

Called after `sqlward generate`:

    let content = content::get_content(&db, &scope, id).await?;   // Option<Content>

Exit status: 0 all is well, 1 the input or the generated files are wrong, 2 the environment is broken.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a project: a schema, a first query file and their sqlward.toml
    Init {
        /// Also write a program that uses the crate: `cargo run` there needs no database of yours
        #[arg(long)]
        app: bool,
        /// The folder; it is created if necessary, and no file in it is overwritten
        #[arg(default_value = ".")]
        folder: PathBuf,
    },
    /// Check everything, and write the generated crate
    Generate {
        #[command(flatten)]
        input: Input,
        #[command(flatten)]
        output: Output,
    },
    /// Tell whether the generated crate is current: stale, edited, missing and foreign files
    ///
    /// Compares digests, and needs no server. With --full everything is generated in memory and compared byte for byte.
    Check {
        #[command(flatten)]
        input: Input,
        #[command(flatten)]
        output: Output,
        /// Generate everything in memory and compare; also reports what is wrong with the queries
        #[arg(long)]
        full: bool,
    },
    /// Check everything, write nothing
    Prove {
        #[command(flatten)]
        input: Input,
    },
    /// Show why each query is safe: its scope, its proof, its waivers and their reasons
    Audit {
        #[command(flatten)]
        input: Input,
        /// Also show how many shards each query needs if tables are distributed by this column, or `table.column`; repeatable
        #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
        distribution: Vec<String>,
    },
    /// Show what queries take and return: parameters, columns, nullability, cardinality, the function
    Describe {
        #[command(flatten)]
        input: Input,
        /// Only this query: `get_content` or `content::get_content`, or a module: `content`
        query: Option<String>,
    },
    /// Explain a rule of the proof, with examples, or any other finding
    Explain {
        /// The rule, as in `error[tenant-scope]`; without it, all are listed
        rule: Option<String>,
    },
    /// Print the completions of commands and options for a shell
    ///
    /// For bash: `sqlward completions bash > ~/.local/share/bash-completion/completions/sqlward`
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// Where the input is and how to answer.
#[derive(Debug, Args)]
pub struct Input {
    /// The configuration file
    #[arg(long, value_name = "PATH", default_value = "sqlward.toml")]
    pub config: PathBuf,
    /// Query files instead of the configured ones: a folder or a file
    #[arg(long, value_name = "PATH")]
    pub queries: Option<PathBuf>,
    /// Schema files instead of the configured ones: a folder or a file
    #[arg(long, value_name = "PATH")]
    pub schema: Option<PathBuf>,
    /// A server to use instead of a private one; a scratch database is created on it and dropped at the end
    #[arg(long, value_name = "URL", env = "SQLWARD_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Do not use or fill the cache
    ///
    /// The cache holds private servers' clusters with the schema in them, and PostgreSQL's answers, so that a run after a
    /// small change is faster. It holds no verdicts: proofs are made in every run.
    #[arg(long, env = "SQLWARD_NO_CACHE", value_parser = FalseyValueParser::new(), hide_env_values = true)]
    pub no_cache: bool,
    /// How to write findings and answers
    #[arg(long, value_enum, default_value_t = Format::Human, value_name = "FORMAT")]
    pub message_format: Format,
}

/// What is generated, and where.
#[derive(Debug, Args)]
pub struct Output {
    /// What the generated crate is built on
    #[arg(long, value_enum, default_value_t = Backend::Native)]
    pub backend: Backend,
    /// The folder of the crate instead of the configured `output`
    #[arg(long = "output", value_name = "PATH")]
    pub folder: Option<PathBuf>,
}

/// How findings and answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: source lines with the place underlined
    Human,
    /// For programs: one JSON object per line
    Json,
    /// For GitHub Actions: annotations on the changed lines
    Github,
    /// For code-scanning services: one SARIF 2.1.0 document of the findings, and nothing else
    Sarif,
}

/// What a generated crate is built on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Backend {
    /// sqlward's own runtime: scope tokens, inferred nullability
    Native,
    /// The cornucopia library, for applications that already call its API
    Cornucopia,
}
