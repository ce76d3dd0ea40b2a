//! Two users and their notes, in a database that is dropped when the program ends.

use catalog::{NoteState, UserId, UserScope, notes};
use sqlward::Page;

/// The rows to begin with. Never put a value from outside into a text like this: pass it as a parameter of a query.
const USERS: &str = "insert into users (id, email, name) values
    ('00000000-0000-0000-0000-00000000000a', 'ann@example.org', 'Ann'),
    ('00000000-0000-0000-0000-00000000000b', 'bob@example.org', 'Bob')";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // For a demonstration, or a test. A service opens its own database: `let (db, _key) = sqlward::Database::from_env()?;`
    let test = sqlward::testing::database(include_str!("../schema.sql")).with(USERS).await?;
    let db = &test.db;

    // Your authentication makes a token once for each request, when it knows who the caller is.
    let ann = UserScope::from_authenticated(UserId("00000000-0000-0000-0000-00000000000a".parse()?));
    let bob = UserScope::from_authenticated(UserId("00000000-0000-0000-0000-00000000000b".parse()?));

    let milk = notes::add_note(db, &ann, "Milk", None).await?;
    notes::add_note(db, &ann, "Tea", Some("green")).await?;
    notes::set_state(db, &ann, NoteState::Done, milk.id).await?;
    for note in notes::list_notes(db, &ann, NoteState::Open, Page::default()).await? {
        println!("Ann still has to get: {}", note.title);
    }
    // Bob knows the id, and still gets nothing.
    println!("Bob sees: {:?}", notes::get_note(db, &bob, milk.id).await?);
    Ok(())
}
