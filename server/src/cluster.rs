//! The options and settings of every server, and the cached empty clusters, so that `initdb` runs once for each version.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};

use crate::binaries::Binaries;
use crate::place;

/// The script that owns a server and ends it; its first lines explain it.
pub(crate) const SUPERVISOR: &str = include_str!("supervisor.sh");

/// Options of `initdb` that make the same cluster on every machine.
const INITDB: &str = "--username=postgres --auth=trust --encoding=UTF8 --locale=C \
    --no-sync --no-instructions --wal-segsize=1";

/// The settings of every server. Data need not survive a crash of the machine, only local clients connect, and a fast start is
/// more important than throughput.
const SETTINGS: [&str; 29] = [
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=40",
    "fsync=off",
    "full_page_writes=off",
    "wal_level=minimal",
    // Relations that are created in a transaction are synced to their files instead of logged.
    "wal_skip_threshold=0",
    "max_wal_senders=0",
    "max_wal_size=256MB",
    // The log stays short, and a snapshot contains only the segment in use.
    "wal_init_zero=off",
    "wal_recycle=off",
    "checkpoint_timeout=1h",
    "autovacuum=off",
    "jit=off",
    "shared_buffers=32MB",
    "huge_pages=off",
    // A schema is one transaction, which has a lock on everything that it creates.
    "max_locks_per_transaction=512",
    "max_worker_processes=0",
    // Otherwise each CREATE INDEX plans for parallel workers, although there are none.
    "max_parallel_maintenance_workers=0",
    "max_logical_replication_workers=0",
    // Shared memory is in files in the cluster's folder, which are removed with it, not in segments in /dev/shm.
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
        // PostgreSQL 18 computes checksums by default, which are not needed here.
        180_000.. => format!("{INITDB} --no-data-checksums"),
        _ => INITDB.to_owned(),
    }
}

/// The settings of every server, each as `name=value`.
pub(crate) fn settings<'a>(binaries: &Binaries) -> impl Iterator<Item = &'a str> + use<'a> {
    // By default PostgreSQL 18 starts processes for reading.
    SETTINGS.into_iter().chain((binaries.version >= 180_000).then_some("io_method=sync"))
}

/// The archive of a cluster in its folder of the cache.
pub(crate) fn archive(kept: &Path) -> PathBuf {
    kept.join("cluster.tar")
}

/// The name of a cached cluster, which is derived from all that the cluster depends on.
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

/// A hash of these parts, as sixteen hexadecimal digits.
pub fn digest(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The prefix of folders in the cache that are not complete yet, or are being removed.
pub(crate) const PARTIAL: &str = "partial-";

/// A path for a new cluster until it is complete.
pub(crate) fn new_partial(kept: &Path) -> Option<PathBuf> {
    let cache = kept.parent()?;
    remove_abandoned(cache);
    Some(cache.join(place::random_name(PARTIAL)))
}

/// Removes incomplete folders of earlier runs whose supervisor was ended too, for instance by a power failure.
pub(crate) fn remove_abandoned(cache: &Path) {
    /// Longer than copying a cluster takes.
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
