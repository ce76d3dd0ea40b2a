//! The cost of proofs: for catalogs of growing size, and for single queries that grow in one dimension each.
//!
//! ```sh
//! cargo bench -p sqlward-codegen --bench prove                          # the table, also in target/speed/prove.txt
//! cargo bench -p sqlward-codegen --bench prove -- left-joins or-arms    # some of its lines
//! cargo bench -p sqlward-codegen --bench prove --profile dev            # unoptimised, as `cargo sqlward` runs
//! ```
//!
//! PostgreSQL analyses the queries before, which is not measured. `infer` and `prove` are the minimal times of these stages
//! over several runs, in milliseconds. `steps` is the prover's own count, which does not depend on the machine. `growth` is
//! the exponent between the last two sizes: 1.0 is linear, 2.0 quadratic. To count instructions:
//!
//! ```sh
//! valgrind --tool=callgrind --toggle-collect='sqlward_codegen::prove::examine' target/release/deps/prove-* left-joins
//! ```

mod catalog;
mod compiler;
mod queries;

use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use compiler::{Compiler, Workload};
use queries::Dimension;
use sqlward_codegen::diagnostics::Diagnostics;
use sqlward_codegen::{infer, prove};

/// The sizes of catalogs, in queries.
const CATALOGS: [usize; 3] = [100, 1_000, 5_000];

/// The time after which a measurement is not repeated any more.
const PATIENCE: Duration = Duration::from_millis(200);

/// The minimal and maximal number of repetitions.
const RUNS: std::ops::RangeInclusive<usize> = 2..=9;

fn main() {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|found| found == name);
    let mut table = Table::default();
    if is_wanted("catalog") {
        let tables = |size: usize| size / catalog::QUERIES_OF_A_TABLE;
        let most = CATALOGS.into_iter().max().map_or(0, tables);
        let mut compiler = Compiler::start(&catalog::schema(most), catalog::POLICY);
        for size in CATALOGS {
            let workload = compiler.analyse(&catalog::file(1..=tables(size)));
            assert_eq!(workload.queries.len(), size, "{:#?}", workload.complaints());
            table.add("catalog", size, &compiler, &workload);
        }
    }
    let dimensions: Vec<Dimension> =
        queries::dimensions().into_iter().filter(|dimension| is_wanted(dimension.name)).collect();
    if !dimensions.is_empty() {
        let mut compiler = Compiler::start(&queries::schema(), queries::POLICY);
        for dimension in dimensions {
            for size in dimension.sizes {
                let workload = compiler.analyse(&queries::one(&(dimension.sql)(*size)));
                match workload.queries.len() {
                    1 if table.is_slow(dimension.name) => break,
                    1 => table.add(dimension.name, *size, &compiler, &workload),
                    _ => table.refused(dimension.name, *size, &workload.complaints().join("; ")),
                }
            }
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/speed");
    std::fs::create_dir_all(&folder).expect("target can be written to");
    std::fs::write(folder.join("prove.txt"), &table.text).expect("target can be written to");
}

/// The table of results.
#[derive(Default)]
struct Table {
    text: String,
    last: Option<Line>,
}

struct Line {
    name: String,
    size: usize,
    infer: f64,
    prove: f64,
    steps: u64,
}

impl Table {
    fn add(&mut self, name: &str, size: usize, compiler: &Compiler, workload: &Workload) {
        let mut examined = 0;
        let prove = least(|| {
            examined = 0;
            let start = Instant::now();
            for typed in &workload.queries {
                let found =
                    prove::examine(&workload.project.sources, &compiler.schema, &workload.policy, typed);
                examined += found.steps;
            }
            start.elapsed()
        });
        let knowledge =
            infer::Knowledge::new(&mut Diagnostics::default(), &compiler.schema, &workload.project.config);
        let infer = least(|| {
            let analysed = workload.analysed.clone();
            let start = Instant::now();
            std::hint::black_box(infer::infer(&mut Diagnostics::default(), &knowledge, analysed));
            start.elapsed()
        });
        let rejected = workload
            .queries
            .iter()
            .filter(|typed| {
                let policy = &workload.policy;
                !prove::examine(&workload.project.sources, &compiler.schema, policy, typed)
                    .diagnostics
                    .is_empty()
            })
            .count();
        self.line(Line { name: name.to_owned(), size, infer, prove, steps: examined }, rejected);
    }

    fn line(&mut self, line: Line, rejected: usize) {
        if self.last.is_none() {
            self.print(&format!(
                "{:<22} {:>6} {:>10} {:>7} {:>10} {:>7} {:>9} {:>7}  rejected",
                "", "size", "infer", "growth", "prove", "growth", "steps", "growth"
            ));
        }
        let before = self.last.take().filter(|before| before.name == line.name);
        let growth = |old: f64, new: f64| -> String {
            let Some(before) = &before else { return String::new() };
            #[expect(clippy::cast_precision_loss, reason = "sizes are small")]
            let sizes = (line.size as f64 / before.size as f64).ln();
            format!("{:.2}", (new / old).ln() / sizes)
        };
        #[expect(clippy::cast_precision_loss, reason = "it is printed with two digits")]
        let steps = |steps: u64| steps as f64;
        let old = before.as_ref();
        let text = format!(
            "{:<22} {:>6} {:>10.2} {:>7} {:>10.2} {:>7} {:>9} {:>7}  {}",
            line.name,
            line.size,
            line.infer,
            growth(old.map_or(1.0, |old| old.infer), line.infer),
            line.prove,
            growth(old.map_or(1.0, |old| old.prove), line.prove),
            line.steps,
            growth(old.map_or(1.0, |old| steps(old.steps)), steps(line.steps)),
            if rejected == 0 { String::new() } else { rejected.to_string() },
        );
        self.print(&text);
        self.last = Some(line);
    }

    /// Whether the previous size took so long that the next one is skipped.
    fn is_slow(&self, name: &str) -> bool {
        const SLOW: f64 = 3_000.0;
        self.last.as_ref().is_some_and(|last| last.name == name && (last.infer > SLOW || last.prove > SLOW))
    }

    fn refused(&mut self, name: &str, size: usize, why: &str) {
        self.print(&format!("{name:<22} {size:>6} refused: {why}"));
    }

    fn print(&mut self, line: &str) {
        println!("{}", line.trim_end());
        let _ = writeln!(self.text, "{}", line.trim_end());
    }
}

/// The minimum of several measurements, in milliseconds.
fn least(mut measure: impl FnMut() -> Duration) -> f64 {
    let start = Instant::now();
    let mut best = Duration::MAX;
    for run in 1..=*RUNS.end() {
        best = best.min(measure());
        if run >= *RUNS.start() && start.elapsed() > PATIENCE {
            break;
        }
    }
    best.as_secs_f64() * 1e3
}
