//! Transactions: commit, rollback, nesting, dropping, retrying.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use sqlward::types::Type;
use sqlward::{
    Attempts, Database, Error, ErrorKind, Executor, Query, Retryable, StatementMode, Transaction,
    TransactionOptions, retry,
};

use crate::support::Fixture;

const SCHEMA: &str = "create table t (n int primary key)";

static INSERT: Query = Query::new("t::insert", "insert into t values ($1)", &[Type::INT4], &[]);
static ALL: Query = Query::new("t::all", "select n from t order by n", &[], &[("n", "int4")]);
static SLEEP: Query = Query::new("t::sleep", "select pg_sleep($1)", &[Type::FLOAT8], &[("pg_sleep", "void")]);
static PID: Query = Query::new("t::pid", "select pg_backend_pid() as pid", &[], &[("pid", "int4")]);
static SETTING: Query =
    Query::new("t::setting", "select current_setting($1)", &[Type::TEXT], &[("current_setting", "text")]);

async fn insert(db: &impl Executor, n: i32) -> Result<u64, Error> {
    db.execute(&INSERT, &[&n]).await
}

async fn all(db: &impl Executor) -> Vec<i32> {
    db.fetch_all(&ALL, &[]).await.unwrap().into_iter().map(|(n,)| n).collect()
}

/// A database with a single connection, so that the next call shows what a transaction has left behind.
async fn single() -> Fixture {
    Fixture::with(SCHEMA, |builder| builder.max_connections(1)).await
}

/// Checks that no session of the database is in a transaction, after the server has noticed closed connections.
async fn assert_nothing_open(fixture: &Fixture) {
    let outside = fixture.client().await;
    for _ in 0..100 {
        let open: i64 = outside
            .query_one(
                "select count(*) from pg_stat_activity where datname = current_database()
                 and xact_start is not null and pid <> pg_backend_pid()",
                &[],
            )
            .await
            .unwrap()
            .get(0);
        if open == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("a transaction stays open");
}

/// The error type of an application.
#[derive(Debug)]
enum AppError {
    Refused,
    Database(Error),
}

impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        AppError::Database(error)
    }
}

#[tokio::test]
async fn ok_commits_and_err_rolls_back() {
    let Fixture { db, .. } = single().await;
    let value = db
        .transaction(async |tx| {
            insert(tx, 1).await?;
            Ok::<_, AppError>("done")
        })
        .await
        .unwrap();
    assert_eq!(value, "done");
    let refused = db
        .transaction(async |tx| {
            insert(tx, 2).await?;
            Err::<(), _>(AppError::Refused)
        })
        .await;
    assert!(matches!(refused, Err(AppError::Refused)));
    let failed = db
        .transaction(async |tx| {
            insert(tx, 3).await?;
            insert(tx, 1).await?;
            Ok::<_, AppError>(())
        })
        .await;
    assert!(matches!(failed, Err(AppError::Database(error)) if error.kind() == ErrorKind::UniqueViolation));
    assert_eq!(all(&db).await, [1]);
}

#[tokio::test]
async fn a_panic_rolls_back() {
    let fixture = single().await;
    let work = fixture.db.transaction(async |tx| {
        insert(tx, 1).await?;
        if all(tx).await == [1] {
            panic!("on purpose");
        }
        Ok::<_, Error>(())
    });
    assert!(AssertUnwindSafe(work).catch_unwind().await.is_err());
    assert!(all(&fixture.db).await.is_empty());
    assert_nothing_open(&fixture).await;
}

#[tokio::test]
async fn a_dropped_future_rolls_back() {
    let fixture = single().await;
    let db = &fixture.db;
    // Dropped while a statement is running, and between two statements.
    let work = db.transaction(async |tx| {
        insert(tx, 1).await?;
        tx.fetch_one::<()>(&SLEEP, &[&1.0]).await
    });
    assert!(tokio::time::timeout(Duration::from_millis(200), work).await.is_err());
    assert!(all(db).await.is_empty());
    let work = db.transaction(async |tx| {
        insert(tx, 1).await?;
        std::future::pending::<Result<(), Error>>().await
    });
    assert!(tokio::time::timeout(Duration::from_millis(200), work).await.is_err());
    assert!(all(db).await.is_empty());
    assert_nothing_open(&fixture).await;
}

