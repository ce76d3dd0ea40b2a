//! Telling user-defined types apart

use postgres_types::{Kind, Type};

/// Whether it is the type of that schema and name, or a domain over it.
pub fn is_named(ty: &Type, schema: &str, name: &str) -> bool {
    let base = base(ty);
    base.schema() == schema && base.name() == name
}

/// The type below all domains.
pub(super) fn base(ty: &Type) -> &Type {
    match ty.kind() {
        Kind::Domain(inner) => base(inner),
        _ => ty,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_looked_through() {
        let mood = Type::new("mood".into(), 70_000, Kind::Enum(vec!["ok".into()]), "app".into());
        let good = Type::new("good".into(), 70_001, Kind::Domain(mood.clone()), "public".into());
        let better = Type::new("better".into(), 70_002, Kind::Domain(good), "public".into());
        assert!(is_named(&mood, "app", "mood"));
        assert!(is_named(&better, "app", "mood"));
        assert!(!is_named(&better, "public", "better"));
        assert!(!is_named(&mood, "public", "mood"));
    }
}
