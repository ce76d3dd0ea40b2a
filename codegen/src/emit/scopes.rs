//! `scopes.rs`: the tokens that prove a scope.

use super::module::Module;
use super::text::code;
use crate::infer::names::{field, ident};
use crate::infer::{Plain, RustType, ScopeType};

/// Writes all tokens.
pub(super) fn write(m: &mut Module<'_>) {
    let catalog = m.catalog;
    catalog.scopes.iter().for_each(|scope| write_scope(m, scope));
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
    let who = if scope.set { "may act for each of these" } else { "is the one named here" };
    m.out.line("");
    m.out.line(format!("/// Proof that the caller {who}: the scope {title}. Queries of this scope take it."));
    m.out.line("#[derive(Debug, Clone, PartialEq, Eq)]");
    m.out.block(format!("pub struct {name} {{"), "}", |out| out.line(format!("{param}: {owned},")));
    m.out.line("");
    m.out.block(format!("impl {name} {{"), "}", |out| {
        out.line("/// For the trust boundary alone: call it where the caller has just been authenticated, with what that");
        out.line("/// established, and never with what a request says.");
        let make = format!("pub fn from_authenticated({param}: {owned}) -> Self");
        out.function(make, &[format!("{name} {{ {param} }}")]);
        out.line("");
        out.line(format!("/// What it carries: {}.", code(&scope.param)));
        out.function(format!("pub fn {param}(&self) -> {lent}"), &[format!("&self.{param}")]);
    });
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
