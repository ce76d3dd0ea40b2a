//! Nested results: what comes through JSON is what comes as a column of its own.

use std::ops::Bound;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use futures_util::TryStreamExt;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;
use serde_json::json;
use sqlward::testing::TestDatabase;
use sqlward::types::Nested;
use sqlward::{ErrorKind, Interval, Range, ServiceRole, testing};
use types_catalog::samples::{self, InsertMaybe};
use types_catalog::{Level, Maybe, Mood, Person, PostalAddress, nested};

const SCHEMA: &str = include_str!("../catalogs/types/schema.sql");

fn nothing() -> Maybe {
    Maybe {
        id: 0.into(),
        flag: None,
        tiny: None,
        small: None,
        whole: None,
        big: None,
        single: None,
        double: None,
        exact: None,
        words: None,
        short: None,
        padded: None,
        label: None,
        bytes: None,
        day: None,
        clock: None,
        local_at: None,
        at: None,
        span: None,
        document: None,
        binary_document: None,
        host: None,
        network: None,
        mood: None,
        level: None,
        email: None,
        quantity: None,
        address: None,
        person: None,
        numbers: None,
        labels: None,
        moods: None,
        emails: None,
        addresses: None,
        int_range: None,
        time_range: None,
        object: None,
        parent_id: None,
    }
}

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

