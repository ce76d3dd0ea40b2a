//! Connections: how they are opened, encrypted, checked and closed.

use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use sqlward::types::Type;
use sqlward::{Builder, Database, Error, ErrorKind, Executor, Query, Result};
use sqlward_server::{Server, Stop};
use tempfile::TempDir;

use crate::sample::*;
use crate::support::Fixture;

const ACCESS: &str = "local all postgres trust\n\
    hostssl all encrypted 127.0.0.1/32 scram-sha-256\n\
    host all digest 127.0.0.1/32 md5\n\
    host all scram 127.0.0.1/32 scram-sha-256\n";

static ENCRYPTED: Query = Query::new(
    "t::encrypted",
    "select ssl from pg_stat_ssl where pid = pg_backend_pid()",
    &[],
    &[("ssl", "bool")],
);
static PID: Query = Query::new("t::pid", "select pg_backend_pid() as pid", &[], &[("pid", "int4")]);
static SLEEP: Query = Query::new("t::sleep", "select pg_sleep($1)", &[Type::FLOAT8], &[("pg_sleep", "void")]);

/// A server that listens on this machine's address and asks for passwords, with a certificate for `localhost`.
struct Remote {
    server: Server,
    certificates: TempDir,
}

impl Remote {
    async fn start(encrypts: bool) -> Remote {
        let tls = Path::new(env!("CARGO_MANIFEST_DIR")).join("codegen/src/postgres/tests/tls");
        let certificate = |name: &str| std::fs::read_to_string(tls.join(name)).unwrap();
        let mut builder = Server::builder().tcp().file("pg_hba.conf", ACCESS);
        if encrypts {
            builder = builder.tls(&certificate("server.pem"), &certificate("server.key"));
        }
        let server = builder.start().unwrap();
        let certificates = tempfile::tempdir().unwrap();
        std::fs::write(certificates.path().join("ca.pem"), certificate("ca.pem")).unwrap();
        // A certificate of another authority, which has not signed the server's.
        std::fs::write(certificates.path().join("other.pem"), certificate("server.pem")).unwrap();
        let (db, _) = Database::open(&server.url()).unwrap();
        static SETUP: [Query; 3] = [
            Query::new("t::scram", "create role scram login password 'right'", &[], &[]),
            Query::new("t::encrypted", "create role encrypted login password 'right'", &[], &[]),
            Query::new("t::digest", DIGEST, &[], &[]),
        ];
        /// The password `right`, as MD5.
        const DIGEST: &str = "create role digest login password 'md5ca5a3c5a4c971c7cc48cdc9426a20da9'";
        for query in &SETUP {
            db.execute(query, &[]).await.unwrap();
        }
        Remote { server, certificates }
    }

    fn url(&self, user: &str, query: &str) -> String {
        let (port, folder) = (self.server.port(), self.certificates.path().display());
        let query =
            query.replace("CA", &format!("{folder}/ca.pem")).replace("OTHER", &format!("{folder}/other.pem"));
        format!("postgresql://{user}:right@localhost:{port}/template1?hostaddr=127.0.0.1&{query}")
    }
}

async fn encrypted(url: &str) -> Result<bool> {
    let (db, _) = Database::open(url)?;
    Ok(db.fetch_one::<(bool,)>(&ENCRYPTED, &[]).await?.0)
}

