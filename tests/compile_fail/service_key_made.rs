//! A key comes from opening a database alone.

use sqlward::ServiceKey;

fn make() -> ServiceKey {
    ServiceKey { database: 0 }
}

fn main() {}
