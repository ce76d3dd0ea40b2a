//! The service's role comes only from a service key.

use sqlward::{Database, ServiceRole, ServiceTransaction};

fn of_nothing(db: &Database) -> ServiceRole<'_> {
    ServiceRole::new(db, "because")
}

fn of_parts<'a>(role: ServiceRole<'a>) -> ServiceTransaction<'a> {
    ServiceTransaction(role)
}

fn of_more_parts(role: &mut ServiceRole<'_>) {
    role.reason = "another".into();
}

fn main() {}
