//! `sqlward.lock`

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{LOCK, digest};
use crate::emit::{Files, HEADER};
use crate::parallel;

/// What a crate is generated from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    /// The configuration, the schema files and the query files.
    pub files: Vec<Input>,
    /// The folders that the configuration names, relative to the generated crate: any `.sql` file below them, hidden
    /// ones excepted, is an input.
    pub folders: Vec<String>,
}

/// An input file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Its path relative to the generated crate, parts separated by `/`: `../queries/content.sql`.
    pub path: String,
    /// The [`digest`] of its text.
    pub digest: String,
}

impl Input {
    /// The input at this path, with this content.
    pub fn new(path: impl Into<String>, content: &[u8]) -> Self {
        Input { path: path.into(), digest: digest(content) }
    }
}

/// Adds `sqlward.lock` to the files of a crate, which are then complete.
pub fn seal(files: &mut Files, inputs: &Inputs) {
    let mut text =
        format!("# {HEADER}\n# Digests of what this crate was generated from, and of what was generated.\n");
    let mut line = |line: std::fmt::Arguments<'_>| {
        // A name with a line break must not become two lines; such an input is never found again, and so reported as stale.
        let _ = writeln!(text, "{}", line.to_string().replace(char::is_control, "\u{fffd}"));
    };
    for folder in inputs.folders.iter().collect::<BTreeSet<_>>() {
        line(format_args!("folder {folder}"));
    }
    for (path, digest) in
        inputs.files.iter().map(|input| (&input.path, &input.digest)).collect::<BTreeMap<_, _>>()
    {
        line(format_args!("input {digest} {path}"));
    }
    let outputs: Vec<_> = files.iter().filter(|(path, _)| *path != LOCK).collect();
    let digests = parallel::map(&outputs, |(_, text)| digest(text.as_bytes()));
    for ((path, _), digest) in outputs.iter().zip(digests) {
        line(format_args!("output {digest} {path}"));
    }
    files.insert(LOCK.to_owned(), text);
}

/// The content of a `sqlward.lock`.
#[derive(Debug, Default)]
pub(super) struct Lock {
    /// Path -> digest.
    pub(super) inputs: BTreeMap<String, String>,
    /// Path -> digest.
    pub(super) outputs: BTreeMap<String, String>,
    /// Whether there are lines that cannot be read, as after a merge conflict.
    pub(super) damaged: bool,
}

impl Lock {
    /// Reads what can be read.
    pub(super) fn parse(text: &str) -> Lock {
        let mut lock = Lock::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
            match (kind, rest.split_once(' ')) {
                ("input", Some((digest, path))) => lock.inputs.insert(path.to_owned(), digest.to_owned()),
                ("output", Some((digest, path))) => lock.outputs.insert(path.to_owned(), digest.to_owned()),
                ("folder", _) => None,
                _ => {
                    lock.damaged = true;
                    None
                }
            };
        }
        lock.damaged |= lock.outputs.is_empty();
        lock
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_read_as_it_was_written() {
        let mut files = Files::from([("src/lib.rs".to_owned(), "mod a;\n".to_owned())]);
        let inputs = Inputs {
            files: vec![Input::new("../b c.sql", b"select 1"), Input::new("../a.sql", b"")],
            folders: vec!["../queries".to_owned()],
        };
        seal(&mut files, &inputs);
        let lock = Lock::parse(&files[LOCK]);
        assert_eq!(lock.inputs.keys().collect::<Vec<_>>(), ["../a.sql", "../b c.sql"]);
        assert_eq!(lock.inputs["../b c.sql"], digest(b"select 1"));
        assert_eq!(lock.outputs["src/lib.rs"], digest(b"mod a;\n"));
        assert!(!lock.damaged);
        let text = files[LOCK].clone();
        seal(&mut files, &inputs);
        assert_eq!(files[LOCK], text, "sealing twice changes nothing");
    }

    #[test]
    fn a_name_with_a_line_break_adds_no_line() {
        let mut files = Files::from([("src/lib.rs".to_owned(), String::new())]);
        let inputs = Inputs { files: vec![Input::new("../a\noutput 1 own.rs", b"")], folders: Vec::new() };
        seal(&mut files, &inputs);
        assert_eq!(Lock::parse(&files[LOCK]).outputs.keys().collect::<Vec<_>>(), ["src/lib.rs"]);
    }

    #[test]
    fn a_conflict_is_damage_and_the_rest_is_read() {
        let lock =
            Lock::parse("<<<<<<< ours\noutput 1 src/a.rs\n=======\noutput 2 src/b.rs\n>>>>>>> theirs\n");
        assert!(lock.damaged);
        assert_eq!(lock.outputs.len(), 2);
    }

    #[test]
    fn digests_are_those_of_fnv_1a_and_line_ends_do_not_matter() {
        assert_eq!(digest(b""), "cbf29ce484222325");
        assert_eq!(digest(b"foobar"), "85944171f73967e8");
        assert_eq!(digest(b"a\r\nb\r\n"), digest(b"a\nb\n"));
        assert_ne!(digest(b"a\rb"), digest(b"ab"));
    }
}
