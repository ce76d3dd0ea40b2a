//! `pg_type.oid` of types that the compiler knows by themselves. PostgreSQL assigns them by hand and never changes them
//! (`pg_type.dat`).
#![allow(missing_docs, reason = "the names are those of the types")]

use super::Oid;

pub const BOOL: Oid = 16;
pub const INT8: Oid = 20;
pub const INT2: Oid = 21;
pub const INT4: Oid = 23;
pub const TEXT: Oid = 25;
/// Transaction ids.
pub const XID: Oid = 28;
pub const JSON: Oid = 114;
/// What a quoted literal is before its type is known.
pub const UNKNOWN: Oid = 705;
pub const VARCHAR: Oid = 1043;
pub const DATE: Oid = 1082;
pub const TIME: Oid = 1083;
pub const TIMESTAMP: Oid = 1114;
pub const TIMESTAMPTZ: Oid = 1184;
pub const INTERVAL: Oid = 1186;
pub const TIMETZ: Oid = 1266;
/// Rows without a named type.
pub const RECORD: Oid = 2249;
/// Arrays of them.
pub const RECORDS: Oid = 2287;
pub const UUID: Oid = 2950;
pub const ANYENUM: Oid = 3500;
pub const JSONB: Oid = 3802;
