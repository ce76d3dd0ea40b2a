//! A PgBouncer of the test run's own, in transaction mode in front of the test run's server.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// What the pooler makes of prepared statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statements {
    /// They are lost when another server is handed out.
    Lost,
    /// It prepares them wherever they are needed: PgBouncer 1.21 and later, where it is told to.
    Kept,
}

/// The database of that configuration through a pooler, whose clients share four connections. `None`, which it says,
/// where `SQLWARD_TEST_PGBOUNCER` does not tell where the program is, or it is too old; if it tells, it has to be there.
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
            // It does not know the setting.
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

/// `PgBouncer 1.24.1` in its first line.
fn version(program: &str) -> (u32, u32) {
    let output = Command::new(program).arg("--version").output().expect("PgBouncer tells its version");
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.split_whitespace().nth(1).expect("a version");
    let mut numbers = version.split('.').map(|number| number.parse().expect("a number"));
    (numbers.next().unwrap(), numbers.next().unwrap())
}

/// The shell starts the pooler, says where, and waits for the end of its input, which comes with the end of this process,
/// however that is reached; then it stops the pooler and removes its directory.
const SUPERVISOR: &str = r#"
    trap '' PIPE
    dir=$(mktemp -d /tmp/sqlward-pooler.XXXXXX) && cd "$dir" || exit 1
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
    "$1" -q settings &
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
    // PgBouncer refuses to run as root.
    let root = std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    let mut command = if root { Command::new("setpriv") } else { Command::new("sh") };
    if root {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"]);
    }
    let mut shell = command
        .args(["-c", SUPERVISOR, "sh", program, server, setting])
        // Whatever ends this process, Ctrl-C included, must leave the shell to clean up.
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
