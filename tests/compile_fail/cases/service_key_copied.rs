//! A service key cannot be cloned or copied.

use sqlward::ServiceKey;

fn spread(key: &ServiceKey) -> ServiceKey {
    key.clone()
}

fn main() {}
