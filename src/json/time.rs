//! Dates and times, in ISO 8601 as PostgreSQL writes them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::{FromJson, JsonError, JsonResult, JsonText, name_of};

impl FromJson for NaiveDate {
    fn from_json(json: JsonText<'_>) -> JsonResult<Self> {
        read(json, date)
    }
}

impl FromJson for NaiveTime {
    fn from_json(json: JsonText<'_>) -> JsonResult<Self> {
        read(json, |text, _| time(text))
    }
}

impl FromJson for NaiveDateTime {
    fn from_json(json: JsonText<'_>) -> JsonResult<Self> {
        read(json, date_time)
    }
}

impl FromJson for DateTime<Utc> {
    fn from_json(json: JsonText<'_>) -> JsonResult<Self> {
        read(json, |text, era| {
            // The sign of the offset is the last one, and a date before it has some too.
            let time = text.find(['T', ' '])?;
            let sign = time + text[time..].rfind(['+', '-'])?;
            let (local, offset) = text.split_at(sign);
            let utc = date_time(local, era)?.checked_sub_signed(self::offset(offset)?)?;
            Some(DateTime::from_naive_utc_and_offset(utc, Utc))
        })
    }
}

/// Whether a year is counted before Christ, backwards.
#[derive(Clone, Copy, PartialEq)]
enum Era {
    Before,
    Common,
}

fn read<T>(json: JsonText<'_>, parse: impl Fn(&str, Era) -> Option<T>) -> JsonResult<T> {
    let text = json.string()?;
    if let name @ ("infinity" | "-infinity") = &*text {
        return Err(JsonError::new(format!("is {name}, which {} does not have", name_of::<T>())));
    }
    let (text, era) = match text.strip_suffix(" BC") {
        Some(text) => (text, Era::Before),
        None => (&*text, Era::Common),
    };
    parse(text, era)
        .ok_or_else(|| JsonError::new(format!("is not in ISO 8601, or not within {}", name_of::<T>())))
}

fn date(text: &str, era: Era) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, '-');
    let year = number(parts.next()?)?;
    let year = if era == Era::Before { 1 - year } else { year };
    NaiveDate::from_ymd_opt(
        year,
        number(parts.next()?)?.try_into().ok()?,
        number(parts.next()?)?.try_into().ok()?,
    )
}

fn time(text: &str) -> Option<NaiveTime> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = whole.splitn(3, ':');
    let mut part = || number(parts.next()?)?.try_into().ok();
    let (hour, minute, second) = (part()?, part()?, part()?);
    let micros = if fraction.is_empty() { 0 } else { number(&format!("{fraction:0<6}"))?.try_into().ok()? };
    NaiveTime::from_hms_micro_opt(hour, minute, second, micros)
}

fn date_time(text: &str, era: Era) -> Option<NaiveDateTime> {
    let (day, clock) = text.split_once(['T', ' '])?;
    Some(date(day, era)?.and_time(time(clock)?))
}

/// `+05:30`, and of old places and times also `-00:25:21`.
fn offset(text: &str) -> Option<TimeDelta> {
    let (sign, text) = text.split_at_checked(1)?;
    let mut seconds = 0;
    for (part, unit) in text.splitn(3, ':').zip([3600, 60, 1]) {
        seconds += i64::from(number(part)?) * unit;
    }
    TimeDelta::try_seconds(if sign == "-" { -seconds } else { seconds })
}

/// Digits alone, which `parse` would allow a sign.
fn number(digits: &str) -> Option<i32> {
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}
