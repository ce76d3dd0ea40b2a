//! Template databases: one for each schema with its fixtures, created once on a server.

use std::time::{SystemTime, UNIX_EPOCH};

use tokio_postgres::{Client, Config};

use super::{connect, failed};
use crate::Result;

/// What is run in a new database, and the names derived from it.
pub(super) struct Template {
    /// Each with its name for messages.
    scripts: Vec<(String, String)>,
    digest: String,
}

impl Template {
    pub(super) fn of(scripts: Vec<(String, String)>) -> Template {
        let texts: Vec<&[u8]> = scripts.iter().map(|(_, text)| text.as_bytes()).collect();
        let digest = sqlward_server::digest(&texts);
        Template { scripts, digest }
    }

    /// The name of its database. It contains the day, which shows what is out of date.
    pub(super) fn name(&self) -> String {
        format!("sqlward_template_{:05x}_{}", today(), self.digest)
    }

    /// The beginning of the names of spare copies.
    pub(super) fn spare(&self) -> String {
        format!("sqlward_spare_{:05x}_{}_", today(), self.digest)
    }

    /// Creates the database, unless it exists.
    pub(super) async fn make(&self, server: &Config, origin: &str) -> Result<()> {
        let (name, partial) = (self.name(), format!("sqlward_partial_{}", self.digest));
        // A session of its own: the lock, for which other processes wait, ends with it.
        let session = connect(server).await?;
        let run = async |what: &str, sql: String| {
            session.batch_execute(&sql).await.map_err(|error| failed(what, error))
        };
        run("cannot lock", format!("select pg_advisory_lock(hashtextextended('{name}', 0))")).await?;
        if exists(&session, &name).await? {
            return Ok(());
        }
        run("cannot drop what is left of a template", format!("drop database if exists {partial}")).await?;
        run("cannot create a database", format!("create database {partial} template {origin}")).await?;
        self.fill(server, &partial).await?;
        // PostgreSQL does not copy a database to which somebody is connected.
        run("cannot close the template", format!("alter database {partial} allow_connections false")).await?;
        run("cannot name the template", format!("alter database {partial} rename to {name}")).await
    }

    async fn fill(&self, server: &Config, database: &str) -> Result<()> {
        let inside = connect(server.clone().dbname(database)).await?;
        for (what, text) in &self.scripts {
            inside.batch_execute(text).await.map_err(|error| failed(&place(what, text, &error), error))?;
        }
        Ok(())
    }
}

/// Where the server found an error.
fn place(what: &str, text: &str, error: &tokio_postgres::Error) -> String {
    use tokio_postgres::error::ErrorPosition;
    match error.as_db_error().and_then(|error| error.position()) {
        Some(ErrorPosition::Original(position)) => {
            // The position is counted in characters, from 1.
            let before = text.chars().take((*position as usize).saturating_sub(1));
            format!("{what}, line {}", before.filter(|c| *c == '\n').count() + 1)
        }
        _ => what.to_owned(),
    }
}

async fn exists(session: &Client, database: &str) -> Result<bool> {
    let rows = session.query("select from pg_database where datname = $1", &[&database]).await;
    Ok(!rows.map_err(|error| failed("cannot list the databases", error))?.is_empty())
}

/// The current day, counted since 1970.
pub(super) fn today() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / (24 * 60 * 60)
}
