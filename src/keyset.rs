//! Pages that begin after the last row of the page before.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::{BufMut, BytesMut};
use postgres_types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use serde::{Deserialize, Serialize};

use crate::query::Variant;
use crate::types::Conversion;
use crate::{Error, ErrorKind, Page, PageError, Result};

/// A request for a part of a list: the rows after a cursor, or the first ones, and how many.
///
/// The limit is always within bounds, whether the value is made by [`Keyset::new`] or deserialized; the default is 20 rows.
/// The cursor is checked when it is used.
///
/// ```
/// let first = sqlward::Keyset::new(50, None)?;
/// assert_eq!(first.limit(), 50);
/// assert!(sqlward::Keyset::new(0, None).is_err());
/// # Ok::<(), sqlward::PageError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Request")]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Keyset {
    limit: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<Cursor>,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
struct Request {
    #[serde(default = "default_limit")]
    #[cfg_attr(feature = "schemars", schemars(range(min = 1, max = Page::MAX_LIMIT)))]
    limit: u32,
    after: Option<Cursor>,
}

fn default_limit() -> u32 {
    Page::DEFAULT_LIMIT
}

impl Keyset {
    /// At most that many rows after the cursor, or from the beginning.
    pub fn new(limit: u32, after: Option<Cursor>) -> Result<Keyset, PageError> {
        match (1..=Page::MAX_LIMIT).contains(&limit) {
            true => Ok(Keyset { limit, after }),
            false => Err(PageError { what: "limit", given: limit, max: Page::MAX_LIMIT }),
        }
    }

    /// The maximum number of rows.
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// The cursor after which the rows begin.
    pub fn after(&self) -> Option<&Cursor> {
        self.after.as_ref()
    }
}

impl Default for Keyset {
    fn default() -> Self {
        Keyset { limit: Page::DEFAULT_LIMIT, after: None }
    }
}

impl TryFrom<Request> for Keyset {
    type Error = PageError;

    fn try_from(request: Request) -> Result<Self, PageError> {
        Keyset::new(request.limit, request.after)
    }
}

/// A page of a list, and the cursor of the next one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct KeysetPage<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The cursor after the last of them, if there are more.
    pub next: Option<Cursor>,
}

impl<T> KeysetPage<T> {
    /// The same page with other items.
    pub fn map<U>(self, item: impl FnMut(T) -> U) -> KeysetPage<U> {
        KeysetPage { items: self.items.into_iter().map(item).collect(), next: self.next }
    }
}

/// A position in a list, after a row: text that is safe in a URL and stays valid across restarts.
///
/// It contains the values that the row is ordered by, in readable form. It grants nothing: the scope applies to every page,
/// whatever the cursor says. A forged or damaged one, or one made by another query or order, is an error of the kind
/// [`Cursor`](ErrorKind::Cursor).
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Cursor(String);

/// The first byte of every cursor, the version of its format.
const FORMAT: u8 = 1;

impl Cursor {
    /// The cursor's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The cursor after a row with these values in its order.
    pub(crate) fn new(query: Variant, keys: &[Vec<u8>]) -> Cursor {
        let mut bytes = vec![FORMAT];
        bytes.put_u64(origin(query));
        for key in keys {
            bytes.put_u32(u32::try_from(key.len()).unwrap_or(u32::MAX));
            bytes.put_slice(key);
        }
        let sum = digest(&[&bytes]);
        bytes.put_u64(sum);
        Cursor(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The values that the row is ordered by.
    pub(crate) fn keys(&self, query: Variant) -> Result<Vec<Key>> {
        let malformed = || Error::new(ErrorKind::Cursor, "the cursor is malformed: start again without one");
        let bytes = URL_SAFE_NO_PAD.decode(&self.0).map_err(|_| malformed())?;
        let (rest, sum) = bytes.split_last_chunk::<8>().ok_or_else(malformed)?;
        if digest(&[rest]) != u64::from_be_bytes(*sum) || rest.first() != Some(&FORMAT) {
            return Err(malformed());
        }
        let (made_by, mut rest) = rest[1..].split_first_chunk::<8>().ok_or_else(malformed)?;
        let wanted = query.cursor().map_or(0, |(_, params, _)| params.len());
        if u64::from_be_bytes(*made_by) != origin(query) {
            let message = "the cursor belongs to another query or sort: start again without one";
            return Err(Error::new(ErrorKind::Cursor, message));
        }
        let mut keys = Vec::new();
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_be_bytes(*length)).map_err(|_| malformed())?;
            let (key, after) = after.split_at_checked(length).ok_or_else(malformed)?;
            keys.push(Key(key.to_vec()));
            rest = after;
        }
        if keys.len() == wanted && rest.is_empty() { Ok(keys) } else { Err(malformed()) }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It contains values of a row, which belong in no log.
        f.write_str("Cursor(..)")
    }
}

