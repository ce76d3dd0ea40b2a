//! `--@ copy`: the statement that is sent in the place of the INSERT that was analysed.

use super::Copying;
use crate::analyse::Analysed;
use crate::parse::CopyDecl;
use crate::schema::Schema;
use crate::tree::RangeKind;

/// The COPY statement for the table and columns of the INSERT that was analysed.
pub fn copying(schema: &Schema, query: &Analysed) -> Option<Copying> {
    let table = &query.decl.copy.as_ref()?.table.written;
    let target = CopyDecl::target(&query.sql)?;
    let columns = target.strip_prefix(table.as_str())?.strip_prefix(" (")?.strip_suffix(')')?;
    let RangeKind::Relation { table: oid, .. } = query.tree.range(query.tree.result_relation?)?.kind else {
        return None;
    };
    // The tree has the columns by number; the text has them in the order of the parameters.
    let mut assigned: Vec<_> = query.tree.targets.iter().filter(|target| !target.junk).collect();
    assigned.sort_by_key(|target| target.expr.location());
    let described = assigned.into_iter().map(|target| {
        let column = schema.column(oid, i32::try_from(target.number).ok()?)?;
        let described = schema.base_type(column.type_oid).map_or(column.type_oid, |base| base.oid);
        Some((column.name.clone(), schema.type_name(described)))
    });
    Some(Copying {
        sql: format!("copy {target} from stdin (format binary)"),
        described: format!("select {columns} from {table}"),
        columns: described.collect::<Option<_>>()?,
    })
}
