//! The user that a server runs as, and the folders of servers and of the cache.

use std::collections::hash_map::RandomState;
use std::fs::{self, DirBuilder};
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, lchown};
use std::path::{Path, PathBuf};

use rustix::fs::Access;

use crate::error::{Error, Result};

/// The user that a server runs as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    /// The user's name, if it is another user than that of this process.
    pub(crate) other: Option<String>,
}

impl Account {
    /// The user of this process, or an unprivileged one if that is root, as which PostgreSQL refuses to run.
    pub(crate) fn for_server() -> Account {
        let uid = rustix::process::geteuid();
        if !uid.is_root() {
            return Account { uid: uid.as_raw(), gid: rustix::process::getegid().as_raw(), other: None };
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        ["postgres", "nobody"].iter().find_map(|name| Account::named(name, &passwd)).unwrap_or(Account {
            uid: 65534,
            gid: 65534,
            other: Some("nobody".to_owned()),
        })
    }

    fn named(name: &str, passwd: &str) -> Option<Account> {
        let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map(|number| number.parse::<i64>().ok());
        // macOS has -2 as the ids of `nobody`.
        let uid = numbers.next()?? as u32;
        let gid = numbers.next()?? as u32;
        (uid != 0).then(|| Account { uid, gid, other: Some(name.to_owned()) })
    }

    /// Whether the user may enter a folder and write into it.
    fn may_use(&self, folder: &Path) -> bool {
        if self.other.is_none() {
            return rustix::fs::access(folder, Access::WRITE_OK | Access::EXEC_OK).is_ok();
        }
        self.has_bits(folder, 3) && folder.ancestors().skip(1).all(|above| self.has_bits(above, 1))
    }

    /// Whether the mode of a file grants the user these bits: `r` is 4, `w` 2, `x` 1.
    fn has_bits(&self, path: &Path, bits: u32) -> bool {
        let Ok(metadata) = fs::metadata(path) else { return false };
        let shift = match metadata {
            _ if metadata.uid() == self.uid => 6,
            _ if metadata.gid() == self.gid => 3,
            _ => 0,
        };
        metadata.mode() >> shift & bits == bits
    }
}

/// A new name that cannot be guessed: the prefix and 16 random hexadecimal digits.
pub fn random_name(prefix: &str) -> String {
    // The keys of a `RandomState` come from the operating system.
    format!("{prefix}{:016x}", RandomState::new().build_hasher().finish())
}

/// A new path for a server's home: in `/dev/shm` if memory is wanted, or else in the temporary folder, or else in `/tmp`. A
/// folder is used only if the server's user can write there, and the path of the socket is not too long.
pub(crate) fn new_home(account: &Account, in_memory: bool) -> Result<PathBuf> {
    /// The length of macOS's `sun_path`, which is the shortest, without the final NUL.
    const LONGEST_SOCKET_PATH: usize = 103;
    let name = random_name("sqlward-");
    let memory = in_memory.then(|| PathBuf::from("/dev/shm")).filter(|memory| has_room(memory));
    memory
        .into_iter()
        .chain([std::env::temp_dir(), PathBuf::from("/tmp")])
        .filter_map(|folder| folder.canonicalize().ok())
        .filter(|folder| folder.join(&name).join(".s.PGSQL.65535").as_os_str().len() <= LONGEST_SOCKET_PATH)
        .find(|folder| account.may_use(folder))
        .map(|folder| folder.join(&name))
        .ok_or_else(|| {
            let who = account.other.as_deref().unwrap_or("this user");
            Error::new(
                format!("no temporary folder can be used by {who} to run a server"),
                "set TMPDIR to a writable folder with a short path",
            )
        })
}

/// Whether a folder's volume has a gigabyte of free space.
fn has_room(folder: &Path) -> bool {
    rustix::fs::statvfs(folder).is_ok_and(|volume| volume.f_bavail.saturating_mul(volume.f_frsize) >> 30 > 0)
}

/// The cache: `$XDG_CACHE_HOME/sqlward` or `~/.cache/sqlward`. Under root, whose folders the server's user cannot enter,
/// `/var/cache/sqlward/<user>`. `None` if it does not belong to the server's user, or others can enter it.
pub(crate) fn cache(account: &Account) -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let xdg = variable("XDG_CACHE_HOME");
    let temporary = std::env::temp_dir().join(format!("sqlward-cache-{}", account.uid));
    let candidates = match &account.other {
        None => {
            let own = xdg.or_else(|| variable("HOME").map(|home| home.join(".cache")));
            [own.map(|cache| cache.join("sqlward")), Some(temporary)]
        }
        Some(user) => {
            let shared = xdg.unwrap_or_else(|| PathBuf::from("/var/cache")).join("sqlward");
            [Some(shared.join(user)), Some(temporary)]
        }
    };
    candidates.into_iter().flatten().find(|folder| make_private(folder, account).is_ok_and(|private| private))
}

/// Creates a folder that only this user can enter, unless it exists. Returns whether the folder is such a one.
fn make_private(folder: &Path, account: &Account) -> io::Result<bool> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent)?;
    }
    if fs::symlink_metadata(folder).is_err() {
        // It is created under another name, so that a concurrent run does not see it before it has its owner.
        let aside = folder.with_file_name(random_name(".sqlward-"));
        DirBuilder::new().mode(0o700).create(&aside)?;
        let owned = match account.other {
            Some(_) => lchown(&aside, Some(account.uid), Some(account.gid)),
            None => Ok(()),
        };
        // This fails if the folder exists by now. It is checked below.
        if owned.and_then(|()| fs::rename(&aside, folder)).is_err() {
            let _ = fs::remove_dir(&aside);
        }
    }
    // If others can write to the parent, the folder can be somebody else's.
    let metadata = fs::symlink_metadata(folder)?;
    let private = metadata.is_dir() && metadata.uid() == account.uid && metadata.mode() & 0o077 == 0;
    Ok(private && account.may_use(&folder.canonicalize()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_found_by_name_and_root_is_none() {
        let passwd = "root:x:0:0::/root:/bin/sh\nnobody:*:-2:-2::/:/bin/false\npostgres:x:26:27::/:/bin/sh\n";
        let postgres = Account::named("postgres", passwd).unwrap();
        assert_eq!((postgres.uid, postgres.gid), (26, 27));
        assert_eq!(Account::named("nobody", passwd).unwrap().uid, 4_294_967_294);
        assert_eq!(Account::named("root", passwd), None);
        assert_eq!(Account::named("post", passwd), None);
    }

    #[test]
    fn a_cache_that_others_can_enter_is_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let me = Account {
            uid: rustix::process::geteuid().as_raw(),
            gid: rustix::process::getegid().as_raw(),
            other: None,
        };
        let cache = folder.path().join("a/b");
        assert!(make_private(&cache, &me).unwrap());
        assert!(make_private(&cache, &me).unwrap(), "a second time");
        fs::set_permissions(&cache, std::os::unix::fs::PermissionsExt::from_mode(0o750)).unwrap();
        assert!(!make_private(&cache, &me).unwrap());
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(folder.path(), &link).unwrap();
        assert!(!make_private(&link, &me).unwrap());
    }
}
