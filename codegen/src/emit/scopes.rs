//! `scopes.rs`: the tokens that prove a scope.

use super::module::{Module, is_copy};
use super::text::code;
use crate::infer::names::{field, ident};
use crate::infer::{MembershipType, Plain, RoleType, RustType, ScopeType};

/// Writes all tokens.
pub(super) fn write(m: &mut Module<'_>) {
    let catalog = m.catalog;
    for scope in &catalog.scopes {
        write_scope(m, scope);
        if let Some(membership) = &scope.membership {
            membership.roles.iter().for_each(|role| write_role(m, scope, membership, role));
        }
    }
}

fn write_scope(m: &mut Module<'_>, scope: &ScopeType) {
    let (name, param) = (ident(&scope.name), ident(&field(&scope.param)));
    let id = carried(scope);
    let owned = m.owned(&id);
    // The token keeps what it carries: unlike a parameter it lends even what could be copied.
    let lent = match &id {
        RustType::Plain(Plain::Text) => "&str".to_owned(),
        RustType::Plain(Plain::Bytea) => "&[u8]".to_owned(),
        RustType::Array { element, .. } => format!("&[{}]", m.owned(element)),
        id => format!("&{}", m.owned(id)),
    };
    let title = code(&scope.scope);
    let who = match &scope.membership {
        Some(_) => "is part of the one named here",
        None if scope.set => "may act for each of these",
        None => "is the one named here",
    };
    m.out.line("");
    m.out.line(format!("/// Proof that the caller {who}: the scope {title}. Queries of this scope take it."));
    if let Some(membership) = &scope.membership {
        m.out.line("///");
        m.out.line(format!("/// A query that grants it mints it from a row of {}.", code(&membership.rows)));
    }
    m.out.line("#[derive(Debug, Clone, PartialEq, Eq)]");
    m.out.block(format!("pub struct {name} {{"), "}", |out| out.line(format!("{param}: {owned},")));
    m.out.line("");
    let by_service = scope.membership.as_ref().map(|_| by_service(m, scope, &owned));
    m.out.block(format!("impl {name} {{"), "}", |out| {
        let made = [format!("{name} {{ {param} }}")];
        match by_service {
            Some((docs, by_service, call)) => {
                out.lines(docs);
                out.function(by_service, &[call]);
                out.line("");
                out.function(format!("pub(crate) fn {GRANTED}({param}: {owned}) -> Self"), &made);
            }
            None => {
                out.line("/// For the trust boundary alone: call it where the caller has just been authenticated, with what that");
                out.line("/// established, and never with what a request says.");
                out.function(format!("pub fn {AUTHENTICATED}({param}: {owned}) -> Self"), &made);
            }
        }
        out.line("");
        out.line(format!("/// What it carries: {}.", code(&scope.param)));
        out.function(format!("pub fn {param}(&self) -> {lent}"), &[format!("&self.{param}")]);
    });
}

/// The token of a role holds that of the strongest role below it, and goes wherever that does.
fn write_role(m: &mut Module<'_>, scope: &ScopeType, membership: &MembershipType, role: &RoleType) {
    let param = ident(&field(&scope.param));
    let owned = m.owned(&carried(scope));
    let below = role.weaker.last().map(|weaker| &membership.roles[*weaker]);
    let (name, inner) = (ident(&role.name), ident(below.map_or(&scope.name, |below| &below.name)));
    m.out.line("");
    m.out.line(format!(
        "/// Proof that the caller has the role {} in the scope {}: {}.",
        code(&role.role),
        code(&scope.scope),
        code(&role.condition)
    ));
    m.out.line(format!("/// It goes wherever an [`{inner}`] does."));
    m.out.line("#[derive(Debug, Clone, PartialEq, Eq)]");
    m.out.line(format!("pub struct {name}({inner});"));
    m.out.line("");
    let (docs, by_service, call) = by_service(m, scope, &owned);
    m.out.block(format!("impl {name} {{"), "}", |out| {
        out.lines(docs);
        out.function(by_service, &[call]);
        out.line("");
        let make = format!("pub(crate) fn {GRANTED}({param}: {owned}) -> Self");
        out.function(make, &[format!("{name}({inner}::{GRANTED}({param}))")]);
    });
    let deref = m.name("std::ops::Deref");
    m.out.line("");
    m.out.block(format!("impl {deref} for {name} {{"), "}", |out| {
        out.line(format!("type Target = {inner};"));
        out.line("");
        out.function(format!("fn deref(&self) -> &{inner}"), &["&self.0".to_owned()]);
    });
    // What is weaker in another way than the one it holds cannot be lent, but can be made.
    let held = below.map_or(&[][..], |below| &below.weaker);
    let others = role.weaker.iter().rev().skip(1).filter(|weaker| !held.contains(weaker));
    let clone = if is_copy(m.catalog, &carried(scope)) {
        format!("*strong.{param}()")
    } else {
        format!("strong.{param}().to_owned()")
    };
    for other in others.map(|weaker| ident(&membership.roles[*weaker].name)) {
        let from = m.name("std::convert::From");
        m.out.line("");
        m.out.block(format!("impl {from}<&{name}> for {other} {{"), "}", |out| {
            out.function(
                format!("fn from(strong: &{name}) -> Self"),
                &[format!("{other}::{GRANTED}({clone})")],
            );
        });
    }
}

const AUTHENTICATED: &str = "from_authenticated";
const GRANTED: &str = "granted";

/// The door for work that no member asks for: docs, head and body of the function.
fn by_service(m: &mut Module<'_>, scope: &ScopeType, owned: &str) -> ([&'static str; 2], String, String) {
    let (service, param) = (m.name("sqlward::ServiceRole"), ident(&field(&scope.param)));
    let docs = [
        "/// For the service itself, where no member asks: a job, a message of another service. Who holds its key answers",
        "/// for it.",
    ];
    let make = format!("pub fn by_service(_: &{service}<'_>, {param}: {owned}) -> Self");
    (docs, make, format!("Self::{GRANTED}({param})"))
}

/// The function that mints the token of a scope, or of a role in it, from the id of a row.
pub(super) fn minted_by(scope: &ScopeType) -> &'static str {
    if scope.membership.is_some() { GRANTED } else { AUTHENTICATED }
}

/// What a token carries.
fn carried(scope: &ScopeType) -> RustType {
    if scope.set {
        RustType::Array { element: Box::new(scope.id.clone()), nullable: false }
    } else {
        scope.id.clone()
    }
}

/// The expression that binds what a token carries, whose argument has this name.
pub(super) fn bind(scope: &ScopeType, argument: &str) -> String {
    let call = format!("{argument}.{}()", ident(&field(&scope.param)));
    match carried(scope) {
        // A slice or `str` is bound through a reference to the reference.
        RustType::Array { .. } | RustType::Plain(Plain::Text | Plain::Bytea) => format!("&{call}"),
        _ => call,
    }
}