/// Polls a future a number of times, and then drops it.
async fn poll_times<T>(future: impl Future<Output = T>, times: u32) -> Option<T> {
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

#[tokio::test]
async fn dropped_at_every_await_it_is_whole_or_nothing() {
    let fixture = single().await;
    let db = &fixture.db;
    let mut finished = false;
    for polls in 1..200 {
        let n = polls as i32 * 10;
        let work = db.transaction(async |tx| {
            insert(tx, n).await?;
            tx.transaction(async |tx| insert(tx, n + 1).await).await?;
            insert(tx, n + 2).await
        });
        let result = poll_times(work, polls).await;
        assert_nothing_open(&fixture).await;
        let kept: Vec<i32> = all(db).await.into_iter().filter(|kept| kept / 10 == polls as i32).collect();
        match result {
            Some(result) => {
                result.unwrap();
                assert_eq!(kept, [n, n + 1, n + 2]);
                finished = true;
                break;
            }
            None => assert!(kept.is_empty() || kept == [n, n + 1, n + 2], "{polls}: {kept:?}"),
        }
    }
    assert!(finished);
}

#[tokio::test]
async fn nested_transactions_are_undone_alone() {
    let Fixture { db, .. } = single().await;
    db.transaction(async |tx| {
        insert(tx, 1).await?;
        tx.transaction(async |tx| insert(tx, 2).await).await?;
        let failed = tx
            .transaction(async |tx| {
                insert(tx, 3).await?;
                tx.transaction(async |tx| insert(tx, 4).await).await?;
                insert(tx, 1).await
            })
            .await;
        assert_eq!(failed.unwrap_err().kind(), ErrorKind::UniqueViolation);
        // If a nested closure ignores a failure, its transaction is rolled back, and the outer one can go on.
        let swallowed = tx
            .transaction(async |tx| {
                let _ = insert(tx, 1).await;
                Ok::<_, Error>(())
            })
            .await;
        assert_eq!(swallowed.unwrap_err().kind(), ErrorKind::Aborted);
        insert(tx, 5).await?;
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    assert_eq!(all(&db).await, [1, 2, 5]);
}

#[tokio::test]
async fn a_dropped_nested_transaction_is_undone_before_the_next_statement() {
    let Fixture { db, .. } = single().await;
    db.transaction(async |tx| {
        insert(tx, 1).await?;
        let nested = tx.transaction(async |tx| {
            insert(tx, 2).await?;
            tx.fetch_one::<()>(&SLEEP, &[&0.3]).await
        });
        assert!(tokio::time::timeout(Duration::from_millis(100), nested).await.is_err());
        insert(tx, 3).await?;
        let nested = tx.transaction(async |tx| {
            insert(tx, 4).await?;
            if all(tx).await.len() > 2 {
                panic!("on purpose");
            }
            Ok::<_, Error>(())
        });
        assert!(AssertUnwindSafe(nested).catch_unwind().await.is_err());
        insert(tx, 5).await
    })
    .await
    .unwrap();
    assert_eq!(all(&db).await, [1, 3, 5]);
}

#[tokio::test]
async fn an_undone_savepoint_is_removed() {
    let Fixture { db, .. } = single().await;
    static BACK: Query = Query::new("t::back", "rollback to savepoint sqlward_1", &[], &[]);
    for dropped in [false, true] {
        let result = db
            .transaction(async |tx| {
                insert(tx, 1).await?;
                let nested = tx.transaction(async |tx| {
                    let _ = insert(tx, 1).await;
                    if dropped { std::future::pending().await } else { insert(tx, 2).await }
                });
                assert!(!matches!(tokio::time::timeout(Duration::from_millis(100), nested).await, Ok(Ok(_))));
                insert(tx, 3).await?;
                tx.execute(&BACK, &[]).await
            })
            .await;
        assert_eq!(result.unwrap_err().code(), Some("3B001"), "the savepoint exists");
    }
}

#[tokio::test]
async fn a_nested_one_dropped_at_every_await_is_whole_or_nothing() {
    let Fixture { db, .. } = single().await;
    let mut finished = false;
    for polls in 1..200 {
        let n = polls as i32 * 10;
        let nested_ended = db
            .transaction(async |tx| {
                insert(tx, n).await?;
                let nested = tx.transaction(async |tx| {
                    insert(tx, n + 1).await?;
                    insert(tx, n + 2).await
                });
                let ended = poll_times(nested, polls).await;
                insert(tx, n + 3).await?;
                Ok::<_, Error>(ended)
            })
            .await;
        let kept: Vec<i32> = all(&db).await.into_iter().filter(|kept| kept / 10 == polls as i32).collect();
        match nested_ended {
            Ok(None) => assert_eq!(kept, [n, n + 3]),
            Ok(Some(nested)) => {
                nested.unwrap();
                assert_eq!(kept, [n, n + 1, n + 2, n + 3]);
                finished = true;
                break;
            }
            // The savepoint was dropped while it was being released.
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Aborted);
                assert!(kept.is_empty());
            }
        }
    }
    assert!(finished);
}

#[tokio::test]
async fn what_was_not_committed_is_never_reported_as_done() {
    let Fixture { db, .. } = single().await;
    let result = db
        .transaction(async |tx| {
            insert(tx, 1).await?;
            let _ = insert(tx, 1).await;
            Ok::<_, Error>(())
        })
        .await;
    let error = result.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Aborted, "{error}");
    assert!(all(&db).await.is_empty());
}

