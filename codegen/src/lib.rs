//! The sqlward compiler.
//!
//! The stages, in the order in which `compile` runs them:
//!
//! 1. `project`: disk -> configuration, schema files, query files
//! 2. [`parse`]: query files -> declarations
//! 3. [`postgres`]: finds or starts a server
//! 4. `schema`: database -> tables, keys, checks, types
//! 5. `analyse`: declarations + database -> analysed trees
//! 6. [`infer`]: trees + schema -> typed signatures
//! 7. `prove`: typed queries + policy -> proven queries
//! 8. `emit`: proven queries -> files in memory
//! 9. `fresh`: files <-> disk

pub mod diagnostics;
mod error;
pub mod infer;
pub mod parse;
pub mod postgres;
pub mod source;
pub mod tree;

pub use error::{Error, Result};
