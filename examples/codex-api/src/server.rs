//! Serving, and stopping to.

use std::future::Future;
use std::io;
use std::time::Duration;

use axum::extract::FromRef;
use sqlward::Database;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::{App, router};

/// Serves until `stop` is ready. Then nobody new is let in, requests that are under way get their answers, and the pool
/// closes.
pub async fn serve(
    listener: TcpListener,
    app: App,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let db = Database::from_ref(&app);
    axum::serve(listener, router(app)).with_graceful_shutdown(stop).await?;
    if let Err(error) = db.close_within(Duration::from_secs(5)).await {
        tracing::warn!(%error, "closing the pool");
    }
    Ok(())
}

/// Ready when the process is asked to end, by SIGTERM or Ctrl-C.
pub async fn asked_to_stop() {
    let mut terminate = signal(SignalKind::terminate()).expect("a program may wait for signals");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
