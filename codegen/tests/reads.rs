//! Every file of `tests/reads/` is a query that only reads, or one that writes, as its folder says.

use std::path::Path;

use sqlward_codegen::project::ProjectOptions;
use sqlward_codegen::{Options, compile};

#[test]
fn what_only_reads_is_told_from_what_writes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reads");
    let project = ProjectOptions { config: folder.join("sqlward.toml"), ..ProjectOptions::default() };
    let compilation =
        compile(&Options { project, ..Options::default() }, &|_| {}).expect("the environment is fine");
    let mut connection = compilation.server.connect().expect("the server runs");
    let mut seen = [0, 0];
    for query in compilation.queries() {
        let file = compilation.project.sources.path(query.decl().name.span);
        let (name, reads) = (query.decl().path(), query.signature().reads);
        assert_eq!(reads, file.starts_with("only_reads"), "{name} only reads: {reads}");
        if reads {
            let sql = format!("begin read only; {}; rollback", query.signature().sql);
            let outcome = connection.batch(&sql).expect("the server runs");
            assert!(outcome.is_ok(), "{name}: {outcome:?}");
        }
        seen[usize::from(reads)] += 1;
    }
    assert_eq!(seen, [files(&folder.join("writes")), files(&folder.join("only_reads"))]);
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).expect("the cases are there").count()
}
