//! How clients reach a server: socket, TCP, encryption.

use std::net::TcpStream;
use std::thread;

use postgres::{Client, NoTls};
use sqlward_server::{Binaries, Server, Stop};

use crate::{connect, number};

const CERTIFICATE: &str = include_str!("../../../codegen/src/postgres/tests/tls/server.pem");
const KEY: &str = include_str!("../../../codegen/src/postgres/tests/tls/server.key");

#[test]
fn it_listens_at_no_port_unless_asked_to() {
    let server = Server::builder().start().unwrap();
    let listens = "select setting from pg_settings where name = 'listen_addresses'";
    assert_eq!(connect(&server).query_one(listens, &[]).unwrap().get::<_, &str>(0), "");

    let mut server = Server::builder().tcp().start().unwrap();
    let url = format!("postgresql://postgres@127.0.0.1:{}/template1", server.port());
    assert_eq!(number(&mut Client::connect(&url, NoTls).unwrap(), "select 1::bigint"), 1);
    server.stop(Stop::Fast).unwrap();
    assert!(TcpStream::connect(("127.0.0.1", server.port())).is_err());
    server.start().unwrap();
    assert_eq!(number(&mut Client::connect(&url, NoTls).unwrap(), "select 1::bigint"), 1);
    connect(&server);
}

#[test]
fn servers_at_once_have_ports_of_their_own() {
    let started: Vec<_> =
        (0..3).map(|_| thread::spawn(|| Server::builder().tcp().start().unwrap())).collect();
    let mut ports: Vec<u16> = started.into_iter().map(|server| server.join().unwrap().port()).collect();
    ports.sort();
    ports.dedup();
    assert_eq!(ports.len(), 3);
}

#[test]
fn settings_files_and_certificates_are_the_servers() {
    let rules = "local all postgres trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n";
    let server = Server::builder()
        .tcp()
        .tls(CERTIFICATE, KEY)
        .file("pg_hba.conf", rules)
        .setting("max_connections", "7")
        .start()
        .unwrap();
    let mut client = connect(&server);
    assert_eq!(number(&mut client, "select current_setting('max_connections')::bigint"), 7);
    assert_eq!(number(&mut client, "select (current_setting('ssl') = 'on')::int::bigint"), 1);
    client.batch_execute("create role ann login password 'right'").unwrap();
    let url = format!("postgresql://ann:right@127.0.0.1:{}/template1", server.port());
    let refused = Client::connect(&url, NoTls).err().unwrap();
    assert!(format!("{refused:?}").contains("no encryption"), "{refused:?}");
}

#[test]
fn binaries_can_be_named() {
    let found = Binaries::find().unwrap();
    let server = Server::builder().binaries(found.clone()).start().unwrap();
    let version = "select current_setting('server_version_num')::bigint";
    assert_eq!(number(&mut connect(&server), version), i64::from(found.version()));
    let error = Binaries::within("/nowhere".as_ref()).unwrap_err();
    assert!(error.to_string().contains("no `postgres`"), "{error}");
}

#[test]
fn files_can_be_kept_in_memory() {
    let server = Server::builder().in_memory().start().unwrap();
    let room = rustix::fs::statvfs("/dev/shm").is_ok_and(|shm| shm.f_bavail * shm.f_frsize > 1 << 31);
    assert!(!room || server.folder().starts_with("/dev/shm"), "{:?}", server.folder());
    assert_eq!(number(&mut connect(&server), "select 1::bigint"), 1);
    let folder = server.folder().to_owned();
    drop(server);
    assert!(!folder.exists());
}
