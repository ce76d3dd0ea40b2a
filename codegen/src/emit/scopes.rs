//! `scopes.rs`: the tokens of scopes and roles.

use super::module::Module;
use super::text::code;
use crate::infer::names::{field, ident};
use crate::infer::{MembershipType, Plain, RoleType, RustType, ScopeType};

/// Writes all tokens.
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
    let id = carried(scope);
    let owned = m.owned(&id);
    // Unlike a parameter, the token owns its value and lends it, even if it could be copied.
    let lent = match &id {
        RustType::Plain(Plain::Text) => "&str".to_owned(),
        RustType::Plain(Plain::Bytea) => "&[u8]".to_owned(),
        RustType::Array { element, .. } => format!("&[{}]", m.owned(element)),
        id => format!("&{}", m.owned(id)),
    };
    let title = code(&scope.scope);
    let who = match &scope.membership {
        Some(_) => "belongs to this one",
        None if scope.set => "may act for each of these",
        None => "is the one named here",
    };
    m.out.line("");
    m.out.line(format!("/// Proof that the caller {who}: the scope {title}. Queries of this scope take it."));
    if let Some(membership) = &scope.membership {
        m.out
            .line(format!("/// Only queries that grant it mint it, of a row of {}.", code(&membership.rows)));
    }
    m.out.line("#[derive(Debug, Clone, PartialEq, Eq)]");
    m.out.block(format!("pub struct {name} {{"), "}", |out| out.line(format!("{param}: {owned},")));
    m.out.line("");
    let make = match &scope.membership {
        // If no query grants the token, nothing calls this.
        Some(_) if minted(m, scope).next().is_none() => None,
        Some(_) => Some(format!("pub(crate) fn {GRANTED}({param}: {owned}) -> Self")),
        None => Some(format!("pub fn {AUTHENTICATED}({param}: {owned}) -> Self")),
    };
    m.out.block(format!("impl {name} {{"), "}", |out| {
        if scope.membership.is_none() {
            out.line("/// For the trust boundary alone: call it where the caller has just been authenticated, with what that");
            out.line("/// established, and never with what a request says.");
        }
        if let Some(make) = make {
            out.function(make, &[format!("{name} {{ {param} }}")]);
            out.line("");
        }
        out.line(format!("/// What it carries: {}.", code(&scope.param)));
        out.function(format!("pub fn {param}(&self) -> {lent}"), &[format!("&self.{param}")]);
    });
}

/// A role's token contains that of the strongest weaker role, and dereferences to it.
fn write_role(m: &mut Module<'_>, scope: &ScopeType, membership: &MembershipType, place: usize) {
    let role = &membership.roles[place];
    let (name, inner) = (ident(&role.name), ident(inner(scope, membership, role)));
    m.out.line("");
    m.out.line(format!(
        "/// Proof that the caller has the role {} in the scope {}:",
        code(&role.role),
        code(&scope.scope)
    ));
    m.out.line(format!("/// {}. It goes where [`{inner}`] goes.", code(&role.condition)));
    m.out.line("#[derive(Debug, Clone, PartialEq, Eq)]");
    m.out.line(format!("pub struct {name}({inner});"));
    let has_it = |granted: &str| {
        let granted = membership.roles.iter().position(|role| role.role == granted);
        granted.is_some_and(|granted| granted == place || holds(membership, granted, place))
    };
    if minted(m, scope).flatten().any(has_it) {
        let (param, owned) = (ident(&field(&scope.param)), m.owned(&carried(scope)));
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
    // Other weaker roles' tokens are not inside, so they cannot be lent, but they can be made.
    for weaker in role.weaker.iter().filter(|weaker| !holds(membership, place, **weaker)) {
        let weaker = &membership.roles[*weaker];
        let (from, to) = (m.name("std::convert::From"), ident(&weaker.name));
        let made = around(membership, weaker, format!("{}::clone(strong)", ident(&scope.name)));
        m.out.line("");
        m.out.block(format!("impl {from}<&{name}> for {to} {{"), "}", |out| {
            out.function(format!("fn from(strong: &{name}) -> Self"), &[made]);
        });
    }
}

/// The role whose token is inside of another role's.
fn below<'a>(membership: &'a MembershipType, role: &RoleType) -> Option<&'a RoleType> {
    role.weaker.last().map(|weaker| &membership.roles[*weaker])
}

/// The type of the token inside of a role's token.
fn inner<'a>(scope: &'a ScopeType, membership: &'a MembershipType, role: &RoleType) -> &'a str {
    below(membership, role).map_or(&scope.name, |below| &below.name)
}

/// Whether a role's token contains another role's, at any depth.
fn holds(membership: &MembershipType, role: usize, other: usize) -> bool {
    let below = membership.roles[role].weaker.last();
    below.is_some_and(|below| *below == other || holds(membership, *below, other))
}

/// The expression that wraps a scope's token into a role's.
fn around(membership: &MembershipType, role: &RoleType, token: String) -> String {
    let inner = match below(membership, role) {
        Some(below) => around(membership, below, token),
        None => token,
    };
    format!("{}({inner})", ident(&role.name))
}

/// The roles that queries grant in a scope; `None` is the scope itself.
fn minted<'a>(m: &Module<'a>, scope: &ScopeType) -> impl Iterator<Item = Option<&'a str>> {
    let granted = m.catalog.queries.iter().filter_map(|query| query.signature().grants.as_ref());
    let granted: Vec<_> = granted.filter(|(token, _)| token.scope == scope.scope).collect();
    granted.into_iter().map(|(token, _)| token.role.as_deref())
}

const AUTHENTICATED: &str = "from_authenticated";
const GRANTED: &str = "granted";

/// The function that mints the token of a scope, or of a role in it.
pub(super) fn minted_by(scope: &ScopeType) -> &'static str {
    if scope.membership.is_some() { GRANTED } else { AUTHENTICATED }
}

/// The type of the id in a token.
fn carried(scope: &ScopeType) -> RustType {
    if scope.set {
        RustType::Array { element: Box::new(scope.id.clone()), nullable: false }
    } else {
        scope.id.clone()
    }
}

/// The expression that binds a token's id; the token's argument has this name.
pub(super) fn bind(scope: &ScopeType, argument: &str) -> String {
    let call = format!("{argument}.{}()", ident(&field(&scope.param)));
    match carried(scope) {
        // A slice or `str` is bound by a reference to its reference.
        RustType::Array { .. } | RustType::Plain(Plain::Text | Plain::Bytea) => format!("&{call}"),
        _ => call,
    }
}
