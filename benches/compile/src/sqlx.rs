//! Measures what a developer waits for, compared with sqlx, whose macros ask a server about each query while rustc runs.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use postgres::{Client, NoTls};
use sqlward_server::Server;

use crate::catalog::{self, QUERIES_OF_A_TABLE};
use crate::crates::touch;
use crate::programs::{Programs, cargo, put_aside, run};
use crate::table::Table;
use crate::{projects, root};

const SIZES: [usize; 2] = [100, 1_000];
const RUNS: usize = 3;

/// Measures both.
pub fn measure(table: &mut Table, programs: &Programs, folder: &Path) {
    let server = Server::builder().start().expect("a server starts");
    let mut client = Client::connect(&server.url(), NoTls).expect("the server answers");
    let tables = SIZES[SIZES.len() - 1] / QUERIES_OF_A_TABLE;
    client.batch_execute(&catalog::schema(tables)).expect("the schema is right");
    let projects = SIZES.map(|size| Project::write(programs, folder, size));
    table.part("queries become a crate that is checked, in ms", "sqlward", "sqlx");
    for project in &projects {
        let [mut new, mut changed, mut offline] = [[Duration::MAX; 2]; 3];
        // Builds the dependencies, and asks the server for what is kept for a build without it.
        run(&mut project.check("sqlward", Incremental::Yes));
        run(project.live(&server, Incremental::Yes).env("SQLX_OFFLINE_DIR", project.kept()));
        let least = |least: &mut Duration, time: Duration| *least = time.min(*least);
        let generate = |incremental| {
            let generated = run(&mut programs.sqlward(&project.folder, "generate"));
            generated + run(&mut project.check("sqlward", incremental))
        };
        for _ in 0..RUNS {
            project.forget(programs);
            least(&mut new[0], generate(Incremental::No));
            project.put(&module(1));
            least(&mut new[1], run(&mut project.live(&server, Incremental::No)));
            project.touch();
            least(&mut offline[0], run(&mut project.check("sqlward", Incremental::No)));
            least(&mut offline[1], run(project.check("sqlx", Incremental::No).env("SQLX_OFFLINE", "true")));
        }
        for round in 0..=RUNS {
            project.change(round);
            let [own, peer] = [generate(Incremental::Yes), run(&mut project.live(&server, Incremental::Yes))];
            // The first time there is nothing to build upon.
            if round > 0 {
                least(&mut changed[0], own);
                least(&mut changed[1], peer);
            }
        }
        for (what, least) in [
            ("from nothing, the dependencies built", new),
            ("one query has changed", changed),
            ("without a server, `cargo check` alone", offline),
        ] {
            let [own, peer] = least.map(|time| time.as_secs_f64() * 1e3);
            table.compare(what, project.size, own, peer, Some(1.0));
        }
    }
}

/// Whether rustc builds upon what it did before, as a developer has it and a fresh machine does not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Incremental {
    Yes,
    No,
}

/// The same catalog as two crates of a workspace.
struct Project {
    size: usize,
    folder: PathBuf,
}

impl Project {
    fn write(programs: &Programs, folder: &Path, size: usize) -> Project {
        let folder = folder.join(format!("sqlx-{size}"));
        let kept = folder.with_file_name(format!("sqlx-{size}-target"));
        // Keeps the build directory, and replaces the sources.
        let _ = fs::rename(folder.join("target"), &kept);
        projects::write(&folder, size);
        let _ = fs::rename(&kept, folder.join("target"));
        let project = Project { size, folder };
        let put = |path: &str, text: &str| {
            let path = project.folder.join(path);
            fs::create_dir_all(path.parent().expect("it has one")).expect("the folder can be written to");
            fs::write(path, text).expect("the folder can be written to");
        };
        put("Cargo.toml", "[workspace]\nmembers = [\"sqlward/crate\", \"sqlx\"]\nresolver = \"3\"\n");
        put("sqlx/Cargo.toml", &MANIFEST.replace("SIZE", &size.to_string()));
        put("sqlx/src/lib.rs", &library(size / QUERIES_OF_A_TABLE));
        for table in 1..=size / QUERIES_OF_A_TABLE {
            put(&format!("sqlx/src/items_{table}.rs"), &module(table));
        }
        fs::create_dir_all(project.kept()).expect("the folder can be written to");
        fs::copy(root().join("Cargo.lock"), project.folder.join("Cargo.lock")).expect("it can be written");
        run(&mut programs.sqlward(&project.folder, "generate"));
        project
    }

    /// `cargo check` of one of the crates.
    fn check(&self, program: &str, incremental: Incremental) -> Command {
        let mut command = Command::new(cargo());
        let package = format!("{program}-{}", self.size);
        command
            .args(["check", "--quiet", "--package", &package])
            .arg("--target-dir")
            .arg(self.folder.join("target"));
        command
            .current_dir(&self.folder)
            .env("CARGO_INCREMENTAL", if incremental == Incremental::Yes { "1" } else { "0" })
            .env("SQLX_OFFLINE_DIR", self.kept());
        command.env_remove("DATABASE_URL").env_remove("SQLX_OFFLINE");
        command
    }

    /// The same of sqlx's crate, with the server.
    fn live(&self, server: &Server, incremental: Incremental) -> Command {
        let mut command = self.check("sqlx", incremental);
        command.env("DATABASE_URL", server.url()).env_remove("SQLX_OFFLINE_DIR");
        command
    }