#[tokio::test]
async fn a_constraint_that_is_checked_by_commit_fails_the_transaction() {
    let Fixture { db, .. } = Fixture::with(
        "create table t (n int primary key, next int references t deferrable initially deferred)",
        |builder| builder.max_connections(1),
    )
    .await;
    static DEFERRED: Query = Query::new("t::deferred", "insert into t values ($1, 99)", &[Type::INT4], &[]);
    let error = db.transaction(async |tx| tx.execute(&DEFERRED, &[&1]).await).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation);
    // A statement outside of a transaction also commits, which can fail.
    let error = db.execute(&DEFERRED, &[&1]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation);
    assert!(all(&db).await.is_empty());
}

#[tokio::test]
async fn options_reach_the_server() {
    let Fixture { db, .. } = single().await;
    let options = TransactionOptions::new().serializable().read_only().deferrable();
    db.transaction_with(options, async |tx| {
        for (name, value) in [
            ("transaction_isolation", "serializable"),
            ("transaction_read_only", "on"),
            ("transaction_deferrable", "on"),
        ] {
            assert_eq!(tx.fetch_one::<(String,)>(&SETTING, &[&name]).await?, (value.to_owned(),));
        }
        assert_eq!(insert(tx, 1).await.unwrap_err().code(), Some("25006"));
        Err::<(), _>(AppError::Refused)
    })
    .await
    .unwrap_err();
    let (isolation,) = db.fetch_one::<(String,)>(&SETTING, &[&"transaction_isolation"]).await.unwrap();
    assert_eq!(isolation, "read committed");
}

#[tokio::test]
async fn no_statement_runs_when_its_transaction_cannot_begin() {
    // BEGIN is sent together with the first statement, and so is a setting that the server refuses.
    let settings = |builder: sqlward::Builder| {
        builder.statements(StatementMode::Unnamed).statement_timeout(Duration::from_secs(u64::from(u32::MAX)))
    };
    let fixture = Fixture::with(SCHEMA, settings).await;
    let begin = async |depth: u32| {
        let work = fixture.db.transaction(async |tx| match depth {
            0 => insert(tx, 1).await,
            _ => tx.transaction(async |tx| insert(tx, 1).await).await,
        });
        work.await.unwrap_err()
    };
    for depth in [0, 1] {
        let error = begin(depth).await;
        assert_eq!(error.code(), Some("22023"), "{error:?}");
        // Several at once: those behind the first are not sent.
        let work = fixture.db.transaction(async |tx| {
            let (first, second) = tokio::join!(insert(tx, 1), insert(tx, 2));
            second.and(first)
        });
        work.await.unwrap_err();
    }
    let outside = fixture.client().await;
    assert!(outside.query("select n from t", &[]).await.unwrap().is_empty());
    assert_nothing_open(&fixture).await;
}

#[tokio::test]
async fn calls_that_are_the_first_at_once_are_all_in_it() {
    let fixture = single().await;
    for _ in 0..20 {
        let work = fixture.db.transaction(async |tx| {
            let (first, _, second) = tokio::join!(insert(tx, 1), all(tx), insert(tx, 2));
            assert_eq!((first?, second?, all(tx).await), (1, 1, vec![1, 2]));
            Err::<(), _>(AppError::Refused)
        });
        work.await.unwrap_err();
        assert!(all(&fixture.db).await.is_empty());
    }
    assert_nothing_open(&fixture).await;
}