#[tokio::test]
async fn encryption_is_as_strong_as_asked() {
    let remote = Remote::start(true).await;
    for (query, expected) in [
        ("sslmode=disable", Ok(false)),
        ("", Ok(true)),
        ("sslmode=prefer", Ok(true)),
        ("sslmode=require", Ok(true)),
        ("sslmode=require&sslrootcert=CA", Ok(true)),
        ("sslmode=verify-ca&sslrootcert=CA", Ok(true)),
        ("sslmode=verify-full&sslrootcert=CA", Ok(true)),
        ("sslmode=verify-full&sslrootcert=CA&channel_binding=require", Ok(true)),
        ("sslmode=require&sslrootcert=OTHER", Err("certificate")),
        ("sslmode=verify-ca&sslrootcert=OTHER", Err("certificate")),
        ("sslmode=verify-full&sslrootcert=OTHER", Err("certificate")),
        ("sslmode=verify-full", Err("certificate")),
        ("sslrootcert=system", Err("certificate")),
        ("sslmode=verify-full&sslrootcert=/nowhere", Err("cannot connect")),
        ("sslmode=disable&channel_binding=require", Err("channel binding")),
    ] {
        match (encrypted(&remote.url("scram", query)).await, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{query}"),
            (Err(error), Err(words)) => {
                assert_eq!(error.kind(), ErrorKind::Connection, "{query}");
                assert!(error.to_string().contains(words), "{query}: {error}");
            }
            (found, _) => panic!("{query}: {found:?}"),
        }
    }
    let by_address = |query: &str| {
        remote.url("scram", &format!("{query}&sslrootcert=CA")).replace("localhost", "127.0.0.1")
    };
    assert!(encrypted(&by_address("sslmode=verify-ca")).await.unwrap());
    let error = encrypted(&by_address("sslmode=verify-full")).await.unwrap_err();
    assert!(error.to_string().contains("not valid for name"), "{error}");
    // Channel binding is required, and MD5 passwords do not support it.
    let error = encrypted(&remote.url("digest", "channel_binding=require")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
}

#[tokio::test]
async fn a_server_that_does_not_encrypt() {
    let remote = Remote::start(false).await;
    for query in ["", "sslmode=prefer", "sslmode=disable"] {
        assert!(!encrypted(&remote.url("scram", query)).await.unwrap());
    }
    for query in ["sslmode=require", "sslmode=verify-ca", "sslmode=verify-full&sslrootcert=CA"] {
        let error = encrypted(&remote.url("scram", query)).await.unwrap_err();
        assert!(error.to_string().contains("does not encrypt"), "{query}: {error}");
    }
}

#[tokio::test]
async fn a_request_to_stop_is_encrypted_too() {
    let remote = Remote::start(true).await;
    let url = remote.url("encrypted", "sslmode=verify-full&sslrootcert=CA");
    let (db, _) = Builder::from_url(&url).unwrap().max_connections(1).open();
    let call = db.fetch_one::<()>(&SLEEP, &[&600.0]);
    assert!(tokio::time::timeout(Duration::from_millis(300), call).await.is_err());
    static SLEEPING: Query = Query::new(
        "t::sleeping",
        "select count(*) from pg_stat_activity where query like 'select pg_sleep%'",
        &[],
        &[("count", "int8")],
    );
    let (outside, _) = Database::open(&remote.server.url()).unwrap();
    eventually(async || outside.fetch_one::<(i64,)>(&SLEEPING, &[]).await.unwrap() == (0,)).await;
}

/// Waits until a condition is true, for a long time.
async fn eventually(mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..1500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it does not come");
}

#[tokio::test]
async fn a_server_that_is_down_is_found_when_it_is_back() {
    let mut server = Server::builder().start().unwrap();
    server.stop(Stop::Kill).unwrap();
    let (db, _) = Database::open(&server.url()).unwrap();
    let error = db.ping().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection, "{error}");
    assert!(db.metrics().failed >= 1);
    server.start().unwrap();
    db.ping().await.unwrap();
    server.stop(Stop::Kill).unwrap();
    server.start().unwrap();
    // The first call may still get the broken connection.
    eventually(async || db.ping().await.is_ok()).await;
}

