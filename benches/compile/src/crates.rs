//! The time that rustc takes to build the generated crates.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, SystemTime};

use postgres::{Client, NoTls};
use sqlward_server::Server;

use crate::catalog::{self, QUERIES_OF_A_TABLE};
use crate::programs::{Programs, cargo, run};
use crate::table::Table;
use crate::{projects, root};

const SIZE: usize = 1_000;
const RUNS: usize = 3;

pub fn measure(table: &mut Table, programs: &Programs, folder: &Path) {
    // Both crates are in one workspace, so that they share the same builds of their dependencies.
    let folder = folder.join("crates");
    let target = folder.join("target");
    write(programs, &folder);
    table.part("the crate is built, in ms", "sqlward", "cornucopia");
    for (what, arguments, most) in
        [("cargo check", &["check"][..], 0.5), ("cargo build --release", &["build", "--release"], 0.5)]
    {
        let build = |program: &str| {
            let mut command = Command::new(cargo());
            command.args(arguments).args([
                "--quiet",
                "--package",
                &format!("{program}-{SIZE}"),
                "--target-dir",
            ]);
            // Without incremental compilation, since a change of the SQL invalidates its results.
            command.arg(&target).current_dir(&folder).env("CARGO_INCREMENTAL", "0");
            command
        };
        // Builds the dependencies, so that this is not measured.
        for program in ["sqlward", "cornucopia"] {
            run(&mut build(program));
        }
        let mut least = [Duration::MAX; 2];
        for _ in 0..RUNS {
            for (program, least) in ["sqlward", "cornucopia"].into_iter().zip(&mut least) {
                touch(&folder.join(program).join("crate/src/lib.rs"));
                *least = run(&mut build(program)).min(*least);
            }
        }
        let [own, peer] = least.map(|time| time.as_secs_f64() * 1e3);
        table.compare(what, SIZE, own, peer, Some(most));
    }
}

/// Generates both crates.
fn write(programs: &Programs, folder: &Path) {
    let kept = folder.with_file_name("crates-target");
    // Keeps the build directory, and replaces the sources.
    let _ = fs::rename(folder.join("target"), &kept);
    projects::write(folder, SIZE);
    let _ = fs::rename(&kept, folder.join("target"));
    let server = Server::builder().start().expect("a server starts");
    let mut client = Client::connect(&server.url(), NoTls).expect("the server answers");
    client.batch_execute(&catalog::schema(SIZE / QUERIES_OF_A_TABLE)).expect("the schema is right");
    run(&mut programs.sqlward(folder, "generate"));
    run(&mut programs.cornucopia(folder, &server.url()));
    let workspace = "[workspace]\nmembers = [\"sqlward/crate\", \"cornucopia/crate\"]\nresolver = \"3\"\n";
    fs::write(folder.join("Cargo.toml"), workspace).expect("target can be written to");
    // The dependencies have the same versions as in this workspace.
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("target can be written to");
}

/// Lets the crate be compiled again as it is.
pub fn touch(path: &Path) {
    let file = fs::File::options().append(true).open(path).expect("it was generated");
    file.set_modified(SystemTime::now()).expect("it is our file");
}
