//! External servers: passwords, encryption, pipelining, and that the scratch database is dropped.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use super::*;

/// A server that listens on this machine's address and asks for passwords.
struct Remote {
    server: sqlward_server::Server,
    port: u16,
    folder: TempDir,
}

const ROLES: &str = "create role scram login createdb password 'right'; \
    create role plain login createdb password 'right'; \
    create role idle login password 'right'; \
    create role other login createdb password 'right'; \
    set password_encryption = 'md5'; create role digest login createdb password 'right'";

const ACCESS: &str = "local all postgres trust\n\
    host all plain 127.0.0.1/32 password\n\
    host all digest 127.0.0.1/32 md5\n\
    hostssl all encrypted 127.0.0.1/32 scram-sha-256\n\
    host all scram,idle,other 127.0.0.1/32 scram-sha-256\n";

impl Remote {
    fn start() -> Remote {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(folder.path().join("ca.pem"), include_str!("tls/ca.pem")).unwrap();
        let server = sqlward_server::Server::builder()
            .tcp()
            .tls(include_str!("tls/server.pem"), include_str!("tls/server.key"))
            .file("pg_hba.conf", ACCESS)
            .start()
            .unwrap();
        let remote = Remote { port: server.port(), server, folder };
        // An embedded server lacks databases and roles that other servers have.
        for sql in ["create database template0 template template1 is_template true", ROLES] {
            remote.admin().batch(sql).unwrap().unwrap();
        }
        remote
    }

    fn admin(&self) -> Connection {
        Connection::open(&embedded::target_of(&self.server)).unwrap()
    }

    fn url(&self, user: &str, query: &str) -> String {
        format!("postgresql://{user}:right@localhost:{}/template1?hostaddr=127.0.0.1&{query}", self.port)
    }

    fn databases(&self) -> Vec<String> {
        self.admin().json("select json_agg(datname order by datname)::text from pg_database").unwrap()
    }

    fn socket(&self) -> PathBuf {
        self.server.folder().join(format!(".s.PGSQL.{}", self.port))
    }
}

/// The error of something that must fail, with its cause and help.
fn refusal<T>(result: Result<T>) -> String {
    let Err(error) = result else { panic!("it was accepted") };
    let cause = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    format!("{error}: {cause}; {}", error.help_text().unwrap_or_default())
}

#[test]
fn a_scratch_database_is_made_and_dropped() {
    let remote = Remote::start();
    let before = remote.databases();
    {
        let server = Server::start(Some(&remote.url("scram", ""))).unwrap();
        let another = Server::start(Some(&remote.url("other", ""))).unwrap();
        assert_eq!(remote.databases().len(), before.len() + 2);
        assert_eq!(server.version(), another.version());
        let mut connection = server.connect().unwrap();
        connection.batch("create table t (id uuid)").unwrap().unwrap();
        let outcomes = connection.analyse(&[plain("select * from t")]).unwrap();
        assert_eq!(outcomes[0].as_ref().unwrap().columns[0].type_oid, 2950);
        assert!(another.connect().unwrap().analyse(&[plain("select * from t")]).unwrap()[0].is_err());
        // Other clients can connect to it.
        assert_eq!(server.url().unwrap().get_dbname().unwrap().len(), "sqlward_".len() + 24);
        assert!(!format!("{server:?}").contains("right"));
    }
    assert_eq!(remote.databases(), before);
}

#[test]
fn every_kind_of_password_and_encryption_works() {
    let remote = Remote::start();
    for user in ["scram", "digest", "plain"] {
        for query in ["sslmode=disable", "sslmode=prefer", "sslmode=require", "channel_binding=disable"] {
            let encrypted: bool = Connection::open(&Target::parse(&remote.url(user, query)).unwrap())
                .unwrap()
                .json("select to_json(ssl)::text from pg_stat_ssl where pid = pg_backend_pid()")
                .unwrap();
            assert_eq!(encrypted, query != "sslmode=disable", "{user} {query}");
        }
        let wrong = remote.url(user, "").replace(":right@", ":hunter2@");
        let words = refusal(Server::start(Some(&wrong)));
        assert!(
            words.contains("28P01") && words.contains("password") && !words.contains("hunter2"),
            "{words}"
        );
        let none = remote.url(user, "").replace(":right@", "@");
        assert!(refusal(Server::start(Some(&none))).contains("the URL has none"));
    }
}

#[test]
fn certificates_are_looked_at_where_that_is_asked() {
    let remote = Remote::start();
    let authority = remote.folder.path().join("ca.pem");
    let open = |url: &str| Connection::open(&Target::parse(url).unwrap());
    let trusting = format!("sslrootcert={}&sslmode=", authority.display());
    for mode in ["verify-full", "verify-ca", "require"] {
        open(&remote.url("scram", &format!("{trusting}{mode}"))).unwrap();
    }
    let by_address =
        |mode: &str| remote.url("scram", &format!("{trusting}{mode}")).replace("localhost", "127.0.0.1");
    open(&by_address("verify-ca")).unwrap();
    assert!(refusal(open(&by_address("verify-full"))).contains("certificate"));
    for mode in ["verify-ca", "verify-full"] {
        let words = refusal(open(&remote.url("scram", &format!("sslmode={mode}"))));
        assert!(words.contains("ertificate"), "the machine does not know the authority: {words}");
    }
}

