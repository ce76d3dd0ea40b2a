//! Writes the crate, all of it or nothing.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::lock::Lock;
use super::{LOCK, STAGE};
use crate::emit::{Files, HEADER};
use crate::{Error, Result};

/// The changes on disk, by paths relative to the crate.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// New files and files with new text.
    pub changed: Vec<String>,
    /// Files of an earlier generation that were removed.
    pub removed: Vec<String>,
    /// How many files were unchanged; they are not touched, so that Cargo does not rebuild for them.
    pub unchanged: usize,
}

/// Writes the files of a crate, which `seal` has completed, to their folder.
///
/// Everything is written aside first and then put in place file by file, `sqlward.lock` last. If that fails the old
/// files come back; if the process is killed meanwhile, `check` and the crate's `build.rs` notice, and the next run
/// repairs it. A folder with files that sqlward did not write is refused.
pub fn write(dir: &Path, files: &Files) -> Result<Written> {
    if dir.exists() && !dir.is_dir() {
        return Err(Error::new(format!("{} is a file, not a folder", dir.display()))
            .help("nothing was written; move it away, or let `output` name a folder of its own"));
    }
    if let Some(link) = dir.ancestors().find(|path| path.is_symlink() && !path.exists()) {
        let target = fs::read_link(link).unwrap_or_default();
        return Err(Error::new(format!("{} is a dangling link to {}", link.display(), target.display()))
            .help("nothing was written; create the target folder, or remove the link"));
    }
    let is_new = !dir.exists();
    fs::create_dir_all(dir).map_err(|error| cannot("create", dir, error))?;
    let written = write_into(dir, files);
    if written.is_err() && is_new {
        // Only if it is empty.
        let _ = fs::remove_dir(dir);
    }
    written
}

fn write_into(dir: &Path, files: &Files) -> Result<Written> {
    let _locked = Locked::folder(dir)?;
    let (generated, foreign) = existing(dir)?;
    if let Some(first) = foreign.first() {
        let more = if foreign.len() > 1 { format!(" and {} more", foreign.len() - 1) } else { String::new() };
        let message = format!("{} has files that sqlward did not write: {first}{more}", dir.display());
        return Err(Error::new(message)
            .help("nothing was written; move these files away, or let `output` name a folder of its own"));
    }

    let stage = dir.join(STAGE);
    if stage.exists() {
        fs::remove_dir_all(&stage).map_err(|error| cannot("remove", &stage, error))?;
    }
    let is_current = |path: &str, text: &str| {
        fs::read(dir.join(path))
            .is_ok_and(|old| old == text.as_bytes() || without_cr(&old) == text.as_bytes())
    };
    let (unchanged, mut changed): (Vec<_>, Vec<_>) =
        files.iter().partition(|(path, text)| is_current(path, text));
    // `sqlward.lock` comes last: until it is in place, it does not match the files, which shows an interrupted run.
    changed.sort_by_key(|(path, _)| *path == LOCK);
    let removed: Vec<String> = generated.into_iter().filter(|path| !files.contains_key(path)).collect();
    let written = Written {
        changed: changed.iter().map(|(path, _)| (*path).clone()).collect(),
        removed,
        unchanged: unchanged.len(),
    };
    if written.changed.is_empty() && written.removed.is_empty() {
        return Ok(written);
    }

    let mut swap = Swap { dir, stage: &stage, done: Vec::new() };
    let result = swap.stage(&changed).and_then(|()| swap.run(&written));
    if result.is_err() {
        swap.undo();
    }
    // The staged files are no longer needed; if they cannot be removed now, the next run removes them.
    let _ = fs::remove_dir_all(&stage);
    for path in &written.removed {
        remove_empty_parents(dir, path);
    }
    result.map(|()| written)
}

/// A folder that no other run writes.
struct Locked(fs::File);

impl Locked {
    fn folder(dir: &Path) -> Result<Locked> {
        let folder = fs::File::open(dir).map_err(|error| cannot("open", dir, error))?;
        match folder.try_lock() {
            Err(fs::TryLockError::WouldBlock) => {
                let message = format!("another run is writing {}", dir.display());
                Err(Error::new(message).help("wait until it is done"))
            }
            // Some file systems have no locks.
            Ok(()) | Err(fs::TryLockError::Error(_)) => Ok(Locked(folder)),
        }
    }
}

