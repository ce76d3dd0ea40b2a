//! Two users and their notes, in a database that is there as long as the program runs.

use catalog::{NoteState, UserId, UserScope, notes};
use sqlward::Page;

/// What is there before. Values that are not known here never become part of a text: they are parameters of queries.
const USERS: &str = "insert into users (id, email, name) values
    ('00000000-0000-0000-0000-00000000000a', 'ann@example.org', 'Ann'),
    ('00000000-0000-0000-0000-00000000000b', 'bob@example.org', 'Bob')";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // For trying out, and for tests. A service connects to its own: `let (db, _key) = sqlward::Database::from_env()?;`
    let test = sqlward::testing::database(include_str!("../schema.sql")).with(USERS).await?;
    let db = &test.db;

    // Who the caller is, your authentication says, once for each request.
    let ann = UserScope::from_authenticated(UserId("00000000-0000-0000-0000-00000000000a".parse()?));
    let bob = UserScope::from_authenticated(UserId("00000000-0000-0000-0000-00000000000b".parse()?));

    let milk = notes::add_note(db, &ann, "Milk", None).await?;
    notes::add_note(db, &ann, "Tea", Some("green")).await?;
    notes::set_state(db, &ann, NoteState::Done, milk.id).await?;
    for note in notes::list_notes(db, &ann, NoteState::Open, Page::default()).await? {
        println!("Ann has still to get: {}", note.title);
    }
    // Bob knows the id, and sees nothing by it.
    println!("Bob sees: {:?}", notes::get_note(db, &bob, milk.id).await?);
    Ok(())
}
