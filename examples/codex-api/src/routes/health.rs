//! The health check.

use axum::extract::State;
use sqlward::Database;

use crate::extract::Done;
use crate::problem::Result;

/// Checks that the database answers.
pub async fn check(State(db): State<Database>) -> Result<Done> {
    db.ping().await?;
    Ok(Done)
}