impl From<String> for Cursor {
    fn from(text: String) -> Cursor {
        Cursor(text)
    }
}

impl From<&str> for Cursor {
    fn from(text: &str) -> Cursor {
        Cursor(text.to_owned())
    }
}

/// Identifies the query and order of a cursor: by the query's name and the cursor's condition.
fn origin(query: Variant) -> u64 {
    let condition = query.cursor().map_or("", |(text, ..)| text);
    digest(&[query.name().as_bytes(), condition.as_bytes()])
}

/// FNV-1a: a checksum against mistakes, not against forgery. It must not change, since that would invalidate all cursors.
fn digest(parts: &[&[u8]]) -> u64 {
    let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    // A byte that no text contains separates the parts.
    parts.iter().fold(0xcbf2_9ce4_8422_2325, |hash, part| part.iter().chain(&[0xff]).fold(hash, mix))
}

/// A value in the server's encoding, of any type: the same bytes are sent back.
pub(crate) struct Key(pub(crate) Vec<u8>);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("..")
    }
}

impl<'a> FromSql<'a> for Key {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Conversion<Key> {
        Ok(Key(raw.to_vec()))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl ToSql for Key {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Conversion<IsNull> {
        out.put_slice(&self.0);
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Part, Query};

    static A: Query = Query::new("m::a", "", &[], &[]).with(&[
        Part::after(0, " and (x, id) < ($2, $3)", &[2, 3], &[0, 1]),
        Part::after(1, " and id < $4", &[4], &[1]),
    ]);
    static B: Query =
        Query::new("m::b", "", &[], &[]).with(&[Part::after(0, " and (x, id) < ($2, $3)", &[2, 3], &[0, 1])]);

    fn kind(cursor: &Cursor, query: Variant) -> String {
        let error = cursor.keys(query).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cursor);
        error.to_string()
    }

    #[test]
    fn a_cursor_keeps_the_keys_and_is_text_for_a_url() {
        let keys = [b"\0\xff\x80".to_vec(), Vec::new()];
        let cursor = Cursor::new(A.variant(&[], 0), &keys);
        let read: Vec<_> = cursor.keys(A.variant(&[], 0)).unwrap().into_iter().map(|Key(key)| key).collect();
        assert_eq!(read, keys);
        assert!(cursor.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
        // Optional lines may change from page to page.
        assert!(cursor.keys(A.variant(&[true], 0)).is_ok());
    }

    #[test]
    fn a_cursor_is_good_for_its_query_and_sort_alone() {
        let cursor = Cursor::new(A.variant(&[], 0), &[vec![1], vec![2]]);
        for other in [A.variant(&[], 1), B.variant(&[], 0)] {
            assert!(kind(&cursor, other).contains("another query or sort"));
        }
    }

    #[test]
    fn what_is_no_cursor_is_malformed() {
        let query = A.variant(&[], 0);
        let good = Cursor::new(query, &[vec![1], vec![2]]);
        for end in 0..good.0.len() {
            assert!(kind(&Cursor::from(&good.0[..end]), query).contains("malformed"), "{end}");
        }
        for at in 0..good.0.len() {
            let other = if good.0.as_bytes()[at] == b'A' { "B" } else { "A" };
            let changed = format!("{}{other}{}", &good.0[..at], &good.0[at + 1..]);
            // The last bits of the text may be padding.
            assert!(kind(&Cursor::from(changed), query).contains("malformed"), "{at}");
        }
        for text in ["", "x", "é", "not a cursor", "AAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(kind(&Cursor::from(text), query).contains("malformed"), "{text}");
        }
    }

    #[test]
    fn a_request_without_anything_is_the_first_page() {
        let read = |text| serde_json::from_str::<Keyset>(text);
        assert_eq!(read("{}").unwrap(), Keyset::default());
        assert_eq!(
            read(r#"{"limit":5,"after":"abc"}"#).unwrap(),
            Keyset::new(5, Some("abc".into())).unwrap()
        );
        assert!(read(r#"{"limit":1000}"#).unwrap_err().to_string().contains("limit must be"));
    }
}
