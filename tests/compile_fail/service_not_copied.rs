//! Neither the key nor what it makes can be copied.

use sqlward::{ServiceKey, ServiceRole, ServiceTransaction};

fn copied<T: Clone>() {}

fn main() {
    copied::<ServiceKey>();
    copied::<ServiceRole<'static>>();
    copied::<ServiceTransaction<'static>>();
}
