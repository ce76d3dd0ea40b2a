//! The key cannot be spread.

use sqlward::ServiceKey;

fn spread(key: &ServiceKey) -> ServiceKey {
    key.clone()
}

fn main() {}
