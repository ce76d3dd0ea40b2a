//! Whether the service can work.

use axum::extract::State;
use sqlward::Database;

use crate::extract::Done;
use crate::problem::Result;

/// Whether the database answers.
pub async fn check(State(db): State<Database>) -> Result<Done> {
    db.ping().await?;
    Ok(Done)
}
