//! Maps PostgreSQL types to Rust types.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::keys::{Meaning, Meanings};
use super::names;
use super::signature::sent_type;
use super::{CompositeField, CompositeType, Plain, RustType};
use crate::schema::{Schema, TypeKind};
use crate::tree::Oid;

/// Maps types, and collects the composite types that are used.
pub struct Types<'a> {
    schema: &'a Schema,
    meanings: &'a Meanings,
    /// `[types]` of the configuration: SQL name -> Rust path.
    overrides: &'a BTreeMap<String, String>,
    taken: Cow<'a, BTreeSet<String>>,
    composites: BTreeMap<Oid, CompositeType>,
}

impl<'a> Types<'a> {
    /// Types of that schema.
    pub fn new(schema: &'a Schema, meanings: &'a Meanings, overrides: &'a BTreeMap<String, String>) -> Self {
        Types {
            schema,
            meanings,
            overrides,
            taken: Cow::Borrowed(&meanings.taken),
            composites: BTreeMap::new(),
        }
    }

    /// Takes a name for a type, or the next free one.
    pub fn take(&mut self, name: String) -> String {
        names::unique(self.taken.to_mut(), name)
    }

    /// The composites used so far, by name, and all type names in use.
    pub fn finish(self) -> (Vec<CompositeType>, BTreeSet<String>) {
        let mut composites: Vec<_> = self.composites.into_values().collect();
        composites.sort_by(|a, b| a.name.cmp(&b.name));
        (composites, self.taken.into_owned())
    }

    /// Whether a composite was met, and so a name was taken.
    pub fn has_taken(&self) -> bool {
        matches!(self.taken, Cow::Owned(_))
    }

    /// The Rust type for values of a type with a meaning; the error is the name of the type that has none.
    ///
    /// `element_nullable` is about the elements of an array.
    pub fn rust(
        &mut self,
        oid: Oid,
        meaning: Option<&Meaning>,
        element_nullable: bool,
    ) -> std::result::Result<RustType, String> {
        let name = self.schema.type_name(oid);
        if let Some(path) = self.overrides.get(&name) {
            return Ok(match path.as_str() {
                // It is text like any other: as a parameter it is a `&str`.
                "String" => RustType::Plain(Plain::Text),
                _ => RustType::Custom(path.clone()),
            });
        }
        if let Some(Meaning::Custom(path, of)) = meaning
            && self.schema.base_type(*of).map(|base| base.oid)
                == self.schema.base_type(oid).map(|base| base.oid)
        {
            return Ok(RustType::Custom(path.clone()));
        }
        let Some(found) = self.schema.types.get(&oid) else { return Err(name) };
        match &found.kind {
            TypeKind::Domain { base, .. } => self.rust(*base, meaning, element_nullable),
            TypeKind::Array { element } => Ok(RustType::Array {
                element: Box::new(self.rust(*element, meaning, false)?),
                nullable: element_nullable,
            }),
            TypeKind::Enum { .. } => {
                self.meanings.of_enum_type(oid).map(|name| RustType::Enum(name.to_owned())).ok_or(name)
            }
            TypeKind::Composite { relation } => self.composite(oid, *relation),
            TypeKind::Range { of } => Ok(RustType::Range(Box::new(self.rust(*of, None, false)?))),
            TypeKind::Base | TypeKind::Pseudo if found.is_built_in() => {
                let plain = plain(&found.name).ok_or(name)?;
                Ok(self.with_meaning(plain, meaning))
            }
            // The citext extension's case-insensitive text.
            TypeKind::Base if found.name == "citext" => Ok(self.with_meaning(Plain::Text, meaning)),
            TypeKind::Base | TypeKind::Multirange { .. } | TypeKind::Pseudo => Err(name),
        }
    }

    /// Whether the runtime can decode such values from JSON.
    pub fn is_read_from_json(&self, oid: Oid, rust: &RustType) -> bool {
        !self.writes_own_json(oid) && self.has_reader(rust)
    }

