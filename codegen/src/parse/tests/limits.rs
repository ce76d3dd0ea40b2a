//! Large and hostile files: linear work takes a moment here, quadratic work takes minutes.

use super::parsed;

const SIZE: usize = 200_000;

/// A file made of one piece again and again.
fn many(piece: &str) -> String {
    piece.repeat(SIZE / piece.len())
}

#[test]
fn large_files_are_read_in_linear_time() {
    for piece in [
        "+",
        "+-",
        "(",
        "[",
        "]",
        "$",
        "$a",
        "$a$",
        "/*",
        "*/",
        "'",
        "\"",
        ":",
        ":a",
        ":a:",
        "\\",
        "\r",
        "\n",
        "é",
        ";",
        "1",
        "1.",
        "--! q\n",
        "--@ tx\n",
        "--@ allow opaque: \"\n",
        "--: T()\n",
        "--# a\n",
        "--- d\n",
        "/* /*\n--! q\n",
        "--! ",
        "--! q\nselect '\n",
        "E'\\'\n--! q\n",
        "'\n--! q\n\"\n",
        "a[1:b",
        "'a'\n",
        "E'a' --\n",
        "a, ",
        "--@ x ",
        "\0",
        "@-",
    ] {
        let (_, queries, _) = parsed(&many(piece));
        assert!(queries.len() < SIZE);
    }
}

#[test]
fn large_parts_are_read_in_linear_time() {
    for (before, piece, after) in [
        ("--! q (", "a?, ", ")\nselect 1;"),
        ("--! q : (x", ".a?", ")\nselect 1;"),
        ("--@ scope a", ", b", "\n--! q\nselect 1;"),
        ("--! q\nselect ", ":a,", "1;"),
        ("--! q\nselect ", "1/**/", ";"),
        ("--! q\nselect ", "1 --\n", ";"),
        ("--! ", "a", "\nselect 1;"),
        ("--@ ", "a", "\n--! q\nselect 1;"),
        ("--: T() : ", "a, ", "a\n"),
        ("--! q\n--@ param x ", "a ", "\nselect :x;"),
    ] {
        parsed(&format!("{before}{}{after}", many(piece)));
    }
}

#[test]
fn many_queries_and_parameters() {
    let mut text = String::new();
    for number in 0..20_000 {
        text +=
            &format!("--! q{number} (p{number}?)\n--@ allow opaque t{number}: \"x\"\nselect :p{number};\n");
    }
    let (_, queries, diagnostics) = parsed(&text);
    assert_eq!((queries.len(), diagnostics.len()), (20_000, 0));
    let params: String = (0..70_000).map(|number| format!("+ :p{number}")).collect();
    let (_, _, diagnostics) = parsed(&format!("--! q\nselect 0{params};"));
    assert_eq!(diagnostics.len(), 1, "{diagnostics:?}");
}

#[test]
fn a_hundred_unclosed_quotes_do_not_cost_a_hundred_files() {
    let text: String = (0..2_000).map(|number| format!("--! q{number}\nselect $t{number}$;\n")).collect();
    let (_, queries, diagnostics) = parsed(&text);
    assert!(queries.is_empty());
    assert!((10..100).contains(&diagnostics.len()), "{}", diagnostics.len());
}
