//! One catalog, as a project of each program.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::catalog::{self, POLICY, QUERIES_OF_A_TABLE};
use crate::root;

/// Writes a catalog of `size` queries into a folder, for each program: `sqlward/`, `cornucopia/`.
pub fn write(folder: &Path, size: usize) {
    let tables = size / QUERIES_OF_A_TABLE;
    let put = |path: &str, text: &str| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("it has one")).expect("the folder can be written to");
        fs::write(path, text).expect("the folder can be written to");
    };
    // An earlier run with another size can have left files.
    let _ = fs::remove_dir_all(folder);
    put("sqlward/sqlward.toml", &configuration(size));
    put("sqlward/schema.sql", &catalog::schema(tables));
    for table in 1..=tables {
        put(&format!("sqlward/queries/items_{table}.sql"), &catalog::file(table..=table));
        put(&format!("cornucopia/queries/items_{table}.sql"), &cornucopia(table));
    }
    put(
        "cornucopia/cornucopia.toml",
        &format!("[manifest.package]\nname = \"cornucopia-{size}\"\nversion = \"0.1.0\"\n"),
    );
}

fn configuration(size: usize) -> String {
    let root = root();
    let root = root.display();
    format!(
        "queries = \"queries\"\noutput = \"crate\"\n{POLICY}\n\
         [crate]\nname = \"sqlward-{size}\"\nsqlward = {{ path = \"{root}\" }}\n"
    )
}

/// The queries for a table as an author would write them for cornucopia, which needs the nullable columns, and a name if
/// queries share a row struct.
fn cornucopia(table: usize) -> String {
    let mut text = "--: Item(body?, position?, updated_at?, deleted_at?)\n".to_owned();
    for (name, sql) in catalog::queries(table) {
        let row = match name {
            "get" | "get_by_title" | "list" | "add" | "update" => " : Item",
            "creator_with_items" => " : (title?)",
            "totals" => " : (total?, latest?)",
            _ => "",
        };
        let parameters = match name {
            "add" | "update" => " (body?)",
            "move_to" => " (position?)",
            _ => "",
        };
        let _ = writeln!(text, "\n--! {name}_{table}{parameters}{row}\n{sql};");
    }
    text
}

/// Changes one of sqlward's files: a statement, and the comment above it.
pub fn change(folder: &Path, run: usize, comment: &str) {
    let path = folder.join("sqlward/queries/items_1.sql");
    let text = catalog::file(1..=1).replace("limit 10)", &format!("limit {})", 20 + run));
    fs::write(path, format!("{comment}{text}")).expect("the folder can be written to");
}

/// The statement with numbered parameters, and their names, in the order of their first use.
pub fn numbered(sql: &str) -> (String, Vec<&str>) {
    let mut names: Vec<&str> = Vec::new();
    let mut parts = sql.split(':');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        let number = names.iter().position(|known| *known == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        });
        let _ = write!(text, "${}{rest}", number + 1);
    }
    (text, names)
}