/// The extremes of every type, one after the other.
fn extremes() -> Vec<Maybe> {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    let clock = |text: &str| text.parse::<NaiveTime>().unwrap();
    let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let address = |street: &str| PostalAddress { street: Some(street.to_owned()), city: None, country: None };
    let mut found = vec![nothing()];
    let mut add = |change: &dyn Fn(&mut Maybe)| {
        let mut maybe = nothing();
        change(&mut maybe);
        found.push(maybe);
    };
    for flag in [true, false] {
        add(&|maybe| maybe.flag = Some(flag));
    }
    for tiny in 0..=i8::MAX {
        add(&|maybe| maybe.tiny = Some(tiny));
    }
    for (small, whole, big) in [
        (i16::MIN, i32::MIN, i64::MIN),
        (i16::MAX, i32::MAX, i64::MAX),
        (0, 0, (1 << 53) + 1),
        (-1, -1, -(1 << 53) - 1),
    ] {
        add(&|maybe| (maybe.small, maybe.whole, maybe.big) = (Some(small), Some(whole), Some(big)));
    }
    for (single, double) in [
        (f32::MAX, f64::MAX),
        (f32::MIN, f64::MIN),
        (f32::MIN_POSITIVE, f64::MIN_POSITIVE),
        (f32::from_bits(1), f64::from_bits(1)),
        (f32::INFINITY, f64::INFINITY),
        (f32::NEG_INFINITY, f64::NEG_INFINITY),
        (0.1, 0.1),
        (1.0 / 3.0, 1.0 / 3.0),
        (16_777_217.0, 9_007_199_254_740_993.0),
        (1e-7, 1e-300),
        (0.0, -0.0),
    ] {
        add(&|maybe| (maybe.single, maybe.double) = (Some(single), Some(double)));
    }
    for exact in [
        "0",
        "0.00",
        "-0.0000000000000000000000000001",
        "79228162514264337593543950335",
        "-79228162514264337593543950335",
        "7.9228162514264337593543950335",
        "9007199254740993",
        "0.1000",
        "123456789012345678.1234567890",
    ] {
        add(&|maybe| maybe.exact = Some(exact.parse().unwrap()));
    }
    let controls: String = (1..=0x9f).filter_map(char::from_u32).collect();
    for words in [
        "",
        " ",
        "null",
        "\"quoted\" and 'quoted' \\ \\\\ / \\u0041 \\x41",
        "\u{7f}\u{80}\u{2028}\u{2029}\u{feff}\u{fffd}\u{ffff}\u{10ffff}",
        "🦀 größe עברית",
        &controls,
    ] {
        add(&|maybe| maybe.words = Some(words.to_owned()));
    }
    add(&|maybe| maybe.short = Some("ünï\"\\".to_owned()));
    add(&|maybe| maybe.padded = Some("a       ".to_owned()));
    add(&|maybe| maybe.label = Some("a \"label\"".to_owned()));
    for bytes in [vec![], vec![0], (0..=255).collect(), b"\\x00".to_vec()] {
        add(&|maybe| maybe.bytes = Some(bytes.clone()));
    }
    for date in [
        day(-4712, 1, 1),
        day(-1, 2, 28),
        day(0, 2, 29),
        day(1, 1, 1),
        day(999, 12, 31),
        day(2024, 2, 29),
        day(9999, 12, 31),
        day(10_000, 1, 1),
        day(262_142, 12, 31),
    ] {
        add(&|maybe| {
            maybe.day = Some(date);
            maybe.local_at = Some(date.and_time(clock("23:59:59.999999")));
            maybe.at = Some(date.and_time(clock("00:00:00.000001")).and_utc());
        });
    }
    for time in ["00:00:00", "23:59:59.999999", "12:00:00.1", "01:02:03.000001"] {
        add(&|maybe| maybe.clock = Some(clock(time)));
    }
    for (months, days, microseconds) in [
        (0, 0, 0),
        (14, -3, 1_500_000),
        (-14, 3, -1),
        (11, 0, 0),
        (-1, 1, 0),
        (1, 1, 1),
        (0, -1, 3_600_000_000),
        (0, 1, -3_600_000_000),
        (i32::MAX, i32::MAX, 0),
        (-i32::MAX, i32::MIN, 0),
        (0, 0, i64::MAX),
        (0, 0, i64::MIN + 1),
    ] {
        add(&|maybe| maybe.span = Some(Interval { months, days, microseconds }));
    }
    for document in
        [json!({}), json!([]), json!({"a": [1, null, "x\u{1}", {"b": 1.5}]}), json!("text"), json!(-7)]
    {
        add(&|maybe| {
            maybe.document = Some(document.clone());
            maybe.binary_document = Some(document.clone());
        });
    }
    for host in ["0.0.0.0/0", "192.168.0.1", "192.168.0.1/24", "::", "2001:db8::1/64", "::ffff:1.2.3.4"] {
        add(&|maybe| maybe.host = Some(host.parse().unwrap()));
    }
    for network in ["0.0.0.0/0", "10.0.0.1/32", "2001:db8::/32", "::1/128"] {
        add(&|maybe| maybe.network = Some(network.parse().unwrap()));
    }
    for mood in Mood::ALL {
        add(&|maybe| (maybe.mood, maybe.moods) = (Some(*mood), Some(vec![*mood, Mood::Happy])));
    }
    for level in Level::ALL {
        add(&|maybe| maybe.level = Some(*level));
    }
    add(&|maybe| (maybe.email, maybe.emails) = (Some("a@b".to_owned()), Some(vec!["\"a\"@b".to_owned()])));
    add(&|maybe| maybe.quantity = Some(7));
    add(&|maybe| {
        maybe.address = Some(address("Rue \"de\" l'Église, 1 (b)"));
        maybe.addresses = Some(vec![address(""), address("\\")]);
        maybe.person = Some(Person {
            name: Some("Ada".to_owned()),
            mood: Some(Mood::SoSo),
            address: Some(address("x")),
            nicknames: Some(vec!["A".to_owned(), "countess, of".to_owned()]),
        });
    });
    add(&|maybe| {
        maybe.person = Some(Person { name: None, mood: None, address: None, nicknames: Some(vec![]) });
    });
    add(&|maybe| (maybe.numbers, maybe.labels) = (Some(vec![i32::MIN, 0]), Some(vec![])));
    add(&|maybe| {
        (maybe.numbers, maybe.labels) = (Some(vec![]), Some(vec!["{}\",\\".to_owned(), String::new()]))
    });
    for int_range in [
        Range::Empty,
        Range::new(..),
        Range::new(-5..7),
        Range::new(i32::MIN..),
        Range::Bounds(Bound::Unbounded, Bound::Excluded(0)),
    ] {
        add(&|maybe| maybe.int_range = Some(int_range));
    }
    let (early, late) = (at("-0044-03-15T12:00:00.5Z"), at("2024-02-29T12:30:00.123456Z"));
    for time_range in [
        Range::Empty,
        Range::new(early..=late),
        Range::Bounds(Bound::Excluded(early), Bound::Unbounded),
        Range::Bounds(Bound::Unbounded, Bound::Included(late)),
    ] {
        add(&|maybe| maybe.time_range = Some(time_range));
    }
    for object in [0, 1, u32::MAX] {
        add(&|maybe| maybe.object = Some(object));
    }
    found
}

/// Every form gives the rows that plain columns give.
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
}

