//! `types.rs`: ids, enums, composites and the names of constraints.

use super::module::{Module, traits};
use super::nested;
use super::pg_types::constant;
use super::print::{Doc, Style, Writer};
use super::text::{code, literal};
use crate::infer::names::ident;
use crate::infer::{CompositeType, EnumOrigin, EnumType, IdType, Plain, RustType};

/// Writes all types.
pub(super) fn write(m: &mut Module<'_>) {
    let catalog = m.catalog;
    let nested = nested::parts(catalog);
    for id in &catalog.ids {
        write_id(m, id);
        if nested.contains(&*id.name) {
            let name = ident(&id.name);
            let from_json = m.name("sqlward::types::FromJson");
            nested::write_value(m, &name, &format!("{from_json}::from_json(json).map({name})"));
        }
    }
    for ty in &catalog.enums {
        write_enum(m, ty);
        if nested.contains(&*ty.name) {
            nested::write_value(m, &ident(&ty.name), "json.parse()");
        }
    }
    for ty in &catalog.composites {
        write_composite(m, ty);
        if nested.contains(&*ty.name) {
            let fields = ty.fields.iter().map(|field| (ident(&field.name), &*field.attribute));
            nested::write_object(m, &ident(&ty.name), "object", &fields.collect::<Vec<_>>());
        }
    }
    if !catalog.constraints.is_empty() {
        write_constraints(m);
    }
}

fn write_id(m: &mut Module<'_>, id: &IdType) {
    let can = traits(id.inner);
    let inner = m.owned(&RustType::Plain(id.inner));
    let name = ident(&id.name);
    let derives = [
        ("Debug", true),
        ("Clone", true),
        ("Copy", can.copy),
        ("PartialEq", true),
        ("Eq", can.eq),
        ("PartialOrd", can.ord || matches!(id.inner, Plain::Float4 | Plain::Float8)),
        ("Ord", can.ord),
        ("Hash", can.eq),
    ];
    let mut derives: Vec<String> =
        derives.into_iter().filter(|(_, can)| *can).map(|(name, _)| name.to_owned()).collect();
    derives.extend(m.derives());
    m.out.line("");
    m.out.line(format!("/// {}", code(&id.column)));
    m.out.line(format!("#[derive({})]", derives.join(", ")));
    m.out.line("#[serde(transparent)]");
    m.out.line(format!("pub struct {name}(pub {inner});"));
    if can.display {
        write_display(m, &name, "&self.0");
    }
    write_from(m, &name, &inner, "value");
    if id.inner == Plain::Text {
        write_from(m, &name, "&str", "value.to_owned()");
    }
    let (to_sql, from_sql) = (m.name("sqlward::types::ToSql"), m.name("sqlward::types::FromSql"));
    let ok = m.name("std::result::Result::Ok");
    write_sql(
        m,
        &name,
        &[format!("{to_sql}::to_sql(&self.0, ty, out)")],
        &[format!("{ok}({name}({from_sql}::from_sql(ty, raw)?))")],
        &[format!("<{inner} as {to_sql}>::accepts(ty)"), format!("<{inner} as {from_sql}>::accepts(ty)")],
        "ty",
    );
}

fn write_enum(m: &mut Module<'_>, ty: &EnumType) {
    let name = ident(&ty.name);
    let derives = m.derives().join(", ");
    m.out.line("");
    match &ty.origin {
        EnumOrigin::Type(schema, pg_name) => {
            m.out.line(format!("/// The type {}.", code(&format!("{schema}.{pg_name}"))));
        }
        EnumOrigin::Check { table, column, constraint } => {
            let column = code(&format!("{table}.{column}"));
            m.out.line(format!("/// The values of {column} that {} allows.", code(constraint)));
        }
    }
    m.out.line(format!("#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, {derives})]"));
    let variants = &ty.variants;
    m.out.block(format!("pub enum {name} {{"), "}", |out| {
        for (variant, value) in variants {
            if variant != value {
                out.line(format!("#[serde(rename = {})]", literal(value)));
            }
            out.line(format!("{},", ident(variant)));
        }
    });
    write_names(
        m,
        &name,
        "The value in SQL.",
        variants.iter().map(|(variant, value)| (&**variant, &**value)),
    );
    let parse = "std::str::from_utf8(raw)?.parse()?".to_owned();
    let (to_sql, from_sql) = (m.name("sqlward::types::ToSql"), m.name("sqlward::types::FromSql"));
    let ok = m.name("std::result::Result::Ok");
    let own = match &ty.origin {
        EnumOrigin::Type(schema, name) => {
            let is_named = m.name("sqlward::types::is_named");
            format!("{is_named}(ty, {}, {}) || ", literal(schema), literal(name))
        }
        EnumOrigin::Check { .. } => String::new(),
    };
    write_sql(
        m,
        &name,
        &[format!("{to_sql}::to_sql(&self.as_str(), ty, out)")],
        &[format!("{ok}({parse})")],
        &[format!("{own}<&str as {to_sql}>::accepts(ty)"), format!("{own}<&str as {from_sql}>::accepts(ty)")],
        "_",
    );
}

