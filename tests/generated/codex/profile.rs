//! Registration, and private and public profiles.

use codex_catalog::identity::{self, CreateUser, RegisterUser};
use codex_catalog::{
    Constraint, CreatorScope, MediaItemMediaType, OrganizationMembershipRole, UserId, UserScope, content,
    memberships,
};
use sqlward::ErrorKind;

use super::fixture::{Codex, draft, founding, later, now, violated};

#[tokio::test]
async fn registration_makes_a_user_who_can_sign_in_and_verify() {
    let codex = Codex::new().await;
    let service = codex.service();
    let (id, account_id, verification_id) = ("eve".into(), "a-eve".into(), "v-eve".into());
    let eve = RegisterUser {
        id: &id,
        name: "Eve",
        email: "Eve@X.org",
        account_id: &account_id,
        password: "hash",
        verification_id: &verification_id,
        verification_value: "42",
        verification_expires_at: later(),
    };
    let registered = identity::register_user(&service, &eve).await.unwrap();
    assert_eq!((&*registered.email, &*registered.role), ("eve@x.org", "customer"));

    let found = identity::find_user_with_accounts_by_email(&service, "EVE@x.org").await.unwrap();
    let account = &found.unwrap().accounts[0];
    assert_eq!((&*account.provider_id, account.password.as_deref()), ("credential", Some("hash")));

    let token = identity::find_verification(&service, "eve@x.org", now()).await.unwrap().unwrap();
    assert_eq!(token.id, verification_id);
    let consumed = identity::consume_verification(&service, &token.id, "42", now()).await.unwrap();
    assert_eq!(consumed.as_deref(), Some("eve@x.org"));
    assert_eq!(identity::mark_email_verified(&service, &id, "EVE@x.org").await.unwrap(), 1);
    assert!(identity::find_user_by_email(&service, "eve@x.org").await.unwrap().unwrap().email_verified);

    // The address is taken, and nothing of the second registration is stored.
    let (id, account_id, verification_id) = ("eve2".into(), "a-eve2".into(), "v-eve2".into());
    let again = RegisterUser { id: &id, account_id: &account_id, verification_id: &verification_id, ..eve };
    let refused = identity::register_user(&service, &again).await;
    assert_eq!(refused.as_ref().unwrap_err().kind(), ErrorKind::UniqueViolation);
    assert_eq!(violated(refused), Constraint::UsersEmailUnique);
    assert_eq!(identity::find_verification(&service, "eve@x.org", now()).await.unwrap(), None);
}

#[tokio::test]
async fn a_user_comes_with_all_ways_to_sign_in() {
    let codex = Codex::new().await;
    let service = codex.service();
    codex
        .sql(
            "insert into accounts (id, account_id, provider_id, user_id, password, created_at) values
                ('2', 'x', 'google', 'bob', null, '2024-01-02'), ('1', 'bob', 'credential', 'bob', 'hash', '2024-01-01'),
                ('3', 'y', 'google', 'gone', null, now())",
        )
        .await;
    let of = async |email: &str| identity::find_user_with_accounts_by_email(&service, email).await.unwrap();
    assert!(of("ann@x.org").await.unwrap().accounts.is_empty());
    assert_eq!(of("gone@x.org").await, None);
    let bob = of("BOB@x.org").await.unwrap();
    let accounts = bob
        .accounts
        .iter()
        .map(|account| (&*account.id.0, &*account.provider_id, account.password.as_deref()));
    assert!(accounts.eq([("1", "credential", Some("hash")), ("2", "google", None)]), "{bob:?}");
}

