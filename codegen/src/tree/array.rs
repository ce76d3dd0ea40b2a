//! Array constants: reads the elements from the server's in-memory representation.

use super::ast::{Const, Oid};

/// The representation of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// With a header that contains its length, like text.
    Varlena,
    /// A number of 1, 2, 4 or 8 bytes, aligned to its length. A constant has it in 8 bytes, with its sign.
    Number(usize),
    /// The OID that represents an enum value.
    Oid,
    /// That many bytes, not aligned, like uuid.
    Bytes(usize),
}

impl Const {
    /// The elements of an array with at most one dimension as constants of `type_oid`, NULLs included. `None` if it has more
    /// dimensions or is NULL.
    pub fn elements(&self, type_oid: Oid, layout: Layout) -> Option<Vec<Const>> {
        let bytes = self.value.as_deref()?;
        let dimensions = word(bytes, 0)?;
        let offset = usize::try_from(word(bytes, 4)?).ok()?;
        if dimensions == 0 {
            return Some(Vec::new());
        }
        let count = usize::try_from(word(bytes, 12)?).ok().filter(|_| dimensions == 1)?;
        // The data offset is 0 if there is no NULL bitmap. Otherwise it includes the varlena header, which was stripped.
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

/// The length of the array's varlena header.
const HEADER: usize = 4;
/// The offset of the NULL bitmap, after the number of dimensions, the data offset, the type, a length and a lower bound.
const BITMAP: usize = 20;
/// The offset of the data if there is no NULL bitmap.
const FIRST: usize = 20;

/// Reads the next element. It is aligned from the beginning of the header, which was stripped.
fn element(bytes: &[u8], at: &mut usize, layout: Layout) -> Option<Vec<u8>> {
    let alignment = match layout {
        Layout::Varlena | Layout::Oid => 4,
        Layout::Number(length) => length,
        Layout::Bytes(_) => 1,
    };
    let start = (*at + HEADER).next_multiple_of(alignment) - HEADER;
    let (value, end) = match layout {
        Layout::Number(length) => {
            let end = start + length;
            let number = bytes.get(start..end)?;
            let sign = if *number.last()? >> 7 == 1 { 0xff } else { 0 };
            (number.iter().copied().chain(std::iter::repeat(sign)).take(8).collect(), end)
        }
        Layout::Oid => (bytes.get(start..start + 4)?.iter().copied().chain([0; 4]).collect(), start + 4),
        Layout::Bytes(length) => (bytes.get(start..start + length)?.to_vec(), start + length),
        Layout::Varlena => {
            let head = word(bytes, start)?;
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
