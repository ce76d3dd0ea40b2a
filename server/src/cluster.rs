//! What a server starts with: the options of its cluster, and the cluster itself, which is kept for the next run.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};

use crate::binaries::Binaries;
use crate::place;

/// Owns a server; see its first lines.
pub(crate) const SUPERVISOR: &str = include_str!("supervisor.sh");

/// The same cluster on every machine.
const INITDB: &str = "--username=postgres --auth=trust --encoding=UTF8 --locale=C \
    --no-sync --no-instructions --wal-segsize=1";

/// Nothing has to survive a crash of the machine, nobody connects from elsewhere, and starting counts more than running.
const SETTINGS: [&str; 29] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=40",
    "fsync=off",
    "full_page_writes=off",
    "wal_level=minimal",
    // What a transaction has made goes to its files and not to the log as well.
    "wal_skip_threshold=0",
    "max_wal_senders=0",
    "max_wal_size=256MB",
    // Logs are short, and a snapshot is to have none but the one in use.
    "wal_init_zero=off",
    "wal_recycle=off",
    "checkpoint_timeout=1h",
    "autovacuum=off",
    "jit=off",
    "shared_buffers=32MB",
    "huge_pages=off",
    // A schema is one transaction with a lock on everything that it makes.
    "max_locks_per_transaction=512",
    "max_worker_processes=0",
    // Else each index is planned for, as if there were any.
    "max_parallel_maintenance_workers=0",
    "max_logical_replication_workers=0",
    // Files in the cluster's own folder, which go with it, instead of segments in /dev/shm.
    "shared_memory_type=mmap",
    "dynamic_shared_memory_type=mmap",
    "restart_after_crash=off",
    "logging_collector=off",
    "log_destination=stderr",
    "log_min_messages=fatal",
    "timezone=UTC",
    "log_timezone=UTC",
    "lc_messages=C",
];

/// The options of `initdb`, separated by spaces.
pub(crate) fn initdb(binaries: &Binaries) -> String {
    match binaries.version {
        // What PostgreSQL 18 computes by default, nobody needs here.
        180_000.. => format!("{INITDB} --no-data-checksums"),
        _ => INITDB.to_owned(),
    }
}

/// The settings of every server, each as `name=value`.
pub(crate) fn settings<'a>(binaries: &Binaries) -> impl Iterator<Item = &'a str> + use<'a> {
    // PostgreSQL 18 would start processes that do its reading.
    SETTINGS.into_iter().chain((binaries.version >= 180_000).then_some("io_method=sync"))
}

/// The archive of a cluster in the folder where it is kept.
pub(crate) fn archive(kept: &Path) -> PathBuf {
    kept.join("cluster.tar")
}

/// Names a kept cluster by what it depends on.
pub(crate) fn name(binaries: &Binaries) -> String {
    let folder = binaries.folder.canonicalize().unwrap_or_else(|_| binaries.folder.clone());
    let key = digest(&[
        binaries.banner.as_bytes(),
        folder.as_os_str().as_encoded_bytes(),
        initdb(binaries).as_bytes(),
        SUPERVISOR.as_bytes(),
    ]);
    format!("postgres-{}-{key}", binaries.version)
}

/// Sixteen hexadecimal digits that name what is made from these parts.
pub fn digest(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Begins the name of what is not complete yet, or no more.
pub(crate) const PARTIAL: &str = "partial-";

/// Where a new cluster is put before it is complete.
pub(crate) fn new_partial(kept: &Path) -> Option<PathBuf> {
    let cache = kept.parent()?;
    remove_abandoned(cache);
    Some(cache.join(place::random_name(PARTIAL)))
}

/// Removes what earlier runs left incomplete, of which a power failure ended the supervisor too.
pub(crate) fn remove_abandoned(cache: &Path) {
    /// Nobody copies for so long.
    const ABANDONED: Duration = Duration::from_secs(24 * 60 * 60);
    for entry in fs::read_dir(cache).into_iter().flatten().flatten() {
        let age = || SystemTime::now().duration_since(entry.metadata().ok()?.modified().ok()?).ok();
        if entry.file_name().to_string_lossy().starts_with(PARTIAL)
            && age().is_some_and(|age| age > ABANDONED)
        {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