#[tokio::test]
async fn a_call_that_was_dropped_before_it_was_sent_is_in_it() {
    let fixture = single().await;
    let once = async |tx: &mut Transaction<'_>, n| {
        // The first poll hands the request to the task of the connection, which has not run yet.
        assert!(poll_times(insert(tx, n), 1).await.is_none());
    };
    // So that the statement is prepared, and the first poll sends it.
    insert(&fixture.db, 0).await.unwrap();
    fixture
        .db
        .transaction(async |tx| {
            once(tx, 1).await;
            Err::<(), _>(AppError::Refused)
        })
        .await
        .unwrap_err();
    assert_eq!(all(&fixture.db).await, [0]);
    fixture
        .db
        .transaction(async |tx| {
            let nested = tx.transaction(async |tx| {
                once(tx, 2).await;
                Err::<(), _>(AppError::Refused)
            });
            nested.await.unwrap_err();
            insert(tx, 3).await
        })
        .await
        .unwrap();
    assert_eq!(all(&fixture.db).await, [0, 3]);
    // The future of the transaction itself is dropped.
    let whole = fixture.db.transaction(async |tx| {
        once(tx, 4).await;
        std::future::pending::<Result<(), AppError>>().await
    });
    assert!(poll_times(whole, 1).await.is_none());
    assert_nothing_open(&fixture).await;
    assert_eq!(all(&fixture.db).await, [0, 3]);
}

#[tokio::test]
async fn one_without_statements_sends_nothing() {
    let fixture = single().await;
    let pid = async || fixture.db.fetch_one::<(i32,)>(&PID, &[]).await.unwrap();
    let before = pid().await;
    assert_eq!(fixture.db.transaction(async |_| Ok::<_, AppError>(7)).await.unwrap(), 7);
    fixture.db.transaction(async |_| Err::<(), _>(AppError::Refused)).await.unwrap_err();
    fixture.db.rolled_back(async |_| Ok::<_, AppError>(())).await.unwrap();
    let nested = fixture.db.transaction(async |tx| {
        tx.transaction(async |_| Ok::<_, AppError>(())).await?;
        let dropped = tx.transaction(async |_| std::future::pending::<Result<(), AppError>>().await);
        assert!(dropped.now_or_never().is_none());
        tx.transaction(async |_| Err::<(), _>(AppError::Refused)).await
    });
    nested.await.unwrap_err();
    // The next call does not begin one.
    insert(&fixture.db, 1).await.unwrap();
    assert_eq!((all(&fixture.db).await, pid().await), (vec![1], before));
    assert_nothing_open(&fixture).await;
}

#[tokio::test]
async fn retry_runs_again_what_could_not_be_ordered() {
    let Fixture { db, .. } = Fixture::new("create table t (n int); insert into t values (0)").await;
    static READ: Query = Query::new("t::read", "select n from t", &[], &[("n", "int4")]);
    static WRITE: Query = Query::new("t::write", "update t set n = $1", &[Type::INT4], &[]);
    let attempts = AtomicU32::new(0);
    let options = TransactionOptions::new().serializable();
    let increment = || {
        retry(50, || {
            db.transaction_with(options, async |tx| {
                attempts.fetch_add(1, Ordering::Relaxed);
                let (n,) = tx.fetch_one::<(i32,)>(&READ, &[]).await?;
                tx.fetch_one::<()>(&SLEEP, &[&0.01]).await?;
                tx.execute(&WRITE, &[&(n + 1)]).await
            })
        })
    };
    let results = futures_util::future::join_all((0..4).map(|_| increment())).await;
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    assert_eq!(db.fetch_one::<(i32,)>(&READ, &[]).await.unwrap(), (4,));
    assert!(attempts.into_inner() > 4);
}

#[tokio::test]
async fn retry_gives_up_and_leaves_other_errors_alone() {
    let Fixture { db, .. } = single().await;
    insert(&db, 1).await.unwrap();
    let attempts = AtomicU32::new(0);
    let result = retry(5, || {
        attempts.fetch_add(1, Ordering::Relaxed);
        db.transaction(async |tx| insert(tx, 1).await)
    })
    .await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::UniqueViolation);
    assert_eq!(attempts.into_inner(), 1);
}

