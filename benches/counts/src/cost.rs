//! The cost of one repetition of some work.

use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::{Proxy, has_valgrind, instructions};

/// The counts of one repetition.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// The number of times it waits for the server.
    pub round_trips: f64,
    /// The number of allocations.
    pub allocations: f64,
    /// The number of instructions, if they can be counted.
    pub instructions: Option<f64>,
}

/// The cost of one repetition of the work that a command does.
///
/// `command` makes the command from the URL of a database and the number of repetitions. Its process must write the number of
/// its [allocations](crate::allocated) to standard output. It is run twice, as the crate's documentation explains. `server` is
/// the socket of a server.
pub fn cost(server: &Path, repetitions: usize, command: impl Fn(&str, usize) -> Command) -> io::Result<Cost> {
    let once = run(server, |url| command(url, repetitions))?;
    let twice = run(server, |url| command(url, repetitions * 2))?;
    let each = |count: fn(&Cost) -> f64| (count(&twice) - count(&once)) / repetitions as f64;
    let instructions = once.instructions.map(|_| each(|cost| cost.instructions.unwrap_or_default()));
    Ok(Cost {
        round_trips: each(|cost| cost.round_trips),
        allocations: each(|cost| cost.allocations),
        instructions,
    })
}

/// The counts of a whole process.
fn run(server: &Path, command: impl Fn(&str) -> Command) -> io::Result<Cost> {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("sqlward-counts-{}-{number}", std::process::id()));
    let proxy = Proxy::start(folder, server.to_owned())?;
    let mut command = command(&proxy.url());
    let (output, instructions) = if has_valgrind() {
        let (output, count) = instructions(&command)?;
        (output, Some(count as f64))
    } else {
        let output = command.output()?;
        if !output.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
        (String::from_utf8_lossy(&output.stdout).into_owned(), None)
    };
    let allocations = output.trim().parse().map_err(io::Error::other)?;
    Ok(Cost { round_trips: proxy.trips() as f64, allocations, instructions })
}
