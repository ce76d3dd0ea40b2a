//! Output folders that cannot be written, contain other files, or are written by two runs; and runs that are killed.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::project::{Project, QUERY, Run};

#[test]
fn a_folder_with_files_of_others() {
    let project = Project::generated();
    project.put("catalog/src/own.rs", "mine");
    project.put("queries/content.sql", QUERY.replace("get", "get_other"));
    let before = project.files("catalog");
    project.run(&["generate"]).broken(&[
        "catalog",
        "sqlward did not write: src/own.rs",
        "nothing was written",
    ]);
    assert!(project.files("catalog") == before);
    // The output is the project's own folder, by mistake.
    let before = project.files("");
    project.run(&["generate", "--output", "."]).broken(&["and 3 more", "a folder of its own"]);
    assert!(project.files("") == before);
}

#[test]
fn something_else_where_the_folder_should_be() {
    let project = Project::new(QUERY);
    project.put("catalog", "mine");
    project.run(&["generate"]).broken(&["catalog is a file, not a folder", "nothing was written"]);
    project.run(&["generate", "--output", "catalog/below"]).broken(&["cannot create", "catalog/below"]);
    assert_eq!(project.text("catalog"), "mine");
    project.run(&["check"]).refused(&["has never been generated", "run `sqlward generate`"]);
}

/// A link is the user's, and so is the decision where the crate is to be.
#[test]
fn a_link_where_the_folder_should_be() {
    let project = Project::new(QUERY);
    let link = |from: &str, to: &str| symlink(to, project.path(from)).unwrap();
    link("catalog", "gone/away");
    let said = ["catalog is a dangling link to gone/away", "nothing was written", "remove the link"];
    project.run(&["generate"]).broken(&said);
    project.run(&["generate", "--output", "catalog/below"]).broken(&said);
    assert_eq!(fs::read_link(project.path("catalog")).unwrap(), Path::new("gone/away"));
    project.run(&["check"]).refused(&["catalog has never been generated"]);
    assert!(!project.path("gone").exists());
    // Once the folder is there, the link is followed and stays.
    fs::create_dir_all(project.path("gone/away")).unwrap();
    project.run(&["generate"]).ok();
    project.run(&["check"]).ok();
    assert_eq!(fs::read_link(project.path("catalog")).unwrap(), Path::new("gone/away"));
    assert!(project.path("gone/away/sqlward.lock").is_file());
    // A link in the place of a generated file is replaced. The file that it leads to stays as it is.
    project.put("mine.rs", "mine");
    for target in ["nowhere", "../../../mine.rs"] {
        fs::remove_file(project.path("catalog/src/lib.rs")).unwrap();
        link("gone/away/src/lib.rs", target);
        project.run(&["check"]).refused(&["lib.rs"]);
        project.run(&["generate"]).ok();
        project.run(&["check"]).ok();
        assert!(!project.path("catalog/src/lib.rs").is_symlink());
        assert_eq!(project.text("mine.rs"), "mine");
    }
    // One that leads in circles is told too.
    let project = Project::new(QUERY);
    symlink("catalog", project.path("catalog")).unwrap();
    project.run(&["generate"]).broken(&["catalog is a dangling link to catalog"]);
}

/// A command that an unprivileged user runs, with a project that this user can read.
fn unprivileged(project: &Project, arguments: &[&str]) -> Command {
    let mut command = project.command(arguments);
    if fs::metadata("/proc/self").is_ok_and(|me| me.uid() != 0) {
        return command;
    }
    // The user may not be able to enter the folder of the program, and the cache must be removed with the project.
    let program = project.path("sqlward");
    if !program.exists() {
        fs::copy(env!("CARGO_BIN_EXE_sqlward"), &program).unwrap();
    }
    fs::create_dir_all(project.path("cache")).unwrap();
    fs::set_permissions(project.path("cache"), fs::Permissions::from_mode(0o777)).unwrap();
    fs::set_permissions(project.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    command = Command::new(program);
    command.args(arguments).current_dir(project.path("")).uid(65534).gid(65534);
    command.env("XDG_CACHE_HOME", project.path("cache")).env_remove("SQLWARD_DATABASE_URL");
    command.env("SQLWARD_NO_CACHE", "1");
    command
}

#[test]
fn folders_that_cannot_be_written() {
    let close = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o555)).unwrap();
    let open = |path: &Path| fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    // A new crate cannot be created.
    let project = Project::new(QUERY);
    fs::create_dir(project.path("closed")).unwrap();
    close(&project.path("closed"));
    Run::of(&mut unprivileged(&project, &["generate", "--output", "closed/catalog"])).broken(&[
        "cannot create",
        "closed/catalog",
        "Permission denied",
        "make its folder writable",
    ]);
    assert!(project.files("closed").is_empty());
    open(&project.path("closed"));

    // An old one cannot be replaced.
    let project = Project::generated();
    project.put("queries/content.sql", QUERY.replace("get", "other"));
    let before = project.files("catalog");
    for closed in ["catalog", "catalog/src"] {
        close(&project.path(closed));
    }
    Run::of(&mut unprivileged(&project, &["generate"])).broken(&["cannot write", "catalog", "is as it was"]);
    assert!(project.files("catalog") == before);
    for closed in ["catalog", "catalog/src"] {
        open(&project.path(closed));
    }
    project.run(&["generate"]).ok();
    assert!(project.files("catalog") != before);
}

