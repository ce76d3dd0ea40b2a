//! The service's role in a transaction cannot outlive it.

use sqlward::{Database, Error, ServiceKey, ServiceTransaction};

async fn kept(db: &Database, key: &ServiceKey) -> ServiceTransaction<'static> {
    db.transaction(async |tx| Ok::<_, Error>(key.within(tx, "too long"))).await.unwrap()
}

async fn smuggled<'a>(db: &Database, key: &ServiceKey, out: &mut Option<ServiceTransaction<'a>>) {
    let moved = db.transaction(async |tx| {
        *out = Some(key.within(tx, "too long"));
        Ok::<_, Error>(())
    });
    moved.await.unwrap();
}

fn main() {}
