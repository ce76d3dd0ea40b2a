//! Ways to sign in.

use codex_catalog::identity::{self, CreateAccount, UpsertOauthAccount};
use codex_catalog::{AccountId, Constraint, UserId, UserScope};
use sqlward::{Database, Result};

use super::fixture::{Codex, Tenant, violated};

async fn password(codex: &Codex, id: &str, owner_id: &UserId) -> Result<bool> {
    let account = CreateAccount {
        id: &AccountId::from(id),
        account_id: id,
        provider_id: "credential",
        access_token: None,
        refresh_token: None,
        id_token: None,
        access_token_expires_at: None,
        refresh_token_expires_at: None,
        granted_scope: None,
        password: Some("hash"),
        owner_id,
    };
    Ok(identity::create_account(&codex.service(), &account).await?.is_some())
}

/// Links an account and returns the id of the row that holds the tokens.
async fn link(db: &Database, user: &UserScope, id: &str, token: Option<&str>) -> Option<AccountId> {
    let account = UpsertOauthAccount {
        id: &AccountId::from(id),
        account_id: "g1",
        provider_id: "google",
        access_token: Some("access"),
        refresh_token: token,
        id_token: None,
        access_token_expires_at: None,
        refresh_token_expires_at: None,
        granted_scope: Some("profile"),
    };
    identity::upsert_oauth_account(db, user, &account).await.unwrap().map(|row| row.id)
}

#[tokio::test]
async fn accounts_belong_to_live_users_and_are_unique_at_their_provider() {
    let codex = Codex::new().await;
    assert!(password(&codex, "a1", &codex.ann.id).await.unwrap());
    assert!(!password(&codex, "a2", &codex.gone.id).await.unwrap());
    assert_eq!(violated(password(&codex, "a1", &codex.bob.id).await), Constraint::AccountsPkey);
    let again = codex.sql(
        "insert into accounts (id, account_id, provider_id, user_id) values ('a3', 'g1', 'google', 'gone')",
    );
    again.await;

    let service = codex.service();
    let found = |account_id| identity::find_account_by_provider(&service, "credential", account_id);
    let account = found("a1").await.unwrap().unwrap();
    assert_eq!((account.user_id, &*account.user.name), (codex.ann.id.clone(), "ann"));
    assert_eq!(found("a2").await.unwrap(), None);
    // The user of this account is deleted.
    assert_eq!(identity::find_account_by_provider(&service, "google", "g1").await.unwrap(), None);
}

#[tokio::test]
async fn linking_again_refreshes_tokens_and_never_takes_an_account_over() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    assert_eq!(link(db, &ann.user, "a1", Some("refresh")).await, Some("a1".into()));
    // The existing row keeps its id, and its refresh token if no new one is given.
    assert_eq!(link(db, &ann.user, "a2", None).await, Some("a1".into()));
    assert_eq!(link(db, &bob.user, "a3", Some("stolen")).await, None);

    let accounts = identity::list_accounts(db, &ann.user).await.unwrap();
    assert_eq!((accounts.len(), accounts[0].scope.as_deref()), (1, Some("profile")));
    assert!(identity::list_accounts(db, &bob.user).await.unwrap().is_empty());
    codex
        .sql("do $$ begin assert (select refresh_token from accounts where id = 'a1') = 'refresh'; end $$")
        .await;
}

#[tokio::test]
async fn passwords_change_for_their_owner_alone() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    assert!(password(&codex, "a1", &ann.id).await.unwrap());
    assert_eq!(identity::update_password(db, &bob.user, "new").await.unwrap(), 0);
    assert_eq!(identity::update_password(db, &ann.user, "new").await.unwrap(), 1);
    let found = identity::find_user_with_accounts_by_email(&codex.service(), "ann@x.org").await.unwrap();
    assert_eq!(found.unwrap().accounts[0].password.as_deref(), Some("new"));
}

#[tokio::test]
async fn the_last_way_to_sign_in_stays() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    link(db, &ann.user, "a1", None).await;
    let unlink = async |tenant: &Tenant| {
        db.transaction(async |tx| identity::unlink_account(tx, &tenant.user, "google").await).await.unwrap()
    };
    // Bob's password does not count as a way to sign in for Ann.
    assert!(password(&codex, "b1", &bob.id).await.unwrap());
    codex.sql("insert into accounts (id, account_id, provider_id, user_id) values ('b2', 'g2', 'google', 'bob')").await;
    assert_eq!(unlink(ann).await, 0);
    assert!(password(&codex, "a2", &ann.id).await.unwrap());
    assert_eq!(unlink(bob).await, 1);
    assert_eq!(unlink(ann).await, 1);
    assert_eq!(identity::list_accounts(db, &bob.user).await.unwrap().len(), 1);
}
