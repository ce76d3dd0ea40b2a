//! Snapshots: cached clusters with content, for later runs.
//!
//! A snapshot is a folder in the private cache with two files. `cluster.tar` is the data folder of a server that was shut down
//! properly. `note` contains what its creator wants to know about it later. A snapshot is found by everything that it was made
//! of, compared byte by byte. It is created and removed atomically, by renaming, and its name is never used again. So whoever
//! has read a note starts either with the cluster that belongs to it, or with none.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Write};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::fs::{AtFlags, CWD, Timespec, Timestamps, UTIME_NOW, utimensat};

use crate::builder::Builder;
use crate::cluster::{self, SUPERVISOR};
use crate::place::{self, Account};

/// The maximum number of snapshots. The least recently used ones are removed.
const MOST: usize = 4;

const PREFIX: &str = "snapshot-";

/// Everything that a cluster is made of: the key of its snapshot.
#[derive(Debug)]
pub struct Origin {
    cache: PathBuf,
    key: Vec<u8>,
}

/// A cached cluster of an earlier run.
#[derive(Debug)]
pub struct Snapshot {
    folder: PathBuf,
    key: Vec<u8>,
    note: Vec<u8>,
}

impl Builder {
    /// The origin of the cluster of such a server after `content` has been executed in it. It consists of the content, the
    /// programs, their settings, the extensions that they find, and the day. Other things that a schema can read, such as a
    /// file or the time of day, are not part of it.
    ///
    /// `None` if this machine has no folder for a cache, or no empty cluster is cached yet.
    pub fn origin(&self, content: &[&[u8]]) -> Option<Origin> {
        let binaries = self.binaries.as_ref()?;
        let cache = place::cache(&Account::for_server())?;
        let share = fs::read_to_string(cache.join(cluster::name(binaries)).join("share_path")).ok()?;
        let mut key = Vec::new();
        let mut part = |part: &[u8]| {
            key.extend((part.len() as u64).to_be_bytes());
            key.extend(part);
        };
        part(env!("CARGO_PKG_VERSION").as_bytes());
        part(binaries.banner.as_bytes());
        part(binaries.folder.as_os_str().as_encoded_bytes());
        part(&stamp(&fs::metadata(binaries.folder.join("postgres")).ok()?));
        part(cluster::initdb(binaries).as_bytes());
        part(SUPERVISOR.as_bytes());
        cluster::settings(binaries).for_each(|setting| part(setting.as_bytes()));
        self.settings.iter().for_each(|setting| part(setting.as_bytes()));
        self.files
            .iter()
            .for_each(|(name, text)| [name, text].into_iter().for_each(|text| part(text.as_bytes())));
        for (name, stamp) in extensions(share.trim_end())? {
            part(&name);
            part(&stamp);
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
        part(&(now.as_secs() / (24 * 60 * 60)).to_be_bytes());
        content.iter().for_each(|text| part(text));
        Some(Origin { cache, key })
    }
}

/// The files in the folder of extensions, each with its stamp.
fn extensions(share: &str) -> Option<BTreeMap<Vec<u8>, [u8; 24]>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(Path::new(share).join("extension")).ok()? {
        let entry = entry.ok()?;
        let name = entry.file_name().into_encoded_bytes();
        found.insert(name, stamp(&fs::metadata(entry.path()).ok()?));
    }
    Some(found)
}

/// The size of a file and the time of its last change, by which a change is noticed.
fn stamp(metadata: &fs::Metadata) -> [u8; 24] {
    let numbers = [metadata.size().cast_signed(), metadata.mtime(), metadata.mtime_nsec()];
    let mut stamp = [0; 24];
    for (bytes, number) in stamp.chunks_exact_mut(8).zip(numbers) {
        bytes.copy_from_slice(&number.to_be_bytes());
    }
    stamp
}

impl Origin {
    /// The most recently used snapshot of a cluster with this origin.
    pub fn snapshot(&self) -> Option<Snapshot> {
        let prefix = self.prefix();
        let found = snapshots(&self.cache).into_iter().map(|(_, folder)| folder).find_map(|folder| {
            if !folder.file_name()?.to_str()?.starts_with(&prefix) {
                return None;
            }
            let Some(note) = read_note(&folder.join("note"), &self.key) else {
                // It is damaged, and will be created anew.
                remove(&folder);
                return None;
            };
            Some(Snapshot { folder, key: self.key.clone(), note })
        })?;
        let now = Timespec { tv_sec: 0, tv_nsec: UTIME_NOW };
        let now = Timestamps { last_access: now, last_modification: now };
        // If it cannot be marked as used, it is just removed earlier.
        let _ = utimensat(CWD, &found.folder, &now, AtFlags::SYMLINK_NOFOLLOW);
        Some(found)
    }

