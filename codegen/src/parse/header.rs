//! `--! name Params(a?) : Row(b!)` and `--: Type(a?, b[?], c.d?) : Trait`, and their lists of fields.

use std::collections::HashMap;

use super::line::{Line, Parsed, check_name, is_identifier, problem, shorten};
use super::{FieldDecl, StructDecl};
use crate::source::{Span, Spanned};

/// The content of a `--!` line.
pub(super) struct Header {
    pub name: Spanned<String>,
    pub params: Option<Shape>,
    pub row: Option<Shape>,
}

/// One side of a `--!` line.
pub(super) struct Shape {
    /// What the line itself declares; for a type that is declared elsewhere, only its name.
    pub decl: StructDecl,
    /// Whether it has its own list of fields, so that the name is a new type's.
    pub listed: bool,
}

const HEADER: &str = "write `--! name Params(param?) : Row(column?)`; everything but the name is optional";
const TYPE: &str = "write `--: Name(field?) : Trait, other::Trait`; the traits are optional";
const FIELD: &str = "a field is `name`, `name?`, `name!`, `name[?]`, `name.field?` or `name[].field?`";

/// Reads what follows `--!`.
pub(super) fn header(line: &mut Line) -> Parsed<Header> {
    let Some(name) = line.word(&[]) else {
        return Err(line.problem("expected a query name", HEADER));
    };
    check_name("a query name", &name)?;
    let params = shape(line)?;
    let mut row = None;
    if line.eat(":") {
        row = shape(line)?;
        if row.is_none() {
            return Err(line.problem("expected a row after the colon", HEADER));
        }
    }
    line.end(HEADER)?;
    Ok(Header { name: owned(name), params, row })
}

/// Reads what follows `--:`.
pub(super) fn type_declaration(line: &mut Line) -> Parsed<StructDecl> {
    let Some(name) = line.word(&[]) else {
        return Err(line.problem("expected a type name", TYPE));
    };
    check_name("a type name", &name)?;
    let Some(fields) = fields(line)? else {
        return Err(line.problem("expected the fields of the type, at least `()`", TYPE));
    };
    let mut derives = Vec::new();
    if line.eat(":") {
        loop {
            let Some(path) = line.word(&[':']) else {
                return Err(line.problem("expected a trait", TYPE));
            };
            if !path.value.split("::").all(is_identifier) {
                let message = format!("`{}` is not the path of a trait", shorten(path.value));
                return Err(problem(path.span, message, TYPE));
            }
            derives.push(path.value.to_owned());
            if !line.eat(",") {
                break;
            }
        }
    }
    line.end(TYPE)?;
    Ok(StructDecl { name: Some(owned(name)), fields, derives, attributes: Vec::new() })
}

fn owned(word: Spanned<&str>) -> Spanned<String> {
    Spanned { value: word.value.to_owned(), span: word.span }
}

/// `Name(fields)`, `Name` or `(fields)`.
fn shape(line: &mut Line) -> Parsed<Option<Shape>> {
    let name = line.word(&[]);
    if let Some(name) = &name {
        check_name("a struct name", name)?;
    }
    let fields = fields(line)?;
    if name.is_none() && fields.is_none() {
        return Ok(None);
    }
    let listed = fields.is_some();
    let decl = StructDecl {
        name: name.map(owned),
        fields: fields.unwrap_or_default(),
        derives: Vec::new(),
        attributes: Vec::new(),
    };
    Ok(Some(Shape { decl, listed }))
}

/// `(a?, b[?], c?.d!)`, if a parenthesis comes next.
fn fields(line: &mut Line) -> Parsed<Option<Vec<FieldDecl>>> {
    if !line.eat("(") {
        return Ok(None);
    }
    let mut fields = FieldList::default();
    while !line.eat(")") {
        let Some(name) = line.name()? else {
            return Err(line.problem("expected a field name or `)`", FIELD));
        };
        fields.add(field(line, name)?)?;
        if line.eat(",") {
            continue;
        }
        if line.eat(")") {
            break;
        }
        return Err(line.problem("expected `,` or `)`", FIELD));
    }
    Ok(Some(fields.fields))
}

/// What follows the name of a field.
fn field(line: &mut Line, name: Spanned<String>) -> Parsed<FieldDecl> {
    let nullable = nullable(line);
    let mut element_nullable = None;
    for (mark, nullable) in [("[?]", true), ("[!]", false)] {
        if line.eat_directly(mark) {
            element_nullable = Some(nullable);
        }
    }
    let mut nested = FieldList::default();
    while line.eat_directly("[].") || line.eat_directly(".") {
        let Some(name) = line.name()? else {
            return Err(line.problem("expected a field name after the dot", FIELD));
        };
        let nullable = self::nullable(line);
        nested.add(FieldDecl { name, nullable, element_nullable: None, nested: Vec::new() })?;
    }
    Ok(FieldDecl { name, nullable, element_nullable, nested: nested.fields })
}

fn nullable(line: &mut Line) -> Option<bool> {
    if line.eat_directly("?") {
        return Some(true);
    }
    line.eat_directly("!").then_some(false)
}

/// Fields by their names: `address?, address.street?` is one field with two declarations.
#[derive(Default)]
struct FieldList {
    fields: Vec<FieldDecl>,
    places: HashMap<String, usize>,
}

impl FieldList {
    fn add(&mut self, field: FieldDecl) -> Parsed<()> {
        let Some(place) = self.places.get(&field.name.value) else {
            self.places.insert(field.name.value.clone(), self.fields.len());
            self.fields.push(field);
            return Ok(());
        };
        let earlier = &mut self.fields[*place];
        let adds = (field.nullable.is_some() && earlier.nullable.is_none())
            || (field.element_nullable.is_some() && earlier.element_nullable.is_none())
            || !field.nested.is_empty();
        let contradicts = |a: Option<bool>, b: Option<bool>| a.is_some() && b.is_some() && a != b;
        if !adds
            || contradicts(field.nullable, earlier.nullable)
            || contradicts(field.element_nullable, earlier.element_nullable)
        {
            return Err(declared_twice(&field.name.value, field.name.span, earlier.name.span));
        }
        earlier.nullable = earlier.nullable.or(field.nullable);
        earlier.element_nullable = earlier.element_nullable.or(field.element_nullable);
        // Duplicate names below one field are rare, so they are not indexed.
        for nested in field.nested {
            match earlier.nested.iter().find(|found| found.name.value == nested.name.value) {
                Some(found) => {
                    return Err(declared_twice(&nested.name.value, nested.name.span, found.name.span));
                }
                None => earlier.nested.push(nested),
            }
        }
        Ok(())
    }
}

fn declared_twice(name: &str, second: Span, first: Span) -> Box<crate::diagnostics::Diagnostic> {
    let message = format!("`{}` is declared twice", shorten(name));
    Box::new(problem(second, message, "remove one of the two").note(first, "first declared here"))
}
