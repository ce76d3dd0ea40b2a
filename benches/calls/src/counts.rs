//! What does not depend on the machine: a peer at work in processes of its own.

use std::env;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use sqlward_counts::{Allocations, Proxy, allocated, instructions};
use sqlward_server::Server;

use crate::peers;
use crate::scenario::{Load, Outcome, Scenario};

#[global_allocator]
static ALLOCATIONS: Allocations = Allocations;

/// Says that this process is one of those.
const WORK: &str = "SQLWARD_CALLS_WORK";

/// What one call costs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    pub round_trips: f64,
    pub allocations: f64,
    /// Where they can be counted.
    pub instructions: Option<f64>,
}

/// The three counts of a whole process.
struct Totals([f64; 3]);

/// Counts every scenario of every peer under that load.
pub fn all(server: &Server, load: Load, valgrind: bool) -> Outcome<Vec<Vec<Counts>>> {
    let works: Vec<(usize, usize)> = (0..Scenario::ALL.len())
        .flat_map(|scenario| (0..peers::ALL.len()).map(move |peer| (scenario, peer)))
        .collect();
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        while let Some((scenario, peer)) = works.get(next.fetch_add(1, Ordering::Relaxed)).copied() {
            let counts = count(server, Scenario::ALL[scenario], peers::ALL[peer].name, load, valgrind);
            done.push((scenario, peer, counts.map_err(|error| error.to_string())?));
        }
        Ok::<_, String>(done)
    };
    let mut table = vec![vec![Counts::default(); peers::ALL.len()]; Scenario::ALL.len()];
    thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            for (scenario, peer, counts) in worker.join().expect("a worker does not panic")? {
                table[scenario][peer] = counts;
            }
        }
        Ok(table)
    })
}

fn count(server: &Server, scenario: Scenario, peer: &str, load: Load, valgrind: bool) -> Outcome<Counts> {
    let calls = scenario.counted().div_ceil(load.tasks);
    let once = run(server, scenario, peer, load, calls, valgrind)?;
    let twice = run(server, scenario, peer, load, calls * 2, valgrind)?;
    let each = |index: usize| (twice.0[index] - once.0[index]) / (calls * load.tasks) as f64;
    Ok(Counts {
        round_trips: each(0),
        allocations: each(1),
        instructions: valgrind.then(|| each(2)),
    })
}

fn run(
    server: &Server,
    scenario: Scenario,
    peer: &str,
    load: Load,
    calls: usize,
    valgrind: bool,
) -> Outcome<Totals> {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let folder = env::temp_dir().join(format!("sqlward-calls-{}-{number}", std::process::id()));
    let proxy = Proxy::start(folder, server.folder().join(format!(".s.PGSQL.{}", server.port())))?;
    let mut command = Command::new(env::current_exe()?);
    command.env(WORK, url(&proxy.folder().to_path_buf()));
    command.args([scenario.name(), peer, load.name, &calls.to_string()]);
    let (output, instructions) = if valgrind {
        instructions(&command)?
    } else {
        let output = command.output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        (String::from_utf8(output.stdout)?, 0)
    };
    Ok(Totals([proxy.trips() as f64, output.trim().parse()?, instructions as f64]))
}

fn url(folder: &PathBuf) -> String {
    let folder: String = folder.to_string_lossy().replace('/', "%2F");
    format!("postgresql://postgres@{folder}:{}/template1", Proxy::PORT)
}

/// Does the work of such a process, if this is one.
pub fn work() -> Option<Outcome<()>> {
    let url = env::var(WORK).ok()?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [scenario, peer, load, calls] = &*arguments else { return Some(Err("four arguments".into())) };
    let find = || {
        let scenario = Scenario::ALL.into_iter().find(|found| found.name() == scenario)?;
        let peer = peers::ALL.into_iter().find(|found| found.name == peer)?;
        let load = Load::ALL.into_iter().find(|found| found.name == load)?;
        Some((scenario, peer, load, calls.parse().ok()?))
    };
    let Some((scenario, peer, load, calls)) = find() else { return Some(Err("unknown work".into())) };
    let work = || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let subject = (peer.open)(runtime, &url, load.connections)?;
        // All connections are made, and all statements prepared.
        subject.run(scenario, load.tasks, 4)?;
        let before = allocated();
        subject.run(scenario, load.tasks, calls)?;
        println!("{}", allocated() - before);
        Ok(())
    };
    Some(work())
}
