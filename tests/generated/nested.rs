//! Nested results: values from JSON or a record are the same as from plain columns.

mod rows;

use futures_util::TryStreamExt;
use proptest::test_runner::TestRunner;
use serde_json::json;
use sqlward::testing::TestDatabase;
use sqlward::types::Nested;
use sqlward::{Database, ErrorKind, ServiceRole, StatementMode, testing};
use types_catalog::samples::{self, InsertMaybe};
use types_catalog::{Maybe, nested};

use rows::{any_row, extremes, nothing};

const SCHEMA: &str = include_str!("../catalogs/types/schema.sql");

async fn insert(role: &ServiceRole<'_>, maybe: &Maybe) -> Maybe {
    let row = InsertMaybe {
        flag: maybe.flag,
        tiny: maybe.tiny,
        small: maybe.small,
        whole: maybe.whole,
        big: maybe.big,
        single: maybe.single,
        double: maybe.double,
        exact: maybe.exact,
        words: maybe.words.as_deref(),
        short: maybe.short.as_deref(),
        padded: maybe.padded.as_deref(),
        label: maybe.label.as_deref(),
        bytes: maybe.bytes.as_deref(),
        day: maybe.day,
        clock: maybe.clock,
        local_at: maybe.local_at,
        at: maybe.at,
        span: maybe.span,
        document: maybe.document.as_ref(),
        binary_document: maybe.binary_document.as_ref(),
        host: maybe.host,
        network: maybe.network,
        mood: maybe.mood,
        level: maybe.level,
        email: maybe.email.as_deref(),
        quantity: maybe.quantity,
        address: maybe.address.as_ref(),
        person: maybe.person.as_ref(),
        numbers: maybe.numbers.as_deref(),
        labels: maybe.labels.as_deref(),
        moods: maybe.moods.as_deref(),
        emails: maybe.emails.as_deref(),
        addresses: maybe.addresses.as_deref(),
        int_range: maybe.int_range.as_ref(),
        time_range: maybe.time_range.as_ref(),
        object: maybe.object,
        parent_id: None,
    };
    samples::insert_maybe(role, &row).await.unwrap()
}

/// Every form returns the same rows as plain columns.
async fn check(role: &ServiceRole<'_>, rows: &[Maybe]) {
    let mut expected = Vec::new();
    for row in rows {
        let row = insert(role, row).await;
        assert_eq!(samples::get_maybe(role, row.id).await.unwrap().as_ref(), Some(&row));
        let forms = [
            nested::maybe_as_jsonb(role, row.id).await,
            nested::maybe_as_json(role, row.id).await,
            nested::maybe_built(role, row.id).await,
            nested::maybe_built_as_json(role, row.id).await,
            nested::maybe_cast(role, row.id).await,
            nested::maybe_as_record(role, row.id).await,
        ];
        for (index, form) in forms.into_iter().enumerate() {
            let form = form.unwrap_or_else(|error| panic!("form {index} of {row:?}: {error}")).unwrap();
            assert_eq!(form, row, "form {index}");
        }
        expected.push(row);
    }
    let found = nested::maybes(role).await.unwrap();
    assert_eq!(found.jsonb_rows, expected);
    assert_eq!(found.json_rows, expected);
    assert_eq!(found.jsonb_array, expected);
    assert_eq!(found.json_array, expected);
    assert_eq!(found.records, expected);
}

async fn in_zone(zone: &str) -> TestDatabase {
    with(&format!("timezone = '{zone}'")).await
}

/// A database whose sessions use a setting.
async fn with(setting: &str) -> TestDatabase {
    let test = testing::database(SCHEMA).await.unwrap();
    let client = test.client().await.unwrap();
    let name: String = client.query_one("select current_database()", &[]).await.unwrap().get(0);
    client.batch_execute(&format!("alter database {name} set {setting}")).await.unwrap();
    test
}

#[tokio::test]
async fn extremes_come_back_through_every_form() {
    // Some time zone offsets have minutes, and historical ones also seconds.
    for zone in ["UTC", "Asia/Kolkata", "Europe/Dublin", "America/St_Johns"] {
        let test = in_zone(zone).await;
        let role = test.key.over(&test.db, "types");
        check(&role, &extremes()).await;
    }
}

#[tokio::test]
async fn any_rows_come_back_through_every_form() {
    let test = in_zone("America/New_York").await;
    let role = test.key.over(&test.db, "types");
    let mut runner = TestRunner::deterministic();
    let rows: Vec<Maybe> = (0..200).map(|_| any_row(&mut runner)).collect();
    check(&role, &rows).await;
}

#[tokio::test]
async fn extremes_come_back_where_types_are_not_described() {
    let mut test = testing::database(SCHEMA).await.unwrap();
    let builder = Database::builder(test.config().clone()).statements(StatementMode::Unnamed);
    (test.db, test.key) = builder.open();
    check(&test.key.over(&test.db, "types"), &extremes()).await;
}

