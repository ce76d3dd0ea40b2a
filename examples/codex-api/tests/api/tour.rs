//! Runs the tour of README.md: its `sh` blocks in one shell, each of which has to print the lines of the `output` block
//! that follows it.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::shutdown::run;

#[tokio::test]
async fn the_tour_runs_and_prints_what_it_says() {
    let running = run().await;
    let readme = include_str!("../../README.md");
    let mut blocks = readme.split("\n```").skip(1).step_by(2).map(|block| block.split_once('\n').unwrap());
    // All blocks run in one shell, so that they share variables.
    let mut script = String::from("set -eo pipefail\n");
    let mut expected = Vec::new();
    while let Some((kind, text)) = blocks.next() {
        if kind == "sh" {
            let (kind, lines) = blocks.next().unwrap();
            assert_eq!(kind, "output", "after\n{text}");
            script += &format!("{text}\nprintf '\\n{SEPARATOR}\\n'\n");
            expected.push((text, lines));
        }
    }
    let mut shell = Command::new("bash")
        .current_dir(std::env::temp_dir())
        .envs(running.settings.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let ended = tokio::task::spawn_blocking(|| shell.wait_with_output()).await.unwrap().unwrap();
    let output = String::from_utf8(ended.stdout).unwrap();
    assert!(ended.status.success(), "{output}{}", String::from_utf8_lossy(&ended.stderr));
    let outputs: Vec<&str> = output.split(SEPARATOR).collect();
    assert_eq!(outputs.len(), expected.len() + 1);
    for ((text, lines), output) in expected.iter().zip(outputs) {
        let mut rest = output;
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let place = rest.find(line);
            let place = place
                .unwrap_or_else(|| panic!("no {line:?}, in its turn, in the output of\n{text}:\n{output}"));
            rest = &rest[place + line.len()..];
        }
    }
}

const SEPARATOR: &str = "---- next ----";
