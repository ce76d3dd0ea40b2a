//! Values of every plain type are sent to the server and read back.

use std::fmt::Debug;
use std::ops::Bound;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use sqlward::types::{FromSql, ToSql, Type};
use sqlward::{Columns, Database, Executor, FromRow, Interval, Query, Range, Row};
use uuid::Uuid;

use crate::sample::Mood;
use crate::support::Fixture;

/// Sends each value as `$1::ty`, and reads it back, also as the server's text.
async fn round_trip<T>(db: &Database, ty: Type, name: &'static str, values: &[(T, &str)])
where
    T: ToSql + Sync + Send + Debug + PartialEq + for<'a> FromSql<'a>,
{
    // Queries have to be `'static`, so those of a test are leaked.
    let sql = format!("select $1::{name} as value");
    let value: &'static Query = Box::leak(Box::new(Query::new(
        "t::value",
        sql.leak(),
        Box::leak(Box::new([ty.clone()])),
        Box::leak(Box::new([("value", ty.name().to_owned().leak() as &str)])),
    )));
    let sql = format!("select $1::{name}::text as value");
    let text: &'static Query = Box::leak(Box::new(Query::new(
        "t::text",
        sql.leak(),
        Box::leak(Box::new([ty.clone()])),
        &[("value", "text")],
    )));
    for (sent, expected) in values {
        let (back,) =
            db.fetch_one::<(T,)>(value, &[sent]).await.unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(&back, sent, "{name}");
        let (written,) = db.fetch_one::<(String,)>(text, &[sent]).await.unwrap();
        assert_eq!(&written, expected, "{name}");
    }
    assert_eq!(db.fetch_one::<(Option<T>,)>(value, &[&None::<T>]).await.unwrap(), (None,), "{name}");
}

