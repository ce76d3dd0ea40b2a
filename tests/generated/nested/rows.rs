//! Rows with values that are hard to transfer, and random rows.

use std::ops::Bound;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rust_decimal::Decimal;
use serde_json::json;
use sqlward::{Interval, Range};
use types_catalog::{Level, Maybe, Mood, Person, PostalAddress};

/// Rows with the extreme values of each type.
pub fn extremes() -> Vec<Maybe> {
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

/// A random row. It has no NaN, which is not equal to itself.
pub fn any_row(runner: &mut TestRunner) -> Maybe {
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
            // The server cannot print intervals with more months.
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

/// A row of NULLs.
pub fn nothing() -> Maybe {
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
