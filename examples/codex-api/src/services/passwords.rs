//! Password hashing.

use std::sync::LazyLock;
use std::thread::available_parallelism;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use tokio::sync::Semaphore;

/// The hash to store, with a new salt. Hashing is slow on purpose, so it runs on a blocking thread.
pub async fn hash(password: String) -> String {
    blocking(move || of(&password)).await
}

/// Whether the password matches the hash. Without a hash it takes the same time, so that response times do not tell
/// which addresses have accounts.
pub async fn verify(password: String, hash: Option<String>) -> bool {
    static NOBODY: LazyLock<String> = LazyLock::new(|| of("nobody"));
    blocking(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.clone());
        let fits = PasswordHash::new(&hash)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        fits && known
    })
    .await
}

fn of(password: &str) -> String {
    Argon2::default().hash_password(password.as_bytes()).expect("the settings are the usual ones").to_string()
}

/// Runs the work on a blocking thread. Each hash takes a core and about 20 MB, so at most one runs per core; others
/// wait until it is their turn or their request times out.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    static TURNS: LazyLock<Semaphore> =
        LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, usize::from)));
    let _turn = TURNS.acquire().await.expect("it is never closed");
    tokio::task::spawn_blocking(work).await.expect("hashing does not panic")
}
