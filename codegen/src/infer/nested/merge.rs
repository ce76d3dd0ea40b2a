//! Merges several expressions for one value. Values that differ in JSON are any JSON; those that differ in records are not
//! understood, since their fields are decoded by position and type.

use crate::infer::{ObjectType, Plain, RustType};

/// The structure of a value that becomes JSON or is in a record, apart from whether it can be NULL.
#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    /// Any JSON; in a record, what is not understood.
    Value,
    /// NULL and nothing else.
    Null,
    /// The empty array and nothing else.
    Empty,
    /// The JSON of this type.
    Known(RustType),
}

impl Shape {
    /// The Rust type for it.
    pub fn rust(self) -> RustType {
        let any = RustType::Plain(Plain::Json);
        match self {
            Shape::Value | Shape::Null => any,
            Shape::Empty => RustType::Array { element: Box::new(any), nullable: false },
            Shape::Known(rust) => rust,
        }
    }

    /// The same after null members have been stripped from all objects in it.
    pub fn stripped(self) -> Shape {
        match self {
            Shape::Known(rust) => stripped(rust).map_or(Shape::Value, Shape::Known),
            other => other,
        }
    }
}

/// A value that is one of two.
pub fn merge(a: Shape, b: Shape) -> Shape {
    match (a, b) {
        (Shape::Null, other) | (other, Shape::Null) => other,
        (Shape::Empty, Shape::Empty) => Shape::Empty,
        (Shape::Empty, Shape::Known(array @ RustType::Array { .. }))
        | (Shape::Known(array @ RustType::Array { .. }), Shape::Empty) => Shape::Known(array),
        (Shape::Known(a), Shape::Known(b)) => types(a, b).map_or(Shape::Value, Shape::Known),
        (Shape::Value | Shape::Empty, _) | (_, Shape::Value | Shape::Empty) => Shape::Value,
    }
}

/// The type for the values of both, unless only any JSON fits.
fn types(a: RustType, b: RustType) -> Option<RustType> {
    let is_record = |rust: &RustType| matches!(rust, RustType::Object(object) if object.record);
    let part = |a: RustType, b: RustType| types(a, b).unwrap_or(RustType::Plain(Plain::Json));
    match (a, b) {
        (a, b) if a == b => Some(a),
        (
            RustType::Array { element: a, nullable },
            RustType::Array { element: b, nullable: other_nullable },
        ) => {
            let element = Box::new(if is_record(&a) { types(*a, *b)? } else { part(*a, *b) });
            Some(RustType::Array { element, nullable: nullable || other_nullable })
        }
        (RustType::Object(a), RustType::Object(b)) => {
            let same = a.fields.len() == b.fields.len()
                && a.fields.iter().zip(&b.fields).all(|(a, b)| a.key == b.key);
            if !same {
                return None;
            }
            let sparse = a.sparse || b.sparse;
            let mut merged = ObjectType { sparse, ..*a };
            for (field, other) in merged.fields.iter_mut().zip(b.fields) {
                let same = field.pg_type == other.pg_type;
                field.rust = match (field.rust.clone(), other.rust) {
                    // A value that only one of them knows as an id or an enum's.
                    (RustType::Id(_) | RustType::Enum(_), plain @ RustType::Plain(_))
                    | (plain @ RustType::Plain(_), RustType::Id(_) | RustType::Enum(_))
                        if same =>
                    {
                        plain
                    }
                    (a, b) if merged.record => types(a, b)?,
                    (a, b) => part(a, b),
                };
                field.nullable |= other.nullable;
                if merged.record && !same {
                    return None;
                }
                if !same {
                    "jsonb".clone_into(&mut field.pg_type);
                }
            }
            Some(RustType::Object(Box::new(merged)))
        }
        _ => None,
    }
}

fn stripped(rust: RustType) -> Option<RustType> {
    let part = |rust: RustType| stripped(rust).unwrap_or(RustType::Plain(Plain::Json));
    Some(match rust {
        RustType::Array { element, nullable } => {
            RustType::Array { element: Box::new(part(*element)), nullable }
        }
        RustType::Object(object) => {
            let fields = object.fields.into_iter().map(|mut field| {
                field.rust = part(field.rust);
                field
            });
            RustType::Object(Box::new(ObjectType { sparse: true, fields: fields.collect(), ..*object }))
        }
        // Its struct is decoded from values that have all attributes.
        RustType::Composite(_) => return None,
        other => other,
    })
}
