//! A program that calls a generated crate on a server with the catalog's schema. Its first argument is the connection string.

use syntax_cornucopia::queries::{authors, books, domains, everything, nullity, reports, spacing};
use syntax_cornucopia::tokio_postgres::{self, NoTls};
use syntax_cornucopia::types::{Dimensions, Genre};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words = std::env::args().nth(1).expect("where the server is");
    let (client, connection) = tokio_postgres::connect(&words, NoTls).await?;
    let connection = tokio::spawn(connection);
    let client = &client;

    // Nullable columns are `Option`s, whether or not their author said so.
    let born = chrono::NaiveDate::from_ymd_opt(1929, 10, 21);
    assert_eq!(authors::insert_author().bind(client, &"Ursula", &Some("US"), &born).await?, 1);
    let inserted =
        authors::insert_author_returning().bind(client, &"Nobody", &None::<&str>, &None).one().await?;
    let found: authors::Author = authors::get_author().bind(client, &inserted.id).one().await?;
    assert_eq!((found.name.as_str(), found.country, found.born), ("Nobody", None, None));
    let ursula = authors::find_author_by_name().bind(client, &"Ursula").opt().await?.expect("she is there");
    assert_eq!((ursula.country.as_deref(), ursula.born), (Some("US"), born));
    assert!(authors::find_author_by_name().bind(client, &"nobody").opt().await?.is_none());
    let pairs = nullity::unsaid_outer_join().bind(client).all().await?;
    assert!(pairs.iter().all(|pair| pair.title.is_none()));
    // A shared row struct has an `Option` if one of its queries needs it.
    assert_eq!(nullity::unsaid_shared_inner().bind(client).all().await?, []);
    let shared: Vec<nullity::Titled> = nullity::unsaid_shared_outer().bind(client).all().await?;
    assert!(shared.iter().all(|row| row.title.is_none()));
    assert_eq!(nullity::unsaid_aggregates().bind(client).one().await?.highest, None);

    // Composite types, enums, arrays with NULLs, domains, numbers, JSON.
    let size = Dimensions { width: Some(12), height: None };
    let price = Some(rust_decimal::Decimal::new(1995, 2));
    let translations = Some(serde_json::json!({ "de": "Der Zauberer" }));
    let tags = ["magic", "sea"];
    let ratings = Some([Some(5), None, Some(3)].to_vec());
    let written = books::insert_book()
        .bind(
            client,
            &ursula.id,
            &"A Wizard",
            &None::<&str>,
            &Genre::fiction,
            &"paper",
            &&tags[..],
            &ratings,
            &translations,
            &price,
            &Some(size),
            &183,
            &None,
        )
        .await?;
    assert_eq!(written, 1);
    let book = books::list_books().bind(client, &Some(Genre::fiction)).one().await?;
    assert_eq!(
        (book.title.as_str(), book.genre, book.tags, book.ratings),
        ("A Wizard", Genre::fiction, tags.map(str::to_owned).to_vec(), ratings)
    );
    assert_eq!(
        (book.translations, book.price, book.size, book.pages, book.published_at),
        (translations, price, Some(size), 183, None)
    );
    assert_eq!(reports::genres::genre_of().bind(client, &book.id).one().await?, Genre::fiction);
    assert_eq!(domains::set_email().bind(client, &Some("u@example.org"), &ursula.id).await?, 1);
    let emails = domains::author_emails().bind(client, &"u@example.org").all().await?;
    assert_eq!(emails[0].email.as_deref(), Some("u@example.org"));
    let contact = nullity::contacts().bind(client).all().await?;
    assert!(contact.iter().all(|row| row.contact.is_none()));
    assert!(everything::select_everything().bind(client).opt().await?.is_none());

    // Texts that a scanner could misread are unchanged.
    let texts = spacing::semicolons().bind(client).one().await?;
    assert_eq!((&*texts.a, &*texts.b, &*texts.c, &*texts.d), (";", "it's; :no", ";:no", "; $$ :no"));
    let escapes = spacing::escapes().bind(client).one().await?;
    assert_eq!((&*escapes.a, &*escapes.b, &*escapes.c, &*escapes.d), ("'; :no", "\\", "back\\slash", "dat"));
    let casts = spacing::casts().bind(client, &"a", &"b").one().await?;
    assert_eq!((&*casts.joined, casts.one, casts.array), ("ab", 1, vec![1, 2, 3]));

    both_backends_answer_alike(client, &words).await?;
    connection.abort();
    Ok(())
}

async fn both_backends_answer_alike(
    client: &tokio_postgres::Client,
    words: &str,
) -> Result<(), Box<dyn std::error::Error>> {
    use syntax_catalog as native;
    let (db, key) = sqlward::Database::open(words)?;
    let db = &key.over(&db, "a test");

    let theirs = authors::list_authors().bind(client).all().await?;
    let theirs = theirs.into_iter().map(|row| (row.id, row.name, row.country, row.born, row.email));
    let ours = native::authors::list_authors(db)
        .await?
        .into_iter()
        .map(|row| (row.id.0, row.name, row.country, row.born, row.email));
    assert_eq!(theirs.collect::<Vec<_>>(), ours.collect::<Vec<_>>());

    let theirs =
        books::list_books().bind(client, &Some(Genre::fiction)).all().await?.into_iter().map(|row| {
            let size = row.size.map(|size| (size.width, size.height));
            (
                row.id,
                row.title,
                row.genre == Genre::fiction,
                row.format,
                row.tags,
                row.ratings,
                row.translations,
                row.price,
                size,
                row.pages,
            )
        });
    let ours = native::books::list_books(db, Some(native::Genre::Fiction)).await?.into_iter().map(|row| {
        let size = row.size.map(|size| (size.width, size.height));
        (
            row.id.0,
            row.title,
            row.genre == native::Genre::Fiction,
            row.format.as_str().to_owned(),
            row.tags,
            row.ratings,
            row.translations,
            row.price,
            size,
            row.pages,
        )
    });
    let (theirs, ours): (Vec<_>, Vec<_>) = (theirs.collect(), ours.collect());
    assert_eq!((theirs.len(), &theirs), (1, &ours));

    let theirs = books::authors_and_their_books()
        .bind(client)
        .all()
        .await?
        .into_iter()
        .map(|row| (row.name, row.title, row.subtitle));
    let ours = native::books::authors_and_their_books(db)
        .await?
        .into_iter()
        .map(|row| (row.name, row.title, row.subtitle));
    assert_eq!(theirs.collect::<Vec<_>>(), ours.collect::<Vec<_>>());

    let theirs = nullity::unsaid_aggregates().bind(client).one().await?;
    let ours = native::nullity::unsaid_aggregates(db).await?;
    assert_eq!((theirs.highest, theirs.pages, theirs.books), (ours.highest, ours.pages, ours.books));

    let theirs = nullity::elements().bind(client, &vec![Some(1), None, Some(3)]).one().await?;
    assert_eq!(theirs, native::nullity::elements(db, &[Some(1), None, Some(3)]).await?);
    assert_eq!(theirs, Some(vec![Some(2), None, Some(6)]));

    let theirs = spacing::semicolons().bind(client).one().await?;
    let ours = native::spacing::semicolons(db).await?;
    assert_eq!((theirs.a, theirs.b, theirs.c, theirs.d), (ours.a, ours.b, ours.c, ours.d));
    assert_eq!(authors::count_authors().bind(client).one().await?, native::authors::count_authors(db).await?);
    Ok(())
}