#[tokio::test]
async fn closed_accounts_are_not_found() {
    let codex = Codex::new().await;
    let service = codex.service();
    let ann = identity::find_user_by_email(&service, "ANN@x.org").await.unwrap().unwrap();
    assert_eq!((ann.id, ann.deleted_at), (codex.ann.id.clone(), None));
    assert_eq!(identity::find_user_by_email(&service, "gone@x.org").await.unwrap(), None);
    assert_eq!(identity::get_profile(&codex.db, &codex.gone.user).await.unwrap(), None);
    assert_eq!(identity::get_public_profile(&codex.db, &codex.gone.id).await.unwrap(), None);
    assert_eq!(identity::mark_email_verified(&service, &codex.gone.id, "gone@x.org").await.unwrap(), 0);
    // The address stays taken until the account is anonymized.
    let id = UserId::from("new");
    let new = CreateUser { id: &id, name: "New", email: "gone@x.org", image: None };
    assert_eq!(violated(identity::create_user(&service, &new).await), Constraint::UsersEmailUnique);
}

#[tokio::test]
async fn profiles_change_for_their_owner_alone() {
    let codex = Codex::new().await;
    let (db, service) = (&codex.db, codex.service());
    let ann = &codex.ann;
    assert_eq!(identity::mark_email_verified(&service, &ann.id, "bob@x.org").await.unwrap(), 0);
    assert_eq!(identity::mark_email_verified(&service, &ann.id, "ann@x.org").await.unwrap(), 1);

    let profile = identity::update_profile(db, &ann.user, Some("Anna"), None).await.unwrap().unwrap();
    assert_eq!((&*profile.name, &*profile.email, profile.email_verified), ("Anna", "ann@x.org", true));
    let profile = identity::update_profile(db, &ann.user, None, Some("ann@Y.org")).await.unwrap().unwrap();
    assert_eq!((&*profile.name, &*profile.email, profile.email_verified), ("Anna", "ann@y.org", false));
    let taken = identity::update_profile(db, &ann.user, None, Some("bob@x.org")).await;
    assert_eq!(violated(taken), Constraint::UsersEmailUnique);
    assert_eq!(identity::update_profile(db, &codex.gone.user, Some("x"), None).await.unwrap(), None);

    assert_eq!(identity::set_avatar(db, &ann.user, "ann.png").await.unwrap(), 1);
    assert_eq!(identity::set_avatar(db, &codex.gone.user, "gone.png").await.unwrap(), 0);
    let avatar = async |user: &UserScope| identity::get_profile(db, user).await.unwrap().unwrap().avatar_url;
    assert_eq!(avatar(&ann.user).await.as_deref(), Some("ann.png"));
    assert_eq!(avatar(&codex.bob.user).await, None);
    assert_eq!(identity::clear_avatar(db, &codex.bob.user).await.unwrap(), 1);
    assert_eq!(avatar(&ann.user).await.as_deref(), Some("ann.png"));
    assert_eq!(identity::clear_avatar(db, &ann.user).await.unwrap(), 1);
    assert_eq!(identity::clear_avatar(db, &codex.gone.user).await.unwrap(), 0);
    assert_eq!(avatar(&ann.user).await, None);
}

#[tokio::test]
async fn only_customers_become_creators() {
    let codex = Codex::new().await;
    let (db, ann) = (&codex.db, &codex.ann);
    let upgraded = identity::upgrade_to_creator(db, &ann.user).await.unwrap().unwrap();
    assert_eq!((upgraded.id, &*upgraded.role), (ann.id.clone(), "creator"));
    assert_eq!(identity::upgrade_to_creator(db, &ann.user).await.unwrap(), None);
    assert_eq!(identity::upgrade_to_creator(db, &codex.gone.user).await.unwrap(), None);
    let counts = identity::count_users_by_role(&codex.service()).await.unwrap();
    let counts: Vec<_> = counts.iter().map(|count| (&*count.role, count.users, count.verified)).collect();
    assert_eq!(counts, [("creator", 1, 0), ("customer", 1, 0)]);
}

