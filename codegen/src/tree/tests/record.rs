//! Records the trees below `tests/trees`, from `schema.sql`, `statements.sql` and `stored.sql` there.
//!
//! Run it for each version, with a server that trusts local connections and has no database `trees`:
//! `RECORD_SOCKET=/run/postgresql/.s.PGSQL.5432 cargo test -p sqlward-codegen record -- --ignored`

use super::*;
use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use postgres_protocol::message::{backend, frontend};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

#[test]
#[ignore = "needs a server"]
fn record() {
    let socket = std::env::var("RECORD_SOCKET").expect("RECORD_SOCKET is the path of a server's socket");
    Session::open(&socket, "postgres").run("create database trees");
    let mut session = Session::open(&socket, "trees");
    session.run(&fs::read_to_string(directory().join("schema.sql")).unwrap());
    let version = session.run("show server_version_num").rows[0][0].parse::<u32>().unwrap() / 10_000;
    let stored = session.run(&fs::read_to_string(directory().join("stored.sql")).unwrap());
    session.run("set debug_print_parse = on; set debug_pretty_print = off; set client_min_messages = log");

    let mut trees = String::new();
    for statement in statements().iter().filter(|statement| statement.since <= version) {
        writeln!(trees, "=== {}\n{}", statement.name, session.parse(&statement.sql).tree).unwrap();
    }
    let mut columns = String::new();
    for row in &stored.rows {
        writeln!(columns, "=== {} {}\n{}", row[1], row[0], row[2]).unwrap();
    }
    let to = directory().join(version.to_string());
    fs::create_dir_all(&to).unwrap();
    fs::write(to.join("statements.txt"), trees).unwrap();
    fs::write(to.join("stored.txt"), columns).unwrap();
}

struct Session {
    socket: UnixStream,
    input: BytesMut,
}

#[derive(Default)]
struct Answer {
    rows: Vec<Vec<String>>,
    tree: String,
}

impl Session {
    fn open(socket: &str, database: &str) -> Session {
        let mut session = Session { socket: UnixStream::connect(socket).unwrap(), input: BytesMut::new() };
        let mut out = BytesMut::new();
        frontend::startup_message([("user", "postgres"), ("database", database)], &mut out).unwrap();
        session.ask(out);
        session
    }

    fn run(&mut self, sql: &str) -> Answer {
        let mut out = BytesMut::new();
        frontend::query(sql, &mut out).unwrap();
        self.ask(out)
    }

    fn parse(&mut self, sql: &str) -> Answer {
        let mut out = BytesMut::new();
        frontend::parse("", sql, [], &mut out).unwrap();
        frontend::sync(&mut out);
        self.ask(out)
    }

    fn ask(&mut self, request: BytesMut) -> Answer {
        self.socket.write_all(&request).unwrap();
        let mut answer = Answer::default();
        loop {
            let Some(message) = backend::Message::parse(&mut self.input).unwrap() else {
                let mut buffer = [0; 65_536];
                let length = self.socket.read(&mut buffer).unwrap();
                assert!(length > 0, "the server closed the connection");
                self.input.extend_from_slice(&buffer[..length]);
                continue;
            };
            match message {
                backend::Message::ReadyForQuery(_) => return answer,
                backend::Message::DataRow(row) => {
                    let text = |range: Option<std::ops::Range<usize>>| {
                        range
                            .map(|range| String::from_utf8(row.buffer()[range].to_vec()).unwrap())
                            .unwrap_or_default()
                    };
                    answer.rows.push(row.ranges().map(|range| Ok(text(range))).collect().unwrap());
                }
                backend::Message::NoticeResponse(notice) => {
                    let field = |kind: u8| {
                        let field = notice.fields().find(|field| Ok(field.type_() == kind)).unwrap();
                        field
                            .map(|field| String::from_utf8(field.value_bytes().to_vec()).unwrap())
                            .unwrap_or_default()
                    };
                    if field(b'M').starts_with("parse tree") {
                        answer.tree = field(b'D');
                    }
                }
                backend::Message::ErrorResponse(error) => {
                    let message = error.fields().find(|field| Ok(field.type_() == b'M')).unwrap();
                    panic!("{}", String::from_utf8_lossy(message.unwrap().value_bytes()));
                }
                _ => {}
            }
        }
    }
}
