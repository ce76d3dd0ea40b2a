//! A transaction comes from `Database::transaction` alone.

use sqlward::Transaction;

fn make<'a>() -> Transaction<'a> {
    Transaction { depth: 0, open: true }
}

fn main() {}
