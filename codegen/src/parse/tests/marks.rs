use proptest::prelude::*;

use super::super::{QueryDecl, TokenKind, tokens};
use super::{correct, parsed};

/// The texts of a query, parameters by their names.
fn texts(query: &QueryDecl) -> Vec<String> {
    query.variants().into_iter().map(|variant| named(&query.variant(variant))).collect()
}

fn named(query: &QueryDecl) -> String {
    let sql = &query.sql;
    let mut text = sql.text.clone();
    for token in
        tokens(&sql.text).collect::<Vec<_>>().into_iter().rev().filter(|token| token.kind == TokenKind::Param)
    {
        let number: usize = token.text(&sql.text)[1..].parse().expect("a number");
        let name = sql
            .params
            .get(number - 1)
            .map_or_else(|| format!("${number}"), |param| format!(":{}", param.name));
        text.replace_range(token.start..token.end, &name);
    }
    text
}

/// Every token of every variant stands in the file where its place says, but for what the compiler adds.
pub(super) fn check_places(text: &str, query: &QueryDecl) {
    let is_keyset = query.page.is_some();
    for variant in query.variants() {
        let variant = query.variant(variant);
        for token in tokens(&variant.sql.text) {
            let span = variant.sql.token_span(token.start);
            assert!(
                span.start <= span.end
                    && text.is_char_boundary(span.start)
                    && text.is_char_boundary(span.end)
            );
            if token.kind != TokenKind::Param && !is_keyset {
                assert_eq!(&text[span.start..span.end], token.text(&variant.sql.text), "{text:?}");
            }
        }
    }
}

#[test]
fn a_marked_line_comes_and_goes_with_its_line_end() {
    let query =
        correct("--! q\nselect 1 from t\nwhere true\n    and a = :a  -- why\n    and b = :b   --? b\n;")
            .remove(0);
    assert_eq!(
        texts(&query),
        [
            "select 1 from t\nwhere true\n    and a = :a",
            "select 1 from t\nwhere true\n    and a = :a\n    and b = :b",
        ]
    );
    assert!(!query.marks.names[0].flag);
}

#[test]
fn names_of_one_mark_are_one_condition() {
    let query = correct("--! q\nselect 1\nand :a, :b --? a, b\nand :a --? a\nand 1 --? c\n;").remove(0);
    let texts = texts(&query);
    // `b` alone is nothing.
    assert_eq!(texts.len(), 6);
    assert!(texts.contains(&"select 1\nand :a, :b\nand :a\nand 1".to_owned()));
    assert!(
        !texts
            .iter()
            .any(|text| text.contains(":b") && !text.contains("\nand :a\n") && !text.ends_with("\nand :a"))
    );
    assert_eq!(query.marks.names.iter().map(|name| name.flag).collect::<Vec<_>>(), [false, false, true]);
}

#[test]
fn parameters_keep_their_numbers() {
    let query = correct("--! q\nselect :x\n, :a --? a\n, :b --? b\n, :y\n;").remove(0);
    let sent: Vec<String> =
        query.variants().into_iter().map(|variant| query.variant(variant).sql.text).collect();
    assert_eq!(
        sent,
        ["select $1\n, $4", "select $1\n, $2\n, $4", "select $1\n, $3\n, $4", "select $1\n, $2\n, $3\n, $4"]
    );
}

#[test]
fn the_sort_in_the_text_is_the_default() {
    let text = "--! q\nselect 1\n--  order by b  --? sort b\norder by a --? sort a\n--order by\n--   c, d  --? sort c\n;";
    let query = correct(text).remove(0);
    let sorts: Vec<&str> = query.marks.sorts.iter().map(|sort| &*sort.value).collect();
    assert_eq!(sorts, ["a", "b", "c"]);
    assert_eq!(texts(&query), ["select 1\norder by a", "select 1\norder by b", "select 1\nc, d"]);
}

#[test]
fn a_cursor_comes_after_the_keys_of_its_sort() {
    let text = "--! q\n--@ keyset\nselect a, b from t\nwhere true\norder by t.a desc, b --? sort a\n--  order by a, b --? sort b\n;";
    let query = correct(text).remove(0);
    let sent: Vec<String> =
        query.variants().into_iter().map(|variant| query.variant(variant).sql.text).collect();
    assert_eq!(
        sent,
        [
            "select a, b from t\nwhere true\norder by t.a desc, b",
            "select a, b from t\nwhere true\n    and t.a <= $2 and (t.a < $2 or (t.a = $2 and b > $3))\norder by t.a desc, b",
            "select a, b from t\nwhere true\norder by a, b",
            "select a, b from t\nwhere true\n    and (a, b) > ($4, $5)\norder by a, b",
        ]
    );
}

