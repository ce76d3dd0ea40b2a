//! System scope: [`ServiceRole`](sqlward::ServiceRole) and its key.

use sqlward::ErrorKind;

use crate::sample::*;
use crate::support::Fixture;

#[tokio::test]
async fn over_a_database_and_within_a_transaction() {
    let Fixture { db, key, .. } = Fixture::new(SCHEMA).await;
    let service = key.over(&db, "signing in");
    assert_eq!(service.reason(), "signing in");
    assert_eq!(find_user(&service, "one@example.org").await.unwrap(), Some("u1".to_owned()));
    let (scope, _) = sign_in(&service, "two@example.org").await.unwrap().unwrap();
    assert_eq!(scope, CreatorScope::from_authenticated("u2"));
    // A function that takes an executor also accepts a service role.
    assert_eq!(count_content(&service, &scope).await.unwrap(), 0);

    db.transaction(async |tx| {
        let params = CreateContent { title: "t", price_cents: None, organization_id: None };
        let id = create_content(tx, &scope, &params).await?;
        assert!(lock_content(tx, &scope, id).await?);
        let service = key.within(tx, format!("changing {}", "u1"));
        assert_eq!(lock_user(&service, "u1").await?, Some("one@example.org".to_owned()));
        assert_eq!(find_user(&service, "one@example.org").await?, Some("u1".to_owned()));
        // It reads what the transaction has written.
        assert_eq!(count_content(&service, &scope).await?, 1);
        Ok::<_, sqlward::Error>(())
    })
    .await
    .unwrap();
    assert_eq!(count_content(&db, &scope).await.unwrap(), 1);
}

#[tokio::test]
async fn the_key_of_another_database_opens_nothing() {
    let Fixture { db, .. } = Fixture::new(SCHEMA).await;
    // Anyone can open some other database and get a key, so a key only works with its own database.
    let (_, key) = sqlward::Database::open("host=/nowhere").unwrap();
    let error = find_user(&key.over(&db, "curiosity"), "one@example.org").await.unwrap_err();
    assert_eq!((error.kind(), error.query()), (ErrorKind::ServiceKey, Some("users::find_user")));
    let within = db.transaction(async |tx| find_user(&key.within(tx, "curiosity"), "one@example.org").await);
    assert_eq!(within.await.unwrap_err().kind(), ErrorKind::ServiceKey);
}