    /// The descriptions of queries that sqlx keeps for a build without a server.
    fn kept(&self) -> PathBuf {
        self.folder.join("sqlx/.sqlx")
    }

    /// Removes sqlward's crate and the cached cluster with the schema.
    fn forget(&self, programs: &Programs) {
        put_aside(&self.folder.join("sqlward/crate"));
        programs.forget();
    }

    /// Lets both crates be compiled again as they are.
    fn touch(&self) {
        touch(&self.folder.join("sqlward/crate/src/lib.rs"));
        touch(&self.folder.join("sqlx/src/lib.rs"));
    }

    /// Changes one query of both.
    fn change(&self, round: usize) {
        projects::change(&self.folder, round, "");
        self.put(&module(1).replace("limit 10)", &format!("limit {})", 20 + round)));
    }

    fn put(&self, module: &str) {
        fs::write(self.folder.join("sqlx/src/items_1.rs"), module).expect("it is our file");
    }
}

const MANIFEST: &str = r#"[package]
name = "sqlx-SIZE"
version = "0.0.0"
edition = "2024"

[dependencies]
chrono = { version = "0.4", default-features = false }
sqlx = { version = "=0.9.0", default-features = false, features = ["chrono", "macros", "postgres", "runtime-tokio", "uuid"] }
uuid = "1"
"#;

/// The rows that several queries share, as an author would write them, and the modules.
fn library(tables: usize) -> String {
    let mut text = ROWS.to_owned();
    for table in 1..=tables {
        let _ = writeln!(text, "pub mod items_{table};");
    }
    text
}

const ROWS: &str = "\
use chrono::{DateTime, Utc};
use uuid::Uuid;

#[rustfmt::skip]
pub struct Item {
    pub id: Uuid, pub creator_id: Uuid, pub title: String, pub body: Option<String>, pub status: String, pub price: i32,
    pub position: Option<i32>, pub created_at: DateTime<Utc>, pub updated_at: Option<DateTime<Utc>>,
    pub deleted_at: Option<DateTime<Utc>>,
}
pub struct Found { pub found: bool }
pub struct Priced { pub id: Uuid, pub title: String, pub price: i32 }
pub struct Titled { pub id: Uuid, pub title: String }
pub struct Named { pub id: Uuid, pub title: String, pub name: String }
pub struct Creator { pub name: String, pub title: Option<String> }
pub struct Counted { pub status: String, pub items: i64 }
pub struct Totals { pub items: i64, pub total: Option<i64>, pub latest: Option<DateTime<Utc>> }
pub struct Ranked { pub id: Uuid, pub rank: i64 }
";

/// The functions for a table. Where sqlx does not infer that an expression is not NULL, its name says so.
fn module(table: usize) -> String {
    let mut text = "use sqlx::PgPool;\nuse uuid::Uuid;\n\nuse crate::*;\n".to_owned();
    for (name, sql) in catalog::queries(table) {
        let (row, sql) = match name {
            "get" | "get_by_title" | "list" | "add" | "update" => ("Item", sql),
            "is_there" => ("Found", sql.replace("as found", "as \"found!\"")),
            "list_in_order" => ("Priced", sql),
            "list_by_price" | "list_some" | "search" | "recent" => ("Titled", sql),
            "list_with_creator" => ("Named", sql),
            "creator_with_items" => ("Creator", sql.replace("i.title from", "i.title as \"title?\" from")),
            "count_by_status" => ("Counted", sql.replace("as items", "as \"items!\"")),
            "totals" => ("Totals", sql.replace("as items", "as \"items!\"")),
            "rank" => ("Ranked", sql.replace("as rank", "as \"rank!\"")),
            _ => ("", sql),
        };
        let (sql, params) = projects::numbered(&sql);
        let list =
            params.iter().fold(String::new(), |list, param| list + ", " + param + ": " + type_of(param));
        let args = params.iter().fold(String::new(), |args, param| args + ", " + param);
        let (fetched, macro_call, method) = match (name, row) {
            (_, "") => ("u64".to_owned(), "query!(".to_owned(), "execute"),
            ("get" | "get_by_title" | "update", row) => {
                (format!("Option<{row}>"), format!("query_as!({row}, "), "fetch_optional")
            }
            ("is_there" | "totals" | "add", row) => {
                (row.to_owned(), format!("query_as!({row}, "), "fetch_one")
            }
            (_, row) => (format!("Vec<{row}>"), format!("query_as!({row}, "), "fetch_all"),
        };
        let rows = if row.is_empty() { ".map(|done| done.rows_affected())" } else { "" };
        let _ = writeln!(
            text,
            "\npub async fn {name}_{table}(db: &PgPool{list}) -> sqlx::Result<{fetched}> {{\n    \
             sqlx::{macro_call}r#\"{sql}\"#{args}).{method}(db).await{rows}\n}}"
        );
    }
    text
}

/// The Rust type of a parameter.
fn type_of(param: &str) -> &'static str {
    match param {
        "id" | "creator_id" => "Uuid",
        "ids" => "&[Uuid]",
        "count" => "i64",
        "low" | "high" | "price" => "i32",
        "position" => "Option<i32>",
        "body" => "Option<&str>",
        _ => "&str",
    }
}
