//! `Writer` is sealed: other crates cannot implement it.

use sqlward::{Database, Executor, Writer};

struct Logged(Database);

impl Executor for Logged {}

impl Writer for Logged {}

async fn write(_: &impl Writer) {}

async fn read_only(db: &impl Executor) {
    write(db).await;
}

fn main() {}
