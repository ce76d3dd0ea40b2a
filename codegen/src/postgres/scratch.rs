//! A scratch database on an external server.

use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use sqlward_connect::Target;
use sqlward_server::random_name;

use super::connection::Connection;
use crate::error::{Error, Result};

/// A database that is created for one run and dropped after it.
///
/// A run that is interrupted drops it by [`drop_all`]. A run that is killed cannot, so a later run on the same server does. It
/// drops only databases that match [`NAME_PATTERN`], belong to the same user, are older than an hour by the time in their
/// name, and have no connections. A running run keeps a session open on its own.
pub(super) struct Scratch {
    target: Target,
    /// A session on the database that the user named, to create and drop the scratch database.
    outside: Connection,
    /// A session on the scratch database, which shows other runs that it is in use.
    inside: Option<Connection>,
    name: String,
}

/// `sqlward_`, then in hexadecimal eight digits of the time in seconds and sixteen random ones.
const NAME_PATTERN: &str = "^sqlward_[0-9a-f]{24}$";

impl Scratch {
    pub(super) fn create(url: &str) -> Result<Scratch> {
        let given = Target::parse(url)
            .map_err(|error| Error::new(error.message().to_owned()).help(error.help().to_owned()))?;
        let mut outside = Connection::open(&given)?;
        remove_abandoned(&mut outside)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let name = random_name(&format!("sqlward_{:08x}", now & 0xffff_ffff));
        // `template0` is unchanged and has no connections. The collation "C" is the same on every machine.
        let sql =
            format!("create database {name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'");
        // The lock is held meanwhile, so that `drop_all` waits until the database exists.
        let created = in_use(|list| {
            let created = outside.query(&sql);
            list.push((given.clone(), name.clone()));
            created
        })?;
        if let Err(error) = created {
            let help = match error.code.as_str() {
                "42501" => {
                    "the user in the database URL needs the right to create databases: alter role ... createdb"
                }
                _ => "give the URL of a server and a user that can create databases",
            };
            return Err(Error::new(format!("cannot create a scratch database at {}", given.display()))
                .because(error)
                .help(help));
        }
        let target = given.with_database(&name);
        let mut scratch = Scratch { target, outside, inside: None, name };
        scratch.inside = Some(Connection::open(&scratch.target)?);
        Ok(scratch)
    }

    /// The version of its server.
    pub(super) fn version(&self) -> u32 {
        self.outside.version()
    }

    /// The target of the scratch database.
    pub(super) fn target(&self) -> &Target {
        &self.target
    }
}

/// The scratch databases of this process, each with the target from which it was created.
static IN_USE: Mutex<Vec<(Target, String)>> = Mutex::new(Vec::new());

fn in_use<T>(change: impl FnOnce(&mut Vec<(Target, String)>) -> T) -> T {
    change(&mut IN_USE.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Drops the scratch databases of this process while its other threads may be using them.
pub(super) fn drop_all() {
    for (given, name) in in_use(std::mem::take) {
        // If this fails, a later run drops it.
        if let Ok(mut outside) = Connection::open(&given) {
            let _ = outside.query(&format!("drop database if exists {name} with (force)"));
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.inside = None;
        in_use(|list| list.retain(|(_, name)| *name != self.name));
        // This fails if the connection is broken; then a later run drops it.
        let _ = self.outside.query(&format!("drop database if exists {} with (force)", self.name));
    }
}

/// Drops the scratch databases that killed runs have left.
fn remove_abandoned(outside: &mut Connection) -> Result<()> {
    let abandoned: Vec<String> = outside.json(&format!(
        "select coalesce(json_agg(datname order by datname), '[]')::text from pg_database \
         where datname ~ '{NAME_PATTERN}' and pg_get_userbyid(datdba) = current_user \
         and substr(datname, 9, 8) < lpad(to_hex(extract(epoch from now())::bigint - 3600), 8, '0') \
         and not exists (select from pg_stat_activity where pg_stat_activity.datname = pg_database.datname)"
    ))?;
    for name in abandoned {
        // Without FORCE this fails if somebody has connected meanwhile. Another run may also have dropped it already.
        let _ = outside.query(&format!("drop database {name}"))?;
    }
    Ok(())
}
