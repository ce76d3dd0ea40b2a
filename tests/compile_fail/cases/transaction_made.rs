//! A transaction comes only from `Database::transaction`.

use sqlward::Transaction;

fn make<'a>() -> Transaction<'a> {
    Transaction { depth: 0, savepoint: None }
}

fn main() {}
