//! Closing an account while content is being added to it; resetting a password.

use std::pin::pin;

use codex_api::services::content::Placed;
use codex_api::services::identity::{register, request_password_reset, reset_password};
use codex_api::services::organizations::{Addressed, Founding, found};
use codex_api::services::{content as pieces, identity as accounts, media as items};
use codex_catalog::media::CreateMediaItem;
use codex_catalog::{CreatorScope, MediaItemMediaType, UserScope, content, identity};
use sqlward::Error;

use super::fixture::{Codex, draft};

#[tokio::test]
async fn a_draft_that_is_being_made_keeps_its_account() {
    let codex = Codex::new().await;
    let db = &codex.db;
    let eve = codex.person("eve").await;
    let (user, creator) =
        (UserScope::from_authenticated(eve.clone()), CreatorScope::from_authenticated(eve.clone()));
    let mut closed = pin!(accounts::close_account(db, &user));
    let made = db.transaction(async |tx| {
        content::create_content(tx, &creator, &draft("one")).await?.unwrap();
        tokio::select! {
            early = &mut closed => panic!("it did not wait: {early:?}"),
            () = codex.locks_awaited(1) => Ok::<_, Error>(()),
        }
    });
    made.await.unwrap();
    assert!(!closed.await.unwrap());
    assert!(identity::get_profile(db, &user).await.unwrap().is_some());
}

#[tokio::test]
async fn nothing_is_added_to_an_account_that_is_being_closed() {
    let codex = Codex::new().await;
    let db = &codex.db;
    let eve = codex.person("eve").await;
    let (user, creator) =
        (UserScope::from_authenticated(eve.clone()), CreatorScope::from_authenticated(eve.clone()));
    let piece = draft("one");
    let item = CreateMediaItem {
        title: "one",
        description: None,
        media_type: MediaItemMediaType::Audio,
        object_path: "one",
        file_size_bytes: None,
        mime_type: None,
    };
    let new = Founding { name: "One", slug: "one", description: None, website_url: None };
    let mut added = pin!(async {
        tokio::join!(
            pieces::create(db, &creator, &piece),
            items::create(db, &creator, &item),
            found(db, codex.key(), &user, new),
        )
    });
    let closed = db.transaction(async |tx| {
        assert!(identity::lock_account(tx, &creator).await?.is_some());
        assert_eq!(identity::close_account(tx, &creator).await?, 1);
        tokio::select! {
            _ = &mut added => panic!("they did not wait"),
            () = codex.locks_awaited(3) => Ok::<_, Error>(()),
        }
    });
    closed.await.unwrap();
    let (piece, item, organization) = added.await;
    assert_eq!(piece.unwrap(), Placed::OutOfReach);
    assert_eq!(item.unwrap(), None);
    assert!(matches!(organization.unwrap(), Addressed::Gone));
}

#[tokio::test]
async fn one_reset_takes_the_other_tokens_of_the_account_back() {
    let codex = Codex::new().await;
    let (db, key) = (&codex.db, codex.key());
    for name in ["eve", "fay"] {
        register(db, key, name, &format!("{name}@x.org"), "the first password").await.unwrap();
    }
    let ask = async |email| request_password_reset(db, key, email).await.unwrap().unwrap();
    let [one, two, of_fay] = [ask("eve@x.org").await, ask("eve@x.org").await, ask("fay@x.org").await];
    assert!(reset_password(db, key, &two, "the second password").await.unwrap());
    for used in [&one, &two] {
        assert!(!reset_password(db, key, used, "the third password").await.unwrap());
    }
    assert!(reset_password(db, key, &of_fay, "the second password").await.unwrap());

    // Of two concurrent resets, only one succeeds, because it removes the other's token.
    let [one, two] = [ask("eve@x.org").await, ask("eve@x.org").await];
    let (first, second) = tokio::join!(
        reset_password(db, key, &one, "the fourth password"),
        reset_password(db, key, &two, "the fifth password")
    );
    assert!(first.unwrap() != second.unwrap());
    // The token for verifying the address is kept.
    let left = codex.column("select count(*) from verification_tokens where identifier = 'eve@x.org'").await;
    assert_eq!(left, ["1"]);
}
