//! Intervals in the server's default style: `1 year 2 mons -3 days +04:05:06.789`.

use super::{FromJson, JsonError, JsonResult, JsonText};
use crate::Interval;

impl FromJson for Interval {
    fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
        match &*json.string()? {
            // The same values as in a column of this type.
            "infinity" => Ok(Interval { months: i32::MAX, days: i32::MAX, microseconds: i64::MAX }),
            "-infinity" => Ok(Interval { months: i32::MIN, days: i32::MIN, microseconds: i64::MIN }),
            text => parse(text).ok_or_else(|| {
                JsonError::new("is not an interval in PostgreSQL's format: set IntervalStyle to 'postgres'")
            }),
        }
    }
}

fn parse(text: &str) -> Option<Interval> {
    let (mut months, mut days, mut microseconds) = (0_i64, 0_i32, 0_i64);
    let mut words = text.split(' ');
    while let Some(word) = words.next() {
        if word.contains(':') {
            microseconds = clock(word)?;
        } else {
            let count: i32 = word.parse().ok()?;
            match words.next()? {
                "year" | "years" => months += i64::from(count) * 12,
                "mon" | "mons" => months += i64::from(count),
                "day" | "days" => days = count,
                _ => return None,
            }
        }
    }
    Some(Interval { months: months.try_into().ok()?, days, microseconds })
}

/// `-04:05:06.789`: the sign applies to all of it.
fn clock(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction = format!("{fraction:0<6}");
    let mut total = 0_i128;
    for (part, unit) in whole.splitn(3, ':').chain([&*fraction]).zip(UNITS) {
        if !part.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        total += part.parse::<i128>().ok()?.checked_mul(unit)?;
    }
    i64::try_from(if negative { -total } else { total }).ok()
}

/// Microseconds in an hour, a minute, a second and themselves.
const UNITS: [i128; 4] = [3_600_000_000, 60_000_000, 1_000_000, 1];
