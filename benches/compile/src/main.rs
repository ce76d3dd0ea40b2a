//! The cost of compiling a catalog, and of building the generated crate, compared with cornucopia.
//!
//! ```sh
//! cargo run --release --manifest-path benches/compile/Cargo.toml               # the table, also in target/speed/compile.txt
//! cargo run --release --manifest-path benches/compile/Cargo.toml -- generate   # without building the generated crates
//! cargo run --release --manifest-path benches/compile/Cargo.toml -- build      # that alone
//! cargo run --release --manifest-path benches/compile/Cargo.toml -- sqlx       # beside sqlx instead, into sqlx.txt
//! cargo run --release --manifest-path benches/compile/Cargo.toml -- scythe PROGRAM      # beside scythe instead, into scythe.txt
//! cargo run --release --manifest-path benches/compile/Cargo.toml -- write 1000 folder   # a catalog, to look at
//! ```
//!
//! The programs run in turns, and the minimum of each is taken, because other work on the machine can only make them slower.
//! All are optimised. `sqlward` starts its own server and proves every query; cornucopia uses a running server with the schema.

#[path = "../../../codegen/benches/prove/catalog.rs"]
mod catalog;
mod crates;
mod generate;
mod memory;
mod programs;
mod projects;
mod scythe;
mod sqlx;
mod table;

use std::path::{Path, PathBuf};

use table::Table;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (file, parts): (&str, &[Part<'_>]) = match words.as_slice() {
        [] => ("compile.txt", &[Part::Generate, Part::Build]),
        ["generate"] => ("compile.txt", &[Part::Generate]),
        ["build"] => ("compile.txt", &[Part::Build]),
        ["sqlx"] => ("sqlx.txt", &[Part::Sqlx]),
        ["scythe", program] => ("scythe.txt", &[Part::Scythe(Path::new(program))]),
        ["write", size, folder] => {
            let size = size.parse().expect("a number of queries");
            return projects::write(Path::new(folder), size);
        }
        _ => panic!(
            "the arguments are `generate`, `build`, `sqlx`, `scythe PROGRAM`, `write SIZE FOLDER`, or none"
        ),
    };
    let speed = root().join("target/speed");
    let folder = speed.join("compile");
    std::fs::create_dir_all(&folder).expect("target can be written to");
    let programs = programs::Programs::build();
    let mut table = Table::new(&speed.join(file));
    table.line(&programs.versions());
    for part in parts {
        match part {
            Part::Generate => generate::measure(&mut table, &programs, &folder),
            Part::Build => crates::measure(&mut table, &programs, &folder),
            Part::Sqlx => sqlx::measure(&mut table, &programs, &folder),
            Part::Scythe(program) => scythe::measure(&mut table, &programs, program, &folder),
        }
    }
    programs::remove_what_is_aside();
}

/// What is measured.
#[derive(Clone, Copy)]
enum Part<'a> {
    /// Generation, beside cornucopia.
    Generate,
    /// Building the generated crate, beside cornucopia's.
    Build,
    /// Both, beside sqlx.
    Sqlx,
    /// Generation, beside scythe, whose program this is.
    Scythe(&'a Path),
}

/// The folder of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("it is there")
}
