//! Sessions, and one-time tokens that expire.

use chrono::NaiveDateTime;
use codex_catalog::identity::{self, CreateSession, CreateVerification};
use codex_catalog::{Constraint, SessionId, UserScope, VerificationTokenId};
use sqlward::Result;

use super::fixture::{Codex, day, earlier, later, now, violated};

/// Begins a session. Whether one was stored.
async fn sign_in(codex: &Codex, user: &UserScope, token: &str, expires_at: NaiveDateTime) -> Result<bool> {
    let id = SessionId(format!("{token} of {}", user.user_id()));
    let ip_address = Some("10.0.0.1");
    let session = CreateSession { id: &id, token, expires_at, ip_address, user_agent: None };
    Ok(identity::create_session(&codex.db, user, &session).await?.is_some())
}

#[tokio::test]
async fn a_token_in_force_finds_its_live_user() {
    let codex = Codex::new().await;
    assert!(sign_in(&codex, &codex.ann.user, "t1", later()).await.unwrap());
    assert!(sign_in(&codex, &codex.ann.user, "t2", earlier()).await.unwrap());
    assert!(!sign_in(&codex, &codex.gone.user, "t3", later()).await.unwrap(), "the account is closed");
    codex
        .sql(
            "insert into sessions (id, user_id, token, expires_at) values ('s4', 'gone', 't4', '2100-01-01')",
        )
        .await;

    let service = codex.service();
    let found = async |token| identity::find_session_with_user(&service, token, now()).await.unwrap();
    let session = found("t1").await.unwrap();
    assert_eq!((session.id, session.user.id), ("t1 of ann".into(), codex.ann.id.clone()));
    assert_eq!(session.user.picture, None);
    for token in ["t2", "t4", "unknown"] {
        assert_eq!(found(token).await, None, "{token}");
    }
    let taken = sign_in(&codex, &codex.bob.user, "t1", later()).await;
    assert_eq!(violated(taken), Constraint::SessionsTokenUnique);
}

#[tokio::test]
async fn sessions_are_listed_extended_and_ended_by_their_user() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    for token in ["t1", "t2", "t3", "t4"] {
        assert!(sign_in(&codex, &ann.user, token, later()).await.unwrap());
    }
    assert!(sign_in(&codex, &ann.user, "old", earlier()).await.unwrap());
    let listed = identity::list_sessions(db, &ann.user, "t2", now()).await.unwrap();
    let current: Vec<_> = listed.iter().filter(|session| session.is_current).collect();
    assert_eq!((listed.len(), current.len(), &current[0].id), (4, 1, &"t2 of ann".into()));
    assert_eq!(current[0].ip_address.as_deref(), Some("10.0.0.1"));
    assert!(identity::list_sessions(db, &bob.user, "t2", now()).await.unwrap().is_empty());

    let extend =
        async |user, token, until| identity::extend_session(db, user, until, token, now()).await.unwrap();
    assert_eq!(extend(&bob.user, "t1", day("2101-01-01")).await, 0);
    assert_eq!(extend(&ann.user, "t1", day("2101-01-01")).await, 1);
    assert_eq!(extend(&ann.user, "t1", day("2100-06-01")).await, 0, "never sooner");
    let hour = chrono::TimeDelta::hours(1);
    assert_eq!(extend(&ann.user, "t1", day("2101-01-02") - hour).await, 0, "not with every request");
    assert_eq!(extend(&ann.user, "t1", day("2101-01-02")).await, 1);
    assert_eq!(extend(&ann.user, "old", day("2101-01-01")).await, 0, "it has ended");

    assert_eq!(identity::delete_session(db, &bob.user, "t1").await.unwrap(), 0);
    assert_eq!(identity::delete_session(db, &ann.user, "t1").await.unwrap(), 1);
    assert_eq!(identity::revoke_other_sessions(db, &bob.user, "t2").await.unwrap(), 0);
    assert_eq!(identity::revoke_other_sessions(db, &ann.user, "t2").await.unwrap(), 3);
    assert_eq!(identity::revoke_sessions(db, &bob.user).await.unwrap(), 0);
    assert_eq!(identity::revoke_sessions(db, &ann.user).await.unwrap(), 1);
}

async fn verification(codex: &Codex, id: &str, expires_at: NaiveDateTime) {
    let id = VerificationTokenId::from(id);
    let token = CreateVerification { id: &id, identifier: "ann@x.org", value: "7", expires_at };
    assert_eq!(identity::create_verification(&codex.service(), &token).await.unwrap().value, "7");
}

#[tokio::test]
async fn a_verification_is_used_once() {
    let codex = Codex::new().await;
    let service = codex.service();
    verification(&codex, "v1", later()).await;
    verification(&codex, "v2", earlier()).await;
    let found = identity::find_verification(&service, "ann@x.org", now()).await.unwrap().unwrap();
    assert_eq!(found.id, "v1".into());
    assert_eq!(identity::find_verification(&service, "bob@x.org", now()).await.unwrap(), None);

    let consume = async |id: &str, value| {
        identity::consume_verification(&service, &id.into(), value, now()).await.unwrap()
    };
    assert_eq!(consume("v1", "8").await, None);
    assert_eq!(consume("v2", "7").await, None, "it has run out");
    assert_eq!(consume("v1", "7").await.as_deref(), Some("ann@x.org"));
    assert_eq!(consume("v1", "7").await, None);
}

#[tokio::test]
async fn the_verifications_of_one_identifier_are_discarded_together() {
    let codex = Codex::new().await;
    let service = codex.service();
    verification(&codex, "v1", later()).await;
    verification(&codex, "v2", earlier()).await;
    let discard = async |of| identity::discard_verifications(&service, of).await.unwrap();
    assert_eq!(
        (discard("bob@x.org").await, discard("ann@x.org").await, discard("ann@x.org").await),
        (0, 2, 0)
    );
}

#[tokio::test]
async fn workers_remove_what_has_ended_in_batches() {
    let codex = Codex::new().await;
    for token in ["old1", "old2", "old3"] {
        assert!(sign_in(&codex, &codex.ann.user, token, earlier()).await.unwrap());
        verification(&codex, token, earlier()).await;
    }
    assert!(sign_in(&codex, &codex.ann.user, "new", later()).await.unwrap());
    verification(&codex, "new", later()).await;
    let purge = async |batch| {
        codex
            .db
            .transaction(async |tx| {
                let worker = codex.key().within(tx, "nightly clean-up");
                let sessions = identity::purge_expired_sessions(&worker, now(), batch).await?;
                let tokens = identity::purge_expired_verifications(&worker, now(), batch).await?;
                Ok::<_, sqlward::Error>((sessions, tokens))
            })
            .await
            .unwrap()
    };
    assert_eq!(purge(2).await, (2, 2));
    assert_eq!(purge(2).await, (1, 1));
    assert_eq!(purge(2).await, (0, 0));
}
