use sqlward::ServiceKey;

fn spread(key: &ServiceKey) -> ServiceKey {
    key.clone()
}

fn make() -> ServiceKey {
    ServiceKey { database: 0 }
}

fn main() {}