/// An error of an application that says whether the transaction should be tried again.
#[derive(Debug)]
struct Again(bool);

impl Retryable for Again {
    fn is_retryable(&self) -> bool {
        self.0
    }
}

#[tokio::test]
async fn retry_ends_with_its_attempts_and_with_its_time() {
    let count = AtomicU32::new(0);
    let work = async |again| {
        count.fetch_add(1, Ordering::Relaxed);
        Err::<(), _>(Again(again))
    };
    retry(3, || work(true)).await.unwrap_err();
    assert_eq!(count.swap(0, Ordering::Relaxed), 3);
    retry(Attempts::new(0), || work(true)).await.unwrap_err();
    assert_eq!(count.swap(0, Ordering::Relaxed), 1);
    retry(3, || work(false)).await.unwrap_err();
    assert_eq!(count.swap(0, Ordering::Relaxed), 1);
    // Without the deadline it would retry for ever.
    let attempts = Attempts::new(u32::MAX).within(Duration::from_millis(20));
    retry(attempts, || work(true)).await.unwrap_err();
    assert!(count.into_inner() > 1);
}

#[tokio::test]
async fn a_transaction_for_tests_is_always_rolled_back() {
    let fixture = Fixture::with(
        "create table t (n int primary key, next int references t deferrable initially deferred)",
        |builder| builder.max_connections(1),
    )
    .await;
    let db = &fixture.db;
    let count = db
        .rolled_back(async |tx| {
            insert(tx, 1).await?;
            tx.transaction(async |tx| insert(tx, 2).await).await?;
            Ok::<_, AppError>(all(tx).await.len())
        })
        .await;
    assert_eq!(count.unwrap(), 2);
    assert!(all(db).await.is_empty());
    let refused = db.rolled_back(async |_| Err::<(), _>(AppError::Refused)).await;
    assert!(matches!(refused, Err(AppError::Refused)));
    // A violation that only COMMIT would report.
    static DEFERRED: Query = Query::new("t::deferred", "insert into t values ($1, 99)", &[Type::INT4], &[]);
    let error = db.rolled_back(async |tx| tx.execute(&DEFERRED, &[&1]).await).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation);
    let swallowed = db
        .rolled_back(async |tx| {
            insert(tx, 1).await?;
            let _ = insert(tx, 1).await;
            Ok::<_, Error>(())
        })
        .await;
    assert_eq!(swallowed.unwrap_err().kind(), ErrorKind::Aborted);
    // A closure that fails.
    let failing = db.rolled_back(async |tx| {
        insert(tx, 1).await?;
        assert_eq!(all(tx).await, [2], "on purpose");
        Ok::<_, Error>(())
    });
    assert!(AssertUnwindSafe(failing).catch_unwind().await.is_err());
    assert!(all(db).await.is_empty());
    assert_nothing_open(&fixture).await;
}

/// Like a handler of a web framework, it is spawned on several threads, and its closure borrows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closure_may_borrow_in_a_spawned_task() {
    async fn both(tx: &mut Transaction<'_>, numbers: &[i32]) -> Result<(), AppError> {
        for n in numbers {
            insert(tx, *n).await?;
        }
        Ok(())
    }
    async fn handler(db: &Database, numbers: &[i32], note: &mut String) -> Result<usize, AppError> {
        db.transaction(async |tx| {
            both(tx, numbers).await?;
            tx.transaction(async |tx| {
                insert(tx, numbers.len() as i32 + 100).await?;
                note.push_str("kept");
                Ok::<_, AppError>(())
            })
            .await?;
            let (one, two) = tokio::join!(all(tx), tx.fetch_all::<(i32,)>(&ALL, &[]));
            assert_eq!(one.len(), two?.len());
            Ok(one.len())
        })
        .await
    }
    let Fixture { db, .. } = Fixture::new(SCHEMA).await;
    let task = tokio::spawn(async move {
        let numbers = vec![1, 2];
        let mut note = String::new();
        let count = handler(&db, &numbers, &mut note).await;
        let again = retry(2, || db.transaction(async |tx| insert(tx, numbers[0] + 10).await)).await;
        (count.unwrap(), again.unwrap(), note)
    });
    assert_eq!(task.await.unwrap(), (3, 1, "kept".to_owned()));
}
