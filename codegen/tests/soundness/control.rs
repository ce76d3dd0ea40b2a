//! Whether the search would notice anything at all: statements that are known to leak, and what an accepted statement
//! does once a condition is taken from it.

use std::collections::BTreeMap;

use crate::Run;
use crate::generate::Statement;
use crate::oracle::Finding;

/// A claim, the rule that rejects the statement, and the statement.
const LEAKS: &[(&str, &str, &str)] = &[
    ("creator", "soft-delete", "select id as c1, title as c2 from content where creator_id = :creator_id"),
    ("creator", "tenant-scope", "select id as c1 from media where deleted_at is null"),
    (
        "creator",
        "soft-delete",
        "select c.id as c1, m.title as c2 from content c left join media m on m.id = c.media_id and m.creator_id = :creator_id \
         where c.creator_id = :creator_id and c.deleted_at is null and m.deleted_at is null",
    ),
    (
        "organization",
        "tenant-scope",
        "select count(*) as c1 from comments where deleted_at is null and author_id is not null \
         and (select count(*) from settings where organization_id = :organization_id) >= 0",
    ),
    (
        "creator",
        "tenant-write",
        "insert into drafts (id, creator_id, title) values (1001, 'u2', :creator_id)",
    ),
    ("creator", "tenant-write", "update drafts set creator_id = 'u2' where creator_id = :creator_id"),
    (
        "creator",
        "foreign-reference",
        "insert into folders (id, creator_id, parent_id, name) values (1001, :creator_id, :p1, 'a')",
    ),
    (
        "creator",
        "physical-delete",
        "delete from notes n where deleted_at is null \
         and exists (select from collections c where c.id = n.collection_id and c.creator_id = :creator_id)",
    ),
    (
        "creator",
        "tenant-scope",
        "update folders set name = 'z' where deleted_at is null and name = :creator_id or id = :p1",
    ),
    ("creator", "soft-delete", "select id as c1 from media where creator_id = :creator_id for update"),
    ("public", "tenant-scope", "select email as c1 from users"),
    ("public", "tenant-scope", "select u::text as c1 from users u"),
];

/// How often chance may choose parameters that show nothing.
const TRIES: usize = 20;

#[test]
fn known_leaks_are_noticed() {
    let mut run = Run::new(1, 0);
    let pairs = run.pairs();
    let statements: Vec<Statement> = LEAKS
        .iter()
        .map(|(claim, _, sql)| Statement {
            sql: (*sql).to_owned(),
            claims: vec![(*claim).to_owned()],
            params: BTreeMap::from([("p1".to_owned(), "int")]),
            script: Vec::new(),
        })
        .collect();
    let answers = run.prover.judge(&statements);
    for ((statement, answer), (_, rule, _)) in statements.iter().zip(answers).zip(LEAKS) {
        let judgement = answer.unwrap_or_else(|message| panic!("{message}: {}", statement.sql));
        assert!(judgement.rules.contains(rule), "{judgement:?}");
        let is_seen = (0..TRIES).any(|_| {
            run.findings(statement, &judgement, &pairs)
                .iter()
                .any(|finding| matches!(finding, Finding::Leak(_)))
        });
        assert!(is_seen, "nobody notices what this does: {}", statement.sql);
    }
}

/// The statement without one of the conditions that keep it safe.
pub fn weakened(sql: &str, choices: &mut crate::choices::Choices) -> Option<String> {
    let conditions = [
        ".deleted_at is null",
        ".creator_id = :creator_id",
        ".organization_id = :organization_id",
        ".user_id = :creator_id",
    ];
    let mut places = Vec::new();
    for condition in conditions {
        for (at, _) in sql.match_indices(condition) {
            let alias = sql[..at].rfind(|letter: char| !letter.is_ascii_alphanumeric());
            places.push((alias.map_or(0, |before| before + 1), at + condition.len()));
        }
    }
    if places.is_empty() {
        return None;
    }
    let (start, end) = choices.one_of(&places);
    Some(format!("{}true{}", &sql[..start], &sql[end..]))
}
