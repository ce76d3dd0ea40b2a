//! Cargo for crates that tests write.

use std::path::Path;
use std::process::Command;

/// Cargo in the folder of a crate. It needs no network, since all dependencies are also dependencies of this workspace. All
/// tests share one target folder, so that dependencies are built once, and without debug information.
pub fn cargo(dir: &Path) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("it is a member of a workspace");
    let _ = std::fs::copy(root.join("Cargo.lock"), dir.join("Cargo.lock"));
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(dir)
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates"))
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_INCREMENTAL", "0");
    cargo
}
