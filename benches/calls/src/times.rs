//! Measures times. The peers take turns, so that other work on the machine affects all of them alike.

use std::time::Instant;

use sqlward_server::Server;

use crate::scenario::{Load, Outcome, Scenario};
use crate::{database, peers};

/// The number of measurements of each peer.
const ROUNDS: usize = 9;

/// The median time of one call in microseconds, for every peer in every scenario.
pub fn all(server: &Server, load: Load) -> Outcome<Vec<Vec<f64>>> {
    let subjects = peers::ALL.iter().map(|peer| {
        let mut runtime = match load.tasks {
            1 => tokio::runtime::Builder::new_current_thread(),
            _ => tokio::runtime::Builder::new_multi_thread(),
        };
        (peer.open)(runtime.enable_all().worker_threads(2).build()?, &server.url(), load.connections)
    });
    let subjects = subjects.collect::<Outcome<Vec<_>>>()?;
    let mut table = Vec::new();
    for scenario in Scenario::ALL {
        database::sweep(server)?;
        let calls = scenario.timed().div_ceil(load.tasks);
        let mut weights = Vec::new();
        for subject in &subjects {
            // Opens all connections and prepares all statements, so that this is not timed.
            weights.push(subject.run(scenario, load.tasks, 2)?);
        }
        let odd = weights.iter().position(|weight| *weight != weights[0]);
        if let Some(odd) = odd {
            let name = subjects[odd].name();
            return Err(format!("{name} gives another answer: {} {weights:?}", scenario.name()).into());
        }
        let mut times = vec![Vec::new(); subjects.len()];
        for round in 0..ROUNDS {
            // Every other round is in reverse, so that no peer always comes after the same one.
            for index in 0..subjects.len() {
                let index = if round % 2 == 0 { index } else { subjects.len() - 1 - index };
                let since = Instant::now();
                subjects[index].run(scenario, load.tasks, calls)?;
                let elapsed = since.elapsed().as_secs_f64() * 1e6;
                times[index].push(elapsed / (calls * load.tasks) as f64);
            }
        }
        table.push(times.into_iter().map(median).collect());
    }
    Ok(table)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