#[tokio::test]
async fn a_field_of_a_record_with_another_type_is_an_error() {
    let test = testing::database(SCHEMA).await.unwrap();
    let role = test.key.over(&test.db, "types");
    let row = insert(&role, &nothing()).await;
    let client = test.client().await.unwrap();
    let change = |sql: &'static str| client.batch_execute(sql);
    change("alter table maybes alter column whole type bigint").await.unwrap();
    let error = nested::maybe_as_record(&role, row.id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("the field `whole` is of type int8, not int4"), "{error}");
    change("alter table maybes drop column object").await.unwrap();
    let error = nested::maybe_as_record(&role, row.id).await.unwrap_err();
    assert!(error.to_string().contains("has 37 fields, not 38"), "{error}");
}

#[tokio::test]
async fn arrays_hold_what_columns_do() {
    let test = testing::database(SCHEMA).await.unwrap();
    let role = test.key.over(&test.db, "types");
    let mut expected = Vec::new();
    for row in extremes() {
        expected.push(insert(&role, &row).await);
    }
    let found = nested::maybe_columns(&role).await.unwrap();
    macro_rules! same {
        ($($column:ident),+) => {$(
            let column = expected.iter().map(|row| row.$column.clone());
            assert!(found.$column.clone().unwrap().into_iter().eq(column), stringify!($column));
        )+};
    }
    same!(
        flag, tiny, small, whole, big, single, double, exact, words, short, padded, label, bytes, day, clock
    );
    same!(
        local_at,
        at,
        span,
        document,
        binary_document,
        host,
        network,
        mood,
        level,
        email,
        quantity,
        address
    );
    same!(person, int_range, time_range, object);
}

#[tokio::test]
async fn nan_is_nan_and_infinite_intervals_are_as_in_columns() {
    let test = testing::database(SCHEMA).await.unwrap();
    let role = test.key.over(&test.db, "types");
    let row = insert(&role, &Maybe { single: Some(f32::NAN), double: Some(f64::NAN), ..nothing() }).await;
    for form in
        [nested::maybe_as_jsonb(&role, row.id).await, nested::maybe_built_as_json(&role, row.id).await]
    {
        let form = form.unwrap().unwrap();
        assert!(form.single.unwrap().is_nan() && form.double.unwrap().is_nan());
    }
    let client = test.client().await.unwrap();
    let version: String = client.query_one("show server_version_num", &[]).await.unwrap().get(0);
    if version.parse::<u32>().unwrap() >= 170_000 {
        client.batch_execute("insert into maybes (span) values ('infinity'), ('-infinity')").await.unwrap();
        let rows = nested::maybes(&role).await.unwrap().jsonb_rows;
        for row in &rows[1..] {
            assert_eq!(samples::get_maybe(&role, row.id).await.unwrap().unwrap().span, row.span);
        }
    }
}

#[tokio::test]
async fn keys_that_are_left_out_are_none() {
    let test = testing::database(SCHEMA).await.unwrap();
    let role = test.key.over(&test.db, "types");
    for row in extremes() {
        let row = insert(&role, &row).await;
        let stripped = nested::maybe_without_nulls(&role, row.id).await.unwrap().unwrap();
        assert_eq!((stripped.id, &stripped.words, &stripped.bytes), (row.id, &row.words, &row.bytes));
        assert_eq!((stripped.at, stripped.span, &stripped.numbers), (row.at, row.span, &row.numbers));
    }
}

#[tokio::test]
async fn no_rows_are_no_array_unless_the_query_says_so() {
    let test = testing::database(SCHEMA).await.unwrap();
    let role = test.key.over(&test.db, "types");
    assert_eq!(nested::single_nested(&role).await.unwrap().inner, None);
    assert!(nested::samples_nested(&role).await.unwrap().is_empty());
    assert!(nested::samples_as_records(&role).await.unwrap().is_empty());
    let rows = nested::maybes(&role).await.unwrap();
    assert!(rows.jsonb_rows.is_empty() && rows.jsonb_array.is_empty());
    assert_eq!(rows.nested.deep, None);
}

