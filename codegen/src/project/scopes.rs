//! `[scopes.<name>]`: who owns what.

use toml::de::DeValue;

use super::config::{ColumnName, Membership, Owns, Role, Rows, Scope, Via, ViaWay};
use super::section::{Reader, Section, path};
use crate::parse::is_rust_name;
use crate::source::Spanned;

/// Reads all `[scopes.<name>]`.
pub(super) fn scopes(reader: &mut Reader, root: &Section) -> Vec<Scope> {
    let section = reader.section("scopes", root.get("scopes"), None);
    let mut scopes = Vec::new();
    for (name, value) in section.entries() {
        if name.value == "system" {
            let help = "remove the section: system scope has no tenant, and needs no policy";
            reader.error(name.span, "the scope `system` is built in", help);
        } else if !is_rust_name(&name.value) {
            let help = "use letters from a to z, digits and `_`: the name becomes part of a Rust type name";
            reader.error(name.span, format!("`{}` is not a valid scope name", name.value), help);
        } else {
            scopes.push(scope(reader, name, value));
        }
    }
    scopes
}

fn scope(reader: &mut Reader, name: &Spanned<String>, value: &toml::Spanned<DeValue>) -> Scope {
    let known = ["id", "param", "column", "set", "owns", "via", "rows", "membership"];
    let path = path("scopes", &name.value);
    let section = reader.section(&path, Some(value), Some(&known));
    let param = reader.setting(&section, "param");
    if let Some(param) = &param
        && !is_rust_name(&param.value)
    {
        reader.error(
            param.span,
            format!("`{}` is not a valid parameter name", param.value),
            "write a parameter name without its colon",
        );
    }
    if param.is_none() && section.get("param").is_none() {
        for key in ["id", "column", "set", "owns", "membership"] {
            if let Some(span) = section.key(key) {
                let message = format!("`{key}` has no effect, since `{path}` has no `param`");
                reader.error(
                    span,
                    message,
                    format!("name the parameter that binds it: `param = \"{}_id\"`", name.value),
                );
                break;
            }
        }
    }
    Scope {
        name: name.clone(),
        id: reader.setting(&section, "id").and_then(|id| column_name(reader, &id)),
        param,
        column: reader.setting(&section, "column"),
        set: reader.flag(&section, "set").is_some_and(|set| set.value),
        owns: owns(reader, &path, &section),
        via: via(reader, &path, &section),
        rows: rows(reader, &path, &section),
        membership: membership(reader, &path, &section),
    }
}

fn membership(reader: &mut Reader, scope: &str, section: &Section) -> Option<Membership> {
    let value = section.get("membership")?;
    let name = path(scope, "membership");
    let found = reader.section(&name, Some(value), Some(&["table", "member", "where", "roles"]));
    if section.get("set").is_some_and(|set| matches!(set.get_ref(), DeValue::Boolean(true))) {
        let help = "remove it, and put the membership into a scope with a single id";
        reader.error(reader.place(value), format!("`{name}` has no effect, since `{scope}` is a set"), help);
    }
    let needed = [
        ("table", "name the table of memberships: `table = \"memberships\"`"),
        ("member", "name the column that identifies the member: `member = \"user_id\"`"),
    ];
    for (key, help) in needed.iter().filter(|(key, _)| found.get(key).is_none()) {
        reader.error(reader.place(value), format!("`{name}` has no `{key}`"), *help);
    }
    let roles = reader.section(&path(&name, "roles"), found.get("roles"), None);
    let mut named = Vec::new();
    for (role, _) in roles.entries() {
        if !is_rust_name(&role.value) {
            let help = "use letters from a to z, digits and `_`: the name becomes part of a Rust type name";
            reader.error(role.span, format!("`{}` is not a valid role name", role.value), help);
        } else if let Some(condition) = reader.setting(&roles, &role.value) {
            named.push(Role { name: role.clone(), condition });
        }
    }
    let condition = reader.setting(&found, "where");
    // A condition that could not be read must not count as none.
    if found.get("where").is_some() && condition.is_none() {
        return None;
    }
    Some(Membership {
        table: reader.setting(&found, "table")?,
        member: reader.setting(&found, "member")?,
        condition,
        roles: named,
    })
}

