//! The cost of a proof is almost linear in the size of the query, in whatever dimension it grows. Steps are counted, not time.

#[path = "../benches/prove/catalog.rs"]
mod catalog;
#[expect(dead_code, reason = "the benchmark looks at more")]
#[path = "../benches/prove/compiler.rs"]
mod compiler;
#[path = "../benches/prove/queries.rs"]
mod queries;

use compiler::{Compiler, Workload};
use sqlward_codegen::prove;

/// The exponent up to which growth counts as almost linear.
const NEAR: f64 = 1.25;

#[test]
fn a_proof_grows_with_its_query() {
    let mut compiler = Compiler::start(&queries::schema(), queries::POLICY);
    let mut wrong = Vec::new();
    for dimension in queries::dimensions() {
        let [small, large, ..] = dimension.sizes else { panic!("{} needs two sizes", dimension.name) };
        let mut steps = |size: usize| {
            let workload = compiler.analyse(&queries::one(&(dimension.sql)(size)));
            assert_eq!(workload.queries.len(), 1, "{}: {:#?}", dimension.name, workload.complaints());
            steps(&compiler, &workload)
        };
        let growth = growth((*small, steps(*small)), (*large, steps(*large)));
        println!("{:<24} {growth:.2}", dimension.name);
        // A dimension that is limited to about 50 may grow a little faster.
        let limit = if dimension.sizes.iter().all(|size| *size < 50) { NEAR + 0.35 } else { NEAR };
        if growth > limit {
            wrong.push(dimension.name);
        }
    }
    assert!(wrong.is_empty(), "these grow faster than their queries: {wrong:?}");
}

#[test]
fn proofs_grow_with_the_catalog() {
    let tables = |size: usize| size / catalog::QUERIES_OF_A_TABLE;
    let (small, large) = (100, 1_000);
    let mut compiler = Compiler::start(&catalog::schema(tables(large)), catalog::POLICY);
    let mut of = |size: usize| {
        let workload = compiler.analyse(&catalog::file(1..=tables(size)));
        assert_eq!(workload.queries.len(), size, "{:#?}", workload.complaints());
        (size, steps(&compiler, &workload))
    };
    let growth = growth(of(small), of(large));
    assert!((0.9..1.1).contains(&growth), "{growth}");
}

fn steps(compiler: &Compiler, workload: &Workload) -> u64 {
    let examine =
        |typed| prove::examine(&workload.project.sources, &compiler.schema, &workload.policy, typed).steps;
    workload.queries.iter().map(examine).sum()
}

#[expect(clippy::cast_precision_loss, reason = "two digits are enough")]
fn growth(small: (usize, u64), large: (usize, u64)) -> f64 {
    (large.1 as f64 / small.1 as f64).ln() / (large.0 as f64 / small.0 as f64).ln()
}