fn write_composite(m: &mut Module<'_>, ty: &CompositeType) {
    let name = ident(&ty.name);
    let derives = m.derives().join(", ");
    let fields: Vec<(String, &str, String)> = ty
        .fields
        .iter()
        .map(|field| {
            let rust = m.owned(&field.rust);
            (ident(&field.name), &*field.attribute, m.option(rust))
        })
        .collect();
    let (schema, pg_name) = &ty.pg_name;
    m.out.line("");
    m.out.line(format!("/// The composite type {}.", code(&format!("{schema}.{pg_name}"))));
    m.out.line(format!("#[derive(Debug, Clone, PartialEq, {derives})]"));
    m.out.block(format!("pub struct {name} {{"), "}", |out| {
        for (field, attribute, rust) in &fields {
            write_rename(out, field, attribute);
            out.line(format!("pub {field}: {rust},"));
        }
    });
    let [attributes, pg_type] =
        ["sqlward::types::Attributes", "sqlward::types::Type"].map(|path| m.name(path));
    let known = ty.fields.iter().map(|field| {
        let constant = constant(&field.pg_type, field.built_in);
        format!("({}, {pg_type}::{constant})", literal(&field.attribute))
    });
    let known = Doc::texts("&[", known, "]").styled(Style::Filled);
    m.out.line("");
    m.out.block(format!("impl {name} {{"), "}", |out| {
        out.code(vec![Doc::text(format!("const ATTRIBUTES: {attributes} = ")), known, Doc::text(";")]);
    });
    let write = m.name("sqlward::types::write_composite");
    let reader = m.name("sqlward::types::CompositeReader");
    let ok = m.name("std::result::Result::Ok");
    let values = fields.iter().map(|(field, ..)| format!("&self.{field}"));
    let reads =
        fields.iter().map(|(field, attribute, _)| format!("{field}: value.get({})?", literal(attribute)));
    let reads: Vec<String> = reads.collect();
    let is_named = m.name("sqlward::types::is_named");
    let accepts = format!("{is_named}(ty, {}, {})", literal(schema), literal(pg_name));
    let to_sql = lay_out(vec![
        Doc::text(format!("{write}(ty, {name}::ATTRIBUTES, ")),
        Doc::texts("&[", values, "]"),
        Doc::text(", out)"),
    ]);
    let mut from_sql = vec![format!("let value = {reader}::new(ty, {name}::ATTRIBUTES, raw)?;")];
    from_sql.extend(lay_out(vec![
        Doc::text(format!("{ok}({name} ")),
        Doc::texts("{", reads, "}").styled(Style::Spaced),
        Doc::text(")"),
    ]));
    if fields.is_empty() {
        from_sql =
            vec![format!("{reader}::new(ty, {name}::ATTRIBUTES, raw)?;"), format!("{ok}({name} {{}})")];
    }
    write_sql(m, &name, &to_sql, &from_sql, &[accepts.clone(), accepts], "ty");
}

fn write_constraints(m: &mut Module<'_>) {
    let constraints = &m.catalog.constraints;
    let name = m.new_type("Constraint");
    m.out.line("");
    m.out.line("/// The constraints of the schema, which [`sqlward::Error::constraint`] tells apart.");
    m.out.line("#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]");
    m.out.block(format!("pub enum {name} {{"), "}", |out| {
        for constraint in constraints {
            out.line(format!("/// Of {}.", code(&constraint.table)));
            out.line(format!("{},", ident(&constraint.variant)));
        }
    });
    let names = constraints.iter().map(|constraint| (&*constraint.variant, &*constraint.name));
    write_names(m, &name, "Its name in the schema.", names);
}

