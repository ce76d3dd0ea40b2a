//! Measures generation: from SQL to a crate on disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use postgres::{Client, NoTls};
use sqlward_server::Server;

use crate::catalog::{self, QUERIES_OF_A_TABLE};
use crate::memory::{Peak, peak};
use crate::programs::{Programs, new_cache, put_aside, run};
use crate::projects;
use crate::table::Table;

/// The sizes that are measured: the number of queries, the number of runs, and the greatest ratio that is acceptable.
const SIZES: [(usize, usize, Option<f64>); 4] =
    [(100, 9, None), (500, 7, None), (1_000, 7, Some(0.5)), (5_000, 5, Some(0.2))];

/// The size for which more is measured than the time of a whole run.
const USUAL: usize = 1_000;

pub fn measure(table: &mut Table, programs: &Programs, folder: &Path) {
    let catalogs: Vec<Catalog> = SIZES.map(|(size, ..)| Catalog::new(folder, size)).into();
    table.part("a catalog is compiled, in ms", "sqlward", "cornucopia");
    let mut cold = Vec::new();
    for (catalog, (size, runs, most)) in catalogs.iter().zip(SIZES) {
        let [own, peer, unformatted] = catalog.in_turns(programs, runs);
        table.compare("from nothing", size, own, peer, most);
        cold.push(Cold { size, own, peer, unformatted });
    }
    for Cold { size, own, unformatted, .. } in &cold {
        table.compare("the same, cornucopia without rustfmt", *size, *own, *unformatted, None);
    }
    for (catalog, Cold { size, peer, .. }) in catalogs.iter().zip(&cold) {
        if *size == USUAL {
            let first = catalog.without_template(programs);
            table.compare("the very first time, with initdb", *size, first, *peer, None);
        }
    }

    table.part("again, in ms", "again", "cold");
    for catalog in catalogs.iter().filter(|catalog| catalog.size >= USUAL) {
        let most = (catalog.size == USUAL).then_some(0.5);
        let [statement, comment, whole] = catalog.changed(programs);
        table.compare("one file has changed", catalog.size, statement, whole, most);
        table.compare("one comment has changed", catalog.size, comment, whole, None);
        let most = (catalog.size == USUAL).then_some(30.0);
        table.alone("nothing has changed: check", catalog.size, catalog.check(programs), most);
    }

    table.part("it grows, in ms", "of larger", "of smaller");
    for (small, large) in [(100, 1_000), (500, 5_000)] {
        let of = |size| cold.iter().find(|cold| cold.size == size).map_or(f64::NAN, |cold| cold.own);
        table.compare(&format!("tenfold from {small}"), large, of(large), of(small), Some(11.0));
    }

    table.part("memory at its peak, in MiB", "sqlward", "cornucopia");
    let memory: Vec<_> = catalogs.iter().map(|catalog| catalog.memory(programs)).collect();
    type Of = fn(&Peak) -> u64;
    let parts: [(&str, Of, Option<f64>); 4] = [
        ("of the largest process but the server's", |peak| peak.command.max(peak.formatter), Some(1.0)),
        ("of the command itself", |peak| peak.command, None),
        ("of the formatter that it runs", |peak| peak.formatter, None),
        ("of the server, all of its processes", |peak| peak.server, None),
    ];
    for (what, of, most) in parts {
        for (catalog, (own, peer)) in catalogs.iter().zip(&memory) {
            table.compare(what, catalog.size, mebibytes(of(own)), mebibytes(of(peer)), most);
        }
    }

    table.part("what is generated, for each query", "sqlward", "cornucopia");
    for catalog in catalogs.iter().filter(|catalog| catalog.size == USUAL) {
        let (own, peer) = (Written::in_folder(&catalog.own()), Written::in_folder(&catalog.peers()));
        table.compare("lines", USUAL, own.lines / USUAL as f64, peer.lines / USUAL as f64, None);
        table.compare("bytes", USUAL, own.bytes / USUAL as f64, peer.bytes / USUAL as f64, None);
    }
}

/// The times of runs without a cache, in milliseconds.
struct Cold {
    size: usize,
    own: f64,
    peer: f64,
    /// The peer without rustfmt.
    unformatted: f64,
}

/// A catalog on disk, and a running server with its schema for the peer.
struct Catalog {
    size: usize,
    folder: PathBuf,
    server: Server,
}

impl Catalog {
    fn new(folder: &Path, size: usize) -> Catalog {
        let folder = folder.join(size.to_string());
        projects::write(&folder, size);
        let server = Server::builder().start().expect("a server starts");
        let mut client = Client::connect(&server.url(), NoTls).expect("the server answers");
        let schema = catalog::schema(size / QUERIES_OF_A_TABLE);
        client.batch_execute(&schema).expect("the schema is right");
        Catalog { size, folder, server }
    }