    fn has_reader(&self, rust: &RustType) -> bool {
        match rust {
            RustType::Plain(Plain::Unit) | RustType::Custom(_) => false,
            RustType::Sort(_) | RustType::Items { .. } => false,
            RustType::Plain(_) | RustType::Id(_) | RustType::Enum(_) => true,
            RustType::Object(_) | RustType::Struct(_) => true,
            RustType::Array { element, .. } => self.has_reader(element),
            RustType::Range(element) => self.has_reader(element),
            RustType::Composite(name) => self
                .composites
                .values()
                .filter(|composite| composite.name == *name)
                .all(|composite| composite.fields.iter().all(|field| self.has_reader(&field.rust))),
        }
    }

    /// Whether a user-defined cast determines the JSON of a type's values, or of a part of them.
    fn writes_own_json(&self, oid: Oid) -> bool {
        let Some(found) = self.schema.types.get(&oid) else { return true };
        match &found.kind {
            TypeKind::Domain { base, .. } => self.writes_own_json(*base),
            TypeKind::Array { element } => self.writes_own_json(*element),
            TypeKind::Composite { relation } => self
                .schema
                .table(*relation)
                .is_none_or(|table| table.columns.iter().any(|column| self.writes_own_json(column.type_oid))),
            _ => found.casts_to_json,
        }
    }

    fn with_meaning(&self, plain: Plain, meaning: Option<&Meaning>) -> RustType {
        match meaning {
            // A key that is compared as another type is no longer a key: `id::text`.
            Some(Meaning::Id(name)) if self.meanings.ids.get(name).is_some_and(|id| id.inner == plain) => {
                RustType::Id(name.clone())
            }
            Some(Meaning::Enum(name)) if plain == Plain::Text => RustType::Enum(name.clone()),
            Some(_) | None => RustType::Plain(plain),
        }
    }

    fn composite(&mut self, oid: Oid, relation: Oid) -> std::result::Result<RustType, String> {
        if let Some(known) = self.composites.get(&oid) {
            return Ok(RustType::Composite(known.name.clone()));
        }
        let type_name = self.schema.type_name(oid);
        let (Some(found), Some(table)) = (self.schema.types.get(&oid), self.schema.table(relation)) else {
            return Err(type_name);
        };
        // A table's row as one value has the table's own type: `Content` is the struct of `select *`, whose fields may be not NULL,
        // unlike those of a composite.
        let name = match table.kind {
            'c' => names::type_name(&found.name),
            _ => names::type_name(&format!("{}_record", names::singular(&found.name))),
        };
        let name = names::unique(self.taken.to_mut(), name);
        let mut field_names = BTreeSet::new();
        let mut fields = Vec::new();
        for column in &table.columns {
            let meaning = self.meanings.of_column(relation, column.number);
            let rust = self.rust(column.type_oid, meaning, false)?;
            let sent = sent_type(self.schema, column.type_oid);
            fields.push(CompositeField {
                name: names::unique(&mut field_names, names::field(&column.name)),
                attribute: column.name.clone(),
                rust,
                pg_type: self.schema.type_name(sent),
                built_in: self.schema.types.get(&sent).is_some_and(|found| found.is_built_in()),
            });
        }
        let pg_name = (found.schema.clone(), found.name.clone());
        self.composites.insert(oid, CompositeType { name: name.clone(), pg_name, fields });
        Ok(RustType::Composite(name))
    }
}

/// The Rust types of PostgreSQL's built-in types.
fn plain(name: &str) -> Option<Plain> {
    Some(match name {
        "bool" => Plain::Bool,
        "char" => Plain::Char,
        "int2" => Plain::Int2,
        "int4" => Plain::Int4,
        "int8" => Plain::Int8,
        "oid" => Plain::Oid,
        "float4" => Plain::Float4,
        "float8" => Plain::Float8,
        "numeric" => Plain::Numeric,
        "text" | "varchar" | "bpchar" | "name" | "unknown" => Plain::Text,
        "bytea" => Plain::Bytea,
        "uuid" => Plain::Uuid,
        "date" => Plain::Date,
        "time" => Plain::Time,
        "timestamp" => Plain::Timestamp,
        "timestamptz" => Plain::Timestamptz,
        "interval" => Plain::Interval,
        "json" | "jsonb" => Plain::Json,
        "inet" => Plain::Inet,
        "cidr" => Plain::Cidr,
        "void" => Plain::Unit,
        _ => return None,
    })
}
