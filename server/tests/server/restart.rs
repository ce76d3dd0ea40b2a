//! Stopping, killing and restarting a server.

use std::thread;
use std::time::Duration;

use sqlward_server::{Server, Stop};

use crate::{connect, number};

#[test]
fn what_was_committed_is_there_after_every_stop() {
    let mut server = Server::builder().start().unwrap();
    let url = server.url();
    connect(&server).batch_execute("create table t (id int)").unwrap();
    for (count, how) in [Stop::Fast, Stop::Immediate, Stop::Kill, Stop::Kill].into_iter().enumerate() {
        let mut client = connect(&server);
        client.execute("insert into t values (1)", &[]).unwrap();
        let mut open = client.transaction().unwrap();
        open.execute("insert into t values (2)", &[]).unwrap();
        server.stop(how).unwrap();
        assert!(open.execute("select 1", &[]).is_err(), "{how:?}");
        assert!(postgres::Client::connect(&url, postgres::NoTls).is_err(), "{how:?}");
        server.stop(how).unwrap();
        server.start().unwrap();
        server.start().unwrap();
        assert_eq!(server.url(), url);
        assert_eq!(number(&mut connect(&server), "select sum(id) from t"), count as i64 + 1, "{how:?}");
    }
    let folder = server.folder().to_owned();
    server.stop(Stop::Kill).unwrap();
    drop(server);
    assert!(!folder.exists());
}

#[test]
fn sessions_that_work_end_with_it() {
    let mut server = Server::builder().start().unwrap();
    for how in [Stop::Fast, Stop::Immediate, Stop::Kill] {
        let mut working = connect(&server);
        let pid = number(&mut working, "select pg_backend_pid()::bigint");
        let worker = thread::spawn(move || working.batch_execute("select pg_sleep(600)"));
        let mut other = connect(&server);
        let busy =
            format!("select count(*) from pg_stat_activity where pid = {pid} and wait_event = 'PgSleep'");
        while number(&mut other, &busy) == 0 {
            thread::sleep(Duration::from_millis(5));
        }
        server.stop(how).unwrap();
        assert!(worker.join().unwrap().is_err(), "{how:?}");
        server.start().unwrap();
    }
}

#[test]
fn one_that_ended_by_itself_is_started_again() {
    let mut server = Server::builder().start().unwrap();
    let mut client = connect(&server);
    // With `restart_after_crash` off the server ends if one of its sessions is killed.
    let pid = number(&mut client, "select pg_backend_pid()::bigint");
    let pid = rustix::process::Pid::from_raw(pid as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    while postgres::Client::connect(&server.url(), postgres::NoTls).is_ok() {
        thread::sleep(Duration::from_millis(5));
    }
    server.stop(Stop::Fast).unwrap();
    server.start().unwrap();
    assert_eq!(number(&mut connect(&server), "select 1::bigint"), 1);
}

#[test]
fn a_server_that_does_not_start_says_why() {
    let error = Server::builder().setting("max_connections", "many").start().unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(error.to_string().starts_with("cannot start the PostgreSQL server in /"), "{error}");
    assert!(cause.contains("max_connections"), "{cause}");
    assert!(error.help_text().contains("SQLWARD_POSTGRES_BIN"));

    let mut server = Server::builder().start().unwrap();
    connect(&server).batch_execute("alter system set shared_preload_libraries = 'nowhere'").unwrap();
    server.stop(Stop::Fast).unwrap();
    let error = server.start().unwrap_err();
    assert!(std::error::Error::source(&error).unwrap().to_string().contains("nowhere"), "{error:?}");
}