    /// The crate that sqlward generates.
    fn own(&self) -> PathBuf {
        self.folder.join("sqlward/crate")
    }

    /// The crate that the peer generates.
    fn peers(&self) -> PathBuf {
        self.folder.join("cornucopia/crate")
    }

    /// Runs both in turns, without a running server of sqlward and without a generated crate.
    fn in_turns(&self, programs: &Programs, runs: usize) -> [f64; 3] {
        let [mut own, mut peer, mut unformatted] = [const { Least::new() }; 3];
        // Fills the cache with the empty cluster.
        run(&mut programs.sqlward(&self.folder, "generate"));
        for _ in 0..runs {
            self.forget(programs);
            own.add(run(&mut programs.sqlward(&self.folder, "generate")));
            for (least, formats) in [(&mut unformatted, false), (&mut peer, true)] {
                put_aside(&self.peers());
                let mut command = programs.cornucopia(&self.folder, &self.server.url());
                if !formats {
                    // Without a PATH it does not find rustfmt.
                    command.env("PATH", "");
                }
                least.add(run(&mut command));
            }
        }
        [own, peer, unformatted].map(|least| least.milliseconds())
    }

    /// The time of the first run on a machine, which includes `initdb`.
    fn without_template(&self, programs: &Programs) -> f64 {
        let mut least = Least::new();
        for _ in 0..2 {
            let cache = new_cache();
            put_aside(&self.own());
            least.add(run(programs.sqlward(&self.folder, "generate").env("XDG_CACHE_HOME", cache.path())));
        }
        least.milliseconds()
    }

    /// The times after a change in one file, of a statement and of a comment, and in turns those of a run without a cache.
    fn changed(&self, programs: &Programs) -> [f64; 3] {
        let [mut statement, mut comment, mut whole] = [const { Least::new() }; 3];
        for number in 0..7 {
            self.forget(programs);
            whole.add(run(&mut programs.sqlward(&self.folder, "generate")));
            projects::change(&self.folder, number, "");
            statement.add(run(&mut programs.sqlward(&self.folder, "generate")));
            projects::change(&self.folder, number, "-- A comment.\n");
            comment.add(run(&mut programs.sqlward(&self.folder, "generate")));
        }
        [statement, comment, whole].map(|least| least.milliseconds())
    }

    /// Removes the crate and the cached cluster with the schema.
    fn forget(&self, programs: &Programs) {
        put_aside(&self.own());
        programs.forget();
    }

    fn check(&self, programs: &Programs) -> f64 {
        let mut least = Least::new();
        for _ in 0..9 {
            least.add(run(&mut programs.sqlward(&self.folder, "check")));
        }
        least.milliseconds()
    }

    fn memory(&self, programs: &Programs) -> (Peak, Peak) {
        let postmaster = fs::read_to_string(self.server.folder().join("data/postmaster.pid"));
        let postmaster = postmaster.ok().and_then(|text| text.lines().next()?.parse().ok());
        self.forget(programs);
        let first = peak(&mut programs.sqlward(&self.folder, "generate"), None);
        projects::change(&self.folder, 0, "-- Another comment.\n");
        let again = peak(&mut programs.sqlward(&self.folder, "generate"), None);
        let own = Peak { command: first.command.max(again.command), ..first };
        put_aside(&self.peers());
        (own, peak(&mut programs.cornucopia(&self.folder, &self.server.url()), postmaster))
    }
}

#[expect(clippy::cast_precision_loss, reason = "it is printed with three digits")]
pub fn mebibytes(kibibytes: u64) -> f64 {
    kibibytes as f64 / 1024.0
}

/// The minimum of several times.
pub struct Least(Duration);

impl Least {
    pub const fn new() -> Least {
        Least(Duration::MAX)
    }

    pub fn add(&mut self, time: Duration) {
        self.0 = self.0.min(time);
    }

    pub fn milliseconds(&self) -> f64 {
        self.0.as_secs_f64() * 1e3
    }
}

/// The amount of generated Rust.
#[derive(Default)]
pub struct Written {
    pub lines: f64,
    bytes: f64,
}

impl Written {
    #[expect(clippy::cast_precision_loss, reason = "it is printed with three digits")]
    pub fn in_folder(folder: &Path) -> Written {
        let mut written = Written::default();
        for entry in fs::read_dir(folder).expect("it was generated").flatten() {
            let path = entry.path();
            if path.is_dir() {
                let below = Written::in_folder(&path);
                written.lines += below.lines;
                written.bytes += below.bytes;
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("it was generated");
                written.lines += text.lines().count() as f64;
                written.bytes += text.len() as f64;
            }
        }
        written
    }
}
