//! The other backend: proven queries -> a crate that the cornucopia library writes, for applications that already call
//! the API of such a crate.
//!
//! Cornucopia reads annotated files, asks the server for types and believes its author about NULL. So the queries are
//! written down again (`annotate`) with what the inference found, from the SQL that was analysed and in a form that
//! cornucopia does not misread (`sql`) and that needs no types from outside (`untyped`); its library makes the
//! crate (`library`); and the statements that it wrote are compared, token by token, with those that it was given
//! (`written`). What it cannot do is said beforehand, about the query that needs it (`limits`).
//!
//! Such a crate has less than the native one:
//!
//! - The parameters of a scope are ordinary ones, which the caller passes: there is no token that vouches for them.
//! - Ids, enums of CHECK constraints and the Rust types of `sqlward.toml` are what PostgreSQL stores: `uuid::Uuid`, `String`.
//! - Whether one row is expected, or none, or many, or a transaction is needed, is left to the caller.

mod annotate;
mod library;
mod limits;
mod sql;
mod untyped;
mod written;

use crate::Result;
use crate::diagnostics::Diagnostics;
use crate::emit::{CrateSettings, Files, build_script};
use crate::fresh::{BUILD_SCRIPT, Inputs, seal};
use crate::infer::Catalog;
use crate::postgres::Server;
use crate::prove::Proven;

/// The rule of everything that cornucopia cannot do.
const RULE: &str = "cornucopia";

/// Has the cornucopia library write the crate, from queries on the server that they were analysed on.
///
/// `None` if a query cannot be handed to it, which `diagnostics` then say.
///
/// # Errors
/// The server cannot be reached, or cornucopia refuses a catalog in which nothing was found wrong.
pub fn generate(
    diagnostics: &mut Diagnostics,
    catalog: &Catalog<Proven>,
    server: &Server,
    settings: &CrateSettings,
    inputs: &Inputs,
) -> Result<Option<Files>> {
    let mut refused = limits::check(catalog);
    let statements = untyped::statements(&mut refused, catalog, server)?;
    if !refused.is_empty() {
        refused.into_iter().for_each(|problem| diagnostics.report(problem));
        return Ok(None);
    }
    let mut files = library::generate(&annotate::annotate(catalog, &statements), server, &settings.name)?;
    let changed = written::compare(catalog, &statements, &files)?;
    if !changed.is_empty() {
        changed.into_iter().for_each(|problem| diagnostics.report(problem));
        return Ok(None);
    }
    files.insert("build.rs".to_owned(), build_script(BUILD_SCRIPT));
    seal(&mut files, inputs);
    Ok(Some(files))
}
