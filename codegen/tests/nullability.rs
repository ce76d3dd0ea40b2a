//! Every file of `tests/nullability/` is a query with known answers:
//!
//! - `columns` says for each result column whether it can be NULL (`maybe`: NULL was seen on a server) or not (`never`).
//! - `deep` and `race` list columns that are never NULL, or only with concurrent sessions, for reasons that inference does not
//!   consider: foreign keys, most checks, the bodies of functions.
//! - `elements` says the same about the elements of arrays. Those of stored arrays count as not NULL.
//! - `nullparams` lists the parameters for which NULL makes sense.
//! - `cardinality` is the number of rows.
//!
//! A nullable column that is inferred to be never NULL is a serious bug. A needless `Option` is a minor one, and a few are
//! accepted.

#[path = "support/every_version.rs"]
mod every_version;
#[path = "support/servers.rs"]
mod servers;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sqlward_codegen::infer::RustType;
use sqlward_codegen::project::ProjectOptions;
use sqlward_codegen::prove::Judged;
use sqlward_codegen::{Options, compile};

use crate::every_version::on_every_version;

#[test]
fn what_is_inferred_agrees_with_what_is_known() {
    check("sqlward.toml");
}

/// The same on other servers, and the cases of newer versions on those that are new enough.
#[test]
fn the_same_is_inferred_on_every_version() {
    let configs = |version| -> &[&str] {
        if version >= 18 { &["sqlward.toml", "newer.toml"] } else { &["sqlward.toml"] }
    };
    on_every_version("the_same_is_inferred_on_every_version", configs, check);
}

fn check(config: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nullability");
    let project = ProjectOptions { config: folder.join(config), ..ProjectOptions::default() };
    let compilation =
        compile(&Options { project, ..Options::default() }, &|_| {}).expect("the environment is fine");
    let sources = &compilation.project.sources;
    let texts: BTreeMap<&Path, &str> =
        sources.iter().map(|(_, file)| (file.path.as_path(), file.text.as_str())).collect();
    let mut score = Score::default();
    let analysed = compilation.queries();
    for query in &analysed {
        let path = sources.path(query.decl().name.span);
        score.add(query, &labels(texts[path]));
    }
    let queries = texts.values().filter(|text| text.contains("--! ")).count();
    println!("{}", score.summary());
    assert_eq!(analysed.len(), queries, "queries that could not be analysed");
    assert!(score.wrong.is_empty(), "{}\n{}", score.summary(), score.wrong.join("\n"));
    assert!(score.needless.len() * 100 <= score.never, "{}\n{}", score.summary(), score.needless.join("\n"));
}

#[derive(Default)]
struct Score {
    maybe: usize,
    never: usize,
    deep: usize,
    deep_found: usize,
    /// Nullable columns that are inferred not to be, and other wrong answers.
    wrong: Vec<String>,
    needless: Vec<String>,
}

impl Score {
    fn add(&mut self, query: &Judged, labels: &BTreeMap<&str, &str>) {
        let name = query.decl().path();
        let signature = query.signature();
        if let Some(columns) = labels.get("columns") {
            let columns: Vec<_> = columns.split(", ").filter_map(|column| column.rsplit_once('=')).collect();
            let not_looked_for: BTreeSet<_> =
                ["deep", "race"].iter().flat_map(|label| list(labels, label)).collect();
            if columns.len() != signature.columns.len() {
                self.wrong.push(format!("{name}: the columns are not those that are labelled"));
            }
            for ((column, label), inferred) in columns.iter().zip(&signature.columns) {
                match (*label, not_looked_for.contains(column), inferred.nullable) {
                    ("maybe", _, nullable) => {
                        self.maybe += 1;
                        if !nullable {
                            self.wrong.push(format!("{name}: {column} can be NULL"));
                        }
                    }
                    ("never", true, nullable) => {
                        self.deep += 1;
                        self.deep_found += usize::from(!nullable);
                    }
                    ("never", false, nullable) => {
                        self.never += 1;
                        if nullable {
                            self.needless.push(format!("{name}: {column} is never NULL"));
                        }
                    }
                    _ => self.wrong.push(format!("{name}: {column} has an unknown label")),
                }
            }
        }
        if labels.contains_key("columns") || labels.contains_key("nullparams") {
            let params = signature.params.iter().filter(|param| param.nullable);
            let params: BTreeSet<_> = params.map(|param| param.name.as_str()).collect();
            let expected: BTreeSet<_> = list(labels, "nullparams").collect();
            if params != expected {
                self.wrong
                    .push(format!("{name}: NULL is taken for {params:?}, but makes sense for {expected:?}"));
            }
        }
        for element in list(labels, "elements") {
            let (column, label) =
                element.rsplit_once('=').expect("a label is `column=never` or `column=maybe`");
            let inferred = signature.columns.iter().find(|inferred| inferred.name == column);
            match inferred.map(|column| &column.rust) {
                Some(RustType::Array { nullable, .. }) if *nullable == (label == "maybe") => {}
                other => self
                    .wrong
                    .push(format!("{name}: NULL among the elements of {column}: {label}, not {other:?}")),
            }
        }
        if let Some(expected) = labels.get("cardinality") {
            let inferred = signature.cardinality.word();
            if inferred != *expected {
                self.wrong.push(format!("{name}: the cardinality is {expected}, not {inferred}"));
            }
        }
    }

    fn summary(&self) -> String {
        format!(
            "{} wrong, of {} columns that can be NULL; {} needless, of {} that never are; {} found of {} deep ones",
            self.wrong.len(),
            self.maybe,
            self.needless.len(),
            self.never,
            self.deep_found,
            self.deep
        )
    }
}

/// The `-- label: text` lines above a query.
fn labels(text: &str) -> BTreeMap<&str, &str> {
    let head = text.lines().take_while(|line| !line.starts_with("--!"));
    head.filter_map(|line| line.strip_prefix("-- ")?.split_once(": ")).collect()
}

fn list<'a>(labels: &BTreeMap<&'a str, &'a str>, label: &str) -> impl Iterator<Item = &'a str> {
    labels.get(label).into_iter().flat_map(|names| names.split(", "))
}
