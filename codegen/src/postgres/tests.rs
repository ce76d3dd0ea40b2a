//! Against real servers: the embedded one that this machine's PostgreSQL gives.

mod analysing;

use super::*;

fn plain(sql: &str) -> Statement<'_> {
    Statement { sql, param_types: &[] }
}
