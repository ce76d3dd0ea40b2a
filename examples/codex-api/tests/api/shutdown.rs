//! The program as a whole: it starts, responds, and stops on a signal.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};

/// The running program on a free port, and the lines that it prints first.
pub struct Running {
    pub program: Child,
    /// The lines of the form `NAME=value`, which a shell can read.
    pub settings: Vec<(String, String)>,
    /// The rest of its output. It has to stay open until the program ends.
    _output: Lines<BufReader<ChildStdout>>,
}

pub async fn run() -> Running {
    let mut program = Command::new(env!("CARGO_BIN_EXE_codex-api"))
        .env("CODEX_ADDRESS", "127.0.0.1:0")
        .env_remove("DATABASE_URL")
        .env_remove("DB_METHOD")
        .env("RUST_LOG", "warn")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut output = BufReader::new(program.stdout.take().unwrap()).lines();
    let mut settings = Vec::new();
    while settings.len() < 4 {
        let line = output.next_line().await.unwrap().expect("it prints its settings");
        let (name, value) = line.split_once('=').expect("a setting");
        settings.push((name.to_owned(), value.to_owned()));
    }
    Running { program, settings, _output: output }
}

#[tokio::test]
async fn requests_that_are_under_way_are_answered_before_the_program_ends() {
    let mut running = run().await;
    let address = running.settings[0].1.strip_prefix("http://").unwrap().to_owned();
    let mut request = TcpStream::connect(&address).await.unwrap();
    // Sends the head of a request. Its body follows after the signal.
    let body = br#"{"email":"nobody@example.org","password":"whatever it is"}"#;
    let head = format!(
        "POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    request.write_all(head.as_bytes()).await.unwrap();
    request.write_all(&body[..10]).await.unwrap();
    let mut probe = TcpStream::connect(&address).await.unwrap();
    probe.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    probe.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");

    let id = running.program.id().unwrap().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().await.unwrap().success());
    // After a while, no new connections are accepted.
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    request.write_all(&body[10..]).await.unwrap();
    let mut answer = String::new();
    request.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 401") && answer.contains("urn:codex:problem:unauthenticated"),
        "{answer}"
    );
    assert!(running.program.wait().await.unwrap().success());
}
