//! Constants that are arrays: the elements in the bytes that the server holds in memory.

use super::ast::{Const, Oid};

/// How an element lies in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// With a header that tells its length, as text.
    Varlena,
    /// Four bytes, as the OID that a value of an enum is.
    Oid,
}

impl Const {
    /// The elements of an array that has at most one dimension, NULLs included, as constants of the type that they are of.
    /// `None` if it has more, or is NULL.
    pub fn elements(&self, type_oid: Oid, layout: Layout) -> Option<Vec<Const>> {
        let bytes = self.value.as_deref()?;
        let dimensions = word(bytes, 0)?;
        let offset = usize::try_from(word(bytes, 4)?).ok()?;
        if dimensions == 0 {
            return Some(Vec::new());
        }
        let count = usize::try_from(word(bytes, 12)?).ok().filter(|_| dimensions == 1)?;
        // Offsets count the header of the whole, which is stripped. A bitmap of what is not NULL makes data begin later.
        let (has_nulls, begin) = (offset != 0, if offset == 0 { FIRST } else { offset.checked_sub(HEADER)? });
        let mut at = begin;
        let mut found = Vec::new();
        for index in 0..count {
            let is_null = has_nulls && bytes.get(BITMAP + index / 8)? >> (index % 8) & 1 == 0;
            let value = if is_null { None } else { Some(element(bytes, &mut at, layout)?) };
            found.push(Const { type_oid, collation: self.collation, value, location: self.location });
        }
        Some(found)
    }
}

/// The header of the whole, which counts its bytes.
const HEADER: usize = 4;
/// Where the bitmap stands: after the number of dimensions, the offset, the type, a length and a lower bound.
const BITMAP: usize = 20;
/// Where data begins where there is no bitmap.
const FIRST: usize = 20;

/// The next element, which stands at a multiple of four.
fn element(bytes: &[u8], at: &mut usize, layout: Layout) -> Option<Vec<u8>> {
    let start = at.next_multiple_of(4);
    let head = word(bytes, start)?;
    let (value, end) = match layout {
        Layout::Oid => {
            let oid = bytes.get(start..start + 4)?;
            ([oid, &[0; 4]].concat(), start + 4)
        }
        Layout::Varlena => {
            let length = usize::try_from(head >> 2).ok().filter(|_| head & 3 == 0)?;
            let end = start.checked_add(length)?;
            (bytes.get(start + HEADER..end)?.to_vec(), end)
        }
    };
    *at = end;
    Some(value)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}
