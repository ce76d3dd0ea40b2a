//! A round trip of every supported PostgreSQL type through generated functions.

use std::ops::Bound;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde_json::json;
use sqlward::types::Json;
use sqlward::{Database, Interval, Range, StatementMode, testing};
use types_catalog::copies::{self, CopyMaybesItem, CopySamplesItem, Counted, OddOne};
use types_catalog::items::{self, InsertItemsItem, Renaming, SaidItemsItem, UpdateItemsItem};
use types_catalog::samples::{self, InsertMaybe, InsertSample};
use types_catalog::{
    Level, MaybeId, Mood, OddNamesDropTableSamplesType, Person, PostalAddress, Sample, SampleId, odd,
};

const SCHEMA: &str = include_str!("../catalogs/types/schema.sql");

fn sample() -> Sample {
    let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
    let clock = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap();
    let at: DateTime<Utc> = "2024-02-29T12:30:00.123456Z".parse().unwrap();
    let address = PostalAddress {
        street: Some("Rue \"de\" l'Église, 1 (b)".to_owned()),
        city: None,
        country: Some("FR".to_owned()),
    };
    Sample {
        id: SampleId("00000000-0000-4000-8000-000000000001".parse().unwrap()),
        flag: true,
        tiny: -7,
        small: i16::MIN,
        whole: i32::MAX,
        big: i64::MIN,
        single: 0.1,
        double: -1.0 / 3.0,
        exact: "-1234567890123456789.012345678".parse().unwrap(),
        words: "naïve 🦀 'quoted' \\ \n".to_owned(),
        short: String::new(),
        padded: "abc     ".to_owned(),
        label: "a label".to_owned(),
        bytes: vec![0, 1, 255, b'\''],
        day,
        clock,
        local_at: day.and_time(clock),
        at,
        span: Interval { months: 14, days: -3, microseconds: 1_500_000 },
        document: json!({"a": [1, null, "x"]}),
        binary_document: json!(["b", {"c": 1.5}]),
        settings: Json([("volume".to_owned(), 11)].into()),
        host: "192.168.0.1/24".parse().unwrap(),
        network: "2001:db8::/32".parse().unwrap(),
        mood: Mood::Ünhappy,
        level: Level::High,
        email: "a@example.org".to_owned(),
        quantity: 3,
        address: address.clone(),
        person: Person {
            name: Some("Ada".to_owned()),
            mood: Some(Mood::SoSo),
            address: Some(address.clone()),
            nicknames: Some(vec!["A".to_owned(), "countess, of".to_owned()]),
        },
        numbers: vec![1, -2, 3],
        labels: vec![],
        moods: vec![Mood::Happy, Mood::N1st],
        emails: vec!["b@example.org".to_owned()],
        addresses: vec![address],
        int_range: Range::Bounds(Bound::Included(1), Bound::Excluded(10)),
        time_range: Range::Bounds(Bound::Unbounded, Bound::Included(at)),
        object: 4_294_967_295,
    }
}

fn insert(sample: &Sample) -> InsertSample<'_> {
    InsertSample {
        id: sample.id,
        flag: sample.flag,
        tiny: sample.tiny,
        small: sample.small,
        whole: sample.whole,
        big: sample.big,
        single: sample.single,
        double: sample.double,
        exact: sample.exact,
        words: &sample.words,
        short: &sample.short,
        padded: &sample.padded,
        label: &sample.label,
        bytes: &sample.bytes,
        day: sample.day,
        clock: sample.clock,
        local_at: sample.local_at,
        at: sample.at,
        span: sample.span,
        document: &sample.document,
        binary_document: &sample.binary_document,
        settings: &sample.settings,
        host: sample.host,
        network: sample.network,
        mood: sample.mood,
        level: sample.level,
        email: &sample.email,
        quantity: sample.quantity,
        address: &sample.address,
        person: &sample.person,
        numbers: &sample.numbers,
        labels: &sample.labels,
        moods: &sample.moods,
        emails: &sample.emails,
        addresses: &sample.addresses,
        int_range: &sample.int_range,
        time_range: &sample.time_range,
        object: sample.object,
    }
}

