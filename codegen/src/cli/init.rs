//! `sqlward init`: starts a project.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// The files of a new project and their text.
const FILES: [(&str, &str); 3] = [
    ("sqlward.toml", include_str!("new_project/sqlward.toml")),
    ("schema.sql", include_str!("new_project/schema.sql")),
    ("queries/notes.sql", include_str!("new_project/notes.sql")),
];

/// The files of a program that uses the catalog.
const APP: [(&str, &str); 3] = [
    ("Cargo.toml", include_str!("new_project/app/manifest.toml")),
    ("src/main.rs", include_str!("new_project/app/main.rs")),
    (".gitignore", "/target\n"),
];

/// Writes a project into a folder. If one of the files exists already, nothing is written.
pub fn init(folder: &Path, app: bool) -> Result<Vec<&'static str>> {
    let files: Vec<_> = FILES.iter().chain(APP.iter().filter(|_| app)).collect();
    if let Some((name, _)) = files.iter().find(|(name, _)| folder.join(name).exists()) {
        return Err(Error::new(format!("{} already exists", folder.join(name).display()))
            .help("use another folder: `sqlward init PATH`"));
    }
    let checkout = checkout();
    for (name, text) in &files {
        let text = with_runtime(text, checkout.as_deref());
        let path = folder.join(name);
        let cannot = |error| {
            Error::new(format!("cannot write {}", path.display()))
                .because(error)
                .help(format!("check that {} is a folder in which you can write", folder.display()))
        };
        fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(cannot)?;
        File::create_new(&path).and_then(|mut file| file.write_all(text.as_bytes())).map_err(cannot)?;
    }
    Ok(files.into_iter().map(|(name, _)| *name).collect())
}

/// The checkout that this program was built in, if it still exists. A program built from a release has none.
fn checkout() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let manifest: toml::Table = fs::read_to_string(root.join("Cargo.toml")).ok()?.parse().ok()?;
    (manifest.get("package")?.get("name")?.as_str()? == "sqlward").then(|| root.to_owned())
}

/// Fills in where the runtime is: in the checkout, or else on crates.io.
fn with_runtime(text: &str, checkout: Option<&Path>) -> String {
    const UNSAID: &str =
        "# [crate]\n# sqlward = { path = \"../sqlward\" }      # where the runtime is, if not on crates.io\n";
    match checkout.and_then(Path::to_str) {
        Some(root) => {
            let runtime = format!("path = {}", toml::Value::from(root));
            let said = format!("[crate]\nsqlward = {{ {runtime} }}      # a release says its version here\n");
            text.replace(UNSAID, &said).replace("RUNTIME", &runtime)
        }
        None => text.replace("RUNTIME", &format!("version = \"{}\"", env!("CARGO_PKG_VERSION"))),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{APP, FILES, with_runtime};

    #[test]
    fn the_runtime_is_a_release_or_that_of_the_checkout() {
        let version = format!("version = \"{}\"", env!("CARGO_PKG_VERSION"));
        for (checkout, said) in [(None, &*version), (Some(Path::new("/a \"b\"")), "path = '/a \"b\"'")] {
            let manifest = with_runtime(APP[0].1, checkout);
            assert!(manifest.contains(&format!("sqlward = {{ {said}, features")), "{manifest}");
            assert!(manifest.parse::<toml::Table>().is_ok(), "{manifest}");
            let config = with_runtime(FILES[0].1, checkout);
            let config: toml::Table = config.parse().unwrap();
            assert_eq!(config.contains_key("crate"), checkout.is_some());
        }
    }
}
