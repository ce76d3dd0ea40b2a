//! Against real servers: the embedded one that this machine's PostgreSQL gives.

mod analysing;
mod external;

use super::*;

fn plain(sql: &str) -> Statement<'_> {
    Statement { sql, param_types: &[] }
}