#[test]
fn passwords_are_bound_to_the_connection() {
    let remote = Remote::start();
    let open = |query: &str| Connection::open(&Target::parse(&remote.url("scram", query)).unwrap());
    open("sslmode=require&channel_binding=require").unwrap();
    assert!(refusal(open("sslmode=disable&channel_binding=require")).contains("bind"));
    let other = remote.url("digest", "sslmode=require&channel_binding=require");
    assert!(refusal(Connection::open(&Target::parse(&other).unwrap())).contains("channel_binding=require"));
}

#[test]
fn what_is_not_there_or_not_allowed_is_told() {
    let remote = Remote::start();
    let words = refusal(Server::start(Some(&remote.url("idle", ""))));
    assert!(words.contains("42501") && words.contains("createdb"), "{words}");
    let words = refusal(Server::start(Some(&remote.url("scram", "").replace("/template1", "/nowhere"))));
    assert!(words.contains("3D000") && words.contains("name of the database"), "{words}");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let words = refusal(Server::start(Some(&format!("postgres://a@{closed}/d"))));
    assert!(words.contains(&format!("cannot connect to PostgreSQL at {closed}")), "{words}");
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let words = refusal(Server::start(Some(&format!("postgres://a@{address}/d?connect_timeout=1"))));
    assert!(words.contains("no answer within 1 s"), "{words}");
}

#[test]
fn only_what_killed_runs_left_is_dropped() {
    let remote = Remote::start();
    let old = "sqlward_5f0000000123456789abcdef";
    let old_in_use = "sqlward_5f0000000123456789abcdea";
    let others = "sqlward_5f0000000123456789abcdeb";
    let new = "sqlward_ffffffff0123456789abcdef";
    let similar =
        ["sqlward_5f000000", "sqlward_5f0000000123456789abcdefa", "my_sqlward_5f0000000123456789abcdef"];
    let mut admin = remote.admin();
    for name in [old, old_in_use, new].iter().chain(&similar) {
        admin.batch(&format!("create database {name} owner scram template template0")).unwrap().unwrap();
    }
    admin.batch(&format!("create database {others} owner other template template0")).unwrap().unwrap();
    drop(admin);
    let url = remote.url("scram", "");
    let _session = Connection::open(&Target::parse(&url.replace("template1", old_in_use)).unwrap()).unwrap();
    let before = remote.databases();
    drop(Server::start(Some(&url)).unwrap());
    let expected: Vec<String> = before.into_iter().filter(|name| name != old).collect();
    assert_eq!(remote.databases(), expected);
    assert!(expected.iter().any(|name| name == similar[2]), "the check can fail");
}

#[test]
fn all_statements_are_sent_before_any_answer_is_needed() {
    let remote = Remote::start();
    let port = withholding(&remote.socket());
    let url = format!("postgresql://postgres@127.0.0.1:{port}/template1");
    let server = Server::start(Some(&url)).unwrap();
    let mut connection = server.connect().unwrap();
    let schema = "create table content (id uuid primary key, title text not null, deleted_at timestamptz)";
    connection.batch(schema).unwrap().unwrap();
    let statements = vec![plain("select * from content where id = $1 and deleted_at is null"); 500];
    let outcomes = connection.analyse(&statements).unwrap();
    assert_eq!(outcomes.len(), 500);
    assert!(outcomes.iter().all(|outcome| outcome.is_ok()));
}

/// The port of a proxy that passes an analysis on only when all of it has arrived. A client that waited for an answer before it
/// sent the rest would wait until the proxy gives up, and then lose its connection.
fn withholding(socket: &Path) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let socket = socket.to_owned();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (client.unwrap(), UnixStream::connect(&socket).unwrap());
            let (mut answers, mut receiver) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || std::io::copy(&mut answers, &mut receiver));
            thread::spawn(move || forward(client, server));
        }
    });
    port
}

fn forward(mut client: TcpStream, mut server: UnixStream) {
    const PATIENCE: Duration = Duration::from_secs(60);
    let (mut withheld, mut buffer) = (Vec::new(), [0; 65536]);
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        withheld.extend_from_slice(&buffer[..count]);
        let has = |words: &str| withheld.windows(words.len()).any(|part| part == words.as_bytes());
        let incomplete = has("debug_print_parse = on") && !has("debug_print_parse = off");
        client.set_read_timeout(incomplete.then_some(PATIENCE)).unwrap();
        if !incomplete && server.write_all(&std::mem::take(&mut withheld)).is_err() {
            break;
        }
    }
    let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
}
