//! Pages of a list.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A request for a page of a list: its number, counted from 1, and its number of rows.
///
/// It is always within bounds, whether it is made by [`Page::new`] or deserialized. The defaults are the first page and 20
/// rows.
///
/// ```
/// let page = sqlward::Page::new(3, 50)?;
/// assert_eq!((page.limit(), page.offset()), (50, 100));
/// assert!(sqlward::Page::new(0, 50).is_err());
/// # Ok::<(), sqlward::PageError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Request")]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Page {
    page: u32,
    limit: u32,
}

/// A page as a request asks for it.
#[derive(Deserialize)]
#[serde(default)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
struct Request {
    #[cfg_attr(feature = "schemars", schemars(range(min = 1, max = Page::MAX_PAGE)))]
    page: u32,
    #[cfg_attr(feature = "schemars", schemars(range(min = 1, max = Page::MAX_LIMIT)))]
    limit: u32,
}

impl Page {
    /// The last page: a deep offset reads and discards all rows before it.
    pub const MAX_PAGE: u32 = 1000;
    /// The maximum number of rows of a page.
    pub const MAX_LIMIT: u32 = 100;
    /// The default number of rows of a page.
    pub const DEFAULT_LIMIT: u32 = 20;

    /// The page of that number, counted from 1, with that many rows.
    pub fn new(page: u32, limit: u32) -> Result<Page, PageError> {
        if !(1..=Page::MAX_PAGE).contains(&page) {
            return Err(PageError { what: "page", given: page, max: Page::MAX_PAGE });
        }
        if !(1..=Page::MAX_LIMIT).contains(&limit) {
            return Err(PageError { what: "limit", given: limit, max: Page::MAX_LIMIT });
        }
        Ok(Page { page, limit })
    }

    /// Its number, counted from 1.
    pub fn number(&self) -> u32 {
        self.page
    }

    /// The maximum number of rows.
    pub fn limit(&self) -> i64 {
        i64::from(self.limit)
    }

    /// How many rows come before it.
    pub fn offset(&self) -> i64 {
        i64::from(self.page - 1) * i64::from(self.limit)
    }
}

impl Default for Page {
    fn default() -> Self {
        Page { page: 1, limit: Page::DEFAULT_LIMIT }
    }
}

impl Default for Request {
    fn default() -> Self {
        let Page { page, limit } = Page::default();
        Request { page, limit }
    }
}

impl TryFrom<Request> for Page {
    type Error = PageError;

    fn try_from(request: Request) -> Result<Self, PageError> {
        Page::new(request.page, request.limit)
    }
}

/// A page of a list, and the length of the list.
///
/// The total has the same conditions as the page, and is right for a page past the end. It is counted by a statement of its
/// own, sent in the same round trip, but from another snapshot unless the transaction is at REPEATABLE READ or above.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Paged<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The number of the page, counted from 1.
    pub page: u32,
    /// The maximum number of rows of a page.
    pub limit: u32,
    /// How many rows all pages have together.
    pub total: u64,
    /// How many pages there are.
    pub total_pages: u64,
}

impl<T> Paged<T> {
    pub(crate) fn new(items: Vec<T>, page: Page, total: u64) -> Paged<T> {
        let Page { page, limit } = page;
        Paged { items, page, limit, total, total_pages: total.div_ceil(u64::from(limit)) }
    }

    /// The same page with other items.
    pub fn map<U>(self, item: impl FnMut(T) -> U) -> Paged<U> {
        let Paged { items, page, limit, total, total_pages } = self;
        Paged { items: items.into_iter().map(item).collect(), page, limit, total, total_pages }
    }
}

/// The page that was requested is out of bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageError {
    pub(crate) what: &'static str,
    pub(crate) given: u32,
    pub(crate) max: u32,
}

impl fmt::Display for PageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} must be between 1 and {}, not {}", self.what, self.max, self.given)
    }
}

impl std::error::Error for PageError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds() {
        assert_eq!(Page::new(1, 1).map(|page| page.offset()), Ok(0));
        assert_eq!(Page::new(1000, 100).map(|page| (page.limit(), page.offset())), Ok((100, 99_900)));
        assert_eq!(Page::new(1001, 20).unwrap_err().to_string(), "page must be between 1 and 1000, not 1001");
        assert_eq!(Page::new(1, 101).unwrap_err().to_string(), "limit must be between 1 and 100, not 101");
        assert!(Page::new(0, 20).is_err());
        assert!(Page::new(1, 0).is_err());
    }

    #[test]
    fn deserializing_fills_in_and_checks() {
        let read = |text| serde_json::from_str::<Page>(text);
        assert_eq!(read("{}").unwrap(), Page::default());
        assert_eq!(read(r#"{"page":2}"#).unwrap(), Page::new(2, 20).unwrap());
        assert!(read(r#"{"page":2,"limit":1000}"#).unwrap_err().to_string().contains("limit must be"));
        assert!(read(r#"{"page":-1}"#).is_err());
    }
}
