//! A PostgreSQL server of the test run's own, with a database for each test.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use sqlward::{Builder, Database, ServiceKey};
use tokio_postgres::{Client, Config, NoTls};

/// A new database, in which nobody else works.
pub struct Fixture {
    /// Where it is.
    pub config: Config,
    /// The database under test.
    pub db: Database,
    /// Its key.
    pub key: ServiceKey,
}

impl Fixture {
    /// Makes the database and runs the SQL in it.
    pub async fn new(setup: &str) -> Fixture {
        Fixture::with(setup, |builder| builder).await
    }

    /// As `new`, with other settings.
    pub async fn with(setup: &str, settings: impl FnOnce(Builder) -> Builder) -> Fixture {
        static CREATED: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", CREATED.fetch_add(1, Ordering::Relaxed));
        let mut config = server().clone();
        // Until it listens, the server is only starting.
        let patience = Instant::now() + Duration::from_secs(30);
        let admin = loop {
            match try_connect(&config).await {
                Ok(client) => break client,
                Err(error) => assert!(Instant::now() < patience, "the server does not start: {error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        admin.batch_execute(&format!("create database {name} template template0")).await.unwrap();
        config.dbname(&name);
        let (db, key) = settings(Database::builder(config.clone())).open();
        let fixture = Fixture { config, db, key };
        fixture.client().await.batch_execute(setup).await.unwrap();
        fixture
    }

    /// A plain connection to it, to look from outside.
    pub async fn client(&self) -> Client {
        try_connect(&self.config).await.unwrap()
    }
}

async fn try_connect(config: &Config) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// The shell starts the server, says where, and waits for the end of its input, which comes with the end of this
/// process, however that is reached; then it stops the server and removes its directory.
const SUPERVISOR: &str = r#"
    trap '' PIPE
    dir=$(mktemp -d /tmp/sqlward-test.XXXXXX) && cd "$dir" || exit 1
    PATH="$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1):$PATH"
    initdb -D data -U postgres -A trust -N -E UTF8 --locale=C >log 2>&1 || { cat log >&2; rm -rf "$dir"; exit 1; }
    postgres -D data -k "$dir" -c listen_addresses= -c fsync=off -c max_connections=200 >>log 2>&1 &
    echo "$dir" 2>/dev/null
    read -r _
    # Again and again, since a server that is only starting does not listen to signals yet.
    while kill -QUIT $! 2>/dev/null; do sleep 0.1; done
    rm -rf "$dir"
"#;

fn server() -> &'static Config {
    static SERVER: OnceLock<(Config, Child)> = OnceLock::new();
    let (config, _) = SERVER.get_or_init(|| {
        // PostgreSQL refuses to run as root.
        let root = std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
        let mut command = if root { Command::new("setpriv") } else { Command::new("sh") };
        if root {
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"]);
        }
        let mut shell = command
            .args(["-c", SUPERVISOR])
            // Whatever ends this process, Ctrl-C included, must leave the shell to clean up.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell to start PostgreSQL");
        let mut directory = String::new();
        BufReader::new(shell.stdout.take().unwrap()).read_line(&mut directory).unwrap();
        assert!(!directory.is_empty(), "PostgreSQL could not be started");
        let mut config = Config::new();
        config.host_path(directory.trim_end()).user("postgres").dbname("template1");
        (config, shell)
    });
    config
}
