//! Builds the policy from the configuration: looks up every name in the schema, and has PostgreSQL analyse every guard.

use std::collections::{BTreeMap, BTreeSet};

use super::{Guard, Membership, Policy, Role, Rows, ScopePolicy, Via};
use crate::Result;
use crate::analyse::enum_values;
use crate::diagnostics::{Diagnostic, Diagnostics, nearest};
use crate::infer::Knowledge;
use crate::postgres::{Session, Statement};
use crate::project::{self, Config, Scope, ViaWay};
use crate::prove::functions::is_unsafe_extension;
use crate::schema::{FIRST_USER_OID, ForeignKey, Function, Schema, Table};
use crate::source::{Span, Spanned};
use crate::tree::{self, Command, Expr, Oid, ParamKind, Query, RangeKind, walk};

const CONFIG: &str = "config";

impl Policy {
    /// Builds the policy. Names and conditions that do not fit the schema are reported and left out.
    ///
    /// # Errors
    /// The connection broke.
    pub fn check(
        diagnostics: &mut Diagnostics,
        config: &Config,
        knowledge: &Knowledge<'_>,
        session: &mut Session,
    ) -> Result<Policy> {
        let schema = knowledge.schema();
        let guards = guards(diagnostics, config, knowledge, session)?;
        let mut check = Check { diagnostics, schema, guards };
        let soft_delete = config.soft_delete.column.as_ref();
        for column in
            soft_delete.into_iter().chain(config.scopes.iter().filter_map(|scope| scope.column.as_ref()))
        {
            check.column_of_any(column);
        }
        let functions = config.trusted.iter().filter_map(|trusted| check.function(&trusted.name));
        let mut trusted: BTreeSet<Oid> = functions.collect();
        for extension in &config.trusted_extensions {
            trusted.extend(check.extension(&extension.name));
        }
        Ok(Policy {
            soft_delete: soft_delete.map(|column| column.value.clone()),
            never_delete: check.with_parts(&config.soft_delete.never_delete),
            shared: check.tables(&config.shared),
            trusted,
            scopes: config.scopes.iter().map(|scope| check.scope(scope)).collect(),
        })
    }
}

struct Check<'c> {
    diagnostics: &'c mut Diagnostics,
    schema: &'c Schema,
    guards: BTreeMap<Span, Guard>,
}

impl<'c> Check<'c> {
    fn report(&mut self, span: Span, message: String, near: Option<&str>) {
        let mut diagnostic = Diagnostic::error(CONFIG, span, message);
        diagnostic.help = near.map(|near| format!("did you mean `{near}`?"));
        self.diagnostics.report(diagnostic);
    }

