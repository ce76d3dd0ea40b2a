//! `sqlward explain`: the pages of the rules.

use crate::diagnostics::nearest;
use crate::prove::rules::{ALL, Rule};
use crate::{Error, Result};

/// The page of a rule, or without a name a line for each of them.
pub fn explain(wanted: Option<&str>) -> Result<String> {
    let Some(wanted) = wanted else { return Ok(list()) };
    // `error[tenant-scope]`, as it was copied.
    let id = wanted.rsplit_once('[').map_or(wanted, |(_, id)| id).trim_end_matches([']', ':']);
    if let Some(rule) = ALL.iter().find(|rule| rule.id == id) {
        return Ok(rule.page.to_owned());
    }
    let error = Error::new(format!("there is no rule `{wanted}`"));
    Err(match nearest(id, ALL.iter().map(|rule| rule.id)) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("`sqlward explain` without a name lists all of them"),
    })
}

fn list() -> String {
    let width = ALL.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    ALL.iter().map(|rule| format!("{:<width$}  {}\n", rule.id, Rule::summary(rule))).collect()
}
