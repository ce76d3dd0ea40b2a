//! Starts a PgBouncer in transaction mode in front of the test run's server.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// How the pooler handles prepared statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statements {
    /// It does not support them: they are lost with the next transaction, which can be on another server connection.
    Lost,
    /// It prepares them on every server connection that needs them. PgBouncer 1.21 and later can do this.
    Kept,
}

/// The configuration by which the same database is reached through a pooler with four server connections. `None`, with a
/// message, if `SQLWARD_TEST_PGBOUNCER` is not set or the program is too old. If it is set, the program must exist.
pub fn through_pooler(config: &Config, statements: Statements) -> Option<Config> {
    static POOLERS: [OnceLock<Option<(String, Child)>>; 2] = [const { OnceLock::new() }; 2];
    let started = POOLERS[statements as usize].get_or_init(|| {
        let Some(program) = std::env::var("SQLWARD_TEST_PGBOUNCER").ok().filter(|path| !path.is_empty())
        else {
            eprintln!("left out: SQLWARD_TEST_PGBOUNCER does not say where PgBouncer is");
            return None;
        };
        let Host::Unix(server) = &config.get_hosts()[0] else { panic!("the server has a socket") };
        let setting = match (statements, version(&program) >= (1, 21)) {
            (Statements::Kept, true) => "max_prepared_statements = 100",
            (Statements::Lost, true) => "max_prepared_statements = 0",
            // Such a version does not know the setting.
            (Statements::Lost, false) => "",
            (Statements::Kept, false) => {
                eprintln!("left out: this PgBouncer is older than 1.21");
                return None;
            }
        };
        Some(start(&program, &server.display().to_string(), setting))
    });
    let (folder, _) = started.as_ref()?;
    let mut through = Config::new();
    through.host_path(folder).port(6432).user("postgres").dbname(config.get_dbname().unwrap());
    Some(through)
}

/// The version in the first line of the program's output, as in `PgBouncer 1.24.1`.
fn version(program: &str) -> (u32, u32) {
    let output = Command::new(program).arg("--version").output().expect("PgBouncer tells its version");
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.split_whitespace().nth(1).expect("a version");
    let mut numbers = version.split('.').map(|number| number.parse().expect("a number"));
    (numbers.next().unwrap(), numbers.next().unwrap())
}

/// A shell script that owns the pooler: it starts the pooler and prints its folder. When its standard input is closed, which
/// happens at the latest when this process ends, it stops the pooler and removes the folder.
const SUPERVISOR: &str = r#"
    trap '' PIPE
    dir=$(mktemp -d /tmp/sqlward-pooler.XXXXXX) && cd "$dir" && cp "$1" pgbouncer || exit 1
    cat >settings <<END
[databases]
* = host=$2 port=5432 user=postgres
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = $dir
auth_type = any
pool_mode = transaction
default_pool_size = 4
min_pool_size = 4
server_round_robin = 1
max_client_conn = 500
$3
logfile = $dir/log
END
    # PgBouncer refuses to run as root. Another user may not be able to enter the folder that the program is in.
    as=
    if [ "$(id -u)" = 0 ]; then
        as="setpriv --reuid=postgres --regid=postgres --clear-groups"
        chown -R postgres:postgres "$dir"
    fi
    $as ./pgbouncer -q settings &
    pooler=$!
    while ! [ -S .s.PGSQL.6432 ]; do
        kill -0 $pooler 2>/dev/null || { cat log >&2; rm -rf "$dir"; exit 1; }
        sleep 0.02
    done
    echo "$dir" 2>/dev/null
    read -r _
    while kill -TERM $pooler 2>/dev/null; do sleep 0.1; done
    rm -rf "$dir"
"#;

fn start(program: &str, server: &str, setting: &str) -> (String, Child) {
    let mut shell = Command::new("sh")
        .args(["-c", SUPERVISOR, "sh", program, server, setting])
        // Ctrl-C must not end the shell, which has to clean up.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell to start PgBouncer");
    let mut folder = String::new();
    BufReader::new(shell.stdout.take().unwrap()).read_line(&mut folder).unwrap();
    assert!(!folder.is_empty(), "PgBouncer could not be started: {program}");
    (folder.trim_end().to_owned(), shell)
}
