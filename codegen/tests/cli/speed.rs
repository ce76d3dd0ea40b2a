//! The cost of generating a crate must not grow unnoticed. The test counts instructions, round trips, lines and bytes, and
//! compares them with `tests/speed/compile.txt`. Nothing depends on the speed of the machine.
//!
//! `SPEED=overwrite cargo test -p sqlward-codegen --test cli speed` writes the file. Instructions are counted by valgrind for
//! the test profile, and not at all without valgrind. `benches/compile` compares with other programs.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::Ordering;

use sqlward_counts::{has_valgrind, instructions};

use crate::latency::distant;
use crate::project::Project;
use crate::remote::Remote;

#[path = "../../benches/prove/catalog.rs"]
mod catalog;

/// The number of tables of a small catalog, and of one that is twice as large. The difference is the cost of the queries.
const TABLES: [usize; 2] = [3, 6];

/// The number of queries by which they differ.
const QUERIES: f64 = ((TABLES[1] - TABLES[0]) * catalog::QUERIES_OF_A_TABLE) as f64;

/// The counts, each with the relative change that is ignored.
const COUNTS: [(&str, f64); 5] = [
    ("instructions", 0.15),
    // With the cache of the previous run.
    ("again: instructions", 0.15),
    ("round trips", 0.1),
    ("lines", 0.02),
    ("bytes", 0.02),
];

#[test]
fn to_generate_takes_what_it_took() {
    if !has_valgrind() {
        println!("instructions are not compared, since there is no valgrind");
    }
    let [small, large] = TABLES.map(counts);
    let mut text = format!("# {:<20} {:>12} {:>12}\n", "generate", "as a whole", "each query");
    let mut found = Vec::new();
    for ((name, band), (small, large)) in COUNTS.into_iter().zip(small.into_iter().zip(large)) {
        let (Some(small), Some(large)) = (small, large) else { continue };
        let each = (large - small) / QUERIES;
        let _ = writeln!(text, "{name:<22} {small:>12.0} {each:>12.1}");
        found.push((name, band, [small, each]));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/speed/compile.txt");
    if std::env::var_os("SPEED").is_some_and(|value| value == "overwrite") {
        return fs::write(path, text).unwrap();
    }
    let expected = fs::read_to_string(path).unwrap();
    let mut differences = Vec::new();
    for (name, band, found) in found {
        let line = expected.lines().find_map(|line| line.strip_prefix(name));
        let line = line.unwrap_or_else(|| panic!("there is no count of {name}"));
        let expected: Vec<f64> = line.split_whitespace().map(|number| number.parse().unwrap()).collect();
        for (found, expected) in found.into_iter().zip(expected) {
            // A count of zero has to stay zero.
            if (found - expected).abs() > (expected * band).max(0.05) {
                differences.push(format!("{name}: {found:.1} instead of {expected}"));
            }
        }
    }
    assert!(
        differences.is_empty(),
        "{}\n{text}\nif that is meant, run `SPEED=overwrite cargo test -p sqlward-codegen --test cli speed`",
        differences.join("\n")
    );
}

/// The counts for a catalog with this number of tables, in the order of [`COUNTS`].
fn counts(tables: usize) -> [Option<f64>; 5] {
    let project = Project::new("");
    project.put("sqlward.toml", format!("queries = 'queries'\noutput = 'catalog'\n{}", catalog::POLICY));
    project.put("schema.sql", catalog::schema(tables));
    project.put("queries/content.sql", catalog::file(1..=tables));
    let remote = Remote::start();
    let (port, turns) = distant(remote.socket());
    let mut generate = project.command(&["generate"]);
    let url = |port| format!("postgresql://postgres@127.0.0.1:{port}/template1?sslmode=disable");
    let done = generate.env("SQLWARD_DATABASE_URL", url(port)).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let files = project.files("catalog/src");
    let lines: usize = files.values().map(|text| text.iter().filter(|byte| **byte == b'\n').count()).sum();
    let bytes: usize = files.values().map(Vec::len).sum();
    fs::remove_dir_all(project.path("catalog")).unwrap();
    generate.env("SQLWARD_DATABASE_URL", remote.url());
    let turns = turns.load(Ordering::SeqCst);
    let count = |command: &Command| has_valgrind().then(|| instructions(command).unwrap().1);
    let first = count(&generate);
    // The server's user must be able to enter these folders.
    for (path, mode) in [("", 0o755), ("cache", 0o755)] {
        fs::create_dir_all(project.path(path)).unwrap();
        fs::set_permissions(project.path(path), fs::Permissions::from_mode(mode)).unwrap();
    }
    generate.env("XDG_CACHE_HOME", project.path("cache"));
    generate.env_remove("SQLWARD_DATABASE_URL").env_remove("SQLWARD_NO_CACHE");
    assert!(generate.output().unwrap().status.success());
    let again = count(&generate);
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let counts = [first, again, Some(turns as u64), Some(lines as u64), Some(bytes as u64)]
        .map(|count| count.map(|count| count as f64));
    counts
}
