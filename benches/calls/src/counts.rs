//! Counts round trips, allocations and instructions, which do not depend on the machine. Each peer works in processes of its
//! own for this.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, io, thread};

use sqlward_counts::{Allocations, Cost, allocated, cost};
use sqlward_server::Server;

use crate::peers;
use crate::scenario::{Load, Outcome, Scenario};

#[global_allocator]
static ALLOCATIONS: Allocations = Allocations;

/// The environment variable of a process that is counted.
const WORK: &str = "SQLWARD_CALLS_WORK";

/// Counts every scenario of every peer under that load.
pub fn all(server: &Server, load: Load) -> Outcome<Vec<Vec<Cost>>> {
    let works: Vec<(usize, usize)> = (0..Scenario::ALL.len())
        .flat_map(|scenario| (0..peers::ALL.len()).map(move |peer| (scenario, peer)))
        .collect();
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut done = Vec::new();
        while let Some((scenario, peer)) = works.get(next.fetch_add(1, Ordering::Relaxed)).copied() {
            let name = peers::ALL[peer].name;
            let cost = count(server, Scenario::ALL[scenario], name, load);
            done.push((scenario, peer, cost.map_err(|error| format!("{name}: {error}"))?));
        }
        Ok::<_, String>(done)
    };
    let mut table = vec![vec![Cost::default(); peers::ALL.len()]; Scenario::ALL.len()];
    thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            for (scenario, peer, cost) in worker.join().expect("a worker does not panic")? {
                table[scenario][peer] = cost;
            }
        }
        Ok(table)
    })
}

fn count(server: &Server, scenario: Scenario, peer: &str, load: Load) -> io::Result<Cost> {
    let program = env::current_exe()?;
    let socket = server.folder().join(format!(".s.PGSQL.{}", server.port()));
    let calls = scenario.counted().div_ceil(load.tasks);
    let all = cost(&socket, calls, |url, calls| {
        let mut command = Command::new(&program);
        command.env(WORK, url).args([scenario.name(), peer, load.name, &calls.to_string()]);
        command
    })?;
    let tasks = load.tasks as f64;
    Ok(Cost {
        round_trips: all.round_trips / tasks,
        allocations: all.allocations / tasks,
        instructions: all.instructions.map(|count| count / tasks),
    })
}

/// Does the work of a counted process, if this is one.
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
        // A second thread, as in any service: the C library omits locking in a process with a single thread.
        thread::spawn(thread::park);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let subject = (peer.open)(runtime, &url, load.connections)?;
        // Opens all connections and prepares all statements, so that this is not counted.
        subject.run(scenario, load.tasks, 4)?;
        subject.run(scenario, load.tasks, calls)?;
        println!("{}", allocated());
        Ok(())
    };
    Some(work())
}