    fn table(&mut self, name: &Spanned<String>) -> Option<&'c Table> {
        table(self.diagnostics, self.schema, name)
    }

    fn tables(&mut self, names: &[Spanned<String>]) -> BTreeSet<Oid> {
        names.iter().filter_map(|name| self.table(name).map(|table| table.oid)).collect()
    }

    /// The tables, their partitions, and the tables that inherit from them: all whose rows are also rows of the named ones.
    fn with_parts(&mut self, names: &[Spanned<String>]) -> BTreeSet<Oid> {
        let mut found = self.tables(names);
        loop {
            let is_part = |table: &&Table| {
                table.partition_of.iter().chain(&table.inherits).any(|whole| found.contains(whole))
            };
            let parts: Vec<Oid> =
                self.schema.tables.values().filter(is_part).map(|table| table.oid).collect();
            let before = found.len();
            found.extend(parts);
            if found.len() == before {
                return found;
            }
        }
    }

    /// Checks that a column that is looked up in every table is in at least one.
    fn column_of_any(&mut self, column: &Spanned<String>) {
        let tables = || self.schema.tables.values().filter(|table| matches!(table.kind, 'r' | 'p'));
        if tables().any(|table| table.column_named(&column.value).is_some()) {
            return;
        }
        let columns = tables().flat_map(|table| &table.columns).map(|column| column.name.as_str());
        let near = nearest(&column.value, columns);
        self.report(column.span, format!("no table has a column `{}`", column.value), near);
    }

    fn column(&mut self, table: &Table, name: &Spanned<String>) -> Option<i32> {
        let found = table.column_named(&name.value);
        if found.is_none() {
            let near = nearest(&name.value, table.columns.iter().map(|column| column.name.as_str()));
            self.report(name.span, format!("table `{}` has no column `{}`", table.name, name.value), near);
        }
        found.map(|column| column.number)
    }

    /// The function that a name means. If several functions have the name, a signature is needed: `slugify(text)`.
    fn function(&mut self, name: &Spanned<String>) -> Option<Oid> {
        let (path, types) = match name.value.strip_suffix(')').and_then(|text| text.split_once('(')) {
            Some((path, types)) => (path.trim(), Some(types)),
            None => (name.value.trim(), None),
        };
        let (schema_name, bare) = match path.split_once('.') {
            Some((schema, bare)) => (Some(schema), bare),
            None => (None, path),
        };
        let is_named = |found: &&Function| {
            found.name == bare
                && schema_name.is_none_or(|schema| found.schema == schema)
                && found.oid >= FIRST_USER_OID
        };
        let found: Vec<&Function> = self.schema.functions.values().filter(is_named).collect();
        if found.is_empty() {
            let users = self.schema.functions.values().filter(|found| found.schema != "pg_catalog");
            let near = nearest(bare, users.map(|found| found.name.as_str()));
            self.report(name.span, format!("the schema has no function `{path}`"), near);
            return None;
        }
        let is_meant = |found: &&Function| {
            types.is_none_or(|types| self.schema.types_named(types).as_ref() == Some(&found.parameters))
        };
        let meant: Vec<&Function> = found.iter().copied().filter(is_meant).collect();
        if let [only] = meant.as_slice() {
            return Some(only.oid);
        }
        let message = match types {
            None => format!("`{path}` is ambiguous: several functions have this name"),
            Some(_) => format!("there is no function `{}`", name.value),
        };
        let of_one_schema = found.iter().all(|other| other.schema == found[0].schema);
        let with_schema = schema_name.is_some() || !of_one_schema;
        let signatures: Vec<_> =
            found.iter().map(|found| format!("\"{}\"", self.signature(found, with_schema))).collect();
        let help = format!("add the parameter types: {}", signatures.join(" or "));
        self.diagnostics.report(Diagnostic::error(CONFIG, name.span, message).help(help));
        None
    }

    /// The functions of an extension that are written in C. The others are analysed, or trusted one by one.
    fn extension(&mut self, name: &Spanned<String>) -> BTreeSet<Oid> {
        let members =
            self.schema.functions.values().filter(|found| found.extension.as_ref() == Some(&name.value));
        let members: Vec<&Function> = members.collect();
        if members.is_empty() {
            let known = self.schema.functions.values().filter_map(|found| found.extension.as_deref());
            let near = nearest(&name.value, known);
            self.report(
                name.span,
                format!("the schema has no extension `{}` with functions", name.value),
                near,
            );
            return BTreeSet::new();
        }
        if is_unsafe_extension(&name.value) {
            let message = format!("functions of `{}` do more than compute from their arguments", name.value);
            let help = "list those that you need in `trusted`, each with the reason why it is harmless";
            self.diagnostics.report(Diagnostic::error(CONFIG, name.span, message).help(help));
            return BTreeSet::new();
        }
        let in_c =
            |found: &&Function| matches!(found.language.as_str(), "c" | "internal") && found.parts.is_empty();
        let mut trusted: BTreeSet<Oid> =
            members.iter().copied().filter(in_c).map(|found| found.oid).collect();
        // An aggregate is what its functions are.
        let is_fine = |part: &Oid| trusted.contains(part) || *part < FIRST_USER_OID;
        let aggregates =
            members.iter().filter(|found| !found.parts.is_empty() && found.parts.iter().all(is_fine));
        let aggregates: Vec<Oid> = aggregates.map(|found| found.oid).collect();
        trusted.extend(aggregates);
        trusted
    }

    /// The signature by which the configuration can name a function.
    fn signature(&self, found: &Function, with_schema: bool) -> String {
        let types: Vec<_> = found.parameters.iter().map(|oid| self.schema.type_name(*oid)).collect();
        let path = if with_schema { format!("{}.", found.schema) } else { String::new() };
        format!("{path}{}({})", found.name, types.join(", "))
    }

    fn scope(&mut self, scope: &Scope) -> ScopePolicy {
        // A wrong name in `id` is reported where token types are made.
        let id = scope.id.as_ref().and_then(|id| {
            let table = self.schema.table_named(&id.table)?;
            Some((table.oid, table.column_named(&id.column)?.number))
        });
        let mut found = ScopePolicy {
            name: scope.name.value.clone(),
            param: scope.param.as_ref().map(|param| param.value.clone()),
            set: scope.set,
            id,
            owners: self.owners(scope),
            via: BTreeMap::new(),
            rows: BTreeMap::new(),
            membership: None,
        };
        self.owner_types(scope, &found);
        for via in &scope.via {
            let Some(table) = self.table(&via.table) else { continue };
            let vias: Vec<Via> = via.ways.iter().filter_map(|via| self.via(table, via)).collect();
            for part in self.schema.partitions(table.oid) {
                let of_part = vias.iter().filter_map(|via| via_of(table, part, via));
                found.via.entry(part.oid).or_default().extend(of_part);
            }
            found.via.entry(table.oid).or_default().extend(vias);
        }
        for rows in &scope.rows {
            let Some(table) = self.table(&rows.table) else { continue };
            let columns = rows.columns.as_ref().map(|columns| {
                columns.iter().filter_map(|column| self.column(table, column)).collect::<BTreeSet<_>>()
            });
            let guard = rows.condition.as_ref().map(|condition| self.guard(condition));
            found.rows.insert(table.oid, Rows { guard, columns });
        }
        found.membership =
            scope.membership.as_ref().and_then(|written| self.membership(scope, &found, written));
        found
    }

    fn membership(
        &mut self,
        scope: &Scope,
        found: &ScopePolicy,
        written: &project::Membership,
    ) -> Option<Membership> {
        let table = self.table(&written.table)?;
        let member = self.column(table, &written.member)?;
        let Some(id) = found.owners.get(&table.oid).copied() else {
            let message = format!(
                "scope `{}` does not own `{}`, so its rows cannot be memberships",
                scope.name.value, table.name
            );
            self.report(written.table.span, message, None);
            return None;
        };
        if id == member {
            let message = format!(
                "`{}` is the owner column of the scope; `member` must be another column",
                written.member.value
            );
            self.report(written.member.span, message, None);
            return None;
        }
        let guard = written.condition.as_ref().map(|condition| self.guard(condition));
        let role =
            |role: &project::Role| Role { name: role.name.value.clone(), guard: self.guard(&role.condition) };
        let roles = written.roles.iter().map(role).collect();
        Some(Membership { table: table.oid, id, member, guard, roles })
    }

    fn owners(&mut self, scope: &Scope) -> BTreeMap<Oid, i32> {
        let mut owners = BTreeMap::new();
        if let Some(column) = &scope.column {
            for table in self.schema.tables.values().filter(|table| matches!(table.kind, 'r' | 'p')) {
                if let Some(found) = table.column_named(&column.value) {
                    owners.insert(table.oid, found.number);
                }
            }
        }
        for owns in &scope.owns {
            if let Some(table) = self.table(&owns.table)
                && let Some(column) = self.column(table, &owns.column)
            {
                owners.insert(table.oid, column);
                for part in self.schema.partitions(table.oid) {
                    owners.extend(in_partition(table, part, column).map(|column| (part.oid, column)));
                }
            }
        }
        owners
    }

    /// Checks that owner columns have the type of the scope's id, since they are compared with its parameter.
    fn owner_types(&mut self, scope: &Scope, found: &ScopePolicy) {
        let Some((table, column)) = found.id else { return };
        let Some(id) = self.schema.column(table, column) else { return };
        let wanted = super::super::terms::compared_as(self.schema, id.type_oid);
        for (owned, number) in &found.owners {
            let Some(owner) = self.schema.column(*owned, *number) else { continue };
            if super::super::terms::compared_as(self.schema, owner.type_oid) != wanted {
                let owned = self.schema.table(*owned).map_or("", |table| table.name.as_str());
                let message = format!(
                    "scope `{}` has an id of type {}, but its owner column `{owned}.{}` is of type {}",
                    scope.name.value,
                    self.schema.type_name(id.type_oid),
                    owner.name,
                    self.schema.type_name(owner.type_oid)
                );
                let span =
                    scope.owns.iter().find(|owns| owns.table.value == owned).map(|owns| owns.column.span);
                let span =
                    span.or(scope.column.as_ref().map(|column| column.span)).unwrap_or(scope.name.span);
                self.report(span, message, None);
            }
        }
    }

    /// The tables that foreign keys join a table to, as they are written in `via`: `"table(column)"`.
    fn joined(&self, table: &Table) -> Vec<String> {
        let of = |owner: &Table, key: &ForeignKey, other: &str| {
            let column = key.columns.first().and_then(|number| owner.column(*number))?;
            Some(format!("\"{other}({})\"", column.name))
        };
        let refers = table
            .foreign_keys
            .iter()
            .filter_map(|key| of(table, key, &self.schema.table(key.foreign_table)?.name));
        let others = self.schema.tables.values().flat_map(|other| {
            let keys = other.foreign_keys.iter().filter(|key| key.foreign_table == table.oid);
            keys.filter_map(|key| of(other, key, &other.name))
        });
        refers.chain(others).collect::<BTreeSet<_>>().into_iter().collect()
    }

    fn via(&mut self, table: &'c Table, via: &ViaWay) -> Option<Via> {
        let other = self.table(&via.table)?;
        let fits = |owner: &Table, key: &ForeignKey| {
            via.column.as_ref().is_none_or(|column| {
                owner.column_named(&column.value).is_some_and(|column| key.columns.contains(&column.number))
            })
        };
        let refers =
            table.foreign_keys.iter().filter(|key| key.foreign_table == other.oid && fits(table, key));
        let referred =
            other.foreign_keys.iter().filter(|key| key.foreign_table == table.oid && fits(other, key));
        let mut found: Vec<(bool, Vec<(i32, i32)>)> = Vec::new();
        let pairs =
            |left: &[i32], right: &[i32]| left.iter().copied().zip(right.iter().copied()).collect::<Vec<_>>();
        let candidates = refers
            .map(|key| (true, pairs(&key.columns, &key.foreign_columns)))
            .chain(referred.map(|key| (false, pairs(&key.foreign_columns, &key.columns))));
        for candidate in candidates {
            if !found.contains(&candidate) {
                found.push(candidate);
            }
        }
        let span = via.column.as_ref().map_or(via.table.span, |column| column.span);
        match found.len() {
            1 => {}
            0 => {
                let by = via
                    .column
                    .as_ref()
                    .map(|column| format!(" with the column `{}`", column.value))
                    .unwrap_or_default();
                let message =
                    format!("there is no foreign key between `{}` and `{}`{by}", table.name, other.name);
                let joined = self.joined(table);
                let help = (!joined.is_empty())
                    .then(|| format!("foreign keys join `{}` to {}", table.name, joined.join(", ")));
                self.diagnostics.report(Diagnostic { help, ..Diagnostic::error(CONFIG, span, message) });
                return None;
            }
            _ => {
                let names: BTreeSet<_> = found
                    .iter()
                    .filter_map(|(refers, pairs)| {
                        let (owner, (own, far)) = (if *refers { table } else { other }, pairs.first()?);
                        Some(owner.column(if *refers { *own } else { *far })?.name.as_str())
                    })
                    .map(|column| format!("\"{}({column})\"", other.name))
                    .collect();
                let names = names.into_iter().collect::<Vec<_>>().join(" or ");
                let message = format!("several foreign keys join `{}` and `{}`", table.name, other.name);
                self.diagnostics.report(
                    Diagnostic::error(CONFIG, span, message)
                        .help(format!("choose one by its referencing column: {names}")),
                );
                return None;
            }
        }
        let (refers, pairs) = found.pop()?;
        let guard = via.condition.as_ref().map(|condition| self.guard(condition));
        Some(Via { table: other.oid, pairs, refers, guard })
    }

    /// The guard of a condition. If PostgreSQL rejected the condition, which has been reported, no row meets the guard.
    fn guard(&mut self, written: &Spanned<String>) -> Guard {
        self.guards.remove(&written.span).unwrap_or_else(|| Guard {
            expr: Some(Expr::Opaque("an unsupported guard".to_owned())),
            text: written.value.clone(),
            columns: BTreeSet::new(),
        })
    }
}

