//! Concurrent statements that lock the rows they depend on. Each pair is run many times, and what one statement has
//! checked must still be true when both are done.

use codex_catalog::OrganizationMembershipRole::{self, Member, Owner};
use codex_catalog::content::CreateContent;
use codex_catalog::media::CreateMediaItem;
use codex_catalog::{CreatorScope, MediaItemMediaType, UserId, content, identity, media, memberships};
use sqlward::Error;

use super::fixture::{Codex, draft, founding};

/// How often each pair is run.
const ROUNDS: usize = 60;

/// Delays one side, a little longer in each round.
async fn after(round: usize) {
    for _ in 0..round % 12 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_is_published_shows_media_that_are_there() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    for round in 0..ROUNDS {
        let slug = format!("film-{round}");
        let item = codex.video(ann, &slug).await;
        let film = CreateContent {
            organization_id: Some(ann.organization_id),
            media_item_id: Some(item),
            ..draft(&slug)
        };
        let id = codex.create(&ann.creator, &film).await.unwrap().unwrap().id;
        let publish = async {
            after(round / 2).await;
            if round % 2 == 0 {
                return codex.publish(&ann.creator, id).await.is_some();
            }
            let published =
                db.transaction(async |tx| content::admin_publish_content(tx, &ann.organization, id).await);
            published.await.unwrap().is_some()
        };
        let (published, removed) = tokio::join!(publish, codex.remove_item(&ann.creator, item));
        assert_ne!(published, removed == 1, "round {round}");
    }
    // The removal began first. The publication waits for it and sees its result.
    let item = codex.video(ann, "last").await;
    let film = CreateContent { media_item_id: Some(item), ..draft("last") };
    let id = codex.create(&ann.creator, &film).await.unwrap().unwrap().id;
    let mut publishing = std::pin::pin!(codex.publish(&ann.creator, id));
    let removed = db.transaction(async |tx| {
        media::lock_media_item(tx, &ann.creator, item).await?;
        assert_eq!(media::soft_delete_media_item(tx, &ann.creator, item).await?, 1);
        tokio::select! {
            early = &mut publishing => panic!("it did not wait: {early:?}"),
            () = codex.locks_awaited(1) => Ok::<_, Error>(()),
        }
    });
    removed.await.unwrap();
    assert_eq!(publishing.await, None);
}

#[tokio::test]
async fn nothing_is_added_to_a_closed_account() {
    let codex = Codex::new().await;
    let db = &codex.db;
    for round in 0..ROUNDS {
        let person = codex.person(&format!("p{round}")).await;
        let creator = CreatorScope::from_authenticated(person.clone());
        let add = async {
            after(round / 3).await;
            let slug = format!("by-{round}");
            match round % 3 {
                0 => codex.create(&creator, &draft(&slug)).await.unwrap().is_some(),
                1 => {
                    let item = CreateMediaItem {
                        title: &slug,
                        description: None,
                        media_type: MediaItemMediaType::Audio,
                        object_path: &slug,
                        file_size_bytes: None,
                        mime_type: None,
                    };
                    let added =
                        db.transaction(async |tx| media::create_media_item(tx, &creator, &item).await);
                    added.await.unwrap().is_some()
                }
                _ => codex.found(&founding(&person, &slug)).await.unwrap().is_some(),
            }
        };
        let close = async {
            let closed = db.transaction(async |tx| {
                identity::lock_account(tx, &creator).await?;
                identity::close_account(tx, &creator).await
            });
            closed.await.unwrap() == 1
        };
        let (added, closed) = tokio::join!(add, close);
        assert_ne!(added, closed, "round {round}");
    }
}

#[tokio::test]
async fn a_way_to_sign_in_is_left() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    for round in 0..ROUNDS {
        codex
            .sql(
                "delete from accounts;
                 insert into accounts (id, account_id, provider_id, user_id)
                 select p, p, p, 'ann' from unnest(array['google', 'apple', 'github']) p",
            )
            .await;
        let unlink = async |provider| {
            after(round).await;
            let unlinked = db.transaction(async |tx| identity::unlink_account(tx, &ann.user, provider).await);
            unlinked.await.unwrap()
        };
        let (one, two, three) = tokio::join!(unlink("google"), unlink("apple"), unlink("github"));
        assert_eq!(one + two + three, 2, "round {round}");
    }
}

#[tokio::test]
async fn an_owner_is_left() {
    let codex = Codex::new().await;
    let Codex { db, ann, .. } = &codex;
    let eve = codex.person("eve").await;
    codex.join(ann, &eve, Member).await;
    let set = async |person: &UserId, role: OrganizationMembershipRole| {
        let organization = &ann.organization;
        let changed =
            db.transaction(async |tx| memberships::update_member_role(tx, organization, role, person).await);
        changed.await.unwrap().is_some()
    };
    let remove = async |person: &UserId| {
        let removed =
            db.transaction(async |tx| memberships::remove_member(tx, &ann.organization, person).await);
        removed.await.unwrap() == 1
    };
    for round in 0..ROUNDS {
        codex.sql("update organization_memberships set role = 'owner', status = 'active' where user_id in ('ann', 'eve')").await;
        let end = async |person: &UserId, by_removal: bool| {
            after(round).await;
            if by_removal { remove(person).await } else { set(person, Member).await }
        };
        let (one, two) = tokio::join!(end(&ann.id, round % 2 == 0), end(&eve, round % 3 == 0));
        assert!(one != two, "round {round}: one of them stays, and one goes");
    }

    // A member who is made an owner while being removed stays, and is then the last owner.
    codex.sql("update organization_memberships set role = 'member' where user_id = 'eve'; update organization_memberships set role = 'owner', status = 'active' where user_id = 'ann'").await;
    codex.sql("update organization_memberships set status = 'active' where user_id = 'eve'").await;
    let mut removing = std::pin::pin!(remove(&eve));
    let handed_over = db.transaction(async |tx| {
        assert!(memberships::update_member_role(tx, &ann.organization, Owner, &eve).await?.is_some());
        assert!(memberships::update_member_role(tx, &ann.organization, Member, &ann.id).await?.is_some());
        tokio::select! {
            early = &mut removing => panic!("it did not wait: {early:?}"),
            () = codex.locks_awaited(1) => Ok::<_, Error>(()),
        }
    });
    handed_over.await.unwrap();
    assert!(!removing.await);
    let owners =
        "select user_id from organization_memberships m join organizations o on o.id = m.organization_id
                  where o.slug = 'alpha' and m.role = 'owner' and m.status = 'active'";
    assert_eq!(codex.column(owners).await, ["eve"]);
}
