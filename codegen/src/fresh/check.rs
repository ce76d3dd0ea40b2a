//! Tells whether the generated crate is current.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::lock::Lock;
use super::write::{existing, without_cr};
use super::{Inputs, LOCK, STAGE, digest};
use crate::Result;
use crate::emit::Files;

/// A difference from what was generated, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub kind: FindingKind,
    /// With which file.
    pub path: PathBuf,
}

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// There is no generated crate.
    NeverGenerated,
    /// The record of what was generated cannot be read.
    Damaged,
    /// A run was interrupted while it wrote.
    Interrupted,
    /// An input is not what the crate was generated from.
    InputChanged,
    /// An input was added since the crate was generated.
    InputAdded,
    /// An input that the crate was generated from was removed.
    InputRemoved,
    /// A generated file was edited.
    Edited,
    /// A generated file is not what would be generated now.
    Outdated,
    /// A generated file is missing.
    Missing,
    /// A file was generated once, and would not be now.
    Orphaned,
    /// A file that sqlward did not write.
    Foreign,
}

impl Finding {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self.kind {
            FindingKind::NeverGenerated => "run `sqlward generate`",
            FindingKind::Edited => {
                "run `sqlward generate` to overwrite it; make the change in the SQL files or in sqlward.toml"
            }
            FindingKind::Orphaned => "run `sqlward generate`, which removes it",
            FindingKind::Foreign => "move it away: `sqlward generate` writes nothing while it is here",
            FindingKind::Damaged
            | FindingKind::Interrupted
            | FindingKind::InputChanged
            | FindingKind::InputAdded
            | FindingKind::InputRemoved
            | FindingKind::Outdated
            | FindingKind::Missing => "run `sqlward generate` and commit what it writes",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match self.kind {
            FindingKind::NeverGenerated => write!(f, "{path} has never been generated"),
            FindingKind::Damaged => write!(f, "{path} cannot be read"),
            FindingKind::Interrupted => write!(f, "{path} was left by a run that was interrupted"),
            FindingKind::InputChanged => write!(f, "{path} has changed since the crate was generated"),
            FindingKind::InputAdded => write!(f, "{path} has been added since the crate was generated"),
            FindingKind::InputRemoved => write!(f, "{path} has been removed since the crate was generated"),
            FindingKind::Edited => write!(f, "{path} is generated, and has been edited"),
            FindingKind::Outdated => write!(f, "{path} differs from what would be generated"),
            FindingKind::Missing => write!(f, "{path} is generated, and is missing"),
            FindingKind::Orphaned => write!(f, "{path} is no longer generated"),
            FindingKind::Foreign => {
                write!(f, "{path} is in the generated crate, but sqlward did not write it")
            }
        }
    }
}

/// Compares the crate and its inputs with what was recorded when it was generated. Nothing is generated.
pub fn check(dir: &Path, inputs: &Inputs) -> Result<Vec<Finding>> {
    let mut found = Findings { dir, list: Vec::new() };
    let Ok(text) = fs::read_to_string(dir.join(LOCK)) else {
        let never = Finding { kind: FindingKind::NeverGenerated, path: dir.to_owned() };
        return Ok(vec![never]);
    };
    let lock = Lock::parse(&text);
    if lock.damaged {
        found.add(FindingKind::Damaged, LOCK);
    }
    if dir.join(STAGE).exists() {
        found.add(FindingKind::Interrupted, STAGE);
    }
    let current: BTreeMap<&str, &str> =
        inputs.files.iter().map(|input| (&*input.path, &*input.digest)).collect();
    for (path, digest) in &current {
        match lock.inputs.get(*path) {
            None => found.add(FindingKind::InputAdded, path),
            Some(recorded) if recorded != digest => found.add(FindingKind::InputChanged, path),
            Some(_) => {}
        }
    }
    for path in lock.inputs.keys().filter(|path| !current.contains_key(&***path)) {
        found.add(FindingKind::InputRemoved, path);
    }
    for (path, recorded) in &lock.outputs {
        match fs::read(dir.join(path)) {
            Err(_) => found.add(FindingKind::Missing, path),
            Ok(text) if digest(&text) != *recorded => found.add(FindingKind::Edited, path),
            Ok(_) => {}
        }
    }
    found.strangers(|path| path == LOCK || lock.outputs.contains_key(path))?;
    Ok(found.list)
}

/// Compares the crate with what would be generated now, byte for byte except for line ends.
pub fn compare(dir: &Path, files: &Files) -> Result<Vec<Finding>> {
    let mut found = Findings { dir, list: Vec::new() };
    if !dir.exists() {
        return Ok(vec![Finding { kind: FindingKind::NeverGenerated, path: dir.to_owned() }]);
    }
    for (path, text) in files {
        match fs::read(dir.join(path)) {
            Err(_) => found.add(FindingKind::Missing, path),
            Ok(old) if old != text.as_bytes() && without_cr(&old) != text.as_bytes() => {
                found.add(FindingKind::Outdated, path);
            }
            Ok(_) => {}
        }
    }
    found.strangers(|path| files.contains_key(path))?;
    Ok(found.list)
}

struct Findings<'a> {
    dir: &'a Path,
    list: Vec<Finding>,
}

impl Findings<'_> {
    fn add(&mut self, kind: FindingKind, path: &str) {
        self.list.push(Finding { kind, path: join(self.dir, path) });
    }

    /// Adds the files in the folder that do not belong to the crate.
    fn strangers(&mut self, belongs: impl Fn(&str) -> bool) -> Result<()> {
        let (generated, foreign) = existing(self.dir)?;
        for (kind, paths) in [(FindingKind::Orphaned, generated), (FindingKind::Foreign, foreign)] {
            paths.iter().filter(|path| !belongs(path)).for_each(|path| self.add(kind, path));
        }
        Ok(())
    }
}

/// `catalog` and `../queries/a.sql` are `queries/a.sql`.
fn join(dir: &Path, path: &str) -> PathBuf {
    let mut joined = dir.to_owned();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir if matches!(joined.components().next_back(), Some(Component::Normal(_))) => {
                joined.pop();
            }
            part => joined.push(part),
        }
    }
    joined
}