#[tokio::test]
async fn a_public_profile_counts_what_is_published() {
    let codex = Codex::new().await;
    let (db, ann) = (&codex.db, &codex.ann);
    let published = codex.published(ann, "one").await;
    codex.piece(ann, "draft").await;
    let count = async || identity::get_public_profile(db, &ann.id).await.unwrap().unwrap().published_count;
    assert_eq!(count().await, 1);
    codex.published(&codex.bob, "foreign").await;
    assert_eq!(count().await, 1);
    assert_eq!(content::soft_delete_content(db, &ann.creator, published).await.unwrap(), 1);
    assert_eq!(count().await, 0);
    codex.published(ann, "two").await;
    assert_eq!(count().await, 1);
    codex.sql("update organizations set deleted_at = now() where slug = 'alpha'").await;
    assert_eq!(count().await, 0, "what a removed organization published is gone");
}

#[tokio::test]
async fn an_account_closes_when_nothing_is_left_of_its_work() {
    let codex = Codex::new().await;
    let db = &codex.db;
    let close = async |id: &UserId| {
        let creator = CreatorScope::from_authenticated(id.clone());
        let user = UserScope::from_authenticated(id.clone());
        db.transaction(async |tx| {
            let closed = identity::close_account(tx, &creator).await?;
            if closed == 1 {
                identity::revoke_sessions(tx, &user).await?;
                memberships::leave_all_organizations(tx, &user).await?;
            }
            Ok::<_, sqlward::Error>(closed)
        })
        .await
        .unwrap()
    };
    let work = async |id: &UserId| {
        content::has_authored_work(db, &CreatorScope::from_authenticated(id.clone())).await.unwrap()
    };
    let [eve, author] = [codex.person("eve").await, codex.person("author").await];
    codex.join(&codex.ann, &author, OrganizationMembershipRole::Creator).await;
    // None of this prevents closing Eve's account: the media belong to others, and her organization is removed.
    codex.upload(&codex.bob, "foreign", MediaItemMediaType::Video).await;
    codex.piece(&codex.bob, "foreign").await;
    let founding = founding(&eve, "closed");
    codex.found(&founding).await.unwrap().unwrap();
    codex.sql("update organizations set deleted_at = now() where slug = 'closed'").await;
    let creator = CreatorScope::from_authenticated(author.clone());
    let piece = codex.create(&creator, &draft("kept")).await.unwrap().unwrap().id;
    assert!(work(&author).await && !work(&eve).await);
    assert_eq!((close(&author).await, close(&eve).await), (0, 1));
    assert_eq!(close(&eve).await, 0);

    assert_eq!(content::soft_delete_content(db, &creator, piece).await.unwrap(), 1);
    assert!(!work(&author).await);
    codex.sql("insert into media_items (creator_id, title, media_type, r2_key) values ('author', '', 'audio', '')").await;
    assert!(work(&author).await);
    assert_eq!(close(&author).await, 0, "there is a media item");
    codex.sql("update media_items set deleted_at = now() where creator_id = 'author'").await;
    assert!(!work(&author).await);
    assert_eq!(close(&author).await, 1);
    assert_eq!(close(&codex.ann.id).await, 0, "she owns a live organization");
    let bobs = memberships::get_my_membership(db, &codex.bob.user, codex.bob.organization_id).await;
    assert!(bobs.unwrap().is_some(), "others stay where they are");
    // Closing the account frees its address.
    let id = UserId::from("eve2");
    let again = CreateUser { id: &id, name: "Eve", email: "eve@x.org", image: None };
    identity::create_user(&codex.service(), &again).await.unwrap();
}

#[tokio::test]
async fn an_account_is_locked_while_it_is_live() {
    let codex = Codex::new().await;
    let Codex { db, ann, gone, .. } = &codex;
    for (tenant, found) in [(ann, Some(ann.id.clone())), (gone, None)] {
        let kept = db.transaction(async |tx| identity::lock_account(tx, &tenant.creator).await);
        assert_eq!(kept.await.unwrap(), found);
    }
}