    /// A path for a new snapshot. The least recently used of the others are removed.
    pub(crate) fn new_folder(&self) -> PathBuf {
        cluster::remove_abandoned(&self.cache);
        for (_, folder) in snapshots(&self.cache).into_iter().skip(MOST - 1) {
            remove(&folder);
        }
        self.cache.join(place::random_name(&self.prefix()))
    }

    /// The bytes of the key.
    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }

    fn prefix(&self) -> String {
        format!("{PREFIX}{}-", cluster::digest(&[&self.key]))
    }
}

impl Snapshot {
    /// The note of its creator.
    pub fn note(&self) -> &[u8] {
        &self.note
    }

    /// Removes it, since it cannot be used.
    pub fn discard(&self) {
        remove(&self.folder);
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The bytes of its origin's key.
    pub(crate) fn key(&self) -> &[u8] {
        &self.key
    }
}

/// The snapshots in a cache, the most recently used first.
fn snapshots(cache: &Path) -> Vec<(SystemTime, PathBuf)> {
    let entries = fs::read_dir(cache).into_iter().flatten().flatten();
    let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX));
    let mut found: Vec<_> =
        named.filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()))).collect();
    found.sort_by(|a, b| b.cmp(a));
    found
}

/// Removes a snapshot. It is renamed first, so that it disappears at once.
fn remove(folder: &Path) {
    let aside = folder.with_file_name(place::random_name(cluster::PARTIAL));
    if fs::rename(folder, &aside).is_ok() {
        let _ = fs::remove_dir_all(aside);
    }
}

/// Writes the file of a note: the key and the note, each preceded by its length, and a checksum.
pub(crate) fn write_note(file: &mut impl Write, key: &[u8], note: &[u8]) -> io::Result<()> {
    for part in [key, note] {
        file.write_all(&(part.len() as u64).to_be_bytes())?;
        file.write_all(part)?;
    }
    file.write_all(&checksum([key, note]).to_be_bytes())
}

/// Reads a note. `None` if it is damaged or has another key.
fn read_note(path: &Path, key: &[u8]) -> Option<Vec<u8>> {
    let mut file = File::open(path).ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let length = file.metadata().ok()?.len();
    if part(&mut file, length)? != key {
        return None;
    }
    let note = part(&mut file, length)?;
    let mut rest = Vec::new();
    file.read_to_end(&mut rest).ok()?;
    (rest == checksum([key, &note]).to_be_bytes()).then_some(note)
}

/// Reads the next part of a file, which is preceded by its length. `longest` is the length of the file.
fn part(file: &mut File, longest: u64) -> Option<Vec<u8>> {
    let mut length = [0; 8];
    file.read_exact(&mut length).ok()?;
    let length = u64::from_be_bytes(length);
    if length > longest {
        return None;
    }
    let mut bytes = Vec::with_capacity(usize::try_from(length).ok()?);
    file.take(length).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// A checksum against accidental damage. Each step is a bijection of the sum, so that a change of a single byte always changes
/// the result.
fn checksum(parts: [&[u8]; 2]) -> u64 {
    /// An odd number without a regular pattern.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut sum = 0;
    for part in parts {
        let step = |sum: u64, word: u64| (sum ^ word).wrapping_mul(FACTOR).rotate_left(29);
        let (words, rest) = part.as_chunks::<8>();
        sum = words.iter().fold(sum, |sum, word| step(sum, u64::from_le_bytes(*word)));
        sum = rest.iter().fold(step(sum, part.len() as u64), |sum, byte| step(sum, u64::from(*byte)));
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_was_written_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("note");
        let mut whole = Vec::new();
        write_note(&mut whole, b"the key", b"what was written down").unwrap();
        fs::write(&path, &whole).unwrap();
        assert_eq!(read_note(&path, b"the key").unwrap(), b"what was written down");
        assert!(read_note(&path, b"the ke").is_none());
        for index in 0..whole.len() {
            let mut changed = whole.clone();
            changed[index] ^= 1 << (index % 8);
            fs::write(&path, &changed).unwrap();
            assert!(read_note(&path, b"the key").is_none(), "byte {index}");
            fs::write(&path, &whole[..index]).unwrap();
            assert!(read_note(&path, b"the key").is_none(), "the first {index}");
        }
    }
}
