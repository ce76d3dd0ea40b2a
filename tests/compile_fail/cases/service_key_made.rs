//! A service key comes only from opening a database.

use sqlward::ServiceKey;

fn make() -> ServiceKey {
    ServiceKey { database: 0 }
}

fn main() {}