#[tokio::test]
async fn of_several_servers_one_that_fits() {
    let server = Server::builder().tcp().start().unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (folder, port) = (server.folder().display(), server.port());
    let hosts = |query: &str| {
        format!("host=127.0.0.1,{folder} port={closed},{port} user=postgres dbname=template1 {query}")
    };
    for query in [
        "",
        "load_balance_hosts=random",
        "target_session_attrs=read-write",
        "target_session_attrs=primary",
        "target_session_attrs=prefer-standby",
    ] {
        let (db, _) = Database::open(&hosts(query)).unwrap();
        db.ping().await.unwrap_or_else(|error| panic!("{query}: {error}"));
    }
    for query in ["target_session_attrs=read-only", "target_session_attrs=standby"] {
        let (db, _) = Database::open(&hosts(query)).unwrap();
        let error = db.ping().await.unwrap_err();
        assert!(error.to_string().contains("target_session_attrs"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgres://a@{}/d?sslmode=disable", silent.local_addr().unwrap());
    let limit = Duration::from_millis(50);
    let (db, _) = Builder::from_url(&url).unwrap().connect_timeout(limit).open();
    let error = db.fetch_one::<(i32,)>(&PID, &[]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert!(error.to_string().contains("no answer within 50ms"), "{error}");
    let (db, _) = Builder::from_url(&url).unwrap().ping_timeout(limit).open();
    let error = db.ping().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("did not answer within 50ms"), "{error}");
}

#[tokio::test]
async fn metrics_tell_how_the_pool_is_used() {
    let Fixture { db, .. } = Fixture::with("", |builder| builder.max_connections(2)).await;
    let before = db.metrics();
    assert_eq!((before.max_size, before.size, before.created), (2, 0, 0));
    db.transaction(async |_| {
        let one = db.metrics();
        assert_eq!((one.size, one.in_use, one.available, one.waiting), (1, 1, 0, 0));
        db.transaction(async |_| {
            let waits = db.ping();
            let looks = async {
                tokio::task::yield_now().await;
                let all = db.metrics();
                assert_eq!((all.size, all.in_use, all.waiting), (2, 2, 1));
            };
            let waits = tokio::time::timeout(Duration::from_millis(50), waits);
            assert!(tokio::join!(waits, looks).0.is_err());
            Ok::<_, Error>(())
        })
        .await
    })
    .await
    .unwrap();
    let free = db.metrics();
    assert_eq!((free.size, free.in_use, free.available, free.waiting), (2, 0, 2, 0));
    let call = db.fetch_one::<()>(&SLEEP, &[&600.0]);
    assert!(tokio::time::timeout(Duration::from_millis(50), call).await.is_err());
    let after = db.metrics();
    assert_eq!((after.created, after.abandoned, after.failed, after.size), (2, 1, 0, 1));
}

#[tokio::test]
async fn old_connections_are_replaced_and_idle_ones_closed() {
    let lifetime = Some(Duration::from_millis(100));
    let Fixture { db, .. } =
        Fixture::with("", |builder| builder.max_lifetime(lifetime).idle_timeout(None).max_connections(1))
            .await;
    let (first,) = db.fetch_one::<(i32,)>(&PID, &[]).await.unwrap();
    eventually(async || db.fetch_one::<(i32,)>(&PID, &[]).await.unwrap() != (first,)).await;
    eventually(async || db.metrics().size == 0).await;

    let idle = Some(Duration::from_millis(100));
    let Fixture { db, .. } = Fixture::with("", |builder| builder.max_lifetime(None).idle_timeout(idle)).await;
    db.ping().await.unwrap();
    assert_eq!(db.metrics().size, 1);
    eventually(async || db.metrics().size == 0).await;
    db.ping().await.unwrap();
    assert_eq!(db.metrics().created, 2);
}

#[tokio::test]
async fn a_transaction_that_does_nothing_is_ended() {
    let limit = Duration::from_millis(50);
    let Fixture { db, .. } = Fixture::with("", |builder| builder.idle_in_transaction_timeout(limit)).await;
    let idle: Result<()> = db
        .transaction(async |tx| {
            let mut last = None;
            eventually(async || {
                tokio::time::sleep(limit * 2).await;
                last = tx.fetch_one::<(i32,)>(&PID, &[]).await.err();
                last.is_some()
            })
            .await;
            Err(last.unwrap())
        })
        .await;
    let kind = idle.unwrap_err().kind();
    assert!(matches!(kind, ErrorKind::Timeout | ErrorKind::Connection), "{kind:?}");
    db.ping().await.unwrap();
}

#[tokio::test]
async fn closing_has_an_end() {
    let fixture = Fixture::new(SCHEMA).await;
    let db = &fixture.db;
    db.ping().await.unwrap();
    let work = db.transaction(async |tx| {
        add_user(tx, "u9", "nine@example.org", Mood::Calm).await?;
        tx.fetch_one::<()>(&SLEEP, &[&600.0]).await
    });
    let close = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        db.close_within(Duration::from_millis(50)).await
    };
    let (work, close) = tokio::join!(work, close);
    let error = close.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().contains("1 connections were in use"), "{error}");
    work.unwrap_err();
    assert_eq!(db.ping().await.unwrap_err().kind(), ErrorKind::Connection);
    let outside = fixture.client().await;
    let sessions =
        "select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
    eventually(async || outside.query(sessions, &[]).await.unwrap().is_empty()).await;
    assert!(outside.query("select 1 from users where id = 'u9'", &[]).await.unwrap().is_empty());

    let Fixture { db, .. } = Fixture::new("").await;
    db.ping().await.unwrap();
    db.close_within(Duration::from_secs(60)).await.unwrap();
}

#[tokio::test]
async fn what_only_reads_runs_on_the_replica() {
    let replica = Fixture::new(SCHEMA).await;
    replica.client().await.batch_execute("update users set mood = 'loud'").await.unwrap();
    let config = replica.config.clone();
    let Fixture { db, .. } = Fixture::with(SCHEMA, |builder| builder.replica(config)).await;
    assert_eq!(mood_of(&db, "u1").await.unwrap(), Some(Mood::Calm));
    assert_eq!(mood_of(&db.replica(), "u1").await.unwrap(), Some(Mood::Loud));
    assert_eq!((db.metrics().created, db.replica().metrics().created), (1, 1));
    // A write does not compile on a replica; if it is forced, the server refuses it.
    static WRITE: Query = Query::new("t::write", "update users set mood = 'calm'", &[], &[]);
    assert_eq!(db.replica().execute(&WRITE, &[]).await.unwrap_err().code(), Some("25006"));
    assert_eq!(db.execute(&WRITE, &[]).await.unwrap(), 2);
    db.replica().ping().await.unwrap();
    db.close().await;
    assert!(db.replica().ping().await.is_err());

    // Without a configured replica, the database itself is used.
    let Fixture { db, .. } = Fixture::new(SCHEMA).await;
    assert_eq!(mood_of(&db.replica(), "u1").await.unwrap(), Some(Mood::Calm));
    // If the replica cannot be reached, the primary is not used in its place.
    let nowhere = "host=/nowhere user=nobody";
    let Fixture { db, .. } = Fixture::with(SCHEMA, |builder| builder.replica_url(nowhere).unwrap()).await;
    assert_eq!(mood_of(&db.replica(), "u1").await.unwrap_err().kind(), ErrorKind::Connection);
    assert_eq!(mood_of(&db, "u1").await.unwrap(), Some(Mood::Calm));
}
