//! User-defined types: comparing their names, and looking through domains. Arrays of records, which are not arrays to
//! `postgres-types`.

use std::borrow::Cow;
use std::sync::LazyLock;

use postgres_types::{Kind, Type};

/// Whether it is the type with that schema and name, a domain over it, or one that the server has not described, as inside
/// of other types behind a pooler.
pub fn is_named(ty: &Type, schema: &str, name: &str) -> bool {
    let base = base(ty);
    *base == Type::UNKNOWN || base.schema() == schema && base.name() == name
}

/// The type below all domains.
pub(super) fn base(ty: &Type) -> &Type {
    match ty.kind() {
        Kind::Domain(inner) => base(inner),
        _ => ty,
    }
}

/// The type `record[]`, as an array.
static RECORDS: LazyLock<Type> = LazyLock::new(|| {
    Type::new(
        "_record".to_owned(),
        Type::RECORD_ARRAY.oid(),
        Kind::Array(Type::RECORD),
        "pg_catalog".to_owned(),
    )
});

/// Whether the type is one of PostgreSQL's own that is its own [`plain`] type. None of them is a domain.
pub(crate) fn is_plain(ty: &Type) -> bool {
    /// PostgreSQL assigns OIDs below this by hand.
    const FIRST_MADE: u32 = 10_000;
    (1..FIRST_MADE).contains(&ty.oid()) && *ty != Type::RECORD_ARRAY
}

/// The type below all domains, also for the elements of an array.
pub(crate) fn plain(ty: &Type) -> Cow<'_, Type> {
    let ty = base(ty);
    match ty.kind() {
        Kind::Array(element) => match plain(element) {
            Cow::Borrowed(same) if same.oid() == element.oid() => Cow::Borrowed(ty),
            element => {
                let kind = Kind::Array(element.into_owned());
                Cow::Owned(Type::new(ty.name().to_owned(), ty.oid(), kind, ty.schema().to_owned()))
            }
        },
        Kind::Pseudo if *ty == Type::RECORD_ARRAY => Cow::Borrowed(&RECORDS),
        _ => Cow::Borrowed(ty),
    }
}

#[cfg(test)]
mod tests {
    use postgres_types::FromSql;

    use super::*;

    #[test]
    fn what_is_built_in_is_no_domain() {
        let built_in: Vec<Type> = (0..20_000).filter_map(Type::from_oid).collect();
        let is_same = |ty: &Type| matches!(plain(ty), Cow::Borrowed(same) if same == ty);
        assert!(built_in.iter().all(|ty| is_plain(ty) == is_same(ty)));
        assert_eq!(built_in.iter().filter(|ty| !is_plain(ty)).collect::<Vec<_>>(), [&Type::RECORD_ARRAY]);
        assert_eq!(*plain(&Type::RECORD_ARRAY).kind(), Kind::Array(Type::RECORD));
    }

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

    #[test]
    fn arrays_of_domains_are_arrays_of_what_is_below() {
        let word = Type::new("word".into(), 70_001, Kind::Domain(Type::TEXT), "public".into());
        let words = Type::new("_word".into(), 70_002, Kind::Array(word), "public".into());
        assert!(!<Vec<String> as FromSql>::accepts(&words));
        assert!(<Vec<String> as FromSql>::accepts(&plain(&words)));
        assert!(matches!(plain(&Type::TEXT_ARRAY), Cow::Borrowed(_)));
    }
}
