//! Tests against real servers.

mod analysing;
mod external;

use super::*;

fn plain(sql: &str) -> Statement<'_> {
    Statement { sql, param_types: &[] }
}
