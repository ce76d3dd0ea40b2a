//! `sqlward init`: a new project that works.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use crate::{Error, Result};

/// The files of a new project and their text.
const FILES: [(&str, &str); 3] = [
    ("sqlward.toml", include_str!("new_project/sqlward.toml")),
    ("schema.sql", include_str!("new_project/schema.sql")),
    ("queries/notes.sql", include_str!("new_project/notes.sql")),
];

/// Writes a project into a folder. A file that is there already is never touched: then nothing is written at all.
pub fn init(folder: &Path) -> Result<Vec<&'static str>> {
    if let Some((name, _)) = FILES.iter().find(|(name, _)| folder.join(name).exists()) {
        return Err(Error::new(format!("{} is there already", folder.join(name).display()))
            .help("begin in another folder: `sqlward init PATH`"));
    }
    for (name, text) in FILES {
        let path = folder.join(name);
        let cannot = |error| Error::new(format!("cannot write {}", path.display())).because(error);
        fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(cannot)?;
        File::create_new(&path).and_then(|mut file| file.write_all(text.as_bytes())).map_err(cannot)?;
    }
    Ok(FILES.iter().map(|(name, _)| *name).collect())
}
