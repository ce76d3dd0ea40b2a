//! What the environment says.
//!
//! | variable | |
//! |---|---|
//! | `CODEX_ADDRESS` | where to listen; `127.0.0.1:8080` if it is not set |
//! | `DATABASE_URL` | the database, and with it the other variables of [`sqlward::Builder::from_env`] |
//! | `CODEX_PAYMENTS_SECRET` | what the payment provider signs with; needed with a database |
//! | `CODEX_TRANSCODING_SECRET` | what the transcoding service signs with; needed with a database |
//! | `CODEX_GATEWAY_SECRET` | what the gateway of other providers signs with; needed with a database |

use std::env;
use std::net::SocketAddr;
use std::time::Duration;

use sqlward::{Database, ServiceKey};

use crate::app::Secrets;

/// What can be wrong with it. It names a variable and not what is in it.
pub type Result<T> = std::result::Result<T, String>;

/// Where to listen.
pub fn address() -> Result<SocketAddr> {
    let address = variable("CODEX_ADDRESS").unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    address.parse().map_err(|_| "CODEX_ADDRESS is an address and a port, such as 127.0.0.1:8080".to_owned())
}

/// The database and what goes with it, or `None` where none is named.
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
