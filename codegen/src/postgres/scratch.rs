//! A database of our own on a server that is not.

use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use sqlward_connect::Target;
use sqlward_server::random_name;

use super::connection::Connection;
use crate::error::{Error, Result};

/// A database that is made for one run and dropped after it.
///
/// A run that is interrupted drops it by [`drop_all`]; one that is killed cannot. So a later run on the same server does, and takes care to touch
/// nothing else: only a database whose name is one of ours to the last digit, that the same user owns, that the name
/// dates back more than an hour, and that nobody is connected to. A run in progress always is: it keeps a session open.
pub(super) struct Scratch {
    target: Target,
    /// On the database that the user named, for creating and dropping.
    outside: Connection,
    /// Shows other runs that the database is in use.
    inside: Option<Connection>,
    name: String,
}

/// `sqlward_`, eight digits for the time in seconds, sixteen for chance; all hexadecimal.
const NAME_PATTERN: &str = "^sqlward_[0-9a-f]{24}$";

impl Scratch {
    pub(super) fn create(url: &str) -> Result<Scratch> {
        let given = Target::parse(url)
            .map_err(|error| Error::new(error.message().to_owned()).help(error.help().to_owned()))?;
        let mut outside = Connection::open(&given)?;
        remove_abandoned(&mut outside)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let name = random_name(&format!("sqlward_{:08x}", now & 0xffff_ffff));
        // From the template that nobody has changed and nobody can be connected to, with the rules of sorting that
        // every machine has.
        let sql =
            format!("create database {name} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'");
        // Whoever wants to drop it waits until it is there.
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

    /// How to connect to it.
    pub(super) fn target(&self) -> &Target {
        &self.target
    }
}

/// The scratch databases of this process, and where they were created from.
static IN_USE: Mutex<Vec<(Target, String)>> = Mutex::new(Vec::new());

fn in_use<T>(change: impl FnOnce(&mut Vec<(Target, String)>) -> T) -> T {
    change(&mut IN_USE.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Drops the scratch databases of this process while its other threads may be using them.
pub(super) fn drop_all() {
    for (given, name) in in_use(std::mem::take) {
        // What cannot be dropped now, a later run drops.
        if let Ok(mut outside) = Connection::open(&given) {
            let _ = outside.query(&format!("drop database if exists {name} with (force)"));
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.inside = None;
        in_use(|list| list.retain(|(_, name)| *name != self.name));
        // If this fails, the connection is broken, and a later run drops it.
        let _ = self.outside.query(&format!("drop database if exists {} with (force)", self.name));
    }
}

/// Drops what killed runs have left.
fn remove_abandoned(outside: &mut Connection) -> Result<()> {
    let abandoned: Vec<String> = outside.json(&format!(
        "select coalesce(json_agg(datname order by datname), '[]')::text from pg_database \
         where datname ~ '{NAME_PATTERN}' and pg_get_userbyid(datdba) = current_user \
         and substr(datname, 9, 8) < lpad(to_hex(extract(epoch from now())::bigint - 3600), 8, '0') \
         and not exists (select from pg_stat_activity where pg_stat_activity.datname = pg_database.datname)"
    ))?;
    for name in abandoned {
        // Without force the server refuses if somebody has connected meanwhile, and another run can be faster.
        let _ = outside.query(&format!("drop database {name}"))?;
    }
    Ok(())
}
