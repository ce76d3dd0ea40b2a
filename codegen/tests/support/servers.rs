//! Servers of other versions than this machine's own.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The programs of the servers in `SQLWARD_TEST_SERVERS`, a folder with one folder for each version, by version. None if that is not set.
pub fn servers() -> BTreeMap<u32, PathBuf> {
    let Some(folder) = std::env::var_os("SQLWARD_TEST_SERVERS") else {
        println!("SQLWARD_TEST_SERVERS is not set: there are no servers of other versions");
        return BTreeMap::new();
    };
    let entries = std::fs::read_dir(folder).expect("SQLWARD_TEST_SERVERS is a folder").flatten();
    let programs = entries.map(|entry| (entry.file_name(), entry.path().join("bin")));
    let programs = programs.filter(|(_, bin)| bin.join("postgres").is_file());
    programs.filter_map(|(version, bin)| Some((version.to_str()?.parse().ok()?, bin))).collect()
}