/// The number that a column of a partitioned table has in one of its partitions.
fn in_partition(table: &Table, part: &Table, column: i32) -> Option<i32> {
    Some(part.column_named(&table.column(column)?.name)?.number)
}

/// A foreign key of a partitioned table as one of its partition's.
fn via_of(table: &Table, part: &Table, via: &Via) -> Option<Via> {
    let pairs = via.pairs.iter().map(|(own, far)| Some((in_partition(table, part, *own)?, *far)));
    Some(Via { pairs: pairs.collect::<Option<_>>()?, guard: via.guard.clone(), ..*via })
}

fn table<'s>(diagnostics: &mut Diagnostics, schema: &'s Schema, name: &Spanned<String>) -> Option<&'s Table> {
    let is_table = |table: &&Table| matches!(table.kind, 'r' | 'p');
    let found = schema.table_named(&name.value).filter(is_table);
    if found.is_none() {
        let tables = schema.tables.values().filter(is_table).map(|table| table.name.as_str());
        let mut diagnostic =
            Diagnostic::error(CONFIG, name.span, format!("the schema has no table `{}`", name.value));
        diagnostic.help = match schema.table_named(&name.value) {
            Some(_) => {
                Some("it is not a table; name the tables behind a view, since views are expanded".to_owned())
            }
            None => nearest(&name.value, tables).map(|near| format!("did you mean `{near}`?")),
        };
        diagnostics.report(diagnostic);
    }
    found
}

