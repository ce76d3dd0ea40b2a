//! All differences between the code of cornucopia and sqlward for the catalog, with their reasons.

const CHECK: &str = "sqlward makes an enum of a CHECK that lists values";
const ID: &str = "sqlward gives keys types of their own";
const OFFSET: &str =
    "PostgreSQL keeps no offset: sqlward says UTC, cornucopia a fixed offset, which is always that of UTC";
const NETMASK: &str = "inet has a netmask, which `std::net::IpAddr` has no room for";
const SCHEMA: &str = "cornucopia has a module for each schema, sqlward one for all types";

/// cornucopia's type, sqlward's type, the reason. Each stands for all the values that have these types.
pub const TYPES: &[(&str, &str, &str)] = &[
    ("String", "BookFormat", CHECK),
    ("Vec<String>", "Vec<BookFormat>", CHECK),
    ("chrono::DateTime<chrono::FixedOffset>", "chrono::DateTime<chrono::Utc>", OFFSET),
    ("Vec<chrono::DateTime<chrono::FixedOffset>>", "Vec<chrono::DateTime<chrono::Utc>>", OFFSET),
    ("std::net::IpAddr", "cidr::IpInet", NETMASK),
    ("Vec<std::net::IpAddr>", "Vec<cidr::IpInet>", NETMASK),
    ("i32", "AuthorId", ID),
    ("i32", "KeywordType", ID),
    ("i64", "BookId", ID),
    ("uuid::Uuid", "CopyId", ID),
    ("shelf::State", "State", SCHEMA),
];

const FIELD: &str = "any field of a composite can be NULL, said or not";
const ELEMENTS: &str = "sqlward reads `--:` lines of rows and parameters, not of composite types";
const UNSAID_PARAM: &str = "the column that it is assigned to is nullable";
const UNSAID_COLUMN: &str = "the column is nullable";
const UNSAID_JOIN: &str = "an outer join leaves it NULL";
const UNSAID_AGGREGATE: &str = "an aggregate over no rows is NULL";
const UNSAID_CASE: &str = "there is no ELSE";
const UNSAID_SUBQUERY: &str = "a subquery without rows is NULL";
const UNSAID_UNION: &str = "it is nullable in one of the arms";
const UNSAID_OPERATOR: &str = "there may be no such key";

/// The query or composite type, the value (`:param`, `column`, `.field`), cornucopia's type, sqlward's type, the reason.
/// A single column has no name in cornucopia's code, nor here.
pub const NULLS: &[(&str, &str, &str, &str, &str)] = &[
    ("Contact", ".moods", "Option<Vec<Option<Mood>>>", "Option<Vec<Mood>>", ELEMENTS),
    ("Contact", ".name", "String", "Option<String>", FIELD),
    ("PostalAddress", ".city", "String", "Option<String>", FIELD),
    ("PostalAddress", ".street", "String", "Option<String>", FIELD),
    ("nullity::unsaid_parameter", ":country", "String", "Option<String>", UNSAID_PARAM),
    ("nullity::unsaid_column", "", "String", "Option<String>", UNSAID_COLUMN),
    ("nullity::unsaid_outer_join", "title", "String", "Option<String>", UNSAID_JOIN),
    ("nullity::unsaid_shared_outer", "title", "String", "Option<String>", UNSAID_JOIN),
    (
        "nullity::unsaid_aggregates",
        "highest",
        "rust_decimal::Decimal",
        "Option<rust_decimal::Decimal>",
        UNSAID_AGGREGATE,
    ),
    ("nullity::unsaid_aggregates", "pages", "i64", "Option<i64>", UNSAID_AGGREGATE),
    ("nullity::unsaid_case", "", "String", "Option<String>", UNSAID_CASE),
    ("nullity::unsaid_subquery", "first_title", "String", "Option<String>", UNSAID_SUBQUERY),
    ("nullity::unsaid_union", "", "String", "Option<String>", UNSAID_UNION),
    ("spacing::operators", "field", "serde_json::Value", "Option<serde_json::Value>", UNSAID_OPERATOR),
];