/// Any row, by and large; NaN, which is not the same as itself, is not in it.
fn any_row(runner: &mut TestRunner) -> Maybe {
    fn draw<T: std::fmt::Debug>(runner: &mut TestRunner, strategy: impl Strategy<Value = T>) -> T {
        strategy.new_tree(runner).expect("a value").current()
    }
    fn text() -> impl Strategy<Value = String> {
        proptest::collection::vec(any::<char>().prop_filter("no text", |c| *c != '\0'), 0..12)
            .prop_map(String::from_iter)
    }
    fn address() -> impl Strategy<Value = PostalAddress> {
        (proptest::option::of(text()), proptest::option::of(text()))
            .prop_map(|(street, city)| PostalAddress { street, city, country: None })
    }
    fn moment() -> impl Strategy<Value = DateTime<Utc>> {
        (-210_000_000_000_i64..8_200_000_000_000, 0..1_000_000_u32)
            .prop_map(|(second, micro)| DateTime::from_timestamp(second, micro * 1000).unwrap())
    }
    let bound = |runner: &mut TestRunner| draw(runner, -9..9_i32);
    let (first, second) = (bound(runner), bound(runner));
    let finite = any::<f64>().prop_filter("a number", |value| !value.is_nan());
    let finite_single = any::<f32>().prop_filter("a number", |value| !value.is_nan());
    let (early, late) = (draw(runner, moment()), draw(runner, moment()));
    Maybe {
        flag: draw(runner, any::<Option<bool>>()),
        tiny: draw(runner, proptest::option::of(0..=i8::MAX)),
        small: draw(runner, any::<Option<i16>>()),
        whole: draw(runner, any::<Option<i32>>()),
        big: draw(runner, any::<Option<i64>>()),
        single: draw(runner, proptest::option::of(finite_single)),
        double: draw(runner, proptest::option::of(finite)),
        exact: draw(
            runner,
            proptest::option::of((-(1_i128 << 95)..1 << 95, 0..=28_u32))
                .prop_map(|found| found.map(|(digits, scale)| Decimal::from_i128_with_scale(digits, scale))),
        ),
        words: draw(runner, proptest::option::of(text())),
        short: draw(runner, proptest::option::of(text())),
        padded: None,
        label: draw(runner, proptest::option::of("[ -~]{0,40}")),
        bytes: draw(runner, any::<Option<Vec<u8>>>()),
        day: draw(runner, proptest::option::of(moment().prop_map(|at| at.date_naive()))),
        clock: draw(runner, proptest::option::of(moment().prop_map(|at| at.time()))),
        local_at: draw(runner, proptest::option::of(moment().prop_map(|at| at.naive_utc()))),
        at: Some(early),
        span: draw(
            runner,
            // More months than these the server's text has no room for.
            (-1_000_000_000..1_000_000_000_i32, any::<i32>(), -(1_i64 << 62)..1 << 62)
                .prop_map(|(months, days, microseconds)| Some(Interval { months, days, microseconds })),
        ),
        document: draw(runner, text().prop_map(|text| Some(json!([text, {"a": text.len()}])))),
        binary_document: draw(runner, text().prop_map(|text| Some(json!({ text: 1 })))),
        host: draw(runner, any::<std::net::IpAddr>().prop_map(|ip| Some(ip.to_string().parse().unwrap()))),
        network: draw(runner, any::<std::net::IpAddr>().prop_map(|ip| Some(ip.to_string().parse().unwrap()))),
        mood: draw(runner, proptest::sample::select(Mood::ALL).prop_map(Some)),
        level: draw(runner, proptest::option::of(proptest::sample::select(Level::ALL))),
        email: None,
        quantity: None,
        address: draw(runner, proptest::option::of(address())),
        person: draw(
            runner,
            (proptest::option::of(address()), proptest::collection::vec(text(), 0..3)).prop_map(
                |(address, nicknames)| {
                    Some(Person { name: None, mood: None, address, nicknames: Some(nicknames) })
                },
            ),
        ),
        numbers: draw(runner, any::<Option<Vec<i32>>>()),
        labels: draw(runner, proptest::option::of(proptest::collection::vec(text(), 0..4))),
        moods: draw(
            runner,
            proptest::option::of(proptest::collection::vec(proptest::sample::select(Mood::ALL), 0..4)),
        ),
        addresses: draw(runner, proptest::option::of(proptest::collection::vec(address(), 0..3))),
        int_range: (first < second).then_some(Range::new(first..second)),
        time_range: (early < late).then_some(Range::new(early..late)),
        object: draw(runner, any::<Option<u32>>()),
        ..nothing()
    }
}

async fn in_zone(zone: &str) -> TestDatabase {
    with(&format!("timezone = '{zone}'")).await
}

/// A database whose sessions have a setting.
async fn with(setting: &str) -> TestDatabase {
    let test = testing::database(SCHEMA).await.unwrap();
    let client = test.client().await.unwrap();
    let name: String = client.query_one("select current_database()", &[]).await.unwrap().get(0);
    client.batch_execute(&format!("alter database {name} set {setting}")).await.unwrap();
    test
}

#[tokio::test]
async fn extremes_come_back_through_every_form() {
    // Some offsets have minutes, those of old also seconds.
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

/// An error tells the query, the column and the path, and no value.
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
            "is null, where a number is expected",
        ),
        ("timezone = 'UTC'", "numbers", "'{{4567},{2}}'", "`jsonb_rows[1].numbers[0]`", "is not a number"),
        (
            "timezone = 'UTC'",
            "addresses",
            "'{null}'",
            "`jsonb_rows[1].addresses[0]`",
            "is null, where an object is expected",
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