#[test]
fn what_is_counted_has_no_order() {
    let text = "--! q\n--@ page total\nselect a from t where (select b order by c)\nand d = :d --? d\norder by e, :f\n;";
    let query = correct(text).remove(0);
    let total = query.total().expect("it counts");
    assert_eq!(
        texts(&total),
        [
            "select count(*) from (\nselect a from t where (select b order by c)\n) as page",
            "select count(*) from (\nselect a from t where (select b order by c)\nand d = :d\n) as page",
        ]
    );
    assert!(total.sql.has_param(0) && !total.sql.has_param(1));
}

#[test]
fn a_fragment_is_put_in_the_place_of_its_name_and_keeps_its_places() {
    let text = "--@ fragment live\n-- a.x is null\n--   and a.y = :y\n\n-- A comment.\n--! q\nselect 1 from a where :live\n  and :live --? z\n;";
    let (project, queries, found) = parsed(text);
    assert!(found.is_empty(), "{found:#?}");
    let query = &queries[0];
    assert_eq!(
        texts(query),
        [
            "select 1 from a where a.x is null\n  and a.y = :y",
            "select 1 from a where a.x is null\n  and a.y = :y\n  and a.x is null\n  and a.y = :y",
        ]
    );
    check_places(text, query);
    let all = query.variant(*query.variants().last().unwrap());
    let span = all.sql.token_span(all.sql.text.rfind("a.y").unwrap() + 2);
    assert_eq!(project.sources.start(span).line, 3);
    assert_eq!(project.sources.text(all.sql.token_span(0)), "select");
    assert_eq!(project.sources.text(all.sql.token_span(all.sql.text.rfind("\n  and").unwrap() + 3)), "and");
}

#[test]
fn an_empty_fragment_is_a_mistake() {
    for text in [
        "--@ fragment a\n\n--! q\nselect 1;",
        "--@ fragment a\n--   \n--! q\nselect 1;",
        "--! q\nselect 1;\n--@ fragment a",
    ] {
        let (_, _, found) = parsed(text);
        assert!(
            found.iter().any(|found| found.message.contains("this fragment is empty")),
            "{text:?}: {found:#?}"
        );
    }
}

/// Lines of a statement, some of them marked.
fn lines() -> impl Strategy<Value = Vec<(String, &'static str)>> {
    let word = prop::sample::select(vec![
        "and", "x", "(", ")", "'it''s'", ":p", ":q", "$$ -- $$", "/* c */", "=", "é", "1.5",
    ]);
    let line = prop::collection::vec(word, 1..5).prop_map(|words| format!("  {} w", words.join(" ")));
    let mark = prop::sample::select(vec!["", "", "a", "b", "a, b", "c", "sort d", "sort e"]);
    prop::collection::vec((line, mark), 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Each variant is what the file would say without the lines that are left out and without any marks.
    #[test]
    fn a_variant_is_the_statement_without_the_lines_that_are_left_out(lines in lines(), line_end in prop::sample::select(vec!["\n", "\r\n"])) {
        let default = lines.iter().find(|(_, mark)| mark.starts_with("sort")).map(|(_, mark)| *mark);
        let mut text = format!("--! q{line_end}select 1");
        for (line, mark) in &lines {
            let is_other = mark.starts_with("sort") && Some(*mark) != default;
            text.push_str(&match (*mark, is_other) {
                ("", _) => format!("{line_end}{line}"),
                (mark, true) => format!("{line_end}--{line}  --? {mark}"),
                (mark, false) => format!("{line_end}{line}  --? {mark}"),
            });
        }
        text.push_str(&format!("{line_end};"));
        let (_, queries, _) = parsed(&text);
        let query = &queries[0];
        check_places(&text, query);
        for variant in query.variants() {
            let holds = |mark: &str| match mark.strip_prefix("sort ") {
                Some(sort) => query.marks.sorts[variant.sort].value == sort,
                None if mark.is_empty() => true,
                None => {
                    let names: Vec<&str> = mark.split(", ").collect();
                    let condition = query.marks.conditions.iter().position(|condition| {
                        let known = condition.names.iter().map(|name| &*query.marks.names[*name].name.value);
                        known.collect::<Vec<_>>() == names || condition.names.len() == names.len()
                            && names.iter().all(|name| condition.names.iter().any(|known| query.marks.names[*known].name.value == *name))
                    });
                    condition.is_some_and(|condition| variant.given & 1 << condition != 0)
                }
            };
            let mut plain = format!("--! q{line_end}select 1");
            for (line, mark) in lines.iter().filter(|(_, mark)| holds(mark)) {
                let line = if mark.starts_with("sort") && Some(*mark) != default { line.trim_start() } else { line };
                plain.push_str(&format!("{line_end}{line}"));
            }
            plain.push_str(&format!("{line_end};"));
            let (_, plain, _) = parsed(&plain);
            prop_assert_eq!(named(&query.variant(variant)), named(&plain[0]));
        }
    }
}
