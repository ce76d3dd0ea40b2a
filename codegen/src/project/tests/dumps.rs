use std::borrow::Cow;

use crate::project::schema_sql;

#[test]
fn ordinary_text_is_not_copied() {
    let text = "create table t (a text default '\n\\connect x\n', b text default $$\n\\restrict\n$$); -- \\x\n/*\n\\y\n*/ copy t to stdout;";
    assert!(matches!(schema_sql(text), Cow::Borrowed(_)));
}

#[test]
fn what_is_for_psql_is_blanked_and_the_rest_stays_in_place() {
    let text = "-- Dump\n\\restrict it's $a$ \"é\n\nselect 1; \\connect db\nCOPY public.\"t;\" (a, b) FROM stdin;\n1\t'\n;\\x\n\\.\n\
                create table t ();\r\n\\unrestrict x\r\n\r\nselect 2;";
    let sql = schema_sql(text);
    assert_eq!(sql.len(), text.len());
    for kept in ["-- Dump\n", "select 1;", "create table t ();\r\n", "select 2;"] {
        assert_eq!(sql.find(kept), text.find(kept), "{kept}");
    }
    let words: Vec<_> = sql.split_whitespace().collect();
    assert_eq!(words.join(" "), "-- Dump select 1; create table t (); select 2;");
    assert_eq!(sql.matches('\n').count(), text.matches('\n').count());
}

#[test]
fn copied_data_without_an_end_is_all_data() {
    let sql = schema_sql("copy t from stdin;\n'1\n$$\n");
    assert!(sql.trim().is_empty(), "{sql:?}");
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_schema() {
    assert_eq!(schema_sql("\u{feff}\\connect x\nselect 1;"), "             \nselect 1;");
    assert_eq!(schema_sql("\u{feff}select 1;"), "   select 1;");
}
