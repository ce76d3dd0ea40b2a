//! A PgBouncer of the test run's own, in transaction mode in front of the test run's server.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// The database of that configuration through the pooler, whose clients share four connections. `None`, which it says,
/// where `SQLWARD_TEST_PGBOUNCER` does not tell where the program is; if it does, it has to be there.
pub fn through_pooler(config: &Config) -> Option<Config> {
    static POOLER: OnceLock<Option<(String, Child)>> = OnceLock::new();
    let started = POOLER.get_or_init(|| {
        let Some(program) = std::env::var("SQLWARD_TEST_PGBOUNCER").ok().filter(|path| !path.is_empty())
        else {
            eprintln!("left out: SQLWARD_TEST_PGBOUNCER does not say where PgBouncer is");
            return None;
        };
        let Host::Unix(server) = &config.get_hosts()[0] else { panic!("the server has a socket") };
        Some(start(&program, &server.display().to_string()))
    });
    let (folder, _) = started.as_ref()?;
    let mut through = Config::new();
    through.host_path(folder).port(6432).user("postgres").dbname(config.get_dbname().unwrap());
    Some(through)
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

fn start(program: &str, server: &str) -> (String, Child) {
    // PgBouncer refuses to run as root.
    let root = std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    let mut command = if root { Command::new("setpriv") } else { Command::new("sh") };
    if root {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "sh"]);
    }
    let mut shell = command
        .args(["-c", SUPERVISOR, "sh", program, server])
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
