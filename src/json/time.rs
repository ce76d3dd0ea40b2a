//! Dates and times, in ISO 8601 as PostgreSQL writes them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::{FromJson, JsonError, JsonResult, JsonText, name_of};

impl FromJson for NaiveDate {
    fn from_json(json: JsonText<'_>) -> JsonResult<Self> {
        read(json, |reader, era| reader.date(era))
    }
}

impl FromJson for NaiveTime {
    fn from_json(json: JsonText<'_>) -> JsonResult<Self> {
        read(json, |reader, _| reader.time())
    }
}

impl FromJson for NaiveDateTime {
    fn from_json(json: JsonText<'_>) -> JsonResult<Self> {
        read(json, |reader, era| reader.date_time(era))
    }
}

impl FromJson for DateTime<Utc> {
    fn from_json(json: JsonText<'_>) -> JsonResult<Self> {
        read(json, |reader, era| {
            let local = reader.date_time(era)?;
            let utc = local.checked_sub_signed(reader.offset()?)?;
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

fn read<T>(json: JsonText<'_>, parse: impl Fn(&mut Reader, Era) -> Option<T>) -> JsonResult<T> {
    let text = json.string()?;
    if let name @ ("infinity" | "-infinity") = &*text {
        return Err(JsonError::new(format!("is {name}, which {} does not have", name_of::<T>())));
    }
    let (text, era) = match text.strip_suffix(" BC") {
        Some(text) => (text, Era::Before),
        None => (&*text, Era::Common),
    };
    let mut reader = Reader(text.as_bytes());
    let value = parse(&mut reader, era).filter(|_| reader.0.is_empty());
    value.ok_or_else(|| JsonError::new(format!("is not in ISO 8601, or not within {}", name_of::<T>())))
}

/// What is left to be read.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn date(&mut self, era: Era) -> Option<NaiveDate> {
        let year = self.number()?;
        let year = if era == Era::Before { 1 - year } else { year };
        let month = self.after(b"-")?;
        NaiveDate::from_ymd_opt(year, month, self.after(b"-")?)
    }

    fn time(&mut self) -> Option<NaiveTime> {
        let hour = self.number()?.try_into().ok()?;
        let (minute, second) = (self.after(b":")?, self.after(b":")?);
        let mut micros = 0;
        if self.take(b".").is_some() {
            let digits = self.0.len();
            let fraction: u32 = self.number()?.try_into().ok()?;
            micros = fraction * 10_u32.pow(6_usize.checked_sub(digits - self.0.len())? as u32);
        }
        NaiveTime::from_hms_micro_opt(hour, minute, second, micros)
    }

    fn date_time(&mut self, era: Era) -> Option<NaiveDateTime> {
        let date = self.date(era)?;
        self.take(b"T ")?;
        Some(date.and_time(self.time()?))
    }

    /// `+05:30`, and of old places and times also `-00:25:21`.
    fn offset(&mut self) -> Option<TimeDelta> {
        let sign = self.take(b"+-")?;
        let mut seconds = i64::from(self.number()?) * 3600;
        for unit in [60, 1] {
            if !self.0.is_empty() {
                seconds += i64::from(self.after(b":")?) * unit;
            }
        }
        TimeDelta::try_seconds(if sign == b'-' { -seconds } else { seconds })
    }

    /// Goes past one of these.
    fn take(&mut self, any: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        any.contains(first).then(|| self.0 = rest)?;
        Some(*first)
    }

    /// The number that follows that sign.
    fn after(&mut self, sign: &[u8]) -> Option<u32> {
        self.take(sign)?;
        self.number()?.try_into().ok()
    }

    /// Digits alone, at least one.
    fn number(&mut self) -> Option<i32> {
        let mut number = 0_i32;
        let mut rest = self.0;
        while let [digit @ b'0'..=b'9', following @ ..] = rest {
            number = number.checked_mul(10)?.checked_add(i32::from(digit - b'0'))?;
            rest = following;
        }
        let found = rest.len() < self.0.len();
        self.0 = rest;
        found.then_some(number)
    }
}
