//! Trees of later versions: unknown nodes and fields must not be overlooked.

use super::*;
use std::collections::BTreeSet;

/// Nodes that are not read, since they do not affect the meaning.
const NOT_READ: [&str; 3] = ["RTEPERMISSIONINFO", "JSONFORMAT", "CTESEARCHCLAUSE"];

fn is_opaque(query: &Query) -> bool {
    let printed = format!("{query:?}").replace("Opaque(\"a dropped column\")", "");
    printed.contains("Opaque(") || printed.contains("opaque: Some")
}

/// Removes the references to the columns of `excluded`, which are not read either.
fn without_columns_of_excluded(tree: String) -> String {
    let Some((head, rest)) = tree.split_once(":exclRelTlist (") else { return tree };
    let (_, tail) = rest.split_once("})").unwrap();
    format!("{head}:exclRelTlist <>{tail}")
}

/// Whether a place is in the list of a join's columns. They are not read if nothing can refer to them.
fn is_column_of_join(tree: &str, at: usize) -> bool {
    let last = |field| tree[..at].rfind(field);
    last(":joinaliasvars") > last(":joinleftcols")
}

/// Changes the first node of each tag in each tree.
fn each_tag(change: impl Fn(&str) -> String) -> BTreeSet<String> {
    let mut tags = BTreeSet::new();
    for (name, tree) in recorded(18, "statements").into_iter().filter(|(name, _)| !name.starts_with("cut_")) {
        let tree = without_columns_of_excluded(tree);
        let mut here = BTreeSet::new();
        for (at, _) in tree.match_indices('{').filter(|(at, _)| !tree[..*at].ends_with('\\')) {
            let end = at + tree[at..].find([' ', '\n']).unwrap();
            let tag = &tree[at + 1..end];
            if NOT_READ.contains(&tag)
                || tag == "VAR" && is_column_of_join(&tree, at)
                || !here.insert(tag.to_owned())
            {
                continue;
            }
            let changed = format!("{}{}{}", &tree[..=at], change(tag), &tree[end..]);
            match read_query(&changed) {
                Ok(query) => assert!(is_opaque(&query), "{tag} in {name}"),
                Err(_) => assert_eq!(at, 0, "{tag} in {name}"),
            }
        }
        tags.append(&mut here);
    }
    tags
}

#[test]
fn a_node_with_an_unknown_field_is_opaque() {
    let tags = each_tag(|tag| format!("{tag} :later 1"));
    assert!(tags.len() > 65, "only {} kinds of nodes: {tags:?}", tags.len());
}

#[test]
fn an_unknown_node_is_opaque() {
    each_tag(|tag| format!("{tag}LATER"));
}

#[test]
fn an_unknown_field_of_a_query_keeps_the_rest() {
    let tree = tree(17, "plain").replacen(":hasAggs", ":later ({X :y 1}) :hasAggs", 1);
    let query = read_query(&tree).unwrap();
    assert_eq!(query.opaque.as_deref(), Some("QUERY:later"));
    assert_eq!(query.targets.len(), 6);
}

#[test]
fn a_missing_or_senseless_field_is_opaque() {
    let tree = tree(17, "plain");
    for (from, to) in
        [(":hasAggs false ", ""), (":hasAggs false", ":hasAggs 7"), (":commandType 1", ":commandType 9")]
    {
        let changed = read_query(&tree.replacen(from, to, 1)).unwrap();
        assert!(changed.opaque.is_some(), "{from}");
    }
}
