//! Servers that are missing, cannot be reached, or refuse the connection.

use std::fs;
use std::net::TcpListener;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::project::{Project, QUERY, Run};
use crate::remote::Remote;

const PASSWORD: &str = "hunter2";

/// Runs `prove` on a server that is named by the variable, and by the option. Neither output contains the password.
#[track_caller]
fn prove(project: &Project, url: &str) -> Run {
    let by_option = project.run(&["prove", "--database-url", url]);
    let by_variable = Run::of(project.command(&["prove"]).env("SQLWARD_DATABASE_URL", url));
    assert_eq!(by_option.stderr, by_variable.stderr);
    assert!(!by_option.stderr.contains(PASSWORD) && !by_option.stdout.contains(PASSWORD), "{by_option:?}");
    by_variable
}

#[test]
fn no_server_where_one_is_named() {
    let project = Project::new(QUERY);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    prove(&project, &format!("postgres://u:{PASSWORD}@{closed}/d")).broken(&[
        &format!("cannot connect to PostgreSQL at {closed}"),
        "refused",
        "SQLWARD_DATABASE_URL",
    ]);
    prove(&project, &format!("postgres://u:{PASSWORD}@nowhere.invalid/d"))
        .broken(&["at nowhere.invalid:5432"]);
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    prove(&project, &format!("postgres://u:{PASSWORD}@{address}/d?connect_timeout=1"))
        .broken(&["no answer within 1 s"]);
    for unreadable in [
        PASSWORD.to_owned(),
        format!("postgres://u:{PASSWORD}@h:port/d"),
        format!("postgres://u:a@{PASSWORD}@{closed}/d"),
        format!("mysql://u:{PASSWORD}@h/d"),
        format!("host=h password=a {PASSWORD}=b"),
        format!("postgres://u:{PASSWORD}@h/d?sslmode={PASSWORD}"),
    ] {
        prove(&project, &unreadable).broken(&["the database URL"]);
    }
    let help = Run::of(project.command(&["prove", "--help"]).env("SQLWARD_DATABASE_URL", PASSWORD)).ok();
    assert!(!help.stdout.contains(PASSWORD));
}

#[test]
fn no_server_on_this_machine() {
    let project = Project::new(QUERY);
    let mut command = project.command(&["generate"]);
    Run::of(command.env("SQLWARD_POSTGRES_BIN", "/nowhere")).broken(&[
        "SQLWARD_POSTGRES_BIN names /nowhere",
        "there is no `postgres`",
        "unset it",
    ]);
    assert!(!project.path("catalog").exists());
    // `check` needs no PostgreSQL on this machine.
    let project = Project::generated();
    Run::of(project.command(&["check"]).env("SQLWARD_POSTGRES_BIN", "/nowhere")).ok();
    // An empty URL counts as none.
    Run::of(project.command(&["prove"]).env("SQLWARD_DATABASE_URL", "")).ok();
}

#[test]
fn a_server_that_asks_who_we_are() {
    let remote = Remote::start();
    let mut admin = remote.server.connect().unwrap();
    admin
        .batch(
            "create role maker login createdb password 'right'; create role guest login password 'right'; \
             set password_encryption = 'md5'; create role older login createdb password 'right'",
        )
        .unwrap()
        .unwrap();
    let rules = "local all postgres trust\nlocal all older md5\nlocal all all scram-sha-256\n";
    fs::write(remote.folder().join("data/pg_hba.conf"), rules).unwrap();
    let _: bool = admin.json("select to_json(pg_reload_conf())::text").unwrap();
    let project = Project::new(QUERY);
    let port = remote.port();
    let url =
        |user: &str, password: &str| format!("postgresql://{user}:{password}@127.0.0.1:{port}/template1");
    // Until the server has reloaded pg_hba.conf, it accepts every password.
    let patience = Instant::now() + Duration::from_secs(10);
    while prove(&project, &url("maker", PASSWORD)).status == 0 {
        assert!(Instant::now() < patience, "the rules are not read");
        sleep(Duration::from_millis(50));
    }
    let before = remote.databases();
    for user in ["maker", "older"] {
        prove(&project, &url(user, PASSWORD)).broken(&[
            "refused the connection",
            "28P01",
            "check the user and the password",
        ]);
        prove(&project, &url(user, "right")).ok();
    }
    prove(&project, &url("maker", "right").replace(":right", "")).broken(&["asks for a password"]);
    prove(&project, &url("guest", "right")).broken(&["scratch database", "42501", "alter role"]);
    prove(&project, &url("maker", "right").replace("template1", "nowhere"))
        .broken(&["3D000", "name of the database"]);
    project.put("schema.sql", "create table content (id uuid);\nselct 1;\n");
    prove(&project, &url("maker", "right")).refused(&["schema.sql:2:1"]);
    assert_eq!(remote.databases(), before, "scratch databases are dropped");
}
