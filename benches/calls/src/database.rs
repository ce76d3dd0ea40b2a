//! The database that all peers work on.

use sqlward_server::Server;
use tokio_postgres::NoTls;

use crate::scenario::Outcome;

const SCHEMA: &str = include_str!("../../../tests/catalogs/calls/schema.sql");

const ROWS: &str = include_str!("../../../tests/catalogs/calls/rows.sql");

/// Starts a server with the rows that the peers read.
pub fn start() -> Outcome<Server> {
    let server = Server::builder().in_memory().setting("max_connections", "300").start()?;
    run(&server.url(), SCHEMA)?;
    run(&server.url(), ROWS)?;
    Ok(server)
}

/// Removes the inserted rows, so that all peers find the same.
pub fn sweep(server: &Server) -> Outcome<()> {
    run(&server.url(), "truncate events")?;
    run(&server.url(), "vacuum articles")
}

fn run(url: &str, sql: &str) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        Ok(client.batch_execute(sql).await?)
    })
}
