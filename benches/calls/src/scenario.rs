//! The scenarios that are measured: the same work for every peer.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;

use futures_util::future::try_join_all;
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::model::{Event, events};

pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// A library by which the database is called. A new peer is a file that implements this, and a line in `peers/mod.rs`.
///
/// Each call takes a connection from the peer's pool and returns it. The result is the weight of the answer: the number of
/// rows plus the bytes of their texts. It must be the same for all peers.
pub trait Peer: Sized + Send + Sync + 'static {
    const NAME: &'static str;

    /// Opens a pool with this number of connections.
    fn open(url: &str, connections: usize) -> impl Future<Output = Outcome<Self>> + Send;

    /// Reads an article by its key.
    fn get(&self, id: Uuid) -> impl Future<Output = Outcome<usize>> + Send;

    /// Reads a hundred articles.
    fn list(&self) -> impl Future<Output = Outcome<usize>> + Send;

    /// Inserts an event, and returns its number.
    fn insert(&self, amount: i32) -> impl Future<Output = Outcome<usize>> + Send;

    /// Changes the title of an article.
    fn update(&self, id: Uuid) -> impl Future<Output = Outcome<usize>> + Send;

    /// Does `get`, `update` and `insert` in a transaction.
    fn transaction(&self, id: Uuid) -> impl Future<Output = Outcome<usize>> + Send;

    /// Reads twenty articles, each with its five comments.
    fn nested(&self) -> impl Future<Output = Outcome<usize>> + Send;

    /// Inserts many events.
    fn bulk(&self, events: &[Event]) -> impl Future<Output = Outcome<usize>> + Send;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    Get,
    List,
    Insert,
    Update,
    Transaction,
    Nested,
    Bulk,
}

impl Scenario {
    pub const ALL: [Scenario; 7] = [
        Scenario::Get,
        Scenario::List,
        Scenario::Insert,
        Scenario::Update,
        Scenario::Transaction,
        Scenario::Nested,
        Scenario::Bulk,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Scenario::Get => "get by key",
            Scenario::List => "list of 100 rows",
            Scenario::Insert => "insert",
            Scenario::Update => "update",
            Scenario::Transaction => "transaction of 3 statements",
            Scenario::Nested => "20 parents with 5 children",
            Scenario::Bulk => "bulk insert of 1,000 rows",
        }
    }

    /// The number of calls that are counted together. It is large enough that the number of times the process is woken, which
    /// varies, does not matter.
    pub fn counted(self) -> usize {
        match self {
            Scenario::Get | Scenario::Insert | Scenario::Update => 2048,
            Scenario::Transaction => 640,
            Scenario::List | Scenario::Nested | Scenario::Bulk => 24,
        }
    }

    /// The number of calls that are timed together.
    pub fn timed(self) -> usize {
        match self {
            Scenario::Get | Scenario::Insert | Scenario::Update => 512,
            Scenario::Transaction => 192,
            Scenario::List | Scenario::Nested => 128,
            Scenario::Bulk => 16,
        }
    }

    async fn call<P: Peer>(self, peer: &P, number: usize, events: &[Event]) -> Outcome<usize> {
        // Concurrent tasks update different rows, so that they do not wait for each other's locks.
        let id = Uuid::from_u128((number % 100) as u128 + 1);
        match self {
            Scenario::Get => peer.get(id).await,
            Scenario::List => peer.list().await,
            Scenario::Insert => peer.insert(number as i32).await,
            Scenario::Update => peer.update(id).await,
            Scenario::Transaction => peer.transaction(id).await,
            Scenario::Nested => peer.nested().await,
            Scenario::Bulk => peer.bulk(events).await,
        }
    }
}

/// A load: the number of tasks that call concurrently, and of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    pub name: &'static str,
    pub connections: usize,
    pub tasks: usize,
}

impl Load {
    pub const ALL: [Load; 2] = [
        Load { name: "one connection, one task", connections: 1, tasks: 1 },
        Load { name: "a pool of 16 connections, 64 tasks", connections: 16, tasks: 64 },
    ];
}

/// A connected peer.
pub trait Subject {
    fn name(&self) -> &'static str;

    /// Makes this number of calls in each task. Returns the weight of the answers.
    fn run(&self, scenario: Scenario, tasks: usize, calls: usize) -> Outcome<usize>;
}

pub struct Opened<P> {
    runtime: Runtime,
    peer: Arc<P>,
    events: Arc<[Event]>,
}

impl<P: Peer> Opened<P> {
    pub fn boxed(runtime: Runtime, url: &str, connections: usize) -> Outcome<Box<dyn Subject>> {
        let peer = Arc::new(runtime.block_on(P::open(url, connections))?);
        Ok(Box::new(Opened { runtime, peer, events: events().into() }))
    }
}

impl<P: Peer> Subject for Opened<P> {
    fn name(&self) -> &'static str {
        P::NAME
    }

    fn run(&self, scenario: Scenario, tasks: usize, calls: usize) -> Outcome<usize> {
        let work = |task: usize| {
            let (peer, events) = (self.peer.clone(), self.events.clone());
            async move {
                let mut weight = 0;
                for call in 0..calls {
                    weight += scenario.call(&*peer, task * calls + call, &events).await?;
                }
                Outcome::Ok(weight)
            }
        };
        self.runtime.block_on(async {
            if tasks == 1 {
                return work(0).await;
            }
            let all = try_join_all((0..tasks).map(|task| tokio::spawn(work(task)))).await?;
            all.into_iter().sum()
        })
    }
}
