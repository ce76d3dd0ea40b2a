//! Soundness shown by PostgreSQL itself: whatever the prover accepts of random statements is executed in pairs of worlds
//! that differ only in rows that the caller may not see. Results and effects on own rows must be the same, and no other
//! row may change or be locked.
//!
//! `SQLWARD_SOUNDNESS=200000 cargo test --test soundness -- --nocapture` runs that many statements,
//! `SQLWARD_SOUNDNESS_SEED` begins elsewhere. A statement that gives different answers is printed with its seed.

mod generate;
mod worlds;

use std::collections::BTreeMap;
use std::path::Path;

use sqlward_codegen::project::ProjectOptions;
use sqlward_codegen::prove::Verdict;
use sqlward_codegen::{Compilation, Options, compile};
use worlds::{Outcome, Worlds};

/// How many statements are compiled in one go.
const BATCH: usize = 1_000;

fn number(variable: &str, otherwise: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn what_is_proven_does_not_depend_on_what_the_caller_may_not_see() {
    let (count, start) = (number("SQLWARD_SOUNDNESS", 2_000), number("SQLWARD_SOUNDNESS_SEED", 1));
    let mut figures = Figures::default();
    let mut leaks = Vec::new();
    for batch in (start..start + count).step_by(BATCH) {
        let seeds: Vec<usize> = (batch..(batch + BATCH).min(start + count)).collect();
        run(&seeds, &mut figures, &mut leaks);
    }
    println!("{figures:?}");
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n\n"));
    assert!(figures.proven * 20 > count, "only {} of {count} statements were proven", figures.proven);
    assert!(figures.differing_rejected > 0, "the worlds tell nothing apart");
}

#[derive(Debug, Default)]
struct Figures {
    analysed: usize,
    proven: usize,
    /// Proven statements that failed to execute in every pair of worlds.
    failing: usize,
    /// Rejected statements that were executed to see whether the worlds tell them apart.
    rejected_executed: usize,
    differing_rejected: usize,
}

fn run(seeds: &[usize], figures: &mut Figures, leaks: &mut Vec<String>) {
    let texts: BTreeMap<String, String> =
        seeds.iter().map(|seed| (format!("q{seed}"), generate::statement(*seed as u64))).collect();
    let compilation = compiled(&texts);
    let mut worlds = Worlds::on(&compilation.server);
    for query in compilation.queries() {
        figures.analysed += 1;
        let name = &query.decl().name.value;
        let text = &texts[name];
        let proven = query.verdict() == Verdict::Proven;
        if !proven && figures.rejected_executed > 300 {
            continue;
        }
        let outcome = worlds.compare(text);
        match (proven, outcome) {
            (true, Outcome::Same) => figures.proven += 1,
            (true, Outcome::Failed) => {
                figures.proven += 1;
                figures.failing += 1;
            }
            (true, Outcome::Different(how)) => {
                figures.proven += 1;
                leaks.push(format!("{name}: {how}\n{text}"));
            }
            (false, outcome) => {
                figures.rejected_executed += 1;
                figures.differing_rejected += usize::from(matches!(outcome, Outcome::Different(_)));
            }
        }
    }
}

fn compiled(texts: &BTreeMap<String, String>) -> Compilation {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/soundness");
    for file in ["schema.sql", "sqlward.toml"] {
        std::fs::copy(own.join(file), folder.path().join(file)).expect("the file can be copied");
    }
    let mut queries = "--@ scope me\n\n".to_owned();
    for (name, text) in texts {
        queries.push_str(&format!("--! {name}\n--@ param p text\n--@ param k int\n{text};\n\n"));
    }
    // A parameter that a statement does not use cannot be declared.
    let queries: Vec<String> = queries
        .split("\n\n")
        .map(|query| {
            let unused = |line: &str| {
                (line == "--@ param p text" && !query.contains(":p"))
                    || (line == "--@ param k int" && !query.contains(":k"))
            };
            query.lines().filter(|line| !unused(line)).collect::<Vec<_>>().join("\n")
        })
        .collect();
    std::fs::create_dir(folder.path().join("queries")).expect("a folder");
    std::fs::write(folder.path().join("queries/random.sql"), queries.join("\n\n"))
        .expect("the queries can be written");
    let project = ProjectOptions { config: folder.path().join("sqlward.toml"), ..ProjectOptions::default() };
    compile(&Options { project, database_url: None }, &|_| {}).expect("the environment is fine")
}
