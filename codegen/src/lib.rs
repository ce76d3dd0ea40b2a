//! The sqlward compiler.
//!
//! The stages, in the order in which [`compile`] runs them:
//!
//! 1. [`project`]: disk -> configuration, schema files, query files
//! 2. [`parse`]: query files -> declarations
//! 3. [`postgres`]: finds or starts a server, and runs the schema on it
//! 4. [`schema`]: database -> tables, keys, checks, types
//! 5. [`analyse`]: declarations + database -> analysed trees
//! 6. [`infer`]: trees + schema -> typed signatures
//! 7. [`prove`]: typed queries + policy -> proven queries
//!
//! and, for `generate` and `check`:
//!
//! 8. [`emit`]: proven queries -> files in memory
//! 9. [`fresh`]: files <-> disk
//!
//! Two kinds of error are never mixed. What is wrong with the input is data: [`diagnostics`], collected over all
//! files. What is wrong with the environment is an [`Error`] and stops the run.

pub mod analyse;
pub mod cli;
mod compile;
#[cfg(feature = "cornucopia")]
pub mod cornucopia;
pub mod diagnostics;
pub mod emit;
mod error;
pub mod fresh;
pub mod infer;
mod package;
mod parallel;
pub mod parse;
pub mod postgres;
pub mod project;
pub mod prove;
pub mod report;
pub mod schema;
pub mod source;
pub mod tree;
mod variants;

pub use compile::{Compilation, Options, compile};
pub use error::{Error, Result};
