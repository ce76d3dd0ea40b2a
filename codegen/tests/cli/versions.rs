//! The generated crates are the same, byte for byte, with every version of the server.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::project::{Project, Run};
use crate::servers::servers;

/// The catalogs of this repository, by the folders of their configurations.
fn catalogs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let below = fs::read_dir(root.join("tests/catalogs")).unwrap().flatten().map(|entry| entry.path());
    let mut folders: Vec<_> = below.chain([root.to_owned()]).collect();
    folders.retain(|folder| folder.join("sqlward.toml").is_file());
    folders.sort();
    folders
}

#[test]
fn every_version_generates_the_committed_bytes() {
    // This machine's own server, and the others.
    let others = servers().into_iter().map(|(version, bin)| (version.to_string(), Some(bin)));
    let servers: BTreeMap<_, _> = others.chain([("this machine's own".to_owned(), None)]).collect();
    let project = Project::new("");
    for folder in catalogs() {
        let config = folder.join("sqlward.toml");
        for (name, bin) in &servers {
            // PostgreSQL 14 has no MERGE, which this catalog uses.
            if name == "14" && folder.ends_with("syntax") {
                continue;
            }
            // Generates in memory, and compares byte for byte with the committed files.
            let mut command = project.command(&["check", "--full", "--config", config.to_str().unwrap()]);
            if let Some(bin) = bin {
                command.env("SQLWARD_POSTGRES_BIN", bin);
            }
            let run = Run::of(&mut command);
            assert_eq!(run.status, 0, "{} on {name}:\n{}{}", folder.display(), run.stdout, run.stderr);
        }
    }
    println!("compared: {:?} on {:?}", catalogs(), servers.keys().collect::<Vec<_>>());
}