#[tokio::test]
async fn plain_types() {
    let Fixture { db, .. } = Fixture::new("").await;
    let db = &db;
    round_trip(db, Type::BOOL, "bool", &[(true, "true"), (false, "false")]).await;
    round_trip(db, Type::CHAR, "\"char\"", &[(b'x' as i8, "x")]).await;
    round_trip(db, Type::INT2, "int2", &[(i16::MIN, "-32768")]).await;
    round_trip(db, Type::INT4, "int4", &[(i32::MIN, "-2147483648")]).await;
    round_trip(db, Type::INT8, "int8", &[(i64::MAX, "9223372036854775807")]).await;
    round_trip(db, Type::OID, "oid", &[(u32::MAX, "4294967295")]).await;
    round_trip(db, Type::FLOAT4, "float4", &[(1.5_f32, "1.5"), (f32::INFINITY, "Infinity")]).await;
    round_trip(db, Type::FLOAT8, "float8", &[(-0.1_f64, "-0.1")]).await;
    let decimal = |text: &str| text.parse::<Decimal>().unwrap();
    round_trip(
        db,
        Type::NUMERIC,
        "numeric",
        &[(decimal("12345678901234567.8900"), "12345678901234567.8900"), (decimal("0"), "0")],
    )
    .await;
    let text = "Grüße, 世界 'quoted'".to_owned();
    for (ty, name) in [(Type::TEXT, "text"), (Type::VARCHAR, "varchar"), (Type::NAME, "name")] {
        round_trip(db, ty, name, &[(text.clone(), &text), (String::new(), "")]).await;
    }
    round_trip(db, Type::BPCHAR, "bpchar", &[("abc".to_owned(), "abc")]).await;
    round_trip(db, Type::BYTEA, "bytea", &[(vec![0_u8, 0xff], "\\x00ff"), (vec![], "\\x")]).await;
    let uuid = Uuid::from_u128(0x1234);
    round_trip(db, Type::UUID, "uuid", &[(uuid, "00000000-0000-0000-0000-000000001234")]).await;
    let json = serde_json::json!({"a": [1, null, "x"]});
    round_trip(db, Type::JSON, "json", &[(json.clone(), r#"{"a":[1,null,"x"]}"#)]).await;
    round_trip(db, Type::JSONB, "jsonb", &[(json, r#"{"a": [1, null, "x"]}"#)]).await;
    let inet = |text: &str| text.parse::<cidr::IpInet>().unwrap();
    round_trip(
        db,
        Type::INET,
        "inet",
        &[(inet("192.168.0.7/24"), "192.168.0.7/24"), (inet("::1"), "::1/128")],
    )
    .await;
    let cidr = "10.0.0.0/8".parse::<cidr::IpCidr>().unwrap();
    round_trip(db, Type::CIDR, "cidr", &[(cidr, "10.0.0.0/8")]).await;
}

#[tokio::test]
async fn times() {
    let Fixture { db, .. } = Fixture::new("").await;
    let db = &db;
    let date = NaiveDate::from_ymd_opt(1969, 7, 20).unwrap();
    let time = NaiveTime::from_hms_micro_opt(20, 17, 40, 123_456).unwrap();
    round_trip(db, Type::DATE, "date", &[(date, "1969-07-20")]).await;
    round_trip(db, Type::TIME, "time", &[(time, "20:17:40.123456")]).await;
    let at = NaiveDateTime::new(date, time);
    round_trip(db, Type::TIMESTAMP, "timestamp", &[(at, "1969-07-20 20:17:40.123456")]).await;
    let utc: DateTime<Utc> = at.and_utc();
    let text: (String,) = {
        static ZONE: Query = Query::new(
            "t::zone",
            "select ('1969-07-20 20:17:40.123456Z'::timestamptz)::text as value",
            &[],
            &[("value", "text")],
        );
        db.fetch_one(&ZONE, &[]).await.unwrap()
    };
    round_trip(db, Type::TIMESTAMPTZ, "timestamptz", &[(utc, &text.0)]).await;
    let interval = |months, days, microseconds| Interval { months, days, microseconds };
    round_trip(
        db,
        Type::INTERVAL,
        "interval",
        &[
            (interval(14, -3, 3_600_000_000), "1 year 2 mons -3 days +01:00:00"),
            (interval(0, 0, -1), "-00:00:00.000001"),
            (interval(0, 1, 0), "1 day"),
            (Interval::default(), "00:00:00"),
        ],
    )
    .await;
}

#[tokio::test]
async fn arrays_and_ranges() {
    let Fixture { db, .. } = Fixture::new("").await;
    let db = &db;
    round_trip(db, Type::INT4_ARRAY, "int4[]", &[(vec![1, 2], "{1,2}"), (vec![], "{}")]).await;
    let words = vec![Some("a".to_owned()), None];
    round_trip(db, Type::TEXT_ARRAY, "text[]", &[(words, "{a,NULL}")]).await;
    round_trip(
        db,
        Type::INT4_RANGE,
        "int4range",
        &[(Range::new(1..4), "[1,4)"), (Range::new(..7), "(,7)"), (Range::Empty, "empty")],
    )
    .await;
    let decimal = |n: i64| Decimal::new(n, 1);
    round_trip(
        db,
        Type::NUM_RANGE,
        "numrange",
        &[
            (Range::new(decimal(15)..=decimal(25)), "[1.5,2.5]"),
            (Range::Bounds(Bound::Excluded(decimal(15)), Bound::Unbounded), "(1.5,)"),
            (Range::new(..), "(,)"),
        ],
    )
    .await;
    let day = |day| NaiveDate::from_ymd_opt(2024, 2, day).unwrap();
    round_trip(
        db,
        Type::DATE_RANGE,
        "daterange",
        &[(Range::new(day(1)..day(29)), "[2024-02-01,2024-02-29)")],
    )
    .await;
    let ranges = vec![Range::new(1..2), Range::Empty];
    round_trip(db, Type::INT4_RANGE_ARRAY, "int4range[]", &[(ranges, "{\"[1,2)\",empty}")]).await;
}

#[tokio::test]
async fn a_range_type_of_the_user() {
    let Fixture { db, .. } = Fixture::new("create type span as range (subtype = int2)").await;
    static SPAN: Query =
        Query::new("t::span", "select $1::span as value", &[Type::UNKNOWN], &[("value", "public.span")]);
    let (back,) = db.fetch_one::<(Range<i16>,)>(&SPAN, &[&Range::new(1_i16..9)]).await.unwrap();
    assert_eq!(back, Range::new(1..9));
}

/// Columns of types of the user are told from others one by one, up to the 63rd; here some are on both sides of it.
#[tokio::test]
async fn a_row_of_many_columns_with_types_of_the_user_among_them() {
    const WIDTH: usize = 70;
    #[derive(Debug, PartialEq)]
    struct Wide(Vec<(i32, Mood)>);
    impl FromRow for Wide {
        const COLUMNS: Columns = &[];

        fn from_row(row: &Row) -> sqlward::Result<Wide> {
            (0..WIDTH)
                .map(|pair| Ok((row.get(2 * pair)?, row.get(2 * pair + 1)?)))
                .collect::<Result<_, _>>()
                .map(Wide)
        }
    }
    let Fixture { db, .. } = Fixture::new("create type mood as enum ('calm', 'loud')").await;
    let columns = (0..WIDTH).map(|pair| format!("{pair} as n{pair}, 'loud'::mood as mood{pair}"));
    let sql = format!("select {}", columns.collect::<Vec<_>>().join(", "));
    let names = (0..WIDTH).flat_map(|pair| {
        [(&*format!("n{pair}").leak(), "int4"), (&*format!("mood{pair}").leak(), "public.mood")]
    });
    let names = names.collect::<Vec<(&str, &str)>>().leak();
    let wide: &'static Query = Box::leak(Box::new(Query::new("t::wide", sql.leak(), &[], names)));
    let row: Wide = db.fetch_one(wide, &[]).await.unwrap();
    assert_eq!(row, Wide((0..WIDTH as i32).map(|pair| (pair, Mood::Loud)).collect()));
}

#[test]
fn ranges_and_intervals_as_json() {
    let range = Range::Bounds(Bound::Included(1), Bound::Unbounded);
    let json = serde_json::to_string(&range).unwrap();
    assert_eq!(json, r#"{"bounds":[{"Included":1},"Unbounded"]}"#);
    assert_eq!(serde_json::from_str::<Range<i32>>(&json).unwrap(), range);
    let interval = Interval { months: 1, days: 2, microseconds: 3 };
    let json = serde_json::to_string(&interval).unwrap();
    assert_eq!(serde_json::from_str::<Interval>(&json).unwrap(), interval);
}
