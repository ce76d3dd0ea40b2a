//! Real faults of connections and servers: nothing that was acknowledged is lost, nothing is done twice, nothing leaks, and
//! the database recovers without help.

mod backend;
mod dropped;
mod network;
mod pool;
mod proxy;
mod restart;

use std::time::Duration;

use sqlward::types::Type;
use sqlward::{Error, Executor, Query};
use tokio_postgres::Client;

const SCHEMA: &str = "create table t (n int not null)";

static INSERT: Query = Query::new("t::insert", "insert into t values ($1)", &[Type::INT4], &[]);
static ALL: Query = Query::new("t::all", "select n from t order by n", &[], &[("n", "int4")]);
static PID: Query = Query::new("t::pid", "select pg_backend_pid() as pid", &[], &[("pid", "int4")]);
static SLEEP: Query = Query::new("t::sleep", "select pg_sleep($1)", &[Type::FLOAT8], &[("pg_sleep", "void")]);

async fn insert(db: &impl Executor, n: i32) -> Result<u64, Error> {
    db.execute(&INSERT, &[&n]).await
}

async fn all(db: &impl Executor) -> Result<Vec<i32>, Error> {
    Ok(db.fetch_all(&ALL, &[]).await?.into_iter().map(|(n,)| n).collect())
}

async fn pid(db: &impl Executor) -> Result<i32, Error> {
    db.fetch_one(&PID, &[]).await.map(|(pid,)| pid)
}

/// The rows of `t` as another session sees them.
async fn seen(outside: &Client) -> Vec<i32> {
    outside.query("select n from t order by n", &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

/// Waits until the database has at most `sessions` other sessions, and none of them is in a transaction.
async fn assert_at_rest(outside: &Client, sessions: i64) {
    let look = "select count(*), count(xact_start) from pg_stat_activity
                where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'";
    let mut last = (0, 0_i64);
    for _ in 0..1500 {
        let row = outside.query_one(look, &[]).await.unwrap();
        last = (row.get(0), row.get(1));
        if last.0 <= sessions && last.1 == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{} sessions are left, {} of them in a transaction", last.0, last.1);
}

/// Polls a future a number of times, and then drops it.
async fn poll_times<T>(future: impl Future<Output = T>, times: usize) -> Option<T> {
    let mut future = std::pin::pin!(future);
    let mut left = times;
    std::future::poll_fn(|cx| {
        if left == 0 {
            return std::task::Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(cx).map(Some)
    })
    .await
}