/// Two databases: one with prepared statements, one with unnamed statements.
async fn in_both_modes() -> [testing::TestDatabase; 2] {
    let prepared = testing::database(SCHEMA).await.unwrap();
    let mut unnamed = testing::database(SCHEMA).await.unwrap();
    let builder = Database::builder(unnamed.config().clone()).statements(StatementMode::Unnamed);
    (unnamed.db, unnamed.key) = builder.open();
    [prepared, unnamed]
}

#[tokio::test]
async fn every_type_comes_back_as_it_went() {
    for test in in_both_modes().await {
        let role = test.key.over(&test.db, "types");
        let sample = sample();
        let inserted = samples::insert_sample(&role, &insert(&sample)).await.unwrap();
        assert_eq!(inserted, sample);
        assert_eq!(samples::get_sample(&role, sample.id).await.unwrap(), Some(sample.clone()));
        assert_eq!(samples::list_samples(&role).await.unwrap(), std::slice::from_ref(&sample));

        // Also compared as text on the server, in case encoding and decoding had the same mistake.
        let row = test
        .client()
        .await
        .unwrap()
        .query_one(
            "select span::text, exact::text, host::text, person::text, int_range::text, settings::text, tiny::text::bytea
             from samples",
            &[],
        )
        .await
        .unwrap();
        assert_eq!(row.get::<_, &str>(0), "1 year 2 mons -3 days +00:00:01.5");
        assert_eq!(row.get::<_, &str>(1), "-1234567890123456789.012345678");
        assert_eq!(row.get::<_, &str>(2), "192.168.0.1/24");
        assert_eq!(
            row.get::<_, &str>(3),
            r#"(Ada,so-so,"(""Rue """"de"""" l'Église, 1 (b)"",,FR)","{A,""countess, of""}")"#
        );
        assert_eq!(row.get::<_, &str>(4), "[1,10)");
        assert_eq!(row.get::<_, &str>(5), r#"{"volume": 11}"#);

        let json = serde_json::to_string(&sample).unwrap();
        assert_eq!(serde_json::from_str::<Sample>(&json).unwrap(), sample);
    }
}

#[tokio::test]
async fn enums_and_ids_go_in_arrays_and_composites_in_conditions() {
    for test in in_both_modes().await {
        let role = test.key.over(&test.db, "types");
        let sample = sample();
        samples::insert_sample(&role, &insert(&sample)).await.unwrap();
        assert_eq!(samples::moods_among(&role, &[Mood::Ünhappy], &[]).await.unwrap(), [sample.id]);
        assert!(samples::moods_among(&role, &[Mood::Ünhappy], &[sample.id]).await.unwrap().is_empty());
        assert!(samples::moods_among(&role, &[Mood::Happy], &[]).await.unwrap().is_empty());
        let other = PostalAddress { street: None, city: None, country: None };
        let found = samples::address_in(&role, "FR", &other).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].city, None);
        let elements = samples::nullable_elements(&role, Some(&[Some(1), None, Some(3)])).await.unwrap();
        assert_eq!(elements, Some(vec![Some(2), None, Some(6)]));
    }
}

#[tokio::test]
async fn null_is_none_for_every_type() {
    for test in in_both_modes().await {
        let role = test.key.over(&test.db, "types");
        let inserted = samples::insert_maybe(&role, &InsertMaybe::default()).await.unwrap();
        assert_eq!(inserted.id, MaybeId(1));
        assert_eq!((inserted.flag, inserted.person.clone(), inserted.time_range), (None, None, None));
        let child =
            InsertMaybe { parent_id: Some(inserted.id), words: Some("child"), ..InsertMaybe::default() };
        let child = samples::insert_maybe(&role, &child).await.unwrap();
        assert_eq!(samples::child_of(&role, inserted.id).await.unwrap(), std::slice::from_ref(&child));
        assert_eq!(samples::get_maybe(&role, child.id).await.unwrap(), Some(child));
    }
}

