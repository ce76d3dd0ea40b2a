//! `interval`

use std::error::Error;

use bytes::{BufMut, BytesMut};
use postgres_types::{FromSql, IsNull, ToSql, Type, accepts, to_sql_checked};
use serde::{Deserialize, Serialize};

/// PostgreSQL's `interval`: months, days and microseconds separately, because a month has no fixed number of days, and a
/// day no fixed number of hours. Two intervals are equal if all three are, so a day does not equal 24 hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Interval {
    /// Months, with a year as twelve.
    pub months: i32,
    /// Days, with a week as seven.
    pub days: i32,
    /// The rest.
    pub microseconds: i64,
}

impl FromSql<'_> for Interval {
    fn from_sql(_: &Type, raw: &[u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        let raw: &[u8; 16] = raw.try_into().map_err(|_| "an interval has 16 bytes")?;
        let [microseconds @ .., _, _, _, _, _, _, _, _] = raw;
        let [_, _, _, _, _, _, _, _, days @ .., _, _, _, _] = raw;
        let [_, _, _, _, _, _, _, _, _, _, _, _, months @ ..] = raw;
        Ok(Interval {
            months: i32::from_be_bytes(*months),
            days: i32::from_be_bytes(*days),
            microseconds: i64::from_be_bytes(*microseconds),
        })
    }

    accepts!(INTERVAL);
}

impl ToSql for Interval {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.put_i64(self.microseconds);
        out.put_i32(self.days);
        out.put_i32(self.months);
        Ok(IsNull::No)
    }

    accepts!(INTERVAL);
    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_those_of_the_server() {
        let interval = Interval { months: 14, days: -3, microseconds: 4_500_000 };
        let mut bytes = BytesMut::new();
        interval.to_sql(&Type::INTERVAL, &mut bytes).unwrap();
        assert_eq!(&bytes[..], [0, 0, 0, 0, 0, 0x44, 0xaa, 0x20, 0xff, 0xff, 0xff, 0xfd, 0, 0, 0, 14]);
        assert_eq!(Interval::from_sql(&Type::INTERVAL, &bytes).unwrap(), interval);
    }

    #[test]
    fn a_short_value_is_an_error() {
        assert!(Interval::from_sql(&Type::INTERVAL, &[0; 12]).is_err());
    }
}
