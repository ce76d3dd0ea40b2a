//! Measures the peak memory of a command, from Linux's `/proc`.

use std::fs;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

/// The interval between two looks.
const EVERY: Duration = Duration::from_micros(500);

/// The peaks of a command, in KiB.
#[derive(Debug, Default, Clone, Copy)]
pub struct Peak {
    /// Of the process itself: `VmHWM`, the peak that the kernel records.
    pub command: u64,
    /// Of the formatter that it calls: also `VmHWM`.
    pub formatter: u64,
    /// Of all processes of the server together: the sum of `Pss`, which counts shared pages once.
    pub server: u64,
}

/// Runs a command and watches it and its server: the processes below `postmaster`, or below the command itself.
pub fn peak(command: &mut Command, postmaster: Option<u32>) -> Peak {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it can be run");
    let mut peak = Peak::default();
    let mut looks: u32 = 0;
    while child.try_wait().expect("it is our child").is_none() {
        peak.command = peak.command.max(field(child.id(), "status", "VmHWM:"));
        let below = below(child.id());
        let formatters = below.iter().filter(|(_, name)| name == "rustfmt");
        let formatter = formatters.map(|(process, _)| field(*process, "status", "VmHWM:")).max();
        peak.formatter = peak.formatter.max(formatter.unwrap_or(0));
        // Reading `Pss` is slow, so it is read less often.
        if looks.is_multiple_of(8) {
            let own = below.iter().filter(|(_, name)| name == "postgres").map(|(process, _)| *process);
            let others = postmaster.into_iter().chain(
                postmaster
                    .into_iter()
                    .flat_map(|root| self::below(root).into_iter().map(|(process, _)| process)),
            );
            let server = own.chain(others).map(|process| field(process, "smaps_rollup", "Pss:")).sum();
            peak.server = peak.server.max(server);
        }
        looks += 1;
        thread::sleep(EVERY);
    }
    peak
}

/// A number of kilobytes in a file of a process; 0 once the process has ended.
fn field(process: u32, file: &str, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// The processes below another one, with their names.
fn below(process: u32) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for task in fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten() {
        let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace().filter_map(|child| child.parse().ok()) {
            let name = fs::read_to_string(format!("/proc/{child}/comm")).unwrap_or_default();
            found.push((child, name.trim().to_owned()));
            found.extend(below(child));
        }
    }
    found
}
