//! Positions that players report.

use codex_api::services::playback::{Progress, Stored, store};
use codex_catalog::content;

use super::fixture::{Codex, utc};

#[tokio::test]
async fn progress_is_stored_of_what_is_open() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let content_id = codex.published(ann, "one").await;
    let report = async |position_seconds, duration_seconds| {
        let progress = Progress { content_id, position_seconds, duration_seconds };
        store(db, &bob.user, progress, utc("2025-01-01")).await.unwrap()
    };
    for (position, duration) in [(-1, 10), (1, 0), (1, -1)] {
        assert_eq!(report(position, duration).await, Stored::Impossible);
    }
    let stored = report(19, 20).await;
    assert!(
        matches!(&stored, Stored::Stored(row) if row.position_seconds == 19 && row.completed),
        "{stored:?}"
    );
    let back = report(3, 20).await;
    assert!(matches!(&back, Stored::Stored(row) if row.position_seconds == 19 && row.completed), "{back:?}");
    content::soft_delete_content(db, &ann.creator, content_id).await.unwrap();
    assert_eq!(report(5, 20).await, Stored::Closed);
}
