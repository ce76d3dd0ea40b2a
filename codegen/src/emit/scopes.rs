//! Generates `scopes.rs`: the types of tokens. A token proves to the compiler that a caller acts in a scope, or with a role
//! in it.

use super::module::Module;
use super::text::code;
use crate::infer::names::{field, ident};
use crate::infer::{MembershipType, Plain, RoleType, RustType, ScopeType};

/// Writes the token types of all scopes and roles.
pub(super) fn write(m: &mut Module<'_>) {
    let catalog = m.catalog;
    for scope in &catalog.scopes {
        write_scope(m, scope);
        if let Some(membership) = &scope.membership {
            (0..membership.roles.len()).for_each(|role| write_role(m, scope, membership, role));
        }
    }
}

fn write_scope(m: &mut Module<'_>, scope: &ScopeType) {
    let (name, param) = (ident(&scope.name), ident(&field(&scope.param)));
    let id = value_type(scope);
    let owned = m.owned(&id);
    // The token owns its value. The accessor returns a reference, even if the value is `Copy`.
    let borrowed = match &id {
        RustType::Plain(Plain::Text) => "&str".to_owned(),
        RustType::Plain(Plain::Bytea) => "&[u8]".to_owned(),
        RustType::Array { element, .. } => format!("&[{}]", m.owned(element)),
        id => format!("&{}", m.owned(id)),
    };
    let value = code(&scope.param);
    let proof = match &scope.membership {
        Some(_) => format!("belongs to {value}"),
        None if scope.set => format!("may act for each of {value}"),
        None => format!("is {value}"),
    };
    m.out.line("");
    m.out.line(format!("/// The token of the scope {}: proof that the caller {proof}.", code(&scope.scope)));
    m.out.line("/// Functions whose queries claim the scope take it as an argument.");
    if let Some(membership) = &scope.membership {
        m.out.line("/// Only queries with `--@ grants` make it, from a row of");
        m.out.line(format!("/// {}.", code(&membership.rows)));
    }
    m.out.line("#[derive(Debug, Clone, PartialEq, Eq)]");
    m.out.block(format!("pub struct {name} {{"), "}", |out| out.line(format!("{param}: {owned},")));
    m.out.line("");
    let make = match &scope.membership {
        // Without a query that grants the token the function would be dead code.
        Some(_) if granted_roles(m, scope).next().is_none() => None,
        Some(_) => Some(format!("pub(crate) fn {GRANTED}({param}: {owned}) -> Self")),
        None => Some(format!("pub fn {AUTHENTICATED}({param}: {owned}) -> Self")),
    };
    m.out.block(format!("impl {name} {{"), "}", |out| {
        if scope.membership.is_none() {
            out.line("/// Makes a token for a caller who has just been authenticated. Pass what authentication established,");
            out.line("/// never what a request merely claims.");
        }
        if let Some(make) = make {
            out.function(make, &[format!("{name} {{ {param} }}")]);
            out.line("");
        }
        out.line(format!("/// The value that the parameter {value} has in queries of this scope."));
        out.function(format!("pub fn {param}(&self) -> {borrowed}"), &[format!("&self.{param}")]);
    });
}

