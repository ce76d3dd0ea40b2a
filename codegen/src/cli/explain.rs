//! `sqlward explain`: the pages of the rules, and a paragraph for every other finding.

use crate::diagnostics::nearest;
use crate::prove::rules::{ALL, Rule};
use crate::{Error, Result};

/// The findings that are not about the proof, each explained below its id.
const OTHERS: &str = include_str!("explain.md");

/// The page of a rule, or without a name a list of all rules.
pub fn explain(wanted: Option<&str>) -> Result<String> {
    let Some(wanted) = wanted else { return Ok(list()) };
    // A copied `error[tenant-scope]` is accepted too.
    let id = wanted.rsplit_once('[').map_or(wanted, |(_, id)| id).trim_end_matches([']', ':']);
    if let Some(rule) = ALL.iter().find(|rule| rule.id == id) {
        return Ok(rule.page.to_owned());
    }
    if let Some((_, text)) = others().find(|(other, _)| *other == id) {
        return Ok(format!("# {id}\n\n{text}\n"));
    }
    let error = Error::new(format!("unknown rule `{wanted}`"));
    let known = ALL.iter().map(|rule| rule.id).chain(others().map(|(other, _)| other));
    Err(match nearest(id, known) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("`sqlward explain` without a name lists all of them"),
    })
}

fn others() -> impl Iterator<Item = (&'static str, &'static str)> {
    let sections = OTHERS.split("# ").skip(1);
    sections.filter_map(|section| section.split_once("\n\n").map(|(id, text)| (id, text.trim_end())))
}

/// One line for each rule of the proof, and the names of the other findings.
fn list() -> String {
    let width = ALL.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut list: String =
        ALL.iter().map(|rule| format!("{:<width$}  {}\n", rule.id, Rule::summary(rule))).collect();
    list.push_str("\nBeside the rules of the proof there are");
    let mut column = 76;
    for (id, _) in others() {
        if column + id.len() > 76 {
            list.push_str("\n   ");
            column = 3;
        }
        list.push(' ');
        list.push_str(id);
        column += id.len() + 1;
    }
    list.push('\n');
    list
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
            crate::prove::RULES
                .iter()
                .all(|rule| list.contains(&format!("\n{rule}  ")) || list.starts_with(&format!("{rule}  "))),
            "{list}"
        );
        assert!(list.lines().all(|line| line.len() <= 120) && list.contains(" unknown-column"), "{list}");
    }

    #[test]
    fn a_misspelled_rule_gets_the_nearest() {
        let help = |name| explain(Some(name)).err().and_then(|error| error.help_text().map(str::to_owned));
        assert_eq!(help("tenant-scop").as_deref(), Some("did you mean `tenant-scope`?"));
        assert!(help("zebra").is_some_and(|help| help.contains("sqlward explain")));
    }
}
