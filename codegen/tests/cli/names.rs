//! The names of generated types.

use std::collections::BTreeSet;

use crate::project::Project;

/// Whoever adds a query must not have to change the application.
#[test]
fn another_query_renames_nothing() {
    let content = "\
        --! get\nselect id, title from content where id = :id;\n\
        --! find\nselect id, title from content where title = :title limit 1;\n\
        --! card : Card\nselect title, price from content where id = :id;\n\
        --! page_of\nselect c.price, c.id as \"of.id\", c.title as \"of.title\" from content c where c.id = :id;\n\
        --! report\nselect c.id, array(select x from (select d.id, d.price from content d) x) as rest from content c;\n\
        --! whole\nselect * from content;\n\
        --! summary\nselect jsonb_build_object('n', count(*), 'most', max(price)) from content;\n";
    let project = Project::new(content);
    project.run(&["generate"]).ok();
    let before = types(&project);
    for name in ["content::GetRow", "content::FindRow", "content::PageOfRowOf", "content::ReportRowRest"] {
        assert!(before.contains(name), "{name} is not among {before:?}");
    }
    // The same rows, in a module before that one, and before its first query. The names of the queries are the shorter ones.
    let further = content.replace("--! ", "--! a").replace("aget", "g").replace("afind", "get");
    project.put("queries/another.sql", &further);
    project.put("queries/content.sql", further.replace("--! get", "--! f") + content);
    project.run(&["generate"]).ok();
    let after = types(&project);
    let lost: Vec<_> = before.difference(&after).collect();
    assert!(lost.is_empty(), "{lost:?} are not among {after:?}");
}

/// The types by their module and name.
fn types(project: &Project) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, text) in project.files("catalog/src") {
        let module = path.trim_end_matches(".rs").replace('/', "::");
        for line in String::from_utf8(text).unwrap().lines() {
            let name = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub type "));
            if let Some(name) = name.and_then(|rest| rest.split([' ', '<', '(']).next()) {
                found.insert(format!("{module}::{name}"));
            }
        }
    }
    found
}
