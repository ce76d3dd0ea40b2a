//! Classifies functions: those that only compute a value, those whose body can be analysed, and opaque ones.

use super::implicit_calls;
use super::policy::Policy;
use crate::schema::{FIRST_USER_OID, Function, Schema, Type, TypeKind};
use crate::tree::pg_type::XID;
use crate::tree::{Call, CastVia, Command, Expr, Oid, ParamKind, walk};

/// What a function can do.
pub(super) enum FunctionClass {
    /// It only computes a value from its arguments, the clock, settings and randomness, or the policy trusts it.
    Harmless,
    /// It has an SQL body, which is analysed in its place.
    Inlinable,
    /// It may do anything. The message says why.
    Opaque(String),
}

/// The functions of pg_catalog that are not immutable but depend only on their arguments, the clock, settings and randomness.
/// No function is listed that runs SQL text, reads catalogs or files, advances sequences, takes advisory locks, waits or
/// sends signals under any of its signatures.
const HARMLESS: &[&str] = &[
    // The clock.
    "age",
    "clock_timestamp",
    "now",
    "statement_timestamp",
    "timeofday",
    "transaction_timestamp",
    // Time zones and formats, which are settings.
    "date",
    "date_add",
    "date_part",
    "date_subtract",
    "date_trunc",
    "extract",
    "generate_series",
    "make_timestamptz",
    "overlaps",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "timezone",
    "to_char",
    "to_date",
    "to_number",
    "to_timestamp",
    "timestamptz_mi_interval",
    "timestamptz_pl_interval",
    "interval_pl_timestamptz",
    "timestamptz_cmp_date",
    "timestamptz_cmp_timestamp",
    "date_cmp_timestamptz",
    "timestamp_cmp_timestamptz",
    "date_eq_timestamptz",
    "date_ge_timestamptz",
    "date_gt_timestamptz",
    "date_le_timestamptz",
    "date_lt_timestamptz",
    "date_ne_timestamptz",
    "timestamp_eq_timestamptz",
    "timestamp_ge_timestamptz",
    "timestamp_gt_timestamptz",
    "timestamp_le_timestamptz",
    "timestamp_lt_timestamptz",
    "timestamp_ne_timestamptz",
    "timestamptz_eq_date",
    "timestamptz_ge_date",
    "timestamptz_gt_date",
    "timestamptz_le_date",
    "timestamptz_lt_date",
    "timestamptz_ne_date",
    "timestamptz_eq_timestamp",
    "timestamptz_ge_timestamp",
    "timestamptz_gt_timestamp",
    "timestamptz_le_timestamp",
    "timestamptz_lt_timestamp",
    "timestamptz_ne_timestamp",
    // Randomness.
    "gen_random_uuid",
    "random",
    "random_normal",
    "uuidv4",
    "uuidv7",
    // Text of values of any type.
    "anytextcat",
    "array_out",
    "array_to_string",
    "concat",
    "concat_ws",
    "format",
    "pg_typeof",
    "quote_literal",
    "quote_nullable",
    "string_to_array",
    "textanycat",
    // JSON and XML of values.
    "array_to_json",
    "json_agg",
    "json_agg_strict",
    "json_agg_transfn",
    "json_build_array",
    "json_build_object",
    "json_object_agg",
    "json_object_agg_strict",
    "json_object_agg_unique",
    "json_object_agg_unique_strict",
    "json_populate_record",
    "json_populate_recordset",
    "json_to_record",
    "json_to_recordset",
    "jsonb_agg",
    "jsonb_agg_strict",
    "jsonb_build_array",
    "jsonb_build_object",
    "jsonb_object_agg",
    "jsonb_object_agg_strict",
    "jsonb_object_agg_unique",
    "jsonb_object_agg_unique_strict",
    "jsonb_path_exists_tz",
    "jsonb_path_match_tz",
    "jsonb_path_query_array_tz",
    "jsonb_path_query_first_tz",
    "jsonb_path_query_tz",
    "jsonb_populate_record",
    "jsonb_populate_recordset",
    "jsonb_to_record",
    "jsonb_to_recordset",
    "row_to_json",
    "to_json",
    "to_jsonb",
    "xml",
    // Text search with the default configuration, which is a setting.
    "get_current_ts_config",
    "json_to_tsvector",
    "jsonb_to_tsvector",
    "phraseto_tsquery",
    "plainto_tsquery",
    "to_tsquery",
    "to_tsvector",
    "ts_headline",
    "websearch_to_tsquery",
    // Enums, whose labels are part of the schema.
    "enum_first",
    "enum_last",
    "enum_range",
    // The session.
    "current_database",
    "current_schema",
    "current_setting",
    "version",
];