/// All guards of the configuration, by the place of their text. PostgreSQL analyses each as the WHERE of a SELECT from its
/// table, and never executes it. A text that turns out to be more than a condition is reported.
fn guards(
    diagnostics: &mut Diagnostics,
    config: &Config,
    knowledge: &Knowledge<'_>,
    session: &mut Session,
) -> Result<BTreeMap<Span, Guard>> {
    let schema = knowledge.schema();
    let mut written: Vec<(&Spanned<String>, &Table)> = Vec::new();
    for scope in &config.scopes {
        for via in scope.via.iter().flat_map(|via| &via.ways) {
            // A table that does not exist is reported by `Check::table`.
            if let (Some(condition), Some(table)) = (&via.condition, schema.table_named(&via.table.value)) {
                written.push((condition, table));
            }
        }
        if let Some(membership) = &scope.membership {
            let conditions =
                membership.condition.iter().chain(membership.roles.iter().map(|role| &role.condition));
            let table = schema.table_named(&membership.table.value);
            written.extend(conditions.filter_map(|condition| Some((condition, table?))));
        }
        for rows in &scope.rows {
            if let (Some(condition), Some(table)) = (&rows.condition, schema.table_named(&rows.table.value)) {
                written.push((condition, table));
            }
        }
    }
    let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let texts: Vec<_> = written
        .iter()
        .map(|(condition, table)| {
            format!(
                "select 1 from {}.{} where ({}\n)",
                quoted(&table.schema),
                quoted(&table.name),
                condition.value
            )
        })
        .collect();
    let statements: Vec<_> = texts.iter().map(|sql| Statement { sql, param_types: &[] }).collect();
    let mut found = BTreeMap::new();
    for ((condition, table), answer) in written.into_iter().zip(session.analyse(&statements)?) {
        let query = match answer {
            Ok(analysis) => tree::read_query(&analysis.tree).ok(),
            Err(error) => {
                let mut diagnostic = Diagnostic::error(CONFIG, condition.span, error.message.clone());
                diagnostic.help = enum_values(schema, &error.message);
                diagnostics.report(diagnostic);
                continue;
            }
        };
        for (message, help) in query.iter().flat_map(|query| knowledge.impossible_literals(query)) {
            diagnostics.report(Diagnostic::error(CONFIG, condition.span, message).help(help));
        }
        match query.and_then(|query| guard(query, table.oid, &condition.value)) {
            Some(guard) => {
                found.insert(condition.span, guard);
            }
            None => diagnostics.report(
                Diagnostic::error(
                    CONFIG,
                    condition.span,
                    format!("this is not a condition of `{}` alone", table.name),
                )
                .help("compare its columns with constants: `status = 'published'`"),
            ),
        }
    }
    Ok(found)
}

