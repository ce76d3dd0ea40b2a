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

#[cfg(test)]
mod tests {
    use super::explain;

    #[test]
    fn rules_are_found_as_messages_name_them_and_listed() {
        for name in ["tenant-scope", "error[tenant-scope]", "[tenant-scope]:"] {
            assert!(explain(Some(name)).is_ok_and(|page| page.starts_with("# tenant-scope\n")), "{name}");
        }
        let list = explain(None).unwrap_or_default();
        assert!(
            list.lines().count() == crate::prove::RULES.len() && list.contains("soft-delete  "),
            "{list}"
        );
    }

    #[test]
    fn a_misspelled_rule_gets_the_nearest() {
        let help = |name| explain(Some(name)).err().and_then(|error| error.help_text().map(str::to_owned));
        assert_eq!(help("tenant-scop").as_deref(), Some("did you mean `tenant-scope`?"));
        assert!(help("zebra").is_some_and(|help| help.contains("sqlward explain")));
    }
}
