//! The servers that this machine's PostgreSQL gives.

mod access;
mod lifetime;
mod restart;

use postgres::{Client, NoTls};
use sqlward_server::Server;

/// A session on a server.
fn connect(server: &Server) -> Client {
    Client::connect(&server.url(), NoTls).unwrap()
}

/// What a query returns: one row of one integer.
fn number(client: &mut Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).unwrap().get(0)
}
