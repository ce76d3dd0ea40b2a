//! Measures generation compared with scythe, which parses the schema itself, uses no server, and proves nothing.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::catalog::{self, QUERIES_OF_A_TABLE};
use crate::generate::{Least, Written, mebibytes};
use crate::memory::peak;
use crate::programs::{Programs, put_aside, run};
use crate::projects::{self, numbered};
use crate::table::Table;

/// The sizes that are measured: the number of queries, the number of runs, and the greatest ratio that is acceptable.
const SIZES: [(usize, usize, Option<f64>); 3] =
    [(100, 9, None), (1_000, 9, Some(1.5)), (5_000, 9, Some(0.9))];

/// Measures sqlward and this program.
pub fn measure(table: &mut Table, programs: &Programs, program: &Path, folder: &Path) {
    let projects = SIZES.map(|(size, ..)| Project::write(folder, size));
    table.part("a catalog is compiled, in ms", "sqlward", "scythe");
    for (project, (size, runs, most)) in projects.iter().zip(SIZES) {
        let [mut own, mut peer] = [const { Least::new() }; 2];
        for _ in 0..runs {
            project.forget(programs);
            own.add(run(&mut programs.sqlward(&project.folder, "generate")));
            put_aside(&project.peers());
            peer.add(run(&mut project.scythe(program)));
        }
        table.compare("from nothing", size, own.milliseconds(), peer.milliseconds(), most);
    }
    table.part("memory at its peak, in MiB", "sqlward", "scythe");
    for project in &projects {
        project.forget(programs);
        let own = peak(&mut programs.sqlward(&project.folder, "generate"), None);
        put_aside(&project.peers());
        let peer = peak(&mut project.scythe(program), None);
        let [own, peer] = [own, peer].map(|peak| mebibytes(peak.command));
        table.compare("of the command itself", project.size, own, peer, Some(1.0));
    }
    table.part("what is generated, for each query", "sqlward", "scythe");
    for project in &projects {
        let [own, peer] = [project.own(), project.peers()].map(|folder| Written::in_folder(&folder).lines);
        let queries = project.size as f64;
        table.compare("lines", project.size, own / queries, peer / queries, None);
    }
}

/// The same catalog for both programs.
struct Project {
    size: usize,
    folder: PathBuf,
}

impl Project {
    fn write(folder: &Path, size: usize) -> Project {
        let folder = folder.join(format!("scythe-{size}"));
        projects::write(&folder, size);
        let tables = size / QUERIES_OF_A_TABLE;
        let own = folder.join("scythe");
        fs::create_dir_all(own.join("queries")).expect("the folder can be written to");
        let put = |name: String, text: &str| {
            fs::write(own.join(name), text).expect("the folder can be written to");
        };
        put("scythe.toml".to_owned(), CONFIGURATION);
        put("schema.sql".to_owned(), &catalog::schema(tables));
        for table in 1..=tables {
            put(format!("queries/items_{table}.sql"), &file(table));
        }
        Project { size, folder }
    }

    /// Removes sqlward's crate and the cached cluster with the schema.
    fn forget(&self, programs: &Programs) {
        put_aside(&self.own());
        programs.forget();
    }

    fn own(&self) -> PathBuf {
        self.folder.join("sqlward/crate")
    }

    fn peers(&self) -> PathBuf {
        self.folder.join("scythe/generated")
    }

    fn scythe(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.arg("generate").current_dir(self.folder.join("scythe")).stdin(Stdio::null());
        command
    }
}

const CONFIGURATION: &str = r#"[scythe]
version = "1"

[[sql]]
name = "main"
engine = "postgresql"
schema = ["schema.sql"]
queries = ["queries/*.sql"]

[[sql.gen]]
backend = "rust-tokio-postgres"
output = "generated"
"#;

/// The queries for a table as an author would write them for scythe, which needs their cardinality.
fn file(table: usize) -> String {
    let mut text = String::new();
    for (name, sql) in catalog::queries(table) {
        let rows = match name {
            "get" | "get_by_title" | "update" => "opt",
            "is_there" | "totals" | "add" => "one",
            "add_if_new" | "set_status" | "move_to" | "remove" => "exec_rows",
            _ => "many",
        };
        let _ = writeln!(text, "-- @name {name}_{table}\n-- @returns :{rows}\n{};\n", numbered(&sql).0);
    }
    text
}
