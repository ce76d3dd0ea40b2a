//! Databases that others are copied from: one for each text of a schema with its fixtures, on a server made once.

use std::time::{SystemTime, UNIX_EPOCH};

use tokio_postgres::{Client, Config};

use super::{connect, failed};
use crate::Result;

/// What is run in a new database, and the names that follow from it.
pub(super) struct Template {
    /// Each with what messages call it.
    scripts: Vec<(String, String)>,
    digest: String,
}

impl Template {
    pub(super) fn of(scripts: Vec<(String, String)>) -> Template {
        let texts: Vec<&[u8]> = scripts.iter().map(|(_, text)| text.as_bytes()).collect();
        let digest = sqlward_server::digest(&texts);
        Template { scripts, digest }
    }

    /// Its database. The name has the day in it, so that what nobody needs any more is known by it.
    pub(super) fn name(&self) -> String {
        format!("sqlward_template_{:05x}_{}", today(), self.digest)
    }

    /// Copies that nobody has taken yet begin so.
    pub(super) fn spare(&self) -> String {
        format!("sqlward_spare_{:05x}_{}_", today(), self.digest)
    }

    /// Makes the database, unless it is there.
    pub(super) async fn make(&self, server: &Config, origin: &str) -> Result<()> {
        let (name, partial) = (self.name(), format!("sqlward_partial_{}", self.digest));
        // A session for this alone: the lock, for which other processes wait, ends with it.
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
        // Of a database to which somebody is connected PostgreSQL makes no copy.
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

/// Where the server found a mistake.
fn place(what: &str, text: &str, error: &tokio_postgres::Error) -> String {
    use tokio_postgres::error::ErrorPosition;
    match error.as_db_error().and_then(|error| error.position()) {
        Some(ErrorPosition::Original(position)) => {
            // Counted in characters, from 1.
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

/// In days, since 1970.
pub(super) fn today() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs() / (24 * 60 * 60)
}
