//! The cost of a call, compared with the same call by other libraries.
//!
//! ```sh
//! cargo run --release --manifest-path benches/calls/Cargo.toml               # the table, also in target/speed/calls.txt
//! cargo run --release --manifest-path benches/calls/Cargo.toml -- counts     # without times
//! cargo run --release --manifest-path benches/calls/Cargo.toml -- times      # without counts
//! ```
//!
//! It starts a server. Round trips, allocations and instructions are counted in processes that do nothing else; times are
//! measured for all peers in turns. `docs/speed.md` explains the columns.

mod counts;
mod database;
mod model;
mod peers;
mod scenario;
mod sql;
mod times;

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use scenario::{Load, Outcome, Scenario};
use sqlward_counts::{Cost, has_valgrind};

/// The explanation above the table.
const HEAD: &str = "\
Each line is one call: a connection out of the peer's pool, the call, the connection back into the pool.
  round trips    how often the client waits for the server
  instructions   of the client's process, and beside them their share of `tokio-postgres`
  allocations    of the client's process
  us             how long it takes, the server's work included, and beside it the share of `tokio-postgres`
  -              was not measured
`tokio-postgres` is by hand at its best: out of deadpool's pool comes a connection with its statements beside it, so that
none is looked up. `deadpool-postgres` is by hand too, and looks each statement up by its text.

";

fn main() -> ExitCode {
    match counts::work().unwrap_or_else(measure) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Outcome<()> {
    let wanted = env::args().nth(1);
    let is_wanted = |what| wanted.as_deref().is_none_or(|wanted| wanted == what);
    if !is_wanted("counts") && !is_wanted("times") {
        return Err("`counts`, `times`, or nothing for both".into());
    }
    if is_wanted("counts") && !has_valgrind() {
        eprintln!("instructions are not counted, since there is no valgrind");
    }
    let server = database::start()?;
    print!("{HEAD}");
    let mut text = HEAD.to_owned();
    for load in Load::ALL {
        let times = is_wanted("times").then(|| times::all(&server, load)).transpose()?;
        let counts = is_wanted("counts").then(|| counts::all(&server, load)).transpose()?;
        let part = table(load, counts.as_deref(), times.as_deref());
        print!("{part}");
        text += &part;
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/speed/calls.txt");
    fs::create_dir_all(file.parent().expect("it is in a folder"))?;
    Ok(fs::write(file, text)?)
}

/// The table: a line for each peer in each scenario, with the ratios to the first peer.
fn table(load: Load, counts: Option<&[Vec<Cost>]>, times: Option<&[Vec<f64>]>) -> String {
    let mut text = String::new();
    let mut line = |cells: [&str; 7]| {
        let [name, trips, instructions, share, allocations, time, share_of_time] = cells;
        let _ = writeln!(
            text,
            "{name:<36}{trips:>12}{instructions:>14}{share:>8}{allocations:>13}{time:>11}{share_of_time:>8}"
        );
    };
    line([load.name, "round trips", "instructions", "", "allocations", "us", ""]);
    for (number, scenario) in Scenario::ALL.into_iter().enumerate() {
        line([scenario.name(), "", "", "", "", "", ""]);
        for (index, peer) in peers::ALL.iter().enumerate() {
            let share = |all: &dyn Fn(usize) -> Option<f64>| {
                all(index).zip(all(0)).map_or_else(String::new, |(own, first)| format!("{:.2}", own / first))
            };
            let instructions = |index: usize| counts?[number][index].instructions;
            let time = |index: usize| Some(times?[number][index]);
            let shown = |value: Option<f64>, digits: usize| {
                value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"))
            };
            let counted = counts.map(|counts| counts[number][index]);
            line([
                &format!("  {}", peer.name),
                &shown(counted.map(|counts| counts.round_trips), 1),
                &shown(instructions(index), 0),
                &share(&instructions),
                &shown(counted.map(|counts| counts.allocations), 1),
                &shown(time(index), 1),
                &share(&time),
            ]);
        }
    }
    text + "\n"
}
