//! Finds the programs of PostgreSQL on this machine.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};

/// The oldest version that sqlward works with, as `server_version_num`.
pub const OLDEST: u32 = 140_000;

/// The programs of one installed version of PostgreSQL.
#[derive(Debug, Clone)]
pub struct Binaries {
    /// The folder of `postgres` and `initdb`.
    pub(crate) folder: PathBuf,
    /// The version as `server_version_num`.
    pub(crate) version: u32,
    /// The output of `postgres --version`.
    pub(crate) banner: String,
}

impl Binaries {
    /// The programs in the folder `SQLWARD_POSTGRES_BIN`, or else those of the newest version on this machine.
    ///
    /// # Errors
    /// There are none, or they are older than [`OLDEST`]. The help has the command that installs them.
    pub fn find() -> Result<Binaries> {
        match env::var_os("SQLWARD_POSTGRES_BIN").filter(|folder| !folder.is_empty()) {
            Some(folder) => {
                let folder = PathBuf::from(folder);
                let found = inspect(&folder).map_err(|reason| {
                    let message = format!("SQLWARD_POSTGRES_BIN names {}, where {reason}", folder.display());
                    Error::new(message, "set it to a folder that holds `postgres` and `initdb`, or unset it")
                })?;
                supported(found)
            }
            None => newest(),
        }
    }

    /// The programs in a folder.
    ///
    /// # Errors
    /// `postgres` or `initdb` is missing or does not run, or they are older than [`OLDEST`].
    pub fn within(folder: &Path) -> Result<Binaries> {
        let found = inspect(folder).map_err(|reason| {
            Error::new(
                format!("no server can be started from {}, where {reason}", folder.display()),
                "name a folder that holds `postgres` and `initdb`",
            )
        })?;
        supported(found)
    }

    /// Their folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Their version as `server_version_num`: 150018 is 15.18.
    pub fn version(&self) -> u32 {
        self.version
    }
}

/// `server_version_num` of `15.18 (Debian 15.18-0+deb12u1)`, `18beta1` or `19devel`; 0 if it is no version.
pub fn version_number(text: &str) -> u32 {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit());
    let mut next = || numbers.next().and_then(|digits| digits.parse::<u32>().ok());
    let Some(major) = next() else { return 0 };
    let minor = if text[major.to_string().len()..].starts_with('.') { next().unwrap_or(0) } else { 0 };
    major.saturating_mul(10_000).saturating_add(minor)
}

fn newest() -> Result<Binaries> {
    let mut broken = Vec::new();
    let mut newest: Option<Binaries> = None;
    for folder in candidates() {
        match inspect(&folder) {
            Ok(found) if newest.as_ref().is_none_or(|newest| newest.version < found.version) => {
                newest = Some(found);
            }
            Ok(_) => {}
            Err(reason) => broken.push(format!("in {} {reason}", folder.display())),
        }
    }
    match newest {
        Some(found) => supported(found),
        None => Err(missing(&broken)),
    }
}

fn supported(found: Binaries) -> Result<Binaries> {
    if found.version >= OLDEST {
        return Ok(found);
    }
    Err(Error::new(
        format!("{} in {} is too old", found.banner, found.folder.display()),
        format!("sqlward needs PostgreSQL 14 or later; {}", installation()),
    ))
}

fn missing(broken: &[String]) -> Error {
    let error = Error::new("no PostgreSQL was found on this machine", installation());
    if broken.is_empty() { error } else { error.because(broken.join("; ")) }
}

/// The folders with a server, in the order of preference among equal versions.
fn candidates() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&path).filter(|folder| folder.is_absolute()).collect();
    for (parent, prefix, suffix) in [
        // Debian and Ubuntu
        ("/usr/lib/postgresql", "", "bin"),
        // SUSE
        ("/usr/lib", "postgresql", "bin"),
        // The packages of postgresql.org for Red Hat
        ("/usr", "pgsql-", "bin"),
        // Alpine
        ("/usr/libexec", "postgresql", ""),
        // Homebrew
        ("/opt/homebrew/opt", "postgresql", "bin"),
        ("/usr/local/opt", "postgresql", "bin"),
        ("/home/linuxbrew/.linuxbrew/opt", "postgresql", "bin"),
        // Postgres.app
        ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
        // Built from source
        ("/usr/local", "pgsql", "bin"),
    ] {
        folders.extend(below(Path::new(parent), prefix).map(|folder| folder.join(suffix)));
    }
    let found = servers(folders);
    // For other places `pg_config` is asked. It is the last resort because it can be slow.
    if found.is_empty() { servers(pg_config()) } else { found }
}

/// The folders in a folder whose names have this prefix, sorted by name.
fn below(parent: &Path, prefix: &str) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let named = entries.filter(move |entry| entry.file_name().to_string_lossy().starts_with(prefix));
    named.map(|entry| entry.path()).collect::<BTreeSet<_>>().into_iter()
}

