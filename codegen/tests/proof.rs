//! Queries with known answers: the prover rejects unsafe ones, by a suitable rule, and proves safe ones.
//!
//! Each folder has its own schema and policy, and subfolders for safe and unsafe cases:
//!
//! - `proof`: the basic cases, for all rules and all of SQL
//! - `history`: defects that Codex had, and their corrected forms
//! - `holes`: statements that a prover can easily misjudge, and similar safe ones
//! - `ways`: tables that are in scope in several ways
//! - `grants`: queries that grant tokens
//! - `guards`: conditions of the policy, and the ways to write them
//! - `marks`: rows that a boolean marks as deleted
//! - `edges`: casts of function results, inheritance, readable parents
//! - `versions`: syntax of newer versions of PostgreSQL
//!
//! A new case is a new file. `-- why:` is the reason for the verdict, `-- kind:` of an unsafe case the kind of violation, and
//! `-- level:` of a safe case how hard it is to prove.

#[path = "support/servers.rs"]
mod servers;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sqlward_codegen::project::ProjectOptions;
use sqlward_codegen::prove::{RULES, Verdict};
use sqlward_codegen::{Options, compile};

use crate::servers::servers;

#[test]
fn leaks_are_rejected_by_a_rule_that_fits() {
    for (folder, least) in [
        ("proof", 168),
        ("history", 11),
        ("edges", 5),
        ("holes", 126),
        ("ways", 50),
        ("grants", 48),
        ("guards", 50),
        ("marks", 13),
    ] {
        let cases = judged(folder, "unsafe");
        assert!(cases.len() >= least, "{} cases: are they where they were?", cases.len());
        let wrong: Vec<_> = cases.values().filter(|case| !case.is_rejected_rightly()).collect();
        println!(
            "{folder}/unsafe: {} of {} rejected by a rule that fits",
            cases.len() - wrong.len(),
            cases.len()
        );
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

#[test]
fn safe_queries_are_proven() {
    for (folder, least) in [
        ("proof", 112),
        ("history", 11),
        ("edges", 4),
        ("holes", 88),
        ("ways", 32),
        ("grants", 23),
        ("guards", 18),
        ("marks", 7),
    ] {
        let cases = judged(folder, "safe");
        assert!(cases.len() >= least, "{} cases: are they where they were?", cases.len());
        let mut levels: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        for case in cases.values() {
            let (proven, all) = levels.entry(case.label("level").unwrap_or("basic")).or_default();
            *proven += usize::from(case.is_proven());
            *all += 1;
        }
        for (level, (proven, all)) in &levels {
            println!("{folder}/safe: {proven} of {all} {level} ones proven");
        }
        let wrong: Vec<_> = cases.values().filter(|case| !case.is_proven()).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}

/// The cases for which both verdicts could be defended have the one in `docs/guarantees.md`.
#[test]
fn cases_that_may_go_either_way_go_as_documented() {
    let proven: Vec<_> = judged("proof", "either")
        .into_iter()
        .filter(|(_, case)| case.is_proven())
        .map(|(name, _)| name)
        .collect();
    assert_eq!(proven, ["q187_insert_global_unique"]);
}

/// Cases with syntax of newer versions of PostgreSQL: the cases of a folder run on each server of `SQLWARD_TEST_SERVERS` that
/// is new enough.
#[test]
fn newer_versions_have_cases_of_their_own() {
    let servers = servers();
    let mut run = 0;
    for (server, bin) in &servers {
        let version = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/versions");
        let fitting = |folder: &&PathBuf| version(folder).is_some_and(|version| version <= *server);
        for folder in files(&root).iter().filter(fitting) {
            for (answer, proven) in [("unsafe", false), ("safe", true)] {
                let cases = judged_by_command(folder, answer, bin);
                let is_right =
                    |case: &Case| if proven { case.is_proven() } else { case.is_rejected_rightly() };
                let wrong: Vec<_> = cases.iter().filter(|(_, case)| !is_right(case)).collect();
                assert!(wrong.is_empty(), "{} on {server}: {wrong:#?}", folder.display());
                run += cases.len();
            }
        }
    }
    assert!(run > 0 || servers.is_empty(), "no server is new enough: {servers:?}");
    println!("{run} cases of newer versions are judged rightly");
}

#[derive(Debug)]
struct Case {
    text: String,
    verdict: Option<Verdict>,
    rules: BTreeSet<&'static str>,
    messages: Vec<String>,
}

impl Case {
    fn label(&self, key: &str) -> Option<&str> {
        self.text.lines().find_map(|line| line.strip_prefix(&format!("-- {key}: ")))
    }

    fn is_proven(&self) -> bool {
        self.verdict == Some(Verdict::Proven) && self.rules.is_empty()
    }

    fn is_rejected_rightly(&self) -> bool {
        let fits: &[&str] = match self.label("kind") {
            Some("value" | "influence") => &["soft-delete", "tenant-scope", "foreign-reference", "opaque"],
            Some("write") => &["soft-delete", "tenant-scope", "opaque", "tenant-write"],
            Some("move") => &["tenant-write", "tenant-scope"],
            Some("destroy") => &["physical-delete", "tenant-scope"],
            Some("lock") => &["tenant-scope"],
            Some("opaque") => &["opaque"],
            Some("grant") => &["grant"],
            _ => RULES,
        };
        self.verdict == Some(Verdict::Rejected) && self.rules.iter().any(|rule| fits.contains(rule))
    }
}

/// The cases of a folder by name, with the prover's verdicts.
fn judged(folder: &str, answer: &str) -> BTreeMap<String, Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let queries = root.join(answer);
    let project = ProjectOptions {
        config: root.join("sqlward.toml"),
        queries: Some(queries.clone()),
        ..ProjectOptions::default()
    };
    let compilation =
        compile(&Options { project, ..Options::default() }, &|_| {}).expect("the environment is fine");
    let verdicts: BTreeMap<String, Verdict> = compilation
        .queries()
        .iter()
        .map(|query| (query.decl().name.value.clone(), query.verdict()))
        .collect();
    let mut cases: BTreeMap<String, Case> = files(&queries)
        .into_iter()
        .map(|file| {
            let name = file.file_stem().expect("a file has a name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&file).expect("the case can be read");
            let verdict = verdicts.get(&name).copied();
            (name, Case { text, verdict, rules: BTreeSet::new(), messages: Vec::new() })
        })
        .collect();
    for diagnostic in compilation.diagnostics.into_sorted() {
        let name = diagnostic.query.as_deref().and_then(|path| path.rsplit("::").next());
        let Some(case) = name.and_then(|name| cases.get_mut(name)) else {
            assert!(!RULES.contains(&diagnostic.rule), "{diagnostic:?}");
            continue;
        };
        if RULES.contains(&diagnostic.rule) {
            case.rules.insert(diagnostic.rule);
        }
        case.messages.push(diagnostic.message);
    }
    cases
}

/// The same by the `sqlward` command, with a server of these programs.
fn judged_by_command(folder: &Path, answer: &str, programs: &Path) -> BTreeMap<String, Case> {
    let queries = folder.join(answer);
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_sqlward"))
        .args(["prove", "--message-format", "json", "--config"])
        .arg(folder.join("sqlward.toml"))
        .arg("--queries")
        .arg(&queries)
        .env("SQLWARD_POSTGRES_BIN", programs)
        .env_remove("SQLWARD_DATABASE_URL")
        .env("SQLWARD_NO_CACHE", "1")
        .output()
        .expect("the command starts");
    let mut cases: BTreeMap<String, Case> = files(&queries)
        .into_iter()
        .map(|file| {
            let name = file.file_stem().expect("a file has a name").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&file).expect("the case can be read");
            (name, Case { text, verdict: None, rules: BTreeSet::new(), messages: Vec::new() })
        })
        .collect();
    for line in String::from_utf8(output.stdout).expect("it is text").lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
        let Some(case) = line["query"].as_str().and_then(|path| cases.get_mut(path.rsplit("::").next()?))
        else {
            panic!("{line:#}");
        };
        if line["type"] == "query" {
            case.verdict =
                Some(if line["verdict"] == "proven" { Verdict::Proven } else { Verdict::Rejected });
            continue;
        }
        case.rules.extend(RULES.iter().find(|rule| line["rule"] == **rule));
        case.messages.push(line["message"].to_string());
    }
    cases
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    entries.map(|entry| entry.expect("the folder can be read").path()).collect()
}
