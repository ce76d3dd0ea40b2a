//! Runs the example program `publish`.

use super::fixture::Codex;

#[allow(dead_code, reason = "its `main` is for who runs it")]
#[path = "../../../examples/publish.rs"]
mod publish;

#[tokio::test]
async fn the_example_runs_and_runs_again() {
    let codex = Codex::new().await;
    let first = publish::run(&codex.db, codex.key()).await.unwrap();
    assert_eq!(first[0], "uploaded ada/engine.mp4: true");
    assert!(first[1].starts_with("published notes at Some("), "{first:?}");
    assert_eq!(
        first[2..],
        ["content: Notes on the engine (published), text", "media: The analytical engine (uploaded)"]
    );
    let second = publish::run(&codex.db, codex.key()).await.unwrap();
    assert_eq!((&*second[1], second.len()), ("the slug is taken", 5));
}
