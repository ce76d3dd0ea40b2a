//! The service's access to a transaction cannot outlive it, or be used while a savepoint is open.

use sqlward::{Database, Error, Executor, Query, ServiceKey, ServiceTransaction};

static QUERY: Query = Query::new("t::t", "select 1", &[], &[]);

async fn returned<'a>(db: &'a Database, key: &ServiceKey) -> Result<ServiceTransaction<'a>, Error> {
    db.transaction(async |tx| Ok(key.within(tx, "later"))).await
}

async fn beside(db: &Database, key: &ServiceKey) -> Result<(), Error> {
    db.transaction(async |tx| {
        let service = key.within(tx, "beside");
        tx.transaction(async |_| service.execute(&QUERY, &[]).await).await?;
        Ok(())
    })
    .await
}

fn main() {}
