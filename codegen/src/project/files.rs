//! Finding and reading the input files.

use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::source::{FileId, Sources, Span};
use crate::{Error, Result};

/// A file of SQL and its module.
pub(super) struct Found {
    /// Where it is, absolute.
    pub path: PathBuf,
    /// The folders between the configured folder and the file, and the file's stem.
    pub module: Vec<String>,
}

/// The `.sql` files of a path: the file itself, or all files below a folder in sorted order, without hidden ones.
pub(super) fn find(what: &str, path: &Path) -> Result<Vec<Found>> {
    let metadata = fs::metadata(path).map_err(|error| cannot_read(what, path, error))?;
    let mut found = Vec::new();
    if metadata.is_dir() {
        let folder = fs::canonicalize(path).map_err(|error| cannot_read(what, path, error))?;
        walk(what, &folder, &mut Vec::new(), &mut Vec::new(), &mut found)?;
    } else {
        found.push(Found { path: canonical_file(path)?, module: vec![stem(path)] });
    }
    Ok(found)
}

/// `above` are the real paths of the folders that lead here: a symbolic link back to one of them is not followed.
fn walk(
    what: &str,
    folder: &Path,
    above: &mut Vec<PathBuf>,
    module: &mut Vec<String>,
    found: &mut Vec<Found>,
) -> Result<()> {
    let real = fs::canonicalize(folder).map_err(|error| cannot_read(what, folder, error))?;
    if above.contains(&real) {
        return Ok(());
    }
    above.push(real);
    let entries = fs::read_dir(folder).and_then(|entries| entries.collect::<std::io::Result<Vec<_>>>());
    let mut entries = entries.map_err(|error| cannot_read(what, folder, error))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_sql = path.extension().is_some_and(|extension| extension == "sql");
        if name.starts_with('.') {
            continue;
        }
        let metadata = match fs::metadata(&path) {
            Ok(metadata) => metadata,
            // A broken link matters only if it stands for a query file.
            Err(_) if !is_sql => continue,
            Err(error) => return Err(cannot_read(what, &path, error)),
        };
        if metadata.is_dir() {
            module.push(name);
            walk(what, &path, above, module, found)?;
            module.pop();
        } else if is_sql && metadata.is_file() {
            let module = module.iter().cloned().chain([stem(&path)]).collect();
            found.push(Found { path, module });
        }
    }
    above.pop();
    Ok(())
}

/// The absolute path of a file. If the file itself is a link, it is not resolved, so that its given path is shown.
fn canonical_file(path: &Path) -> Result<PathBuf> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder = fs::canonicalize(folder).map_err(|error| cannot_read("folder", folder, error))?;
    Ok(folder.join(path.file_name().unwrap_or_default()))
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The rule id of a file whose bytes are not UTF-8.
const ENCODING: &str = "encoding";
const AS_UTF8: &str = "save the file as UTF-8";

/// Reads a file into the sources. Bytes that are not UTF-8 are reported and replaced. Line ends become LF, even inside of
/// literals as in Rust, so that the output does not depend on how a file was checked out.
pub(super) fn read(
    diagnostics: &mut Diagnostics,
    sources: &mut Sources,
    root: &Path,
    what: &str,
    path: &Path,
) -> Result<FileId> {
    let bytes = fs::read(path).map_err(|error| cannot_read(what, path, error))?;
    let shown = shown(root, path);
    if let Some(text) = utf16(&bytes) {
        let file = sources.add(shown, with_lf(text));
        let start = Span { file, start: 0, end: 0 };
        let error = Diagnostic::error(ENCODING, start, "the file is UTF-16, and only UTF-8 is read");
        diagnostics.report(error.help(AS_UTF8));
        return Ok(file);
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Ok(sources.add(shown, with_lf(text))),
        Err(error) => error.into_bytes(),
    };
    let mut text = String::with_capacity(bytes.len());
    let mut first = None;
    for chunk in bytes.utf8_chunks() {
        text.push_str(&with_lf(chunk.valid().to_owned()));
        if let [byte, ..] = chunk.invalid() {
            first.get_or_insert((text.len(), *byte));
            text.push(char::REPLACEMENT_CHARACTER);
        }
    }
    let file = sources.add(shown, text);
    if let Some((start, byte)) = first {
        let span = Span { file, start, end: start + char::REPLACEMENT_CHARACTER.len_utf8() };
        let message = format!("the byte 0x{byte:02X} is not UTF-8");
        diagnostics.report(Diagnostic::error(ENCODING, span, message).help(AS_UTF8));
    }
    Ok(file)
}

/// The text of a file in UTF-16, so that other mistakes in it are found in the same run. It begins with a byte order mark,
/// or with an ASCII character, of which one byte is zero. In UTF-8 that would be a NUL, which no input may contain.
fn utf16(bytes: &[u8]) -> Option<String> {
    let unit = match bytes {
        [0xFF, 0xFE, ..] | [1..=0x7F, 0, ..] => u16::from_le_bytes,
        [0xFE, 0xFF, ..] | [0, 1..=0x7F, ..] => u16::from_be_bytes,
        _ => return None,
    };
    let units: Vec<u16> = bytes.as_chunks().0.iter().copied().map(unit).collect();
    Some(String::from_utf16_lossy(&units))
}

fn with_lf(text: String) -> String {
    if text.contains("\r\n") { text.replace("\r\n", "\n") } else { text }
}

/// The path that messages show and generated files record: from the folder of the configuration to the file, with
/// forward slashes.
fn shown(root: &Path, path: &Path) -> PathBuf {
    let common = root.components().zip(path.components()).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return path.to_owned();
    }
    let up = root.components().skip(common).map(|_| "..".to_owned());
    let down = path.components().skip(common).map(|part| match part {
        Component::ParentDir => "..".to_owned(),
        part => part.as_os_str().to_string_lossy().into_owned(),
    });
    up.chain(down).collect::<Vec<_>>().join("/").into()
}

/// The error for a path that cannot be read.
pub(super) fn cannot_read(what: &str, path: &Path, error: std::io::Error) -> Error {
    let help = match error.kind() {
        std::io::ErrorKind::NotFound => {
            "check the path; in sqlward.toml paths are relative to that file, \
                                         on the command line to the current folder"
        }
        std::io::ErrorKind::PermissionDenied => "give the current user permission to read it",
        _ => "check that it is a file or a folder that can be read",
    };
    Error::new(format!("cannot read {what} {}", path.display())).help(help).because(error)
}
