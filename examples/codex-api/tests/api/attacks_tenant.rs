//! Tenants for tests, and the ids in their requests.

use codex_api::auth::{Fingerprint, secret};
use sqlward::testing::TestDatabase;

/// An organization with its people and data.
#[derive(Clone)]
pub struct Tenant {
    name: &'static str,
    /// The ids of its rows.
    things: Vec<(String, String)>,
}

/// The placeholders of users.
const PEOPLE: [&str; 10] = [
    "owner", "admin", "member", "author", "invited", "decliner", "removed", "customer", "leaver", "operator",
];
/// The placeholders of rows with a uuid.
const THINGS: [&str; 14] = [
    "org",
    "reel",
    "spare",
    "uploading",
    "uploaded",
    "failed",
    "transcoding",
    "draft",
    "placed",
    "old",
    "private",
    "note",
    "film",
    "purchase",
];

impl Tenant {
    /// Inserts the rows of a tenant into a database.
    pub async fn settle(database: &TestDatabase, name: &'static str) -> Tenant {
        let client = database.client().await.unwrap();
        client.batch_execute(&include_str!("attacks_tenant.sql").replace("tenant", name)).await.unwrap();
        Tenant::named(&client, name).await
    }

    /// Inserts a deleted copy of all of the tenant's rows.
    pub async fn ghosts(&self, client: &tokio_postgres::Client) -> Tenant {
        client.batch_execute(&include_str!("attacks_ghosts.sql").replace("tenant", self.name)).await.unwrap();
        Tenant::named(client, "ghost").await
    }

    async fn named(client: &tokio_postgres::Client, name: &'static str) -> Tenant {
        let mut things = Vec::new();
        for thing in THINGS {
            let id =
                client.query_one("select md5($1)::uuid::text", &[&format!("{name}-{thing}")]).await.unwrap();
            things.push((thing.to_owned(), id.get(0)));
        }
        Tenant { name, things }
    }

    /// A text that is in all of the tenant's private data.
    pub fn mark(&self) -> String {
        format!("{}secret", self.name)
    }

    /// The id of one of its users.
    pub fn person(&self, person: &str) -> String {
        format!("{}-{person}", self.name)
    }

    /// The value of a placeholder.
    pub fn value(&self, placeholder: &str) -> String {
        if let Some((_, value)) = self.things.iter().find(|(name, _)| name == placeholder) {
            return value.clone();
        }
        match placeholder {
            "mark" => self.mark(),
            "email" => format!("{}-owner@example.org", self.mark()),
            "slug" => self.person("org"),
            "job" => format!("{}-job", self.mark()),
            "payment" => format!("{}-payment", self.mark()),
            "user" => self.person("owner"),
            person => {
                assert!(PEOPLE.contains(&person), "nobody has a {person}");
                self.person(person)
            }
        }
    }

    /// Whether a row or a response contains an id or the mark of the tenant.
    pub fn concerns(&self, row: &str) -> bool {
        row.contains(&self.mark())
            || row.contains(&self.person(""))
            || self.things.iter().any(|(_, id)| row.contains(id.as_str()))
    }

    /// All rows that contain an id or the mark of the tenant, with their tables.
    pub async fn rows(&self, client: &tokio_postgres::Client) -> Vec<(String, String)> {
        let tables =
            "select string_agg(format('select %L, to_jsonb(t)::text from %I t', tablename, tablename),
                                        ' union all ' order by tablename)
                      from pg_tables where schemaname = 'public'";
        let all: String = client.query_one(tables, &[]).await.unwrap().get(0);
        let rows = client.query(&format!("{all} order by 1, 2"), &[]).await.unwrap();
        let rows = rows.iter().map(|row| (row.get(0), row.get(1)));
        rows.filter(|(_, row): &(String, String)| self.concerns(row)).collect()
    }
}

/// The token of a new session. It has expired if `hours` is negative.
pub async fn session(client: &tokio_postgres::Client, user: &str, hours: i32) -> String {
    let token = secret();
    let digest = Fingerprint::of(&token);
    let insert = "insert into sessions (id, user_id, user_agent, token, expires_at)
                  values (gen_random_uuid()::text, $1, split_part($1, '-', 1) || 'secret', $2, now() at time zone 'utc' + make_interval(hours => $3))";
    client.execute(insert, &[&user, &digest.as_str(), &hours]).await.unwrap();
    token
}
