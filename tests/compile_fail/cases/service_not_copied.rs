//! The values that a service key makes cannot be cloned or copied.

use sqlward::{ServiceKey, ServiceRole, ServiceTransaction};

fn copied<T: Clone>() {}

fn main() {
    copied::<ServiceKey>();
    copied::<ServiceRole<'static>>();
    copied::<ServiceTransaction<'static>>();
}
