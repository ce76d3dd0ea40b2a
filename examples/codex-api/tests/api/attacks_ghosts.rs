//! Deleted rows are not found by anyone, not even by their owner: each id in each request is replaced by that of a
//! deleted copy.

use crate::attacks::{Line, as_meant, every_route_has_lines};
use crate::attacks_tenant::{Tenant, session};
use crate::support::api;

/// The placeholders of rows that can be deleted.
const GHOSTS: [&str; 20] = [
    "org",
    "slug",
    "reel",
    "spare",
    "uploading",
    "uploaded",
    "failed",
    "transcoding",
    "job",
    "draft",
    "placed",
    "old",
    "private",
    "note",
    "film",
    "user",
    "admin",
    "member",
    "customer",
    "owner",
];

#[tokio::test]
async fn what_is_deleted_is_there_for_nobody() {
    let api = api().await;
    let client = api.database.client().await.unwrap();
    let ann = Tenant::settle(&api.database, "ann").await;
    let ghosts = ann.ghosts(&client).await;
    let rows = ghosts.rows(&client).await;
    let mut tried = 0;
    for (line, _) in every_route_has_lines().iter().filter(|(line, _)| is_of_what_was(line)) {
        for ghost in line.placeholders().into_iter().filter(|name| GHOSTS.contains(name)) {
            let ids = |name: &str| if name == ghost { ghosts.value(name) } else { ann.value(name) };
            let (request, body) = line.fill(ids);
            let answer = as_meant(&api, &client, &ann, line, &request, body).await;
            let told =
                format!("{} of a deleted {ghost}: {request}: {} {}", line.route, answer.status, answer.body);
            assert!(!answer.body.to_string().contains(&ghosts.mark()), "{told}");
            assert!(is_gone(line, ghost, answer.status.as_u16()), "{told}");
            assert_eq!(ghosts.rows(&client).await, rows, "{told}");
            tried += 1;
        }
    }
    assert!(tried > 80, "{tried}");
    // Deleted rows are not in lists.
    for (line, _) in
        every_route_has_lines().iter().filter(|(line, _)| line.method == "GET" && !line.says("attack"))
    {
        let (request, _) = line.fill(|name| ann.value(name));
        let answer = as_meant(&api, &client, &ann, line, &request, None).await;
        let told = format!("{}: {request}: {}", line.route, answer.body);
        assert!(answer.status.is_success() && !answer.body.to_string().contains(&ghosts.mark()), "{told}");
    }
    // A deleted user cannot sign in.
    let token = session(&client, &ghosts.person("owner"), 24).await;
    api.call("GET /v1/me", Some(&token), None).await.problem(401, "unauthenticated");
}

/// Whether deleted rows have to be refused. A deleted user's address can be used again, and a payment is recorded even
/// if its piece was removed meanwhile.
fn is_of_what_was(line: &Line) -> bool {
    let is_new = line.says("attack") && line.word('=').is_some();
    !line.says("control") && !is_new && line.route != "purchases.event"
}

/// Whether the status is one for a deleted row.
fn is_gone(line: &Line, ghost: &str, status: u16) -> bool {
    let hole = format!("<{ghost}>");
    // Playback positions and the list of grants are kept after the piece was removed.
    let is_kept = matches!(
        line.route,
        "library.playback" | "library.playback_of" | "library.store_positions" | "sales.list_grants"
    );
    if is_kept || line.says("open") {
        return matches!(status, 200 | 404);
    }
    if line.path().contains(&hole) {
        return status == 404;
    }
    if line.body.contains(&hole) {
        return matches!(status, 401 | 404 | 422);
    }
    status == 200
}
