//! The constants of `sqlward::types::Type`, by which generated code names the types of parameters.

/// The name of the constant for a type, or `UNKNOWN`, which lets the server infer the type when it prepares the statement.
pub(super) fn constant(pg_type: &str, built_in: bool) -> String {
    let (element, array) = match pg_type.strip_prefix('_') {
        Some(element) => (element, "_ARRAY"),
        None => (pg_type, ""),
    };
    if !built_in || KNOWN.binary_search(&element).is_err() {
        return "UNKNOWN".to_owned();
    }
    let mut words = element.to_ascii_uppercase();
    for word in ["RANGE", "VECTOR"] {
        if let Some(start) = words.strip_suffix(word) {
            words = format!("{start}_{word}");
        }
    }
    words + array
}

/// The types for which `Type` has a constant, sorted. The array of each has one too.
pub(super) const KNOWN: &[&str] = &[
    "aclitem",
    "bit",
    "bool",
    "box",
    "bpchar",
    "bytea",
    "char",
    "cid",
    "cidr",
    "circle",
    "date",
    "datemultirange",
    "daterange",
    "float4",
    "float8",
    "inet",
    "int2",
    "int2vector",
    "int4",
    "int4multirange",
    "int4range",
    "int8",
    "int8multirange",
    "int8range",
    "interval",
    "json",
    "jsonb",
    "jsonpath",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "numeric",
    "nummultirange",
    "numrange",
    "oid",
    "oidvector",
    "path",
    "pg_lsn",
    "pg_snapshot",
    "point",
    "polygon",
    "record",
    "refcursor",
    "regclass",
    "regcollation",
    "regconfig",
    "regdictionary",
    "regnamespace",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
    "regrole",
    "regtype",
    "text",
    "tid",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "tsmultirange",
    "tsquery",
    "tsrange",
    "tstzmultirange",
    "tstzrange",
    "tsvector",
    "txid_snapshot",
    "uuid",
    "varbit",
    "varchar",
    "xid",
    "xid8",
    "xml",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use heck::ToShoutySnakeCase;
    use tokio_postgres::types::Type;

    use super::*;

    #[test]
    fn every_known_type_has_its_constant() {
        assert!(KNOWN.is_sorted());
        // The constant's name is derived from the `Debug` output, such as `Int4RangeArray`.
        let shouted = |ty: &Type| format!("{ty:?}").to_shouty_snake_case();
        let all: BTreeMap<String, String> =
            (1..10_000).filter_map(Type::from_oid).map(|ty| (ty.name().to_owned(), shouted(&ty))).collect();
        for name in KNOWN {
            for name in [(*name).to_owned(), format!("_{name}")] {
                assert_eq!(Some(&constant(&name, true)), all.get(&name), "{name}");
            }
        }
        assert_eq!(constant("_int4range", true), "INT4_RANGE_ARRAY");
        assert_eq!(constant("text", false), "UNKNOWN");
        assert_eq!(constant("pg_class", true), "UNKNOWN");
    }
}
