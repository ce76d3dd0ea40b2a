//! The configuration, from environment variables.
//!
//! | variable | |
//! |---|---|
//! | `CODEX_ADDRESS` | the address to listen on; by default `127.0.0.1:8080` |
//! | `DATABASE_URL` | the database; the other variables of [`sqlward::Builder::from_env`] apply too |
//! | `CODEX_PAYMENTS_SECRET` | the secret of the payment provider's signatures; required with a database |
//! | `CODEX_TRANSCODING_SECRET` | the secret of the transcoding service's signatures; required with a database |
//! | `CODEX_GATEWAY_SECRET` | the secret of the sign-in gateway's signatures; required with a database |

use std::env;
use std::net::SocketAddr;
use std::time::Duration;

use sqlward::{Database, ServiceKey};

use crate::app::Secrets;

/// The error names the variable and never shows its value.
pub type Result<T> = std::result::Result<T, String>;

/// The address to listen on.
pub fn address() -> Result<SocketAddr> {
    let address = variable("CODEX_ADDRESS").unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    address.parse().map_err(|_| "CODEX_ADDRESS is an address and a port, such as 127.0.0.1:8080".to_owned())
}

/// The database with its key and secrets, or `None` if `DATABASE_URL` is not set.
pub fn database() -> Result<Option<(Database, ServiceKey, Secrets)>> {
    if variable("DATABASE_URL").is_none() && variable("DB_METHOD").is_none() {
        return Ok(None);
    }
    let builder = sqlward::Builder::from_env().map_err(|error| error.to_string())?;
    let (db, key) = builder
        .statement_timeout(Duration::from_secs(20))
        .idle_in_transaction_timeout(Duration::from_secs(20))
        .acquire_timeout(Duration::from_secs(5))
        .slow_query(Duration::from_millis(500))
        .open();
    let secret = |name| variable(name).ok_or_else(|| format!("set {name} to the secret that is shared"));
    let secrets = Secrets {
        payments: secret("CODEX_PAYMENTS_SECRET")?,
        transcoding: secret("CODEX_TRANSCODING_SECRET")?,
        gateway: secret("CODEX_GATEWAY_SECRET")?,
    };
    Ok(Some((db, key, secrets)))
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.trim().is_empty())
}
