//! The binary form of composite types, for the structs that are generated for them.

use std::error::Error;

use bytes::{Buf, BufMut, BytesMut};
use postgres_types::{FromSql, IsNull, Kind, ToSql, Type, WrongType};

use super::named::{base, plain};
use super::opaque::{Inferred, is_opaque, read};

/// The attributes of a composite type at compile time, in order, each with its type below all domains,
/// [`Type::UNKNOWN`] if that is not built in.
pub type Attributes = &'static [(&'static str, Type)];

/// Encodes a composite value from the values of its attributes, given in compile-time order. The database may have them in
/// another order, which is known if the server has described the type.
pub fn write_composite(
    ty: &Type,
    attributes: Attributes,
    values: &[&(dyn ToSql + Sync)],
    out: &mut BytesMut,
) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
    if is_opaque(ty) {
        out.put_i32(i32::try_from(attributes.len())?);
        for ((_, ty), value) in attributes.iter().zip(values) {
            write(ty.oid(), out, |out| Inferred(*value).to_sql_checked(ty, out))?;
        }
        return Ok(IsNull::No);
    }
    let Kind::Composite(fields) = base(ty).kind() else { return Err(not_composite(ty)) };
    out.put_i32(i32::try_from(fields.len())?);
    for field in fields {
        let mut known = attributes.iter().zip(values);
        let (_, value) = known.find(|((name, _), _)| *name == field.name()).ok_or_else(|| {
            format!("the type {} has an unexpected attribute {:?}", ty.name(), field.name())
        })?;
        write(field.type_().oid(), out, |out| value.to_sql_checked(&plain(field.type_()), out))?;
    }
    Ok(IsNull::No)
}

/// Encodes the type of an attribute, the length of its value, and the value.
fn write(
    oid: u32,
    out: &mut BytesMut,
    value: impl FnOnce(&mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>>,
) -> Result<(), Box<dyn Error + Sync + Send>> {
    out.put_u32(oid);
    let start = out.len();
    out.put_i32(-1);
    if let IsNull::No = value(out)? {
        let length = i32::try_from(out.len() - start - 4)?;
        out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    }
    Ok(())
}

/// Decodes a composite value, attribute by attribute.
pub struct CompositeReader<'a> {
    fields: Vec<Field<'a>>,
    name: String,
}

struct Field<'a> {
    name: &'a str,
    ty: Type,
    value: Option<&'a [u8]>,
}

impl<'a> CompositeReader<'a> {
    /// Splits the value into its attributes: those of the type, or those of compile time if the server has not described it.
    pub fn new(
        ty: &'a Type,
        attributes: Attributes,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn Error + Sync + Send>> {
        let known: Vec<(&str, &Type)> = match base(ty).kind() {
            Kind::Composite(fields) => fields.iter().map(|field| (field.name(), field.type_())).collect(),
            _ if is_opaque(ty) => attributes.iter().map(|(name, ty)| (*name, ty)).collect(),
            _ => return Err(not_composite(ty)),
        };
        let mut raw = raw;
        let other = || format!("a value of the type {} has different attributes than the type", ty.name());
        if usize::try_from(raw.try_get_i32()?)? != known.len() {
            return Err(other().into());
        }
        let mut fields = Vec::with_capacity(known.len());
        for (name, expected) in known {
            let oid = raw.try_get_u32()?;
            if is_opaque(ty) && Type::from_oid(oid).is_some_and(|found| found != *expected) {
                return Err(other().into());
            }
            let value = match raw.try_get_i32()? {
                -1 => None,
                length => {
                    let length = usize::try_from(length)?;
                    let (value, rest) = raw.split_at_checked(length).ok_or("a composite value ends early")?;
                    raw = rest;
                    Some(value)
                }
            };
            fields.push(Field { name, ty: expected.clone(), value });
        }
        Ok(CompositeReader { fields, name: ty.name().to_owned() })
    }

    /// The value of the attribute of that name.
    pub fn get<T: FromSql<'a>>(&self, name: &str) -> Result<T, Box<dyn Error + Sync + Send>> {
        let Field { ty, value, .. } = self
            .fields
            .iter()
            .find(|field| field.name == name)
            .ok_or_else(|| format!("the type {} has no attribute {name:?}", self.name))?;
        if is_opaque(ty) {
            return read(ty, *value);
        }
        let ty = plain(ty);
        if !T::accepts(&ty) {
            return Err(Box::new(WrongType::new::<T>(ty.into_owned())));
        }
        T::from_sql_nullable(&ty, *value)
    }
}

fn not_composite(ty: &Type) -> Box<dyn Error + Sync + Send> {
    format!("the type {} is not composite", ty.name()).into()
}

#[cfg(test)]
mod tests {
    use postgres_types::Field;

    use super::super::opaque::named;
    use super::*;

    const ATTRIBUTES: Attributes = &[("number", Type::INT4), ("street", Type::TEXT)];

    /// The attributes in the database's order, which is the reverse.
    fn address() -> Type {
        let word = Type::new("word".into(), 70_001, Kind::Domain(Type::TEXT), "public".into());
        let fields = vec![Field::new("street".into(), word), Field::new("number".into(), Type::INT4)];
        Type::new("address".into(), 70_000, Kind::Composite(fields), "public".into())
    }

    #[test]
    fn what_is_written_is_read_whatever_the_order() {
        for ty in [address(), named("public.address"), Type::UNKNOWN] {
            let mut bytes = BytesMut::new();
            write_composite(&ty, ATTRIBUTES, &[&None::<i32>, &"Main"], &mut bytes).unwrap();
            let reader = CompositeReader::new(&ty, ATTRIBUTES, &bytes).unwrap();
            assert_eq!(reader.get::<Option<String>>("street").unwrap().as_deref(), Some("Main"));
            assert_eq!(reader.get::<Option<i32>>("number").unwrap(), None);
            assert!(reader.get::<Option<String>>("number").is_err());
            assert!(reader.get::<Option<i32>>("floor").is_err());
        }
    }

    #[test]
    fn drift_and_damage_are_errors() {
        let mut bytes = BytesMut::new();
        const STREET: Attributes = &[("street", Type::TEXT)];
        assert!(write_composite(&address(), STREET, &[&"Main"], &mut bytes).is_err());
        assert!(write_composite(&Type::TEXT, &[], &[], &mut bytes).is_err());
        let read = |ty: &Type, bytes: &[u8]| CompositeReader::new(ty, ATTRIBUTES, bytes).is_ok();
        assert!(!read(&Type::TEXT, &[0, 0, 0, 0]));
        for ty in [address(), named("public.address")] {
            assert!(!read(&ty, &[0, 0, 0, 1]));
            assert!(!read(&ty, &[0, 0, 0, 2, 0, 0, 0, 23, 0, 0, 0, 9, 1]));
        }
        // An attribute whose type has changed, which shows in the value alone.
        let bytes = [0, 0, 0, 2, 0, 0, 0, 20, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 25, 0xff, 0xff, 0xff, 0xff];
        assert!(!read(&named("public.address"), &bytes));
    }
}