/// Those of the folders that contain a server. If several paths lead to the same one, the first.
fn servers(folders: impl IntoIterator<Item = PathBuf>) -> Vec<PathBuf> {
    let mut seen = BTreeSet::new();
    let mut found: Vec<PathBuf> = folders.into_iter().collect();
    found.retain(|folder| {
        folder.join("initdb").is_file()
            && folder.join("postgres").canonicalize().is_ok_and(|postgres| seen.insert(postgres))
    });
    found
}

fn pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim_end()))
}

/// The programs in a folder, or the reason why they cannot be used: the end of a sentence.
fn inspect(folder: &Path) -> std::result::Result<Binaries, String> {
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    for program in ["postgres", "initdb"] {
        if !folder.join(program).is_file() {
            return Err(format!("there is no `{program}`"));
        }
    }
    let output = Command::new(folder.join("postgres"))
        .arg("--version")
        .output()
        .map_err(|error| format!("`postgres` does not run: {error}"))?;
    if !output.status.success() {
        return Err(format!("`postgres` does not run: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let banner = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let version = banner.split_once(") ").map_or(0, |(_, version)| version_number(version));
    match version {
        0 => Err(format!("`postgres` says it is `{banner}`")),
        version => Ok(Binaries { folder, version, banner }),
    }
}

/// The help: how to install PostgreSQL on this machine.
fn installation() -> String {
    let command = if cfg!(target_os = "macos") {
        "brew install postgresql@18".to_owned()
    } else {
        install_command(&fs::read_to_string("/etc/os-release").unwrap_or_default())
    };
    format!("install it ({command})")
}

fn install_command(os_release: &str) -> String {
    let value = |key: &str| {
        let line = os_release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='))?;
        Some(line.trim_matches('"').to_owned())
    };
    let families = format!("{} {}", value("ID").unwrap_or_default(), value("ID_LIKE").unwrap_or_default());
    families
        .split_whitespace()
        .find_map(|family| match family {
            "debian" | "ubuntu" => Some("apt-get install postgresql"),
            "fedora" | "rhel" | "centos" | "amzn" => Some("dnf install postgresql-server"),
            "alpine" => Some("apk add postgresql"),
            "arch" => Some("pacman -S postgresql"),
            "suse" | "opensuse" | "sles" => Some("zypper install postgresql-server"),
            "nixos" => Some("nix-shell -p postgresql"),
            "void" => Some("xbps-install postgresql"),
            "gentoo" => Some("emerge dev-db/postgresql"),
            _ => None,
        })
        .unwrap_or("see https://www.postgresql.org/download")
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_numbers_are_the_servers() {
        assert_eq!(version_number("15.18 (Debian 15.18-0+deb12u1)"), 150_018);
        assert_eq!(version_number("18.4"), 180_004);
        assert_eq!(version_number("18beta1"), 180_000);
        assert_eq!(version_number("19devel"), 190_000);
        assert_eq!(version_number("CockroachDB"), 0);
    }

    #[test]
    fn the_help_names_the_platforms_own_command() {
        assert_eq!(install_command("ID=debian\n"), "apt-get install postgresql");
        assert_eq!(
            install_command("NAME=Mint\nID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"),
            "apt-get install postgresql"
        );
        assert_eq!(
            install_command("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\""),
            "dnf install postgresql-server"
        );
        assert_eq!(install_command("ID=alpine"), "apk add postgresql");
        assert_eq!(install_command(""), "see https://www.postgresql.org/download");
    }

    #[test]
    fn a_folder_is_found_once_and_only_with_a_server() {
        let folder = tempfile::tempdir().unwrap();
        let real = folder.path().join("15/bin");
        let client_only = folder.path().join("16/bin");
        for folder in [&real, &client_only] {
            fs::create_dir_all(folder).unwrap();
        }
        for file in [real.join("postgres"), real.join("initdb"), client_only.join("psql")] {
            fs::write(file, "").unwrap();
        }
        let link = folder.path().join("current");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let below: Vec<PathBuf> = below(folder.path(), "1").map(|folder| folder.join("bin")).collect();
        assert_eq!(below, [real.clone(), client_only]);
        assert_eq!(servers([below, vec![link]].concat()), [real]);
    }

    #[test]
    fn what_does_not_run_is_told_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(inspect(folder.path()).unwrap_err(), "there is no `postgres`");
        for program in ["postgres", "initdb"] {
            fs::write(folder.path().join(program), "#!/bin/sh\necho no library >&2\nexit 127\n").unwrap();
        }
        assert!(inspect(folder.path()).unwrap_err().starts_with("`postgres` does not run: "));
        let postgres = folder.path().join("postgres");
        fs::set_permissions(postgres, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        assert_eq!(inspect(folder.path()).unwrap_err(), "`postgres` does not run: no library");
    }
}
