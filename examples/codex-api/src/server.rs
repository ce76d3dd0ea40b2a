//! Serving requests and graceful shutdown.

use std::future::Future;
use std::io;
use std::time::Duration;

use axum::extract::FromRef;
use chrono::Utc;
use sqlward::Database;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::Service;
use crate::services::chores;
use crate::{App, router};

/// Serves until `stop` is ready. Then it accepts no new connections, finishes the requests in progress, and closes the
/// pool.
pub async fn serve(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (db, service) = (Database::from_ref(&app), Service::from_ref(&app));
    let chores = tokio::spawn(async move {
        let mut minutes = tokio::time::interval(Duration::from_secs(60));
        loop {
            minutes.tick().await;
            match chores::sweep(service.db(), service.key(), Utc::now()).await {
                Ok(swept) => tracing::debug!(?swept, "swept"),
                Err(error) => tracing::warn!(%error, "the chores are not done"),
            }
        }
    });
    axum::serve(listener, router(app)).with_graceful_shutdown(stop).await?;
    // A transaction that it has open is rolled back.
    chores.abort();
    if let Err(error) = db.close_within(Duration::from_secs(5)).await {
        tracing::warn!(%error, "closing the pool");
    }
    Ok(())
}

/// Ready when the process gets SIGTERM or Ctrl-C.
pub fn asked_to_stop() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
