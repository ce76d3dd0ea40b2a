//! The `sqlward` command: arguments in, answers on stdout, findings where the format wants them, an exit status.

mod args;
mod describe;

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::diagnostics::{Diagnostic, Severity};
use crate::fresh::{self, Finding};
use crate::report;
use crate::source::Sources;
use crate::{Compilation, Options, Result};
use args::{Backend, Cli, Command, Format, Input};

/// Runs the command of this process.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let _ = report::write_error(&mut io::stderr().lock(), &error);
            ExitCode::from(2)
        }
    }
}