/// `ALL`, `as_str`, `Display` and `FromStr` of an enum that stands for texts.
fn write_names<'a>(
    m: &mut Module<'_>,
    name: &str,
    what: &str,
    variants: impl Iterator<Item = (&'a str, &'a str)>,
) {
    let variants: Vec<(String, &str)> = variants.map(|(variant, value)| (ident(variant), value)).collect();
    let all = variants.iter().map(|(variant, _)| format!("{name}::{variant}"));
    let all = Doc::texts("&[", all, "]").styled(Style::Filled);
    m.out.line("");
    m.out.block(format!("impl {name} {{"), "}", |out| {
        out.line("/// All of them, in the order of the schema.");
        out.code(vec![Doc::text(format!("pub const ALL: &'static [{name}] = ")), all, Doc::text(";")]);
        out.line("");
        out.line(format!("/// {what}"));
        out.block("pub fn as_str(self) -> &'static str {", "}", |out| {
            if variants.is_empty() {
                return out.line("match self {}");
            }
            out.block("match self {", "}", |out| {
                for (variant, value) in &variants {
                    out.line(format!("{name}::{variant} => {},", literal(value)));
                }
            });
        });
    });
    write_display(m, name, "self.as_str()");
    let from_str = m.name("std::str::FromStr");
    let (unknown, result) = (m.name("sqlward::types::UnknownValue"), m.name("std::result::Result"));
    m.out.line("");
    m.out.block(format!("impl {from_str} for {name} {{"), "}", |out| {
        out.line(format!("type Err = {unknown};"));
        let body = [
            format!("let found = {name}::ALL.iter().find(|known| known.as_str() == text);"),
            format!("found.copied().ok_or_else(|| {unknown}::new({}, text))", literal(name)),
        ];
        out.function(format!("fn from_str(text: &str) -> {result}<Self, {unknown}>"), &body);
    });
}

fn write_display(m: &mut Module<'_>, name: &str, value: &str) {
    let (display, formatter) = (m.name("std::fmt::Display"), m.name("std::fmt::Formatter"));
    m.out.line("");
    m.out.block(format!("impl {display} for {name} {{"), "}", |out| {
        let head = format!("fn fmt(&self, f: &mut {formatter}<'_>) -> std::fmt::Result");
        out.function(head, &[format!("{display}::fmt({value}, f)")]);
    });
}

fn write_from(m: &mut Module<'_>, name: &str, from: &str, value: &str) {
    let trait_ = m.name("std::convert::From");
    m.out.line("");
    m.out.block(format!("impl {trait_}<{from}> for {name} {{"), "}", |out| {
        out.function(format!("fn from(value: {from}) -> Self"), &[format!("{name}({value})")]);
    });
}

/// `ToSql` and `FromSql`.
fn write_sql(
    m: &mut Module<'_>,
    name: &str,
    to_sql: &[String],
    from_sql: &[String],
    accepts: &[String; 2],
    from_type: &str,
) {
    let [ty, bytes] = ["sqlward::types::Type", "sqlward::types::BytesMut"].map(|path| m.name(path));
    let [to, from] = ["sqlward::types::ToSql", "sqlward::types::FromSql"].map(|path| m.name(path));
    let [conversion, is_null] =
        ["sqlward::types::Conversion", "sqlward::types::IsNull"].map(|path| m.name(path));
    let accept = format!("fn accepts(ty: &{ty}) -> bool");
    let [accepts_to, accepts_from] = accepts;
    m.out.line("");
    m.out.block(format!("impl {to} for {name} {{"), "}", |out| {
        out.function(
            format!("fn to_sql(&self, ty: &{ty}, out: &mut {bytes}) -> {conversion}<{is_null}>"),
            to_sql,
        );
        out.function(&accept, &[accepts_to]);
        out.line("sqlward::types::to_sql_checked!();");
    });
    m.out.line("");
    m.out.block(format!("impl<'a> {from}<'a> for {name} {{"), "}", |out| {
        let head = format!("fn from_sql({from_type}: &{ty}, raw: &'a [u8]) -> {conversion}<Self>");
        out.function(head, from_sql);
        out.function(&accept, &[accepts_from]);
    });
}

/// `#[serde(rename = ...)]` where a field is not called what it is called in SQL.
pub(super) fn write_rename(out: &mut Writer, field: &str, sql: &str) {
    if field.strip_prefix("r#").unwrap_or(field) != sql {
        out.line(format!("#[serde(rename = {})]", literal(sql)));
    }
}

fn lay_out(docs: Vec<Doc>) -> Vec<String> {
    let mut out = Writer::default();
    out.code(docs);
    out.finish().lines().map(str::to_owned).collect()
}
