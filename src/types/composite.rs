//! The binary form of composite types, for the structs that are generated for them.

use std::error::Error;

use bytes::{Buf, BufMut, BytesMut};
use postgres_types::{Field, FromSql, IsNull, Kind, ToSql, Type, WrongType};

use super::named::{base, plain};

/// Writes a value of a composite type: each attribute by its name, in whatever order the server has them.
pub fn write_composite(
    ty: &Type,
    values: &[(&str, &(dyn ToSql + Sync))],
    out: &mut BytesMut,
) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
    let fields = fields(ty)?;
    out.put_i32(i32::try_from(fields.len())?);
    for field in fields {
        let (_, value) = values.iter().find(|(name, _)| *name == field.name()).ok_or_else(|| {
            format!(
                "the type {} has the attribute {:?}, which this program does not know",
                ty.name(),
                field.name()
            )
        })?;
        out.put_u32(field.type_().oid());
        let start = out.len();
        out.put_i32(-1);
        if let IsNull::No = value.to_sql_checked(&plain(field.type_()), out)? {
            let length = i32::try_from(out.len() - start - 4)?;
            out[start..start + 4].copy_from_slice(&length.to_be_bytes());
        }
    }
    Ok(IsNull::No)
}

/// Reads a value of a composite type, attribute by attribute.
pub struct CompositeReader<'a> {
    fields: Vec<(Field, Option<&'a [u8]>)>,
    name: String,
}

impl<'a> CompositeReader<'a> {
    /// Takes the value apart.
    pub fn new(ty: &Type, mut raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        let known = fields(ty)?;
        if usize::try_from(raw.try_get_i32()?)? != known.len() {
            return Err(
                format!("a value of the type {} has other attributes than the type", ty.name()).into()
            );
        }
        let mut fields = Vec::with_capacity(known.len());
        for field in known {
            raw.try_get_u32()?;
            let value = match raw.try_get_i32()? {
                -1 => None,
                length => {
                    let length = usize::try_from(length)?;
                    let (value, rest) = raw.split_at_checked(length).ok_or("a composite value ends early")?;
                    raw = rest;
                    Some(value)
                }
            };
            fields.push((field.clone(), value));
        }
        Ok(CompositeReader { fields, name: ty.name().to_owned() })
    }

    /// The value of the attribute of that name.
    pub fn get<T: FromSql<'a>>(&self, name: &str) -> Result<T, Box<dyn Error + Sync + Send>> {
        let (field, value) = self
            .fields
            .iter()
            .find(|(field, _)| field.name() == name)
            .ok_or_else(|| format!("the type {} has no attribute {name:?}", self.name))?;
        let ty = plain(field.type_());
        if !T::accepts(&ty) {
            return Err(Box::new(WrongType::new::<T>(ty.into_owned())));
        }
        T::from_sql_nullable(&ty, *value)
    }
}

fn fields(ty: &Type) -> Result<&[Field], Box<dyn Error + Sync + Send>> {
    match base(ty).kind() {
        Kind::Composite(fields) => Ok(fields),
        _ => Err(format!("the type {} is not composite", ty.name()).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Type {
        let word = Type::new("word".into(), 70_001, Kind::Domain(Type::TEXT), "public".into());
        let fields = vec![Field::new("street".into(), word), Field::new("number".into(), Type::INT4)];
        Type::new("address".into(), 70_000, Kind::Composite(fields), "public".into())
    }

    #[test]
    fn what_is_written_is_read_whatever_the_order() {
        let mut bytes = BytesMut::new();
        let values: [(&str, &(dyn ToSql + Sync)); 2] = [("number", &None::<i32>), ("street", &"Main")];
        write_composite(&address(), &values, &mut bytes).unwrap();
        let reader = CompositeReader::new(&address(), &bytes).unwrap();
        assert_eq!(reader.get::<Option<String>>("street").unwrap().as_deref(), Some("Main"));
        assert_eq!(reader.get::<Option<i32>>("number").unwrap(), None);
        assert!(reader.get::<Option<String>>("number").is_err());
        assert!(reader.get::<Option<i32>>("floor").is_err());
    }

    #[test]
    fn drift_and_damage_are_errors() {
        let mut bytes = BytesMut::new();
        assert!(write_composite(&address(), &[("street", &"Main")], &mut bytes).is_err());
        assert!(write_composite(&Type::TEXT, &[], &mut bytes).is_err());
        assert!(CompositeReader::new(&address(), &[0, 0, 0, 1]).is_err());
        assert!(CompositeReader::new(&address(), &[0, 0, 0, 2, 0, 0, 0, 25, 0, 0, 0, 9, 1]).is_err());
    }
}