impl Drop for Locked {
    /// Closing the file is not enough: a process that another thread is starting may have a copy of the descriptor until it
    /// runs its program, and with it the lock.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// The files in the folder: those that sqlward wrote, and those that it did not.
pub(super) fn existing(dir: &Path) -> Result<(Vec<String>, Vec<String>)> {
    let read = |path: PathBuf| fs::read_to_string(path).unwrap_or_default();
    // An interrupted run has left files of its own, with their list.
    let locks = [dir.join(LOCK), dir.join(STAGE).join("new").join(LOCK)];
    let mut listed: BTreeSet<String> =
        locks.into_iter().flat_map(|path| Lock::parse(&read(path)).outputs.into_keys()).collect();
    listed.insert(LOCK.to_owned());
    let is_generated = |path: &String| {
        let marked = || read(dir.join(path)).lines().next().is_some_and(|line| line.contains(HEADER));
        listed.contains(path) || marked()
    };
    Ok(scan(dir)?.into_iter().partition(is_generated))
}

/// All files below the folder except for those of Cargo, Git and similar tools.
fn scan(dir: &Path) -> Result<Vec<String>> {
    fn below(dir: &Path, prefix: &str, found: &mut Vec<String>) -> io::Result<()> {
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let cargo = prefix.is_empty() && matches!(&*name, "target" | "Cargo.lock");
            if name.starts_with('.') || cargo {
                continue;
            }
            let path = format!("{prefix}{name}");
            if entry.file_type()?.is_dir() {
                below(&entry.path(), &format!("{path}/"), found)?;
            } else {
                found.push(path);
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    below(dir, "", &mut found).map_err(|error| cannot("read", dir, error))?;
    found.sort();
    Ok(found)
}

/// The text with LF for CR LF.
pub(super) fn without_cr(text: &[u8]) -> Vec<u8> {
    let ends_line = |at: usize| text.get(at + 1) == Some(&b'\n');
    text.iter()
        .enumerate()
        .filter(|(at, byte)| **byte != b'\r' || !ends_line(*at))
        .map(|(_, byte)| *byte)
        .collect()
}

/// New files on their way into place. The files that they replace are kept until all are in place.
struct Swap<'a> {
    dir: &'a Path,
    stage: &'a Path,
    /// The paths dealt with so far, and whether a file was there before.
    done: Vec<(String, bool)>,
}

impl Swap<'_> {
    fn new_file(&self, path: &str) -> PathBuf {
        self.stage.join("new").join(path)
    }

    fn old_file(&self, path: &str) -> PathBuf {
        self.stage.join("old").join(path)
    }

    /// Writes the new files into the staging folder.
    fn stage(&self, changed: &[(&String, &String)]) -> Result<()> {
        for (path, text) in changed {
            let path = self.new_file(path);
            with_parent(&path, |path| fs::write(path, text.as_bytes()))
                .map_err(|error| cannot("write", &path, error))?;
        }
        Ok(())
    }

    /// Puts everything in place.
    fn run(&mut self, written: &Written) -> Result<()> {
        for path in &written.removed {
            let place = self.dir.join(path);
            with_parent(&self.old_file(path), |old| fs::rename(&place, old))
                .map_err(|error| cannot("remove", &place, error))?;
            self.done.push((path.clone(), true));
        }
        for path in &written.changed {
            let place = self.dir.join(path);
            self.replace(path, &place).map_err(|error| cannot("write", &place, error))?;
        }
        Ok(())
    }

    fn replace(&mut self, path: &str, place: &Path) -> io::Result<()> {
        let existed = place.symlink_metadata().is_ok();
        if existed {
            with_parent(&self.old_file(path), |old| {
                fs::hard_link(place, old).or_else(|_| fs::copy(place, old).map(drop))
            })?;
        }
        with_parent(place, |place| fs::rename(self.new_file(path), place))?;
        self.done.push((path.to_owned(), existed));
        Ok(())
    }

    /// Brings the old files back.
    fn undo(&mut self) {
        while let Some((path, existed)) = self.done.pop() {
            let place = self.dir.join(&path);
            // If this fails too, `check` reports the file.
            let _ = if existed { fs::rename(self.old_file(&path), &place) } else { fs::remove_file(&place) };
            remove_empty_parents(self.dir, &path);
        }
    }
}

/// Creates a file, and the folder above it if that is missing.
fn with_parent(path: &Path, make: impl Fn(&Path) -> io::Result<()>) -> io::Result<()> {
    match make(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            make(path)
        }
        done => done,
    }
}

fn remove_empty_parents(dir: &Path, path: &str) {
    let parents = Path::new(path).ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty());
    for parent in parents {
        if fs::remove_dir(dir.join(parent)).is_err() {
            break;
        }
    }
}

fn cannot(what: &str, path: &Path, error: io::Error) -> Error {
    Error::new(format!("cannot {what} {}", path.display()))
        .because(error)
        .help("the generated crate is as it was; make its folder writable and run `sqlward generate` again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_half_way_brings_the_old_files_back() {
        let dir = tempfile::tempdir().unwrap();
        let text = |name: &str| fs::read_to_string(dir.path().join(name)).ok();
        fs::create_dir(dir.path().join("old")).unwrap();
        for name in ["a", "b", "old/c"] {
            fs::write(dir.path().join(name), "old").unwrap();
        }
        let stage = dir.path().join(STAGE);
        let mut swap = Swap { dir: dir.path(), stage: &stage, done: Vec::new() };
        let [a, d, new] = ["a", "new/d", "new"].map(str::to_owned);
        swap.stage(&[(&a, &new), (&d, &new)]).unwrap();
        // "b" was not staged.
        let changed = ["a", "new/d", "b"].map(str::to_owned).to_vec();
        let written = Written { changed, removed: vec!["old/c".to_owned()], unchanged: 0 };
        let error = swap.run(&written).unwrap_err();
        assert!(error.to_string().contains("cannot write"), "{error}");
        assert_eq!(text("a").as_deref(), Some("new"), "the failure came half way");
        swap.undo();
        for name in ["a", "b", "old/c"] {
            assert_eq!(text(name).as_deref(), Some("old"), "{name}");
        }
        assert!(!dir.path().join("new").exists());
    }
}