/// The class of a function.
pub(super) fn classify(schema: &Schema, policy: &Policy, function: Oid) -> FunctionClass {
    let Some(found) = schema.functions.get(&function) else {
        return FunctionClass::Opaque("unknown function".to_owned());
    };
    let name = &found.name;
    if found.is_built_in() {
        // `age(xid)` reveals how many transactions there were since, of all tenants.
        let counts = found.parameters.contains(&XID);
        // PostgreSQL's own functions in SQL read no tables, unless the schema has replaced one.
        let reads = found.body.iter().flatten().any(|body| !walk::is_free_of_tables(body));
        return if reads {
            FunctionClass::Opaque(format!("`{name}` is not PostgreSQL's own function of that name"))
        } else if found.volatility == 'i' || (HARMLESS.contains(&name.as_str()) && !counts) {
            FunctionClass::Harmless
        } else {
            FunctionClass::Opaque(format!(
                "`{name}` can have side effects or depend on more than its arguments"
            ))
        };
    }
    if policy.trusts(function) {
        return FunctionClass::Harmless;
    }
    match (&found.body, found.kind) {
        (Some(_), 'f') => FunctionClass::Inlinable,
        (_, 'a' | 'w') if found.extension.is_none() => {
            FunctionClass::Opaque(format!("`{name}` is a user-defined aggregate"))
        }
        _ if found.language == "sql" => FunctionClass::Opaque(format!(
            "the body of `{name}` is a string, which cannot be analysed: write it as `return ...` or \
             `begin atomic ... end`"
        )),
        _ => FunctionClass::Opaque(opaque_message(schema, found)),
    }
}

/// The message for a function that cannot be analysed: what to write in sqlward.toml.
fn opaque_message(schema: &Schema, found: &Function) -> String {
    let (name, language) = (&found.name, &found.language);
    let mut key = if found.schema == "public" { name.clone() } else { format!("{}.{name}", found.schema) };
    let is_namesake = |other: &&Function| other.name == *name && other.oid >= FIRST_USER_OID;
    if schema.functions.values().filter(is_namesake).nth(1).is_some() {
        let types: Vec<_> = found.parameters.iter().map(|oid| schema.type_name(*oid)).collect();
        key = format!("{key}({})", types.join(", "));
    }
    if key.contains(['.', '(', ' ']) {
        key = format!("\"{key}\"");
    }
    let alone = format!("`[functions] trusted = {{ {key} = \"reason\" }}`");
    match &found.extension {
        Some(extension)
            if matches!(language.as_str(), "c" | "internal") && !is_unsafe_extension(extension) =>
        {
            format!(
                "`{name}` is written in C, which cannot be analysed: state in sqlward.toml why the \
                 extension is harmless, `[functions] extensions = {{ {extension} = \"reason\" }}`, or why \
                 this function is, {alone}"
            )
        }
        Some(extension) => format!(
            "`{name}` of the extension {extension} is written in {language}, which cannot be analysed: \
             state in sqlward.toml why it is harmless, {alone}"
        ),
        None => format!(
            "`{name}` is written in {language}, which cannot be analysed: rewrite it in SQL, or state in \
             sqlward.toml why it is harmless, {alone}"
        ),
    }
}

/// Whether an extension is known to have functions in C that run queries, read catalogs, pages or files, or reach other
/// servers. Such an extension is not trusted as a whole.
pub(super) fn is_unsafe_extension(extension: &str) -> bool {
    const UNSAFE: &[&str] = &[
        "adminpack",
        "amcheck",
        "citus",
        "dblink",
        "file_fdw",
        "http",
        "mysql_fdw",
        "ogr_fdw",
        "old_snapshot",
        "oracle_fdw",
        "orafce",
        "pageinspect",
        "pg_buffercache",
        "pg_cron",
        "pg_freespacemap",
        "pg_logicalinspect",
        "pg_net",
        "pg_overexplain",
        "pg_partman",
        "pg_prewarm",
        "pg_stat_statements",
        "pg_surgery",
        "pg_visibility",
        "pg_walinspect",
        "pgrouting",
        "pgrowlocks",
        "pgstattuple",
        "pldbgapi",
        "postgres_fdw",
        "sslinfo",
        "tablefunc",
        "timescaledb",
        "xml2",
    ];
    UNSAFE.contains(&extension)
}