#[tokio::test]
async fn odd_names_and_literals_arrive_as_they_were_written() {
    for test in in_both_modes().await {
        let role = test.key.over(&test.db, "types");
        let row = odd::insert_odd(&role, OddNamesDropTableSamplesType(1), "match", "fn").await.unwrap();
        assert_eq!(row.self_, ":not_a_param \"#");
        assert_eq!(row.self2, "it's \\ ' :no");
        assert_eq!(row.crate_, " */ /// \"#\" $1 :no ");
        assert_eq!(row.n1st_column, "fn");
        let literals = odd::literals(&role, 1).await.unwrap().unwrap();
        assert_eq!(literals.quote_d, "\"#");
        assert_eq!(literals.newline, "\n");
        assert_eq!(literals.ticks, "`````");
        assert_eq!(literals.bidi, "\u{202e}");
        assert_eq!(odd::r#match(&role).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn fields_of_items_are_elements_of_arrays() {
    for test in in_both_modes().await {
        let role = test.key.over(&test.db, "types");
        let document = json!({"a": [1, null]});
        let none = InsertItemsItem {
            mood: None,
            level: None,
            email: None,
            quantity: None,
            words: None,
            bytes: None,
            span: None,
            document: None,
            day: None,
            exact: None,
        };
        let some = InsertItemsItem {
            mood: Some(Mood::Ünhappy),
            level: Some(Level::High),
            email: Some("a@example.org"),
            quantity: Some(-1),
            words: Some("NULL, {\"\\}"),
            bytes: Some(&[0, 255]),
            span: Some(Interval { months: 1, days: -2, microseconds: 3 }),
            document: Some(&document),
            day: NaiveDate::from_ymd_opt(2024, 2, 29),
            exact: Some("-1234567890123456789.5".parse().unwrap()),
        };
        let made = items::insert_items(&role, &[none, some, none]).await.unwrap();
        let read = |row: &types_catalog::Maybe| {
            (
                (row.mood, row.level, row.email.clone(), row.quantity, row.words.clone()),
                (row.bytes.clone(), row.span, row.document.clone(), row.day, row.exact),
            )
        };
        let given = |item: &InsertItemsItem<'_>| {
            (
                (
                    item.mood,
                    item.level,
                    item.email.map(str::to_owned),
                    item.quantity,
                    item.words.map(str::to_owned),
                ),
                (item.bytes.map(<[u8]>::to_vec), item.span, item.document.cloned(), item.day, item.exact),
            )
        };
        assert_eq!(
            made.iter().map(read).collect::<Vec<_>>(),
            [none, some, none].iter().map(given).collect::<Vec<_>>()
        );
        assert_eq!(made.iter().map(|row| row.id).collect::<Vec<_>>(), [MaybeId(1), MaybeId(2), MaybeId(3)]);
        assert!(items::insert_items(&role, &[]).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_field_is_an_option_where_null_means_something() {
    for test in in_both_modes().await {
        let role = test.key.over(&test.db, "types");
        let sample = sample();
        samples::insert_sample(&role, &insert(&sample)).await.unwrap();
        let keep = UpdateItemsItem { id: sample.id, words: None, whole: 7, day: None };
        let kept = items::update_items(&role, &[keep]).await.unwrap().remove(0);
        assert_eq!((kept.words, kept.whole, kept.day), (sample.words.clone(), 7, sample.day));
        let day = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap();
        let change = UpdateItemsItem { words: Some("other"), day: Some(day), ..keep };
        let changed = items::update_items(&role, &[change]).await.unwrap().remove(0);
        assert_eq!((&*changed.words, changed.day), ("other", day));
        let said = [SaidItemsItem { id: sample.id, words: None, whole: 1 }];
        assert_eq!(items::said_items(&role, &Renaming { more: 1, items: &said }).await.unwrap(), 1);
        assert_eq!(samples::get_sample(&role, sample.id).await.unwrap().unwrap().whole, 2);
    }
}

fn copied(sample: Sample) -> CopySamplesItem {
    let Sample {
        id,
        flag,
        tiny,
        small,
        whole,
        big,
        single,
        double,
        exact,
        words,
        short,
        padded,
        label,
        bytes,
        day,
        clock,
        local_at,
        at,
        span,
        document,
        binary_document,
        settings,
        host,
        network,
        mood,
        level,
        email,
        quantity,
        address,
        person,
        numbers,
        labels,
        moods,
        emails,
        addresses,
        int_range,
        time_range,
        object,
    } = sample;
    CopySamplesItem {
        id,
        flag,
        tiny,
        small,
        whole,
        big,
        single,
        double,
        exact,
        words,
        short,
        padded,
        label,
        bytes,
        day,
        clock,
        local_at,
        at,
        span,
        document,
        binary_document,
        settings,
        host,
        network,
        mood,
        level,
        email,
        quantity,
        address,
        person,
        numbers,
        labels,
        moods,
        emails,
        addresses,
        int_range,
        time_range,
        object,
    }
}

#[tokio::test]
async fn every_type_is_copied_as_it_is() {
    for test in in_both_modes().await {
        let role = test.key.over(&test.db, "types");
        let sample = sample();
        let count = copies::copy_samples(&role, sqlward::items([copied(sample.clone())])).await.unwrap();
        assert_eq!(count, 1);
        assert_eq!(samples::list_samples(&role).await.unwrap(), std::slice::from_ref(&sample));
        let none = || CopyMaybesItem {
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
        };
        let some = CopyMaybesItem { words: Some("child".to_owned()), parent_id: Some(MaybeId(1)), ..none() };
        let given = [none(), some, none()];
        assert_eq!(copies::copy_maybes(&role, sqlward::items(given)).await.unwrap(), 3);
        let inserted = samples::insert_maybe(&role, &InsertMaybe::default()).await.unwrap();
        let nobody = samples::get_maybe(&role, MaybeId(3)).await.unwrap().unwrap();
        assert_eq!(types_catalog::Maybe { id: inserted.id, ..nobody }, inserted);
        let child = samples::child_of(&role, MaybeId(1)).await.unwrap().remove(0);
        assert_eq!((child.id, child.words.as_deref(), child.flag), (MaybeId(2), Some("child"), None));
    }
}

#[tokio::test]
async fn columns_of_any_name_are_copied() {
    for test in in_both_modes().await {
        let role = test.key.over(&test.db, "types");
        let words = [
            "match",
            "self",
            "Self",
            "crate",
            "1st",
            "two  words",
            "two_words",
            "quote",
            "back",
            "*/",
            "ü",
            "async",
        ];
        let [
            r#match,
            self_,
            self_2,
            crate_,
            n1st_column,
            two_words_2,
            two_words,
            quote_d,
            back_slash,
            star_slash_fn_main,
            ünïcode,
            r#async,
        ] = words.map(str::to_owned);
        let one = OddOne {
            r#type: OddNamesDropTableSamplesType(1),
            r#match,
            self_,
            self_2,
            crate_,
            n1st_column,
            two_words_2,
            two_words,
            quote_d,
            back_slash,
            star_slash_fn_main,
            ünïcode,
            r#async,
        };
        assert_eq!(copies::copy_odd(&role, sqlward::items([one])).await.unwrap(), 1);
        let row = test
            .client()
            .await
            .unwrap()
            .query_one("select * from \"odd names; drop table samples --\"", &[])
            .await
            .unwrap();
        let found: Vec<String> = (1..=12).map(|index| row.get(index)).collect();
        assert_eq!(found, words);
    }
}

#[tokio::test]
async fn a_batch_gives_what_each_call_would() {
    for test in in_both_modes().await {
        let role = test.key.over(&test.db, "types");
        let sample = sample();
        samples::insert_sample(&role, &insert(&sample)).await.unwrap();
        let other = SampleId("00000000-0000-4000-8000-000000000002".parse().unwrap());
        let words = copies::words_of(&role, &[other, sample.id]).await.unwrap();
        assert_eq!(words, [None, Some(sample.words.clone())]);
        let called = copies::called(&role, &sample.words, &[other, sample.id]).await.unwrap();
        assert_eq!(called, [None, Some(sample.id)]);
        let of =
            copies::copies_of(&role, &[Some("other".to_owned()), None, Some(sample.words.clone())]).await;
        assert_eq!(of.unwrap(), [vec![], vec![sample.id], vec![sample.id]]);
        let counted = Counted { moods: &[Mood::Ünhappy], level: Level::High, quantity: 2 };
        let counts = copies::count_of(&role, &[counted, Counted { quantity: 3, ..counted }]).await.unwrap();
        assert_eq!(counts, [1, 0]);
    }
}