/// The guard in an analysed query, if the query is a SELECT with nothing but a condition on the columns of that table.
fn guard(query: Query, table: Oid, text: &str) -> Option<Guard> {
    let plain = query.command == Command::Select
        && query.opaque.is_none()
        && query.ctes.is_empty()
        && query.set_operation.is_none()
        && query.group_by.is_empty()
        && query.grouping_sets.is_empty()
        && query.having.is_none()
        && query.windows.is_empty()
        && query.distinct.is_empty()
        && query.sort.is_empty()
        && query.limit.is_none()
        && query.offset.is_none()
        && query.row_marks.is_empty()
        && query.targets.len() == 1;
    let [entry] = query.range_table.as_slice() else { return None };
    let is_table =
        matches!(&entry.kind, RangeKind::Relation { table: found, sample: None, .. } if *found == table);
    if !plain || !is_table || query.from.items.len() != 1 {
        return None;
    }
    let expr = query.from.quals?;
    let (mut simple, mut columns) = (true, BTreeSet::new());
    walk::each_expr(&expr, &mut |expr| {
        if let Expr::Var(var) = expr {
            simple &= var.levels_up == 0 && var.attribute > 0;
            columns.insert(var.attribute);
        }
        let strange =
            matches!(expr, Expr::Sublink(_) | Expr::Aggregate(_) | Expr::WindowCall { .. } | Expr::Opaque(_))
                || matches!(
                    expr,
                    Expr::Param {
                        kind: ParamKind::Extern
                            | ParamKind::Sublink
                            | ParamKind::Exec
                            | ParamKind::MultiAssign,
                        ..
                    }
                );
        simple &= !strange;
    });
    let is_true = matches!(&expr, Expr::Const(constant) if constant.bool() == Some(true));
    simple.then(|| Guard { expr: (!is_true).then_some(expr), text: text.to_owned(), columns })
}
