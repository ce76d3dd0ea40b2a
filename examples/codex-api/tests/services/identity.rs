//! Tokens that set a password.

use codex_api::services::identity::{register, request_password_reset, reset_password};

use super::fixture::Codex;

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

    // Of two at once the one that gives way finds its token gone.
    let [one, two] = [ask("eve@x.org").await, ask("eve@x.org").await];
    let (first, second) = tokio::join!(
        reset_password(db, key, &one, "the fourth password"),
        reset_password(db, key, &two, "the fifth password")
    );
    assert!(first.unwrap() != second.unwrap());
    // What verifies the address is for something else.
    let left = codex.column("select count(*) from verification_tokens where identifier = 'eve@x.org'").await;
    assert_eq!(left, ["1"]);
}
