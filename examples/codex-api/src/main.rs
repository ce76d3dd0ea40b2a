//! Runs the service.
//!
//! Without `DATABASE_URL` it starts a temporary database with sample rows, which is removed when the service stops. It
//! then first prints the shell variables for trying the service.

use std::error::Error;
use std::process::ExitCode;

use codex_api::{App, config, server};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(config::address()?).await?;
    match config::database()? {
        Some((db, key, secrets)) => {
            // This example has no worker that sends mail or starts transcoding jobs. A deployment passes the outbox to
            // one.
            let (app, _outbox) = App::new(db, key, secrets);
            server::serve(listener, app, server::asked_to_stop()?).await?;
        }
        None => try_out(listener).await?,
    }
    Ok(())
}

#[cfg(feature = "demo")]
async fn try_out(listener: TcpListener) -> Result<(), Box<dyn Error>> {
    use axum::extract::FromRef;
    use codex_api::app::Service;

    let stop = server::asked_to_stop()?;
    let demo = codex_api::demo::start().await?;
    println!("API=http://{}", listener.local_addr()?);
    println!("ADA={}\nGRACE={}", demo.ada, demo.grace);
    println!("PAYMENTS_SECRET={}", demo.app.secrets().payments);
    tokio::spawn(codex_api::demo::deliver(Service::from_ref(&demo.app), demo.outbox));
    server::serve(listener, demo.app, stop).await?;
    Ok(())
}

#[cfg(not(feature = "demo"))]
async fn try_out(_: TcpListener) -> Result<(), Box<dyn Error>> {
    Err("set DATABASE_URL to the database; one to try this out with needs the feature `demo`".into())
}
