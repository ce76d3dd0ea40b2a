//! Counts instructions of the processor.

use std::io;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// Whether this machine can count instructions.
pub fn has_valgrind() -> bool {
    static HAS: LazyLock<bool> = LazyLock::new(|| {
        let mut version = Command::new("valgrind");
        version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        version.status().is_ok_and(|status| status.success())
    });
    *HAS
}

/// Runs a command under valgrind. Returns its standard output and the number of its instructions.
pub fn instructions(command: &Command) -> io::Result<(String, u64)> {
    let mut counted = Command::new("valgrind");
    counted.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    counted.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => counted.env(name, value),
            None => counted.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        counted.current_dir(folder);
    }
    let output = counted.stdin(Stdio::null()).output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    let count = told.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    match count {
        Some(count) if output.status.success() => {
            Ok((String::from_utf8_lossy(&output.stdout).into_owned(), count))
        }
        _ => Err(io::Error::other(format!("{}: {told}", output.status))),
    }
}
