//! Stops the build if the SQL, the schema or the configuration has changed since this crate was generated.
//!
//! Where they are absent, as in a package from elsewhere, there is nothing to compare, and the build goes on.

use std::collections::BTreeMap;
use std::path::Path;

/// Compares the inputs with those that `sqlward.lock` tells of.
fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=sqlward.lock");
    let lock = std::fs::read_to_string("sqlward.lock").unwrap_or_default();
    let inputs: BTreeMap<&str, &str> = lock
        .lines()
        .filter_map(|line| line.strip_prefix("input ")?.split_once(' '))
        .map(|(d, p)| (p, d))
        .collect();
    let folders: Vec<&str> = lock.lines().filter_map(|line| line.strip_prefix("folder ")).collect();
    if inputs.is_empty() {
        return stale("sqlward.lock is missing or damaged");
    }
    if inputs.keys().chain(&folders).all(|path| !Path::new(path).exists()) {
        return;
    }
    let mut present = BTreeMap::new();
    for path in &folders {
        println!("cargo::rerun-if-changed={path}");
        sql_files(path, &mut present);
    }
    for path in inputs.keys() {
        println!("cargo::rerun-if-changed={path}");
        if let Ok(text) = std::fs::read(path) {
            present.insert((*path).to_owned(), digest(&text));
        }
    }
    for (path, digest) in &inputs {
        match present.get(*path) {
            None => return stale(&format!("{path} is gone")),
            Some(found) if found != digest => return stale(&format!("{path} has changed")),
            Some(_) => {}
        }
    }
    if let Some(path) = present.keys().find(|path| !inputs.contains_key(&***path)) {
        stale(&format!("{path} is new"));
    }
}

/// Makes Cargo fail the build.
fn stale(why: &str) {
    println!("cargo::error={} is stale: {why}", std::env::var("CARGO_PKG_NAME").unwrap_or_default());
    println!("cargo::error=run `sqlward generate` and build again");
}

/// The digests of all `.sql` files below a folder, by their paths, without hidden ones.
fn sql_files(folder: &str, found: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{folder}/{name}");
        if name.starts_with('.') {
            continue;
        } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            sql_files(&path, found);
        } else if let (true, Ok(text)) = (name.ends_with(".sql"), std::fs::read(&path)) {
            found.insert(path, digest(&text));
        }
    }
}

/// FNV-1a of a text whose lines may end in CR LF or LF.
pub fn digest(text: &[u8]) -> String {
    let mut hash: u64 = 0xcbf29ce484222325;
    for (at, byte) in text.iter().enumerate() {
        if *byte != b'\r' || text.get(at + 1) != Some(&b'\n') {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x100000001b3);
        }
    }
    format!("{hash:016x}")
}
