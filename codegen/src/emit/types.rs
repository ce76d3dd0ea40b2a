//! Generates `types.rs`: ids, enums, composite types and the enum of constraints.

use super::module::{Module, traits};
use super::nested;
use super::pg_types::constant;
use super::print::{Doc, Field, Style, Writer};
use super::text::{code, literal};
use crate::infer::names::ident;
use crate::infer::{CompositeType, EnumOrigin, EnumType, IdType, Plain, RustType};

/// Writes all types.
pub(super) fn write(m: &mut Module<'_>) {
    let catalog = m.catalog;
    let nested = nested::composites(catalog);
    catalog.ids.iter().for_each(|id| write_id(m, id));
    catalog.enums.iter().for_each(|ty| write_enum(m, ty));
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
    derives.extend(m.configured());
    let further = match id.inner {
        Plain::Text => ": Display, From<&str>",
        _ if can.display => ": Display",
        _ => "",
    };
    m.out.line("");
    m.out.line(format!("/// {}", code(&id.column)));
    m.out.line(format!("#[derive({})]", derives.join(", ")));
    m.out.line(format!("pub struct {name}(pub {inner});"));
    m.out.line(format!("sqlward::types::newtype!({name}({inner}){further});"));
}

fn write_enum(m: &mut Module<'_>, ty: &EnumType) {
    let name = ident(&ty.name);
    m.out.line("");
    let of = match &ty.origin {
        EnumOrigin::Type(schema, pg_name) => {
            m.out.line(format!("/// The type {}.", code(&format!("{schema}.{pg_name}"))));
            format!("({}, {})", literal(schema), literal(pg_name))
        }
        EnumOrigin::Check { table, column, constraint } => {
            let column = code(&format!("{table}.{column}"));
            m.out.line(format!("/// The values of {column} that {} allows.", code(constraint)));
            String::new()
        }
    };
    m.out.line("#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]");
    let variants = ty.variants.iter().map(|(variant, _)| ident(variant));
    m.out.code(vec![
        Doc::text(format!("pub enum {name} ")),
        Doc::texts("{", variants, "}").styled(Style::Spaced),
    ]);
    let values = ty.variants.iter().map(|(variant, value)| (&**variant, &**value));
    write_names(m, &format!("values!({name}{of}"), values);
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
    let members = fields.iter().map(|(field, attribute, rust)| {
        let before = rename(field, attribute).into_iter().collect();
        Field { before, text: format!("pub {field}: {rust}") }
    });
    m.out.structure(&format!("pub struct {name}"), &members.collect::<Vec<_>>());
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
    m.out.line("/// A constraint of the schema; [`sqlward::Error::constraint`] returns the one that a statement violated.");
    m.out.line("#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]");
    m.out.block(format!("pub enum {name} {{"), "}", |out| {
        for constraint in constraints {
            out.line(format!("/// A constraint of {}.", code(&constraint.table)));
            out.line(format!("{},", ident(&constraint.variant)));
        }
    });
    let names = constraints.iter().map(|constraint| (&*constraint.variant, &*constraint.name));
    write_names(m, &format!("named!({name}"), names);
}

/// Writes the macro call that maps the variants of an enum to texts. `start` is the call up to the variants:
/// `values!(Status`.
fn write_names<'a>(m: &mut Module<'_>, start: &str, variants: impl Iterator<Item = (&'a str, &'a str)>) {
    let names = variants.map(|(variant, text)| format!("{} = {}", ident(variant), literal(text)));
    let names = Doc::texts("{", names, "}").styled(Style::Spaced);
    m.out.code(vec![Doc::text(format!("sqlward::types::{start} ")), names, Doc::text(");")]);
}

/// Writes the implementations of `ToSql` and `FromSql`.
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

/// `#[serde(rename = ...)]`, if a field's name in Rust differs from the one in SQL.
pub(super) fn rename(field: &str, sql: &str) -> Option<String> {
    let is_same = field.strip_prefix("r#").unwrap_or(field) == sql;
    (!is_same).then(|| format!("#[serde(rename = {})]", literal(sql)))
}

fn lay_out(docs: Vec<Doc>) -> Vec<String> {
    let mut out = Writer::default();
    out.code(docs);
    out.finish().lines().map(str::to_owned).collect()
}
