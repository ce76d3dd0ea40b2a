//! Damaged trees: the reader must return an error, or read them without a panic.

use super::*;

#[test]
fn every_beginning_of_a_tree_is_an_error() {
    let tree = tree(15, "odd_names");
    for end in (0..tree.len()).filter(|end| tree.is_char_boundary(*end)) {
        let error = read_query(&tree[..end]).unwrap_err();
        assert!(error.offset() <= end, "{error}");
    }
    assert!(read_query(&tree).is_ok());
}

#[test]
fn a_field_has_exactly_one_value() {
    for text in [
        "{QUERY :a 1 2}",
        "{QUERY :a}",
        "{QUERY 1}",
        "{QUERY :a <> <>}",
        "{QUERY :a {X} {Y}}",
        "{:a 1}",
        "{}",
    ] {
        assert!(read_query(text).is_err(), "{text}");
    }
    for text in ["", "<>", "1", "()", "{QUERY} {QUERY}", "{QUERY})", "{QUERY", "({QUERY})", "{VAR}"] {
        assert!(read_query(text).is_err(), "{text}");
    }
    for text in
        ["(b 1", "(b x)", "(\"a)", "({X)", "{X :v 2 [ 1 ]}", "{X :v 1 [ 300 ]}", "{X :v 4 [ 1", "(a\\"]
    {
        assert!(read_exprs(text).is_err(), "{text}");
    }
}

#[test]
fn a_utility_command_is_only_recognised() {
    let head = "{QUERY :commandType 6 :querySource 0 :canSetTag true :utilityStmt";
    // Versions 14 and 15 print `?` for most commands, and 16 prints some that cannot be read.
    for rest in [
        "? :resultRelation 0}",
        "{DOSTMT :args ({DEFELEM :arg \"\\ begin\\ end",
        "{NOTIFYSTMT :conditionname x}",
    ] {
        assert_eq!(read_query(&format!("{head} {rest}")).unwrap().command, Command::Utility, "{rest}");
    }
    assert!(read_query(head).is_err());
    assert!(read_query(&format!("{head} <>")).is_err());
}

#[test]
fn nesting_is_bounded() {
    for bomb in ["(", "{QUERY :a ", "({A :b ", "{"] {
        assert!(read_query(&bomb.repeat(100_000)).is_err());
        assert!(read_stored_query(&bomb.repeat(100_000)).is_err());
    }
    let deepest = |levels: usize| {
        let open = "{BOOLEXPR :boolop not :location -1 :args (";
        read_expr(&format!("{}{}", open.repeat(levels), ")}".repeat(levels)))
    };
    // The deepest tree that is accepted must not overflow the stack of a test's thread, whatever is done with it.
    let deep = deepest(499).unwrap();
    assert!(!format!("{:?}", deep.clone()).contains("Opaque"));
    assert_eq!(deep.location(), None);
    assert!(deepest(501).is_err());
}

#[test]
fn nested_queries_are_read_as_deep_as_anything() {
    let (head, tail) = {
        let tree = tree(15, "distinct");
        let (head, rest) = tree.split_once(":havingQual <>").unwrap();
        (head.to_owned(), rest.to_owned())
    };
    let open = format!(
        "{head} :havingQual {{SUBLINK :subLinkType 0 :subLinkId 0 :testexpr <> :operName <> :location 1 :subselect "
    );
    let close = format!("}} {tail}");
    let nested = |levels: usize| {
        read_query(&format!("{}{head} :havingQual <> {tail}{}", open.repeat(levels), close.repeat(levels)))
    };
    assert!(nested(60).is_err());
    let levels = 55;
    let query = nested(levels).unwrap();
    let mut count = 0;
    walk::each_query(&query, &mut |_| count += 1);
    assert_eq!(count, levels + 1);
}

/// A generator with a fixed seed: a failure can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// A tree with random changes is read or rejected.
#[test]
fn damage_never_panics() {
    let mut random = Random(1);
    for version in VERSIONS {
        let trees = recorded(version, "statements");
        for (_, tree) in trees.iter().filter(|(name, _)| !name.starts_with("cut_")) {
            let words: Vec<&str> = tree.split([' ', '\n']).collect();
            for _ in 0..6 {
                let mut damaged = words.clone();
                for _ in 0..=random.below(3) {
                    let (at, from) = (random.below(damaged.len()), random.below(words.len()));
                    match random.below(4) {
                        0 => damaged[at] = words[from],
                        1 => damaged.insert(at, words[from]),
                        2 => {
                            damaged[at] = ["<>", "()", "-1", "4294967296", "(b)", "{X}", "\\", "3 [ 1 ]"]
                                [random.below(8)]
                        }
                        _ => drop(damaged.remove(at)),
                    }
                }
                if let Ok(query) = read_query(&damaged.join(" ")) {
                    walk::each_param(&query, &mut |_, _, _| {});
                }
            }
        }
    }
}