#[test]
fn several_runs_at_once() {
    let project = Project::new(QUERY);
    for module in 0..20 {
        project.put(&format!("queries/m{module}.sql"), QUERY);
    }
    let runs: Vec<Child> = (0..4)
        .map(|_| {
            let mut command = project.command(&["generate"]);
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let mut done = 0;
    for run in runs {
        let output = run.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        match output.status.code() {
            Some(0) => done += 1,
            Some(2) => assert!(said.contains("another run is writing") && said.contains("wait"), "{said}"),
            other => panic!("{other:?}: {said}"),
        }
    }
    assert!(done > 0, "one of them writes");
    project.run(&["check"]).ok();
    project.run(&["check", "--full"]).ok();
}

#[test]
fn a_run_that_is_cut_off() {
    const MODULES: usize = 40;
    let project = Project::new(QUERY);
    let rename = |name: &str| {
        for module in 0..MODULES {
            project.put(&format!("queries/m{module}.sql"), QUERY.replace("get", name));
        }
    };
    rename("first");
    // The folder for temporary files. The server's user must be able to enter it.
    let temporary = project.path("tmp");
    fs::create_dir(&temporary).unwrap();
    fs::set_permissions(&temporary, fs::Permissions::from_mode(0o1777)).unwrap();
    fs::set_permissions(project.path(""), fs::Permissions::from_mode(0o755)).unwrap();
    let begin = Instant::now();
    Run::of(project.command(&["generate"]).env("TMPDIR", &temporary)).ok();
    let usual = begin.elapsed();
    let mut cut_off = 0;
    for attempt in 0..12 {
        let old = project.files("catalog");
        rename(if attempt % 2 == 0 { "second" } else { "first" });
        let mut command = project.command(&["generate"]);
        command.env("TMPDIR", &temporary).stdout(Stdio::null()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        // More attempts near the end, where files are written.
        sleep(usual.mul_f64(if attempt < 4 {
            0.2 * f64::from(attempt)
        } else {
            0.7 + 0.03 * f64::from(attempt - 4)
        }));
        let signal = if attempt % 4 < 2 { "-TERM" } else { "-KILL" };
        let _ = Command::new("kill").args([signal, &child.id().to_string()]).stderr(Stdio::null()).status();
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, "", "what is cut off on purpose says nothing");
        assert_nothing_left(&temporary);
        let found = project.run(&["check"]);
        if found.status == 0 {
            // The crate was complete; only the server had not ended yet.
            continue;
        }
        cut_off += 1;
        let found = found.refused(&["sqlward generate"]);
        if project.files("catalog") != old {
            assert!(found.stderr.contains("catalog/"), "a half-written crate is told: {}", found.stderr);
        }
        project.run(&["generate"]).ok();
        project.run(&["check", "--full"]).ok();
    }
    assert!(cut_off >= 4, "only {cut_off} runs were cut off");
}

/// Checks that the server and the files of a run are gone soon after its end.
fn assert_nothing_left(temporary: &Path) {
    let patience = Instant::now() + Duration::from_secs(20);
    loop {
        // Processes are looked at first: a supervisor that has just started has not created its folder yet.
        let mut left = processes(&temporary.to_string_lossy());
        left.extend(fs::read_dir(temporary).unwrap().flatten().map(|entry| format!("{:?}", entry.path())));
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < patience, "left behind: {left:?}");
        sleep(Duration::from_millis(10));
    }
}

/// The processes with this path in their command line.
fn processes(path: &str) -> Vec<String> {
    let command = |process: fs::DirEntry| {
        String::from_utf8_lossy(&fs::read(process.path().join("cmdline")).unwrap_or_default()).into_owned()
    };
    let all = fs::read_dir("/proc").into_iter().flatten().flatten().map(command);
    all.filter(|command| command.contains(path)).collect()
}
