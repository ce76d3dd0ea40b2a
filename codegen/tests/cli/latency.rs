//! A server with a high latency: the compiler waits for it a few times, however many statements there are.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use sqlward_codegen::project::ProjectOptions;
use sqlward_codegen::{Options, compile};

use crate::project::Project;
use crate::remote::Remote;

const ROUND_TRIP: Duration = Duration::from_millis(20);

/// For each stage of the compiler the number of times it waits, and its duration.
fn stages(queries: usize) -> Vec<(&'static str, usize, Duration)> {
    let query = |n| {
        format!(
            "--! get_{n}\nselect id, title, price as p{n} from content where id = :id and title <> :other \
             order by title limit 3;\n"
        )
    };
    let project = Project::new((0..queries).map(query).collect::<String>());
    let remote = Remote::start();
    let (port, turns) = distant(remote.socket());
    let options = Options {
        project: ProjectOptions { config: project.path("sqlward.toml"), ..ProjectOptions::default() },
        database_url: Some(format!("postgresql://postgres@127.0.0.1:{port}/template1?sslmode=disable")),
        ..Options::default()
    };
    let begun = Mutex::new(Vec::new());
    let mark = |stage| begun.lock().unwrap().push((stage, turns.load(Ordering::SeqCst), Instant::now()));
    let compilation = compile(&options, &mark).unwrap();
    mark("done");
    assert!(!compilation.diagnostics.has_errors());
    assert_eq!(compilation.catalog.queries.len(), queries);
    let begun = begun.lock().unwrap();
    begun.windows(2).map(|pair| (pair[0].0, pair[1].1 - pair[0].1, pair[1].2 - pair[0].2)).collect()
}

#[test]
fn the_distance_is_paid_a_few_times_whatever_the_number_of_queries() {
    let few = stages(10);
    let many = stages(500);
    println!("{many:#?}");
    let turns = |stages: &[(&str, usize, Duration)], wanted: &str| {
        stages.iter().find(|(stage, ..)| *stage == wanted).map(|(_, turns, _)| *turns).unwrap()
    };
    let analysis = "analysing the queries";
    // One round trip for all statements. Many are shared by two sessions, and data that is sent in several pieces can count
    // as several.
    assert!(turns(&few, analysis) <= 1, "{few:?}");
    assert!(turns(&many, analysis) <= 6, "{many:?}");
    let all = |stages: &[(&str, usize, Duration)]| stages.iter().map(|(_, turns, _)| turns).sum::<usize>();
    // The two sessions wait at the same time.
    assert!(all(&few) <= 15, "{few:?}");
    assert!(all(&many) <= 19, "{many:?}");
}

/// The port of a proxy with a high latency, and the number of times that a client began to send after it had received.
pub fn distant(socket: PathBuf) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let turns = Arc::new(AtomicUsize::new(0));
    let counter = turns.clone();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server): (TcpStream, _) = (client.unwrap(), UnixStream::connect(&socket).unwrap());
            client.set_nodelay(true).unwrap();
            let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            let speaks = Arc::new(AtomicBool::new(false));
            let (listens, turns) = (speaks.clone(), counter.clone());
            carry(from, to, move || {
                turns.fetch_add(usize::from(!speaks.swap(true, Ordering::SeqCst)), Ordering::SeqCst);
            });
            carry(server, client, move || listens.store(false, Ordering::SeqCst));
        }
    });
    (port, turns)
}

/// A line that delays what is sent by half a round trip and takes as much as there is. `each` is called when some enters.
fn carry(
    mut from: impl Read + Send + 'static,
    mut to: impl Write + Send + 'static,
    each: impl Fn() + Send + 'static,
) {
    let (line, end) = mpsc::channel::<(Instant, Vec<u8>)>();
    thread::spawn(move || {
        let mut buffer = vec![0; 65536];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            each();
            if line.send((Instant::now() + ROUND_TRIP / 2, buffer[..count].to_vec())).is_err() {
                return;
            }
        }
    });
    thread::spawn(move || {
        for (due, bytes) in end {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            if to.write_all(&bytes).is_err() {
                return;
            }
        }
    });
}
