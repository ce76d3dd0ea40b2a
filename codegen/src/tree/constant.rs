//! Constants: reads values in the server's in-memory representation.

use super::ast::{Const, Expr};
use super::fields::{Fields, Known};
use super::node::Value;

pub(super) fn constant(fields: &mut Fields) -> Known<Expr> {
    fields.skip(&["consttypmod"]);
    let type_oid = fields.oid("consttype")?;
    let collation = fields.oid("constcollid")?;
    let length: i32 = fields.number("constlen")?;
    let by_value = fields.bool("constbyval")?;
    let null = fields.bool("constisnull")?;
    let location = fields.location()?;
    let value = match fields.take("constvalue")? {
        Value::Null if null => None,
        Value::Datum(bytes) if !null => {
            Some(content(bytes, length, by_value).ok_or_else(|| fields.unknown("constvalue"))?)
        }
        _ => return Err(fields.unknown("constvalue")),
    };
    Ok(Expr::Const(Const { type_oid, collation, value, location }))
}

/// The value without its header. `length` is the type's: -1 is a varlena, -2 a C string.
fn content(bytes: &[u8], length: i32, by_value: bool) -> Option<Vec<u8>> {
    match length {
        _ if by_value => (bytes.len() == 8).then(|| bytes.to_vec()),
        -1 => varlena(bytes).map(<[u8]>::to_vec),
        -2 => bytes.strip_suffix(&[0]).map(<[u8]>::to_vec),
        fixed => (usize::try_from(fixed) == Ok(bytes.len())).then(|| bytes.to_vec()),
    }
}

/// Strips the header of a varlena: one byte if its lowest bit is set, else four. The length in it includes the header.
/// Compressed and external values do not occur in trees and are not read.
fn varlena(bytes: &[u8]) -> Option<&[u8]> {
    let first = *bytes.first()?;
    let (header, length) = if first & 1 == 1 {
        (1, usize::from(first >> 1))
    } else {
        let word = u32::from_le_bytes(bytes.first_chunk().copied()?);
        (4, usize::try_from(word >> 2).ok().filter(|_| word & 3 == 0)?)
    };
    bytes.get(header..).filter(|_| bytes.len() == length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_stripped() {
        assert_eq!(varlena(&[24, 0, 0, 0, 97, 98]), Some(&b"ab"[..]));
        assert_eq!(varlena(&[7, 97, 98]), Some(&b"ab"[..]));
        assert_eq!(varlena(&[16, 0, 0, 0]), Some(&b""[..]));
    }

    #[test]
    fn what_is_compressed_external_or_cut_is_not_known() {
        for bytes in [&[26, 0, 0, 0, 97, 98][..], &[1, 18, 0], &[24, 0, 0, 0, 97], &[24, 0], &[]] {
            assert_eq!(varlena(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn lengths_must_fit() {
        assert_eq!(content(&[1, 0, 0, 0, 0, 0, 0, 0], 4, true), Some(vec![1, 0, 0, 0, 0, 0, 0, 0]));
        assert_eq!(content(&[1, 0, 0, 0], 4, true), None);
        assert_eq!(content(b"ab\0", -2, false), Some(b"ab".to_vec()));
        assert_eq!(content(b"abcd", 4, false), Some(b"abcd".to_vec()));
        assert_eq!(content(b"abc", 4, false), None);
    }
}
