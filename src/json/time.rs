//! Dates and times, in ISO 8601 as PostgreSQL writes them.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::{FromJson, JsonError, JsonResult, JsonText, name_of};

impl FromJson for NaiveDate {
    fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
        read(json, |reader, era| reader.date(era))
    }
}

impl FromJson for NaiveTime {
    fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
        read(json, |reader, _| reader.time())
    }
}

impl FromJson for NaiveDateTime {
    fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
        read(json, |reader, era| reader.date_time(era))
    }
}

impl FromJson for DateTime<Utc> {
    fn from_json(json: &mut JsonText<'_>) -> JsonResult<Self> {
        read(json, |reader, era| {
            let local = reader.date_time(era)?;
            let utc = local.checked_sub_offset(reader.offset()?)?;
            Some(DateTime::from_naive_utc_and_offset(utc, Utc))
        })
    }
}

/// Years before Christ are counted backwards.
#[derive(Clone, Copy, PartialEq)]
enum Era {
    Before,
    Common,
}

fn read<T>(json: &mut JsonText<'_>, parse: impl Fn(&mut Reader, Era) -> Option<T>) -> JsonResult<T> {
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

/// The rest of the text.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn date(&mut self, era: Era) -> Option<NaiveDate> {
        let year = i32::try_from(self.number()?.0).ok()?;
        let year = if era == Era::Before { 1 - year } else { year };
        let month = self.after(b'-')?;
        NaiveDate::from_ymd_opt(year, month, self.after(b'-')?)
    }

    fn time(&mut self) -> Option<NaiveTime> {
        let (hour, minute, second) = (self.two()?, self.after(b':')?, self.after(b':')?);
        let mut micros = 0;
        if self.take(b'.').is_some() {
            let (fraction, digits) = self.number()?;
            micros = fraction * 10_u32.pow(6_u32.checked_sub(digits)?);
        }
        NaiveTime::from_hms_micro_opt(hour, minute, second, micros)
    }

    fn date_time(&mut self, era: Era) -> Option<NaiveDateTime> {
        let date = self.date(era)?;
        self.take(b'T').or_else(|| self.take(b' '))?;
        Some(date.and_time(self.time()?))
    }

    /// `+05:30`; historic offsets have seconds, `-00:25:21`.
    fn offset(&mut self) -> Option<FixedOffset> {
        let is_east = self.take(b'+').is_some();
        if !is_east {
            self.take(b'-')?;
        }
        let mut seconds = self.two()? * 3600;
        for unit in [60, 1] {
            if !self.0.is_empty() {
                seconds += self.after(b':')? * unit;
            }
        }
        let seconds = seconds.cast_signed();
        if is_east { FixedOffset::east_opt(seconds) } else { FixedOffset::west_opt(seconds) }
    }

    /// Advances past that sign.
    fn take(&mut self, sign: u8) -> Option<()> {
        let (_, rest) = self.0.split_first().filter(|(first, _)| **first == sign)?;
        self.0 = rest;
        Some(())
    }

    /// The two digits that follow that sign.
    fn after(&mut self, sign: u8) -> Option<u32> {
        self.take(sign)?;
        self.two()
    }

    fn two(&mut self) -> Option<u32> {
        let [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] = self.0 else { return None };
        self.0 = rest;
        Some(u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
    }

    /// A number and how many digits it has, at least one.
    fn number(&mut self) -> Option<(u32, u32)> {
        let (mut number, mut digits) = (0_u32, 0);
        while let [digit @ b'0'..=b'9', rest @ ..] = self.0 {
            number = number.checked_mul(10)?.checked_add(u32::from(digit - b'0'))?;
            digits += 1;
            self.0 = rest;
        }
        (digits > 0).then_some((number, digits))
    }
}
