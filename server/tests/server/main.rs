//! Tests with real servers of the PostgreSQL on this machine.

mod access;
mod lifetime;
mod restart;

use postgres::{Client, NoTls};
use sqlward_server::Server;

/// A session on a server.
fn connect(server: &Server) -> Client {
    Client::connect(&server.url(), NoTls).unwrap()
}

/// The result of a query that returns one integer.
fn number(client: &mut Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).unwrap().get(0)
}