fn owns(reader: &mut Reader, scope: &str, section: &Section) -> Vec<Owns> {
    let tables = reader.section(&path(scope, "owns"), section.get("owns"), None);
    let mut owns = Vec::new();
    for (table, _) in tables.entries() {
        if let Some(column) = reader.setting(&tables, &table.value) {
            owns.push(Owns { table: table.clone(), column });
        }
    }
    owns
}

fn via(reader: &mut Reader, scope: &str, section: &Section) -> Vec<Via> {
    let name = path(scope, "via");
    let tables = reader.section(&name, section.get("via"), None);
    let mut via = Vec::new();
    for (table, value) in tables.entries() {
        let name = path(&name, &table.value);
        let ways: Vec<ViaWay> = match value.get_ref() {
            DeValue::Array(ways) => ways.iter().filter_map(|way| via_way(reader, &name, way)).collect(),
            _ => via_way(reader, &name, value).into_iter().collect(),
        };
        if ways.is_empty() && matches!(value.get_ref(), DeValue::Array(ways) if ways.is_empty()) {
            let span = reader.place(value);
            reader.error(
                span,
                format!("`{name}` does not name a table"),
                "name the table at the other end of the foreign key",
            );
        }
        via.push(Via { table: table.clone(), ways });
    }
    via
}

/// `"table"`, `"table(column)"`, or a table with `where`.
fn via_way(reader: &mut Reader, name: &str, value: &toml::Spanned<DeValue>) -> Option<ViaWay> {
    let (target, condition) = match value.get_ref() {
        DeValue::Table(_) => {
            let way = reader.section(name, Some(value), Some(&["table", "where"]));
            if way.get("table").is_none() {
                let span = reader.place(value);
                reader.error(span, format!("`{name}` does not name a table"), "add `table = \"...\"`");
            }
            (reader.setting(&way, "table")?, reader.setting(&way, "where"))
        }
        _ => (reader.string(name, value)?, None),
    };
    let (table, column) = match target.value.split_once('(') {
        None => (target.value.trim(), None),
        Some((table, column)) => match column.trim_end().strip_suffix(')') {
            Some(column) if !table.trim().is_empty() && !column.trim().is_empty() => {
                (table.trim(), Some(column.trim()))
            }
            _ => {
                let message = format!("`{}` is not `table` or `table(column)`", target.value);
                reader.error(
                    target.span,
                    message,
                    "the column in parentheses is the referencing one of the foreign key",
                );
                return None;
            }
        },
    };
    let at = |value: &str| Spanned { value: value.to_owned(), span: target.span };
    Some(ViaWay { table: at(table), column: column.map(at), condition })
}

fn rows(reader: &mut Reader, scope: &str, section: &Section) -> Vec<Rows> {
    let name = path(scope, "rows");
    let tables = reader.section(&name, section.get("rows"), None);
    let mut rows = Vec::new();
    for (table, value) in tables.entries() {
        let name = path(&name, &table.value);
        let (condition, columns) = match value.get_ref() {
            DeValue::Table(_) => {
                let guard = reader.section(&name, Some(value), Some(&["where", "columns"]));
                let columns = guard.get("columns").map(|_| reader.list(&guard, "columns"));
                (reader.setting(&guard, "where"), columns)
            }
            _ => (reader.string(&name, value), None),
        };
        if condition.is_none() && columns.is_none() {
            if matches!(value.get_ref(), DeValue::Table(table) if table.is_empty()) {
                let help = "write `where`, `columns` or both";
                reader.error(
                    reader.place(value),
                    format!("`{name}` has neither `where` nor `columns`"),
                    help,
                );
            }
            // What could not be read must not count as "every row".
            continue;
        }
        let unread = matches!(value.get_ref(), DeValue::Table(table) if table.contains_key("where"))
            && condition.is_none();
        if !unread {
            rows.push(Rows { table: table.clone(), condition, columns });
        }
    }
    rows
}

/// `"users.id"`.
pub(super) fn column_name(reader: &mut Reader, name: &Spanned<String>) -> Option<ColumnName> {
    match name.value.rsplit_once('.') {
        Some((table, column)) if !table.trim().is_empty() && !column.trim().is_empty() => {
            Some(ColumnName { table: table.to_owned(), column: column.to_owned(), span: name.span })
        }
        _ => {
            reader.error(name.span, format!("`{}` is not a column", name.value), "write `table.column`");
            None
        }
    }
}