/// The parameters that a call omits: their numbers, and their defaults. The server fills these in when it plans, so they are
/// not in the tree.
pub(super) fn default_arguments<'s>(
    function: &'s Function,
    call: &Call,
) -> impl Iterator<Item = (usize, &'s Expr)> {
    let first = function.parameters.len().saturating_sub(function.defaults.len());
    let given = call.parameters.clone();
    let defaults = function.defaults.iter().enumerate().map(move |(at, default)| (first + at, default));
    defaults.filter(move |(number, _)| !given.contains(number))
}

/// The message if the default of a parameter may do more than compute.
pub(super) fn opaque_default(schema: &Schema, policy: &Policy, default: &Expr) -> Option<String> {
    let why = || "it uses a default argument that cannot be analysed: pass the argument".to_owned();
    (!is_simple(schema, policy, default)).then(why)
}

/// The message if making a value of a type from text may do more than compute: some input functions look names up in the
/// catalogs, and the checks of a domain are evaluated.
pub(super) fn opaque_input(schema: &Schema, policy: &Policy, type_oid: Oid) -> Option<String> {
    for oid in schema.parts(type_oid) {
        let Some(found) = schema.types.get(&oid) else { return Some("unknown type".to_owned()) };
        if reads_names(found) {
            return Some(format!("converting to type {} can read the catalogs", schema.type_name(oid)));
        }
        if !found.checks.iter().all(|check| is_simple(schema, policy, check)) {
            return Some(format!("a CHECK of the domain {} cannot be analysed", schema.type_name(oid)));
        }
    }
    None
}

/// Whether a type's input function may look names up: those of `regclass` and the like do, and a user's base type may.
pub(super) fn reads_names(found: &Type) -> bool {
    match found.is_built_in() {
        true => found.name.trim_start_matches('_').starts_with("reg"),
        false => found.kind == TypeKind::Base,
    }
}

/// Whether a function does nothing but compute: because it is built in, trusted by the policy, or has a body that does.
pub(super) fn only_computes(schema: &Schema, policy: &Policy, function: Oid) -> bool {
    let body = match classify(schema, policy, function) {
        FunctionClass::Harmless => return true,
        FunctionClass::Opaque(_) => return false,
        FunctionClass::Inlinable => schema.functions.get(&function).and_then(|found| found.body.as_deref()),
    };
    let Some([body]) = body else { return false };
    let mut simple = body.command == Command::Select && walk::is_free_of_tables(body);
    walk::each_query(body, &mut |query| {
        simple &= query.ctes.is_empty() && query.set_operation.is_none() && query.from.items.is_empty();
        walk::exprs_of_query(query, &mut |expr| simple &= is_simple(schema, policy, expr));
    });
    simple
}

/// Whether an expression does nothing but compute.
fn is_simple(schema: &Schema, policy: &Policy, expr: &Expr) -> bool {
    let clear = |function| matches!(classify(schema, policy, function), FunctionClass::Harmless);
    let operator = |oid: &Oid| {
        let behind = |oid: Oid| schema.operators.get(&oid).map(|found| found.function);
        schema.operators.get(oid).is_some_and(|found| {
            let others = [found.negator, found.commutator].into_iter().filter_map(behind);
            clear(found.function) && others.into_iter().all(clear)
        })
    };
    let is_plain = |oid: Oid| {
        let found = |part: &Oid| {
            schema.types.get(part).is_some_and(|found| !reads_names(found) && found.checks.is_empty())
        };
        schema.parts(oid).iter().all(found)
    };
    let mut simple = true;
    walk::each_expr(expr, &mut |expr| {
        simple &= !implicit_calls::has_implicit_calls(schema, expr);
        simple &= if let Expr::Function { call, set: false, .. } = expr {
            clear(call.function)
        } else if let Expr::Operator(found) | Expr::Distinct(found) | Expr::NullIf(found) = expr {
            operator(&found.operator)
        } else if let Expr::ArrayOperator { operator: found, .. } = expr {
            operator(found)
        } else if let Expr::Cast { arg, via: CastVia::InOut, type_oid, .. } = expr {
            is_plain(*type_oid) && arg.type_oid().is_some_and(is_plain)
        } else {
            matches!(
                expr,
                Expr::Const(_)
                    | Expr::Param { kind: ParamKind::Extern, .. }
                    | Expr::SqlValue { .. }
                    | Expr::DomainValue { .. }
                    | Expr::Array { .. }
                    | Expr::Row { .. }
                    | Expr::Coalesce { .. }
                    | Expr::Bool { .. }
                    | Expr::NullTest { .. }
                    | Expr::BooleanTest { .. }
                    | Expr::Collate { .. }
                    | Expr::Cast { via: CastVia::Relabel | CastVia::Domain, .. }
            )
        };
    });
    simple
}