#[tokio::test]
async fn streams_and_dotted_names_hold_nested_results() {
    let test = testing::database(SCHEMA).await.unwrap();
    let role = test.key.over(&test.db, "types");
    let parent = insert(&role, &nothing()).await;
    let child = InsertMaybe { parent_id: Some(parent.id), ..InsertMaybe::default() };
    let child = samples::insert_maybe(&role, &child).await.unwrap();
    let rows: Vec<_> = nested::nested_in_dotted(&role).await.unwrap().try_collect().await.unwrap();
    let children = rows[0].maybe.children.as_ref().unwrap();
    assert_eq!((rows[0].maybe.id, children[0].r#type, &rows[0].maybe.parent), (parent.id, child.id, &None));
    let of_child = rows[1].maybe.parent.as_ref().unwrap();
    assert_eq!((of_child.id, of_child.at, &rows[1].maybe.children), (parent.id, None, &None));
    let rows: Vec<_> = nested::nested_stream(&role).await.unwrap().try_collect().await.unwrap();
    assert_eq!(rows, [Nested(parent), Nested(child)]);
}

#[tokio::test]
async fn keys_may_be_written_in_other_words() {
    let test = testing::database(SCHEMA).await.unwrap();
    let role = test.key.over(&test.db, "types");
    let maybe = Maybe { words: Some("x".to_owned()), flag: Some(true), ..nothing() };
    let maybe = insert(&role, &maybe).await;
    let rows = nested::odd_keys(&role).await.unwrap();
    let (built, row) = (&rows[0].built, &rows[0].row);
    assert_eq!((built.z, built.a_b_n, built.u1_u7f, built.größe), (1, maybe.id, maybe.flag, maybe.at));
    assert_eq!((&built.tab_and_line, &rows[0].built_as_json), (&maybe.words, built));
    assert_eq!((row.a_b_n, &row.u5c_u5c, row.b), (maybe.id, &maybe.words, maybe.at));
}

#[tokio::test]
async fn what_is_any_json_stays_so() {
    let test = testing::database(SCHEMA).await.unwrap();
    let role = test.key.over(&test.db, "types");
    insert(&role, &Maybe { words: Some("key".to_owned()), ..nothing() }).await;
    let rows = nested::plain_nested(&role).await.unwrap();
    assert_eq!(rows[0].map, json!({"key": 1}));
    assert_eq!(rows[0].stays["words"], "key");
}

/// The error names the query, the column and the path, and shows no value.
#[tokio::test]
async fn what_cannot_be_read_is_told_by_its_path() {
    let mut database: Option<(&str, TestDatabase)> = None;
    for (setting, column, value, path, problem) in [
        (
            "timezone = 'UTC'",
            "at",
            "'infinity'",
            "`jsonb_rows[1].at`",
            "is infinity, which DateTime does not have",
        ),
        (
            "timezone = 'UTC'",
            "local_at",
            "'-infinity'",
            "`jsonb_rows[1].local_at`",
            "is -infinity, which NaiveDateTime",
        ),
        ("timezone = 'UTC'", "day", "'infinity'", "`jsonb_rows[1].day`", "is infinity, which NaiveDate"),
        ("timezone = 'UTC'", "day", "'500000-01-01'", "`jsonb_rows[1].day`", "not within NaiveDate"),
        ("timezone = 'UTC'", "clock", "'24:00:00'", "`jsonb_rows[1].clock`", "not within NaiveTime"),
        (
            "timezone = 'UTC'",
            "exact",
            "'NaN'",
            "`jsonb_rows[1].exact`",
            "is NaN, which Decimal does not have",
        ),
        ("timezone = 'UTC'", "exact", "1e29", "`jsonb_rows[1].exact`", "has more digits than Decimal holds"),
        ("timezone = 'UTC'", "exact", "1e-29", "`jsonb_rows[1].exact`", "has more digits than Decimal holds"),
        (
            "timezone = 'UTC'",
            "numbers",
            "'{4567,null}'",
            "`jsonb_rows[1].numbers[1]`",
            "is null, but a number is expected",
        ),
        ("timezone = 'UTC'", "numbers", "'{{4567},{2}}'", "`jsonb_rows[1].numbers[0]`", "is not a number"),
        (
            "timezone = 'UTC'",
            "addresses",
            "'{null}'",
            "`jsonb_rows[1].addresses[0]`",
            "is null, but an object is expected",
        ),
        (
            "intervalstyle = iso_8601",
            "span",
            "'4567 days'",
            "`jsonb_rows[1].span`",
            "set IntervalStyle to 'postgres'",
        ),
        (
            "intervalstyle = sql_standard",
            "span",
            "'1 year 4567 days'",
            "`jsonb_rows[1].span`",
            "set IntervalStyle",
        ),
        (
            "intervalstyle = postgres_verbose",
            "span",
            "'4567 days'",
            "`jsonb_rows[1].span`",
            "set IntervalStyle",
        ),
        ("bytea_output = escape", "bytes", "'4567'", "`jsonb_rows[1].bytes`", "set bytea_output to 'hex'"),
        (
            "datestyle = 'SQL'",
            "time_range",
            "'[1999-04-05,)'",
            "`jsonb_rows[1].time_range`",
            "is not in ISO 8601",
        ),
    ] {
        if database.as_ref().is_none_or(|(known, _)| *known != setting) {
            database = Some((setting, with(setting).await));
        }
        let (_, test) = database.as_ref().unwrap();
        let values = format!(
            "delete from maybes; insert into maybes (flag) values (true); insert into maybes ({column}) values ({value})"
        );
        test.client().await.unwrap().batch_execute(&values).await.unwrap();
        let role = test.key.over(&test.db, "types");
        let error = nested::maybes(&role).await.unwrap_err();
        let words = error.to_string();
        assert_eq!(error.kind(), ErrorKind::Decode, "{words}");
        assert!(
            words.contains("nested::maybes") && words.contains(path) && words.contains(problem),
            "{words}"
        );
        let all = format!("{error:?} {words}");
        assert!(!all.contains("4567") && !all.contains("500000") && !all.contains("1999"), "{all}");
    }
}