/// Writes the token type of a role. It contains the token of the strongest weaker role, or else that of the scope, and
/// dereferences to it.
fn write_role(m: &mut Module<'_>, scope: &ScopeType, membership: &MembershipType, index: usize) {
    let role = &membership.roles[index];
    let (name, inner) = (ident(&role.name), ident(inner(scope, membership, role)));
    m.out.line("");
    m.out.line(format!(
        "/// The token of the role {} in the scope {}: proof that the caller's row also meets",
        code(&role.role),
        code(&scope.scope)
    ));
    m.out.line(format!("/// {}.", code(&role.condition)));
    m.out.line(format!("/// It dereferences to [`{inner}`], so functions that take `&{inner}` accept it."));
    m.out.line("#[derive(Debug, Clone, PartialEq, Eq)]");
    m.out.line(format!("pub struct {name}({inner});"));
    // The function is needed for the token itself and for those that contain it; otherwise it would be dead code.
    let contains_it = |granted: &str| {
        let granted = membership.roles.iter().position(|role| role.role == granted);
        granted.is_some_and(|granted| granted == index || contains(membership, granted, index))
    };
    if granted_roles(m, scope).flatten().any(contains_it) {
        let (param, owned) = (ident(&field(&scope.param)), m.owned(&value_type(scope)));
        m.out.line("");
        m.out.block(format!("impl {name} {{"), "}", |out| {
            let make = format!("pub(crate) fn {GRANTED}({param}: {owned}) -> Self");
            out.function(make, &[format!("{name}({inner}::{GRANTED}({param}))")]);
        });
    }
    let deref = m.name("std::ops::Deref");
    m.out.line("");
    m.out.block(format!("impl {deref} for {name} {{"), "}", |out| {
        out.line(format!("type Target = {inner};"));
        out.line("");
        out.function(format!("fn deref(&self) -> &{inner}"), &["&self.0".to_owned()]);
    });
    // The tokens of other weaker roles are not contained, so there is no reference to them; they are made by conversion.
    for weaker in role.weaker.iter().filter(|weaker| !contains(membership, index, **weaker)) {
        let weaker = &membership.roles[*weaker];
        let (from, to) = (m.name("std::convert::From"), ident(&weaker.name));
        let made = wrapped(membership, weaker, format!("{}::clone(strong)", ident(&scope.name)));
        m.out.line("");
        m.out.block(format!("impl {from}<&{name}> for {to} {{"), "}", |out| {
            out.function(format!("fn from(strong: &{name}) -> Self"), &[made]);
        });
    }
}

/// The role whose token a role's token directly contains.
fn inner_role<'a>(membership: &'a MembershipType, role: &RoleType) -> Option<&'a RoleType> {
    role.weaker.last().map(|weaker| &membership.roles[*weaker])
}

/// The type of the token that a role's token directly contains.
fn inner<'a>(scope: &'a ScopeType, membership: &'a MembershipType, role: &RoleType) -> &'a str {
    inner_role(membership, role).map_or(&scope.name, |inner| &inner.name)
}

/// Whether a role's token contains another role's, at any depth.
fn contains(membership: &MembershipType, role: usize, other: usize) -> bool {
    let inner = membership.roles[role].weaker.last();
    inner.is_some_and(|inner| *inner == other || contains(membership, *inner, other))
}

/// The expression that wraps the expression of a scope's token into the token of a role.
fn wrapped(membership: &MembershipType, role: &RoleType, token: String) -> String {
    let inner = match inner_role(membership, role) {
        Some(inner) => wrapped(membership, inner, token),
        None => token,
    };
    format!("{}({inner})", ident(&role.name))
}

/// The roles that queries grant in a scope; `None` is the scope itself.
fn granted_roles<'a>(m: &Module<'a>, scope: &ScopeType) -> impl Iterator<Item = Option<&'a str>> {
    let granted = m.catalog.queries.iter().filter_map(|query| query.signature().grants.as_ref());
    let granted: Vec<_> = granted.filter(|(token, _)| token.scope == scope.scope).collect();
    granted.into_iter().map(|(token, _)| token.role.as_deref())
}

const AUTHENTICATED: &str = "from_authenticated";
const GRANTED: &str = "granted";

/// The name of the function that makes the token of a scope, or of a role in it.
pub(super) fn constructor(scope: &ScopeType) -> &'static str {
    if scope.membership.is_some() { GRANTED } else { AUTHENTICATED }
}

/// The type of the value in a token: an id, or a list of ids.
fn value_type(scope: &ScopeType) -> RustType {
    if scope.set {
        RustType::Array { element: Box::new(scope.id.clone()), nullable: false }
    } else {
        scope.id.clone()
    }
}

/// The expression that binds the value of the token in an argument with this name.
pub(super) fn bind(scope: &ScopeType, argument: &str) -> String {
    let call = format!("{argument}.{}()", ident(&field(&scope.param)));
    match value_type(scope) {
        // A slice or `str` is unsized: a reference to the reference is bound.
        RustType::Array { .. } | RustType::Plain(Plain::Text | Plain::Bytea) => format!("&{call}"),
        _ => call,
    }
}
